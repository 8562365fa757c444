"""Where lips, face and hands are in a picture: boxes round the visible points, and pictures with the boxes filled.

As MMGT draws them (arXiv 2505.23120, released code): points are cut to whole pixels, those in the first row or column
or beyond the picture's left and upper edge do not count, the last row and column of a box are not filled, nothing is
widened. The mask "face" holds the face's box and the hands' boxes, added as bytes: where a hand covers the face its
value is 254, not 255. A region without two visible points is empty.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from gesta.keypoints.layout import GROUPS, HANDS, LIPS, VISIBLE
from gesta.records import Keypoints

REGIONS = ("full", "face", "lip")
"""The regions that listen to speech separately (MM-HAA), in the order of their attentions."""
FULL_VARIANTS = (
    "outside_lips",
    "outside_face_and_hands",
    "hands",
    "everything_and_lips",
    "outside_face",
)
"""The five things that "full" is in MMGT's publications; `gesta.keypoints.levels` says what each of them is."""
BOXES: Mapping[str, slice] = {"lip": LIPS, "face": GROUPS["face"]} | {hand: GROUPS[hand] for hand in HANDS}
"""The boxes by name, with the points that each encloses."""
FILLED = 255
_FARTHEST = 1e6
"""Points are cut to this many pixels, so that any of them fits an integer."""


def region_boxes(keypoints: Keypoints) -> dict[str, np.ndarray]:
    """The box round each region's visible points, in whole pixels.

    Returns:
        By the names in BOXES: (F, 4) int64, the pixels left, top, right, bottom, of which right and bottom are just
        outside. All four are 0 where the region is empty.
    """
    pixels = np.clip(keypoints.points, -_FARTHEST, _FARTHEST).astype(np.int64)
    return _boxes(pixels, keypoints.scores)


def exact_boxes(keypoints: Keypoints) -> dict[str, np.ndarray]:
    """The same boxes through the points themselves, not cut to pixels: (F, 4) float64."""
    return _boxes(np.clip(keypoints.points, -_FARTHEST, _FARTHEST).astype(np.float64), keypoints.scores)


def _boxes(places: np.ndarray, scores: np.ndarray) -> dict[str, np.ndarray]:
    counts = (scores >= VISIBLE) & (places > 0).all(axis=-1)
    boxes = {}
    for name, points in BOXES.items():
        inside, place = counts[:, points, None], places[:, points]
        first = np.where(inside, place, 2 * int(_FARTHEST)).min(axis=1)
        last = np.where(inside, place, 0).max(axis=1)
        box = np.concatenate([first, last], axis=1)
        box[(first >= last).any(axis=1)] = 0
        boxes[name] = box
    return boxes


def sampled_masks(boxes: Mapping[str, np.ndarray], columns: np.ndarray, rows: np.ndarray) -> dict[str, np.ndarray]:
    """What the masks "lip", "hands" and "face" (face and hands) hold at some pixels.

    Args:
        boxes: as `region_boxes` gives them.
        columns: (C,) x of the pixels.
        rows: (R,) y of the pixels.

    Returns:
        By name: (F, R, C) uint8.
    """
    filled = {}
    for name, box in boxes.items():
        left, top, right, bottom = (edge[:, None] for edge in box.T)
        across, down = (columns >= left) & (columns < right), (rows >= top) & (rows < bottom)
        filled[name] = np.where(down[:, :, None] & across[:, None, :], np.uint8(FILLED), np.uint8(0))
    hands = np.maximum(*(filled[hand] for hand in HANDS))
    return {"lip": filled["lip"], "hands": hands, "face": filled["face"] + hands}


def region_pictures(keypoints: Keypoints, names: Sequence[str] = ("lip", "hands", "face")) -> dict[str, np.ndarray]:
    """The masks as pictures, as large as the points' own picture.

    Args:
        keypoints: F frames; masks of long films are made stretch by stretch.
        names: of the masks wanted; "face" holds the hands, too.

    Returns:
        By name: (F, H, W) uint8, 0 outside.
    """
    width, height = keypoints.size
    masks = sampled_masks(region_boxes(keypoints), np.arange(width), np.arange(height))
    return {name: masks[name] for name in names}
