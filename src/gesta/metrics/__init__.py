"""Measures of what gesta makes and of what it learns from."""
