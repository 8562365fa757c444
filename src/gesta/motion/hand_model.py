"""The mean hand and the hand components of SMPL-X, from the user's own copy of its model file.

Many SMPL-X files do not hold fingers as they are: BEAT2 stores offsets from a mean hand, SHOW twelve numbers along
principal components. Both are part of SMPL-X, whose licence keeps them out of gesta; a user who has the model file
(SMPLX_NEUTRAL.npz or SMPLX_NEUTRAL_2020.npz) passes it here.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gesta.errors import InputError
from gesta.motion.npz_members import NpzMembers

FINGER_JOINTS = 15
"""Joints of one hand, in the order index, middle, pinky, ring, thumb."""
HAND_CHANNELS = FINGER_JOINTS * 3
KEYS = ("hands_meanl", "hands_meanr", "hands_componentsl", "hands_componentsr")


@dataclass(frozen=True)
class HandModel:
    """SMPL-X's mean hands and hand components.

    Attributes:
        left_mean: (45,) axis-angle, radians.
        right_mean: (45,) axis-angle.
        left_components: (N, 45) a component per row, the strongest first.
        right_components: (N, 45).
    """

    left_mean: np.ndarray
    right_mean: np.ndarray
    left_components: np.ndarray
    right_components: np.ndarray

    @property
    def mean_hands(self) -> np.ndarray:
        """Both mean hands, left first: (30, 3) axis-angle, as `read_npz` takes them."""
        return np.concatenate([self.left_mean, self.right_mean]).reshape(2 * FINGER_JOINTS, 3)

    @property
    def sha256(self) -> str:
        """Hash of the numbers, by which two models are told apart."""
        digest = hashlib.sha256()
        for values in (self.left_mean, self.right_mean, self.left_components, self.right_components):
            digest.update(np.ascontiguousarray(values, dtype="<f8").tobytes())
        return digest.hexdigest()

    def poses(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Axis-angle of all finger joints from component weights.

        Args:
            left: (T, K) weights of the left hand's first K components.
            right: (T, K) of the right one's.

        Returns:
            (T, 30, 3) radians, the mean hands included.
        """
        hands = [
            weights @ components[: weights.shape[1]] + mean
            for weights, components, mean in (
                (left, self.left_components, self.left_mean),
                (right, self.right_components, self.right_mean),
            )
        ]
        return np.concatenate(hands, axis=1).reshape(len(left), 2 * FINGER_JOINTS, 3)


def read_hand_model(path: str | Path) -> HandModel:
    """Read the hands out of the user's SMPL-X model file; raises InputError when it has none."""
    with NpzMembers(path) as members:
        if missing := [key for key in KEYS if key not in members.names]:
            raise InputError(f"Cannot read {path}: it lacks {missing[0]}, so it is not an SMPL-X model in npz form.")
        means, components = ([members.small(key).astype(np.float64) for key in pair] for pair in (KEYS[:2], KEYS[2:]))
    for mean, rows in zip(means, components, strict=True):
        if mean.shape != (HAND_CHANNELS,) or rows.ndim != 2 or rows.shape[1] != HAND_CHANNELS:
            raise InputError(f"Cannot read {path}: its hands do not have {FINGER_JOINTS} joints each.")
    return HandModel(*means, *components)
