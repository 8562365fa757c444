"""Training: one loop, one stage per file."""
