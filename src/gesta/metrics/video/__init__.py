"""Measures of films, against real ones of the same speech; see docs/metrics.md."""
