"""The names of the ways in which films are drawn."""

PUPPET = "puppet"
"""The person is cut out of the picture and moved."""
DIFFUSION = "diffusion"
"""A trained network draws every picture anew."""
SMGA, SPACE = "smga", "3d"
"""What moves the person: points that a trained network makes of the speech, or motion in space."""
