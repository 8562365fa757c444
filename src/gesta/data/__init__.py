"""Data sets as records: manifests, windows, and one preparing file per source."""
