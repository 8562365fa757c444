"""MMGT's one published example: its pose film and mask films, and what can be read off them again."""

from pathlib import Path

import av
import numpy as np
import pytest
from scipy import ndimage

from gesta.keypoints.drawing import BODY_COLOURS
from gesta.keypoints.layout import body_index
from gesta.records import KEYPOINT_COUNT, Keypoints

FILM = Path(__file__).parents[2].parent / "shared" / "data" / "video" / "mmgt_oliver_103842_slice18"
SHOWN = ("neck", *(f"{side}_{joint}" for side in ("left", "right") for joint in ("shoulder", "elbow", "wrist", "hip")))
"""The body points that are in the picture and not under the face."""


def frames_of(part: str, step: int) -> np.ndarray:
    """(F, 512, 512, 3) int: every so many frames of "" (poses), "_face_mask" or "_lips_mask"."""
    path = FILM.with_name(f"{FILM.name}{part}.mp4")
    if not path.exists():
        pytest.skip("needs the MMGT example in ../shared, which is not here")
    with av.open(str(path)) as film:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)])[::step].astype(int)


def near(picture: np.ndarray, colour: tuple[int, int, int], distance: int) -> np.ndarray:
    """Where a picture has nearly this colour."""
    return np.abs(picture - colour).max(axis=-1) < distance


def body_in(picture: np.ndarray) -> Keypoints:
    """The body points that a drawing shows: where the largest spots of their colours are."""
    points, scores = np.zeros((1, KEYPOINT_COUNT, 2)), np.zeros((1, KEYPOINT_COUNT))
    for name in SHOWN:
        labels, count = ndimage.label(near(picture, BODY_COLOURS[body_index(name)], 40))
        sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
        if count and sizes.max() > 20:
            row, column = ndimage.center_of_mass(labels == sizes.argmax() + 1)
            points[0, body_index(name)], scores[0, body_index(name)] = (column + 0.5, row + 0.5), 1.0
    return Keypoints(points, scores, (512, 512))


def boxes_in(mask: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Left, top, right, bottom of each separate white area of a mask (H, W), the uppermost first."""
    labels, _ = ndimage.label(mask > 127)
    return [(across.start, down.start, across.stop, down.stop) for down, across in ndimage.find_objects(labels)]
