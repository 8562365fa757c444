"""Region masks as the attention of MM-HAA takes them: blurred, stretched to full range, at four sizes.

For each frame, as MMGT does it (arXiv 2505.23120, released code): the picture of a mask is brought to the grid of the
latents (bilinear), blurred (Gaussian over 31/64 of the grid's side for the face and hands, 21/64 for everything else),
stretched so that its values go from 0 to 255, and brought to the grid's side, half, a quarter and an eighth of it
(triangle filter). `gesta.keypoints.mask_steps` does this as published or smoothly. Training and filming both take masks
from here.

The published pictures are 512 pixels wide, their grid 64, so that the blurs are over 31 and 21 points; other grids
scale them, and coarser ones take means of the published steps of 8 pixels, since a mouth would fall between wider
ones. A frame that is the same everywhere stays as it is: an empty region gives zeros.

What "full" is differs between MMGT's figure and its programs, and which one the public weights were trained with is not
known, so each has a name:

    outside_lips            1 - lips: the figure's label
    outside_face_and_hands  255 - face and hands + lips, before the blur: two of the data sets
    hands                   the hands alone: the data set that the training program takes
    everything_and_lips     1 + lips, so from 1 to 2: the program that makes films, and validation
    outside_face            1 - face and hands + lips + hands, cut to 0..1: the program that films given points
"""

from collections.abc import Iterator, Mapping

import numpy as np

from gesta.errors import unknown_name
from gesta.keypoints.mask_steps import PUBLISHED_GRID, MaskSteps, blurred_levels, grid_masks
from gesta.keypoints.masks import FULL_VARIANTS, REGIONS
from gesta.records import Keypoints

RegionMasks = Mapping[str, tuple[np.ndarray, ...]]
"""By region ("full", "face", "lip"): one (F, side * side) float32 array for each level, the finest first."""

FRAMES_PER_BLOCK = 64
_FACE_KERNEL, _OTHER_KERNEL = 31, 21
"""Points that masks are blurred over, on the published grid."""


def mask_levels(
    keypoints: Keypoints,
    *,
    full: str,
    grid: int = PUBLISHED_GRID,
    levels: int = 4,
    steps: MaskSteps = "as_published",
) -> RegionMasks:
    """The masks of all regions at all levels.

    Args:
        keypoints: F frames on a square canvas; masks of consecutive stretches are those of the whole.
        full: what "full" is, a name in `gesta.keypoints.masks.FULL_VARIANTS`.
        grid: the side of the latents, for example 64 for pictures of 512 pixels.
        levels: how many sizes; each is half of the one before.
        steps: "as_published", in bytes and whole pixels, or "smooth", in which masks move as evenly as the points.

    Returns:
        By region, by level: (F, side * side) float32, row by row, 0 to 1 (1 to 2 for "everything_and_lips").

    Raises:
        InputError: `full` is not one of the five.
        ValueError: the grid cannot be halved so often.
    """
    if full not in FULL_VARIANTS:
        raise unknown_name("full mask", full, FULL_VARIANTS)
    if levels < 1 or grid < 2 or grid % 2 ** (levels - 1):
        raise ValueError(f"a grid of {grid} cannot be halved {levels - 1} times")
    sides = [grid >> level for level in range(levels)]
    frames = keypoints.frame_count
    result = {region: tuple(np.empty((frames, side * side), dtype=np.float32) for side in sides) for region in REGIONS}
    for block in _blocks(frames):
        for region, pyramid in _levels_of(keypoints.frames(block.start, block.stop), full, sides, steps).items():
            for level, values in enumerate(pyramid):
                result[region][level][block] = values
    return result


def _blocks(frames: int) -> Iterator[slice]:
    for start in range(0, frames, FRAMES_PER_BLOCK):
        yield slice(start, min(start + FRAMES_PER_BLOCK, frames))


def _levels_of(keypoints: Keypoints, full: str, sides: list[int], steps: MaskSteps) -> dict[str, list[np.ndarray]]:
    """The masks of a few frames, by region and level."""
    source = {"outside_face_and_hands": "open", "hands": "hands", "outside_face": "hands"}.get(full, "lip")
    kernels = {"face": _FACE_KERNEL, "lip": _OTHER_KERNEL, source: _OTHER_KERNEL}
    masks = grid_masks(keypoints, kernels, sides[0], steps)
    blurred = {name: blurred_levels(mask, kernels[name], sides, steps) for name, mask in masks.items()}
    face, lip, whole = (blurred[name] for name in ("face", "lip", source))
    if full == "outside_lips":
        whole = [1.0 - mouth for mouth in lip]
    if full == "everything_and_lips":
        whole = [1.0 + mouth for mouth in lip]
    if full == "outside_face":
        parts = zip(face, lip, whole, strict=True)
        whole = [np.clip(1.0 - head + mouth + hands, 0.0, 1.0) for head, mouth, hands in parts]
    return {"full": whole, "face": face, "lip": lip}
