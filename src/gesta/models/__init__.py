"""The models behind the public door: each gives a recording a body, or makes a film of it."""
