"""Clean-up of any motion from any model: feet, seams, jitter, limits, hands in the body, silence; see `cleaner`."""
