"""Colours where nothing is known: smooth from what surrounds a hole, with the picture's own grain.

The smooth part is what heat would do: each pixel is the mean of its neighbours, solved from coarse to fine. It makes no
texture and therefore no wrong one, and the eye misses the grain there first. Behind a standing person what lies left
and right of them tells more than what lies above and below, so there heat flows sideways more easily; and near the
hole's edge, in the band that a person's motion shows, edges of the picture go on (Telea 2004, as OpenCV has it).
runs/cutout_fill.py compares.
"""

import numpy as np

from gesta.extras import extra_module
from gesta.film.cutout.areas import PURPOSE, outside_by
from gesta.randomness import generator

LEAST_SIDE = 4
SWEEPS = 24
SIDEWAYS = 3
"""Behind a person heat goes so many times as far sideways."""
NEAR, TELEA_PX = 0.06, 5
"""Where edges go on, in longer sides of the picture, and from how far around they are taken."""
GRAIN_BLUR = 1.2
"""Grain is what is finer than this many pixels."""
GRAIN_MOST = 0.03
"""Finer detail that is stronger is texture, not grain."""


def filled(picture: np.ndarray, known: np.ndarray) -> np.ndarray:
    """A picture whose unknown pixels follow smoothly from the known ones: (H, W, 3) float32.

    Args:
        picture: (H, W, 3) float32.
        known: (H, W) bool; where nothing at all is known, the answer is the picture's mean.
    """
    if not known.any():
        return np.broadcast_to(picture.mean(axis=(0, 1)), picture.shape).astype(np.float32)
    weights = known.astype(np.float32)
    return np.where(known[..., None], picture, _level(picture * weights[..., None], weights)).astype(np.float32)


def filled_behind(picture: np.ndarray, known: np.ndarray) -> np.ndarray:
    """A picture with what stands before it painted over: (H, W, 3) float32; arguments as for `filled`, 0 to 1."""
    cv2 = extra_module("cv2", PURPOSE, "film")
    if known.all() or not known.any():
        return filled(picture, known)
    height, width = known.shape
    weights = known.astype(np.float32)
    narrow = max(LEAST_SIDE, width // SIDEWAYS), height
    both = cv2.resize(np.dstack([picture * weights[..., None], weights]), narrow, interpolation=cv2.INTER_AREA)
    there = both[..., 3] > 0.5
    squeezed = np.where(there[..., None], both[..., :3] / np.maximum(both[..., 3:], 1e-3), 0.0).astype(np.float32)
    found = cv2.resize(filled(squeezed, there), (width, height), interpolation=cv2.INTER_LINEAR)
    found = _smoothed(found, picture, known)
    eight = np.rint(np.clip(picture, 0.0, 1.0) * 255.0).astype(np.uint8)
    edges = cv2.inpaint(eight, (~known).astype(np.uint8), TELEA_PX, cv2.INPAINT_TELEA).astype(np.float32) / 255.0
    near = np.exp(-np.square(np.maximum(outside_by(known), 0.0) / (NEAR * max(height, width))))[..., None]
    return np.where(known[..., None], picture, near * edges + (1.0 - near) * found).astype(np.float32)


def _smoothed(found: np.ndarray, own: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """A guess after some steps of heat; fixed pixels (H, W) bool keep their own colours."""
    cv2 = extra_module("cv2", PURPOSE, "film")
    kernel = np.array([[0.0, 0.25, 0.0], [0.25, 0.0, 0.25], [0.0, 0.25, 0.0]], np.float32)
    found = np.where(fixed[..., None], own, found)
    for _ in range(SWEEPS):
        found = np.where(fixed[..., None], own, cv2.filter2D(found, -1, kernel, borderType=cv2.BORDER_REPLICATE))
    return np.asarray(found)


def _level(colours: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Filled from the next coarser level, then smoothed: (H, W, 3). Colours come weighted."""
    cv2 = extra_module("cv2", PURPOSE, "film")
    height, width = weights.shape
    held = np.minimum(weights, 1.0)[..., None]
    own = np.divide(colours, weights[..., None], out=np.zeros_like(colours), where=weights[..., None] > 0.0)
    if min(height, width) <= LEAST_SIDE or weights.min() > 0.0:
        total = max(float(weights.sum()), 1e-6)
        return np.where(held > 0.0, own, colours.sum(axis=(0, 1)) / total)
    half = ((width + 1) // 2, (height + 1) // 2)
    coarse = cv2.resize(np.dstack([colours, weights]), half, interpolation=cv2.INTER_AREA)
    coarser = _level(coarse[..., :3], coarse[..., 3])
    found = cv2.resize(coarser, (width, height), interpolation=cv2.INTER_LINEAR)
    return _smoothed(found, own, held[..., 0] > 0.5)


def grained(picture: np.ndarray, made: np.ndarray, alike: np.ndarray, seed: int = 0) -> np.ndarray:
    """A picture with grain where it was made up, as strong as in what is alike around it: (H, W, 3) float32.

    Args:
        picture: (H, W, 3) float32, smooth where it was made up.
        made: (H, W) 0 to 1, how far it was.
        alike: (H, W) bool, true pixels whose grain is taken.
        seed: of the grain.
    """
    cv2 = extra_module("cv2", PURPOSE, "film")
    if not alike.any() or not (made > 0.0).any():
        return picture
    fine = picture - cv2.GaussianBlur(picture, (0, 0), GRAIN_BLUR)
    strength = np.minimum(np.abs(fine), GRAIN_MOST)
    # The mean of what is taken in absolute value is 0.8 standard deviations.
    level = (
        filled(
            cv2.GaussianBlur(np.where(alike[..., None], strength, 0.0), (0, 0), 4.0)
            / np.maximum(cv2.GaussianBlur(alike.astype(np.float32), (0, 0), 4.0), 1e-3)[..., None],
            alike,
        )
        / 0.8
    )
    noise = generator(seed, "film", "grain").standard_normal(picture.shape[:2], np.float32)
    noise = noise - cv2.GaussianBlur(noise, (0, 0), GRAIN_BLUR)
    noise = cv2.GaussianBlur(noise, (0, 0), 0.6)
    noise /= max(float(noise.std()), 1e-6)
    grain = noise[..., None] * level.mean(axis=-1, keepdims=True) * made[..., None]
    return np.clip(picture + grain, 0.0, 1.0).astype(np.float32)
