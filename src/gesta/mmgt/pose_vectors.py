"""Keypoints as SMGA is given them: which rows of a recording belong together, and what stands for unseen points.

F frames, N = 134 points, V = 402 numbers of a pose.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from gesta.keypoints.layout import GROUPS, VISIBLE
from gesta.keypoints.vectors import VALUES_PER_POINT, VECTOR_SIZE, ScoreScale, from_vectors, to_vectors, zeroed_legs
from gesta.mmgt.smga_config import SmgaConfig
from gesta.records import KEYPOINT_COUNT, Keypoints

SCORE = VALUES_PER_POINT - 1
"""Where a point's score is among its numbers; before it come its coordinates."""
LATE_FRAMES = 1
"""How late poses come in training as published: 40 ms."""


class ClipRows(NamedTuple):
    """Rows of a recording's poses and of its features that make one training clip.

    Attributes:
        poses: what is to be predicted; its first row is the initial pose too.
        audio: what is heard.
    """

    poses: slice
    audio: slice


def clip_rows(start: int, config: SmgaConfig) -> ClipRows:
    """The rows of the clip whose poses begin at `start`; features and poses have one row for each video frame.

    In step, both are the same rows. As published, speech is one row ahead, so that poses come 40 ms late.
    """
    frames = config.sizes.frames
    ahead = LATE_FRAMES if config.timing == "as_published" else 0
    return ClipRows(slice(start, start + frames), slice(start + ahead, start + ahead + frames))


def rows_needed(config: SmgaConfig) -> int:
    """How many rows a recording has at least, if a training clip is to be cut from it."""
    return clip_rows(0, config).audio.stop


def pose_vectors(keypoints: Keypoints, config: SmgaConfig) -> np.ndarray:
    """Keypoints on the 512 canvas as the network learns them: (F, V) float32.

    Where unseen points are not to count, they take the place they have in the nearest frame that shows them, and the
    canvas's origin of coordinates (zero) if none does: what an estimator guesses for them must teach nothing.
    """
    vectors = to_vectors(keypoints, config.score_scale)
    return vectors if config.losses.hidden_points == "counted" else _settled(vectors, keypoints.scores >= VISIBLE)


def initial_vector(keypoints: Keypoints, config: SmgaConfig) -> np.ndarray:
    """The pose that a take begins with, from keypoints of one frame on the 512 canvas: (V,) float32.

    Raises:
        ValueError: the keypoints have several frames.
    """
    if keypoints.frame_count != 1:
        raise ValueError(f"a take begins with the points of one frame, not of {keypoints.frame_count}")
    vectors = beginnings(keypoints, config)
    return (zeroed_legs(vectors) if config.legs == "zeroed" else vectors)[0]


def beginnings(keypoints: Keypoints, config: SmgaConfig) -> np.ndarray:
    """Frames on the 512 canvas as poses (F, V) that takes might begin with; each by itself as `beginning_with` says."""
    vectors = to_vectors(keypoints, config.score_scale)
    if config.losses.hidden_points == "counted":
        return vectors
    return filled_in(torch.from_numpy(vectors), torch.tensor(keypoints.scores >= VISIBLE)).numpy()


def beginning_with(pose: np.ndarray, config: SmgaConfig) -> np.ndarray:
    """A pose (V,) as a window's first, with `filled_in` places where unseen points are not to count."""
    if config.losses.hidden_points == "counted":
        return pose
    seen = visible_points(pose[None], config.score_scale)
    return filled_in(torch.from_numpy(pose)[None], torch.from_numpy(seen))[0].numpy()


def filled_in(poses: Tensor, seen: Tensor) -> Tensor:
    """Poses (F, V) whose unseen points lie in the middle of those of their group that are seen, or of all.

    From the place of a pose's own points others are not far, so that what is learned of them is not large. Where they
    were guessed to be says nothing.

    Args:
        poses: (F, V).
        seen: (F, N) bool.
    """
    filled = poses.unflatten(-1, (KEYPOINT_COUNT, VALUES_PER_POINT)).clone()
    places, counted = filled[..., :SCORE], seen[..., None].to(poses.dtype)
    middle = _middle(places, counted, torch.zeros_like(places[:, :1]))
    for part in GROUPS.values():
        own = _middle(places[:, part], counted[:, part], middle)
        places[:, part] = torch.where(seen[:, part, None], places[:, part], own)
    return filled.flatten(-2)


def _middle(places: Tensor, counted: Tensor, otherwise: Tensor) -> Tensor:
    """The mean (F, 1, 2) of places (F, n, 2) that count (F, n, 1); where none does, what is given."""
    count = counted.sum(dim=1, keepdim=True)
    return torch.where(count > 0.0, (places * counted).sum(dim=1, keepdim=True) / count.clamp(min=1.0), otherwise)


def kept_numbers(vectors: np.ndarray, score_scale: ScoreScale) -> np.ndarray:
    """Which numbers of a pose mean something in frames (F, V): (V,) bool; all but places of points that none shows."""
    kept = np.ones((KEYPOINT_COUNT, VALUES_PER_POINT), dtype=bool)
    kept[:, :SCORE] = visible_points(vectors, score_scale).max(axis=0)[:, None]
    return kept.ravel()


def visible_points(vectors: np.ndarray, score_scale: ScoreScale) -> np.ndarray:
    """Which points vectors (F, V) show: (F, N) bool."""
    return from_vectors(vectors, score_scale).scores >= VISIBLE


def _settled(vectors: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """Vectors (F, V) whose unseen points, by (F, N) bool, lie where they were or will be seen next."""
    values = vectors.reshape(-1, KEYPOINT_COUNT, VALUES_PER_POINT).copy()
    count = len(values)
    frames = np.arange(count)[:, None]
    before = np.maximum.accumulate(np.where(visible, frames, -count), axis=0)
    after = np.minimum.accumulate(np.where(visible, frames, 2 * count)[::-1], axis=0)[::-1]
    nearest = np.where(frames - before <= after - frames, before, after).clip(0, count - 1)
    places = np.take_along_axis(values[..., :SCORE], nearest[..., None], axis=0)
    values[..., :SCORE] = np.where(visible.max(axis=0)[:, None], places, 0.0)
    return values.reshape(-1, VECTOR_SIZE)
