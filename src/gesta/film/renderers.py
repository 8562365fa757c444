"""The names of the ways in which films are drawn."""

PUPPET = "puppet"
"""The person is cut out of the picture and moved."""
DIFFUSION = "diffusion"
"""A trained network draws every picture anew."""
