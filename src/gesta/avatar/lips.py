"""How far apart the lips of a figure are, for any face weights, without posing its whole surface."""

import numpy as np

from gesta.avatar.face_weights import tamed
from gesta.avatar.posing import Figure

UPPER_LIP, LOWER_LIP = 62, 66
"""The middles of the inner lips in the order of the iBUG 300-W markup (Sagonas et al., 2013)."""
UP = 1


def lip_gaps(figure: Figure, face: np.ndarray) -> np.ndarray:
    """The gap between the middles of the inner lips: (T,) metres, below zero where they press into each other.

    Args:
        figure: the built-in body in any look.
        face: (T, 52) ARKit weights.
    """
    upper, lower = (int(figure.landmarks["face"][point]) for point in (UPPER_LIP, LOWER_LIP))
    grown = [_lift(figure, name, upper) - _lift(figure, name, lower) for name in figure.shapes.names]
    at_rest = float(figure.vertices[upper, UP] - figure.vertices[lower, UP])
    gaps: np.ndarray = at_rest + tamed(face) @ np.array(grown)
    return gaps


def _lift(figure: Figure, shape: str, vertex: int) -> float:
    """How far a shape lifts a vertex, metres."""
    vertices, offsets = figure.shapes.moves(shape)
    return float(offsets[vertices == vertex, UP].sum())
