"""A closer look at mouth and eyes: patches of the face network's features, turned level, each with its own network.

Without it the lips of a face that speaks stay nearly shut. Source: Attention Mesh (arXiv 2006.10962); arithmetic of
MediaPipe's operations Landmarks2TransformMatrix, TransformTensorBilinear and TransformLandmarks, version 2.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np

from gesta.keypoints.estimators.embedded.networks import FOLDER, Network

CONSTANTS = "face_attention.json"
PIXELS_A_FEATURE = 4
"""The features have a quarter of the picture's size."""


@dataclass(frozen=True)
class Patch:
    """What one patch is.

    Attributes:
        points: which of the mesh's points it says anew, in its network's order.
        ends: two of them, left and right; what joins them lies level in the patch.
        size: features across.
        scale: its side over that of the box of its points, along x and y.
    """

    points: np.ndarray
    ends: tuple[int, int]
    size: int
    scale: np.ndarray

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Patch":
        """From the operation's options."""
        ends = (said["left_rotation_idx"], said["right_rotation_idx"])
        scale = np.array([said["scale_x"], said["scale_y"]])
        return cls(np.array(said["subset_idxs"]), ends, said["output_width"], scale)

    def matrix(self, mesh: np.ndarray) -> np.ndarray:
        """(2, 3) from places in the patch to places among the features, for mesh points (468, 2) among the features."""
        left, right = mesh[self.ends[0]], mesh[self.ends[1]]
        angle = math.atan2(*(right - left)[::-1])
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        level = mesh[self.points] @ turn
        low, high = level.min(axis=0), level.max(axis=0)
        way = turn * (self.scale * (high - low) / self.size)
        return np.column_stack([way, turn @ ((low + high) / 2.0) - way @ np.full(2, self.size / 2.0)])


class FaceAttention:
    """Says the points of mouth and eyes anew."""

    def __init__(self) -> None:
        text = resources.files("gesta").joinpath(*FOLDER, CONSTANTS).read_text(encoding="utf-8")
        self._patches = {name: Patch.of(said) for name, said in json.loads(text).items()}
        self._networks = {name: Network(name) for name in self._patches}

    def refined(self, mesh: np.ndarray, features: np.ndarray) -> np.ndarray:
        """The mesh's points (468, 2), in pixels of what the face's network saw, with those of mouth and eyes anew.

        Args:
            mesh: from the face's network.
            features: (H, W, C) of the same network.
        """
        found = mesh.copy()
        for name, patch in self._patches.items():
            matrix = patch.matrix(mesh / PIXELS_A_FEATURE)
            (said,) = self._networks[name].answer(sampled(features, matrix, patch.size))
            matrix[:, 2] *= PIXELS_A_FEATURE
            found[patch.points] = said.reshape(-1, 2) @ matrix[:, :2].T + matrix[:, 2]
        return found


def sampled(features: np.ndarray, matrix: np.ndarray, size: int) -> np.ndarray:
    """(size, size, C) features at the middles of a patch's cells, bilinear, 0 beyond the outermost middles.

    Args:
        features: (H, W, C).
        matrix: (2, 3) from places in the patch to places among the features.
        size: cells across.
    """
    rows, columns = np.indices((size, size))
    places = np.stack([columns, rows], axis=-1) + 0.5
    x, y = np.moveaxis(places @ matrix[:, :2].T + matrix[:, 2] - 0.5, -1, 0)
    height, width, _ = features.shape
    inside = (x >= 0.0) & (x <= width - 1) & (y >= 0.0) & (y <= height - 1)
    left, top = (np.clip(np.floor(axis), 0, most - 1).astype(int) for axis, most in ((x, width), (y, height)))
    right, below = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    across, down = (x - left)[..., None], (y - top)[..., None]
    upper = (1.0 - across) * features[top, left] + across * features[top, right]
    lower = (1.0 - across) * features[below, left] + across * features[below, right]
    return np.asarray(np.where(inside[..., None], (1.0 - down) * upper + down * lower, 0.0))
