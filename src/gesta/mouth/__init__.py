"""The learned mouth: a small network that reads mouth and jaw from what is heard, for files and streams alike."""
