"""Measures of the 134 points of a person in films, against true ones; see docs/metrics.md."""
