"""How much of a film's motion a puppet shows, and what that does to its picture; counted while it is drawn.

Counts go into bins, so memory does not grow with the film.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.ndimage import binary_fill_holes

from gesta.film.puppet.layer import CarriedLayer

TORN = 2.0
"""A triangle that is drawn out to more than this, or squeezed to less than one over it, counts as torn."""
BINS = 400
MOST_STRETCH, MOST_KEPT = 5.0, 2.0
ASKED_M = 0.03
"""Smaller steps of a wrist tell nothing of the share that is kept."""


class Measures:
    """What is counted while a film is drawn."""

    def __init__(self) -> None:
        self.frames = 0
        self._stretch = np.zeros(BINS, np.int64)
        self._kept = np.zeros(BINS, np.int64)
        self._torn = self._triangles = 0

    def add_frame(self, layers: Sequence[CarriedLayer]) -> None:
        """Count the frame that layers have just drawn."""
        self.frames += 1
        for layer in layers:
            found = stretches(layer)
            self._stretch += np.histogram(np.minimum(found, MOST_STRETCH), BINS, (1.0, MOST_STRETCH))[0]
            self._torn += int((found > TORN).sum())
            self._triangles += len(found)

    def add_wrists(self, asked: np.ndarray, kept: np.ndarray) -> None:
        """Count steps of wrists in the picture's plane: (..., 3) metres asked for and made."""
        wanted, made = (np.linalg.norm(steps[..., :2], axis=-1) for steps in (asked, kept))
        counts = wanted > ASKED_M
        shares = np.minimum(made[counts] / wanted[counts], MOST_KEPT)
        self._kept += np.histogram(shares, BINS, (0.0, MOST_KEPT))[0]

    def report(self) -> Mapping[str, float]:
        """In numbers.

        Returns:
            "torn": 0 to 1, the share of triangles that are drawn out or squeezed too far; "stretch_95": what 95 of
            100 triangles stay below, as a factor; "wrist_kept": the median share of a wrist's way that is shown (0
            where none moves).
        """
        return {
            "torn": round(self._torn / max(self._triangles, 1), 4),
            "stretch_95": round(_at(self._stretch, 0.95, 1.0, MOST_STRETCH), 3),
            "wrist_kept": round(_at(self._kept, 0.5, 0.0, MOST_KEPT), 3),
        }


def stretches(layer: CarriedLayer) -> np.ndarray:
    """By what factor each filled triangle of a layer is drawn out or squeezed in its worst direction: (n,), 1 or more.

    The singular values of the linear map from the picture to the frame; triangles seen from behind are squeezed flat.
    """
    faces = layer.relief.sheet.faces[layer.filled]
    before, after = (
        np.stack([at[faces[:, 1]] - at[faces[:, 0]], at[faces[:, 2]] - at[faces[:, 0]]], axis=-1)
        for at in (layer.rest, layer.screen[:, :2])
    )
    change = after @ np.linalg.inv(before)
    determinant = np.linalg.det(change)
    half = 0.5 * np.square(change).sum(axis=(1, 2))
    # The squared singular values are half +- sqrt(half^2 - determinant^2).
    spread = np.sqrt(np.maximum(half**2 - determinant**2, 0.0))
    largest, least = np.sqrt(half + spread), np.sqrt(np.maximum(half - spread, 0.0))
    least = np.where(determinant > 0.0, least, 0.0)
    found: np.ndarray = np.maximum(largest, 1.0 / np.maximum(least, 1.0 / MOST_STRETCH))
    return found


def surrounded(layer: CarriedLayer, turns: np.ndarray, shifts: np.ndarray, view: np.ndarray) -> int:
    """How many pixels a layer surrounds and does not cover when it is drawn; arguments as for `CarriedLayer.draw`."""
    alone = np.zeros_like(layer.texture)
    layer.draw(turns, shifts, view, alone)
    covered = alone[..., 3] > 0.5
    return int((binary_fill_holes(covered) & ~covered).sum())


def _at(counts: np.ndarray, share: float, low: float, high: float) -> float:
    """The value below which a share of what was counted lies; the lowest one if nothing was."""
    total = int(counts.sum())
    if total == 0:
        return low
    place = int(np.searchsorted(np.cumsum(counts), share * total)) + 0.5
    return low + (high - low) * place / len(counts)
