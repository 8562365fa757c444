"""Models as folders that explain themselves: load, verify, import."""
