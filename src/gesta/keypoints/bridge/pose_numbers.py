"""A pose as the numbers that a fit turns: rotation vectors of the joints that a picture tells something of.

The three joints of the spine turn alike, and so do neck and head: points tell the whole turn only. Jaw and eyes belong
to the face and stay.

N poses, D numbers, J joints.
"""

from functools import cache

import numpy as np
import torch
from torch import Tensor

from gesta.motion.rotations import axis_angle_from_matrix
from gesta.motion.skeleton import PELVIS, skeleton

SPINE, NECK = ("spine1", "spine2", "spine3"), ("neck", "head")
LEFT_OUT = ("jaw", "left_eye_smplhf", "right_eye_smplhf")
SIDES = ("left", "right")
ARM = ("collar", "shoulder", "elbow", "wrist")
UPPER = ("spine", "neck", *(f"{side}_{joint}" for side in SIDES for joint in ARM))
"""What hangs together in a pose above the hips, by the names of `NAMES`."""


def _names() -> tuple[str, ...]:
    shared = {*SPINE, *NECK, *LEFT_OUT, PELVIS}
    return (PELVIS, *UPPER, *(name for name in skeleton().names if name not in shared and name not in UPPER))


NAMES = _names()
"""What turns, three numbers each, in the order of the numbers."""
NUMBERS = 3 * len(NAMES)


def place_of(name: str) -> slice:
    """Where the three numbers of a joint are."""
    at = 3 * NAMES.index(name)
    return slice(at, at + 3)


def vectors_of(numbers: Tensor) -> Tensor:
    """Rotation vectors (N, J, 3) of all joints by numbers (N, D); joints that no number turns stay at rest."""
    vectors = numbers.unflatten(-1, (len(NAMES), 3))
    return torch.cat([vectors, torch.zeros_like(vectors[:, :1])], dim=1)[:, torch.from_numpy(rows_of_joints())]


def rotations_of(numbers: Tensor) -> Tensor:
    """Local rotations (N, J, 3, 3) of numbers (N, D)."""
    return matrices(vectors_of(numbers))


def matrices(vectors: Tensor) -> Tensor:
    """Rotation matrices (..., 3, 3) of rotation vectors (..., 3), by Rodrigues' formula."""
    squared = vectors.square().sum(-1)[..., None, None]
    # Below a hundredth of a degree the series are exact in float32, and the root's gradient is not needed.
    small = squared < 1e-8
    angle = torch.where(small, torch.ones_like(squared), squared).sqrt()
    first = torch.where(small, 1.0 - squared / 6.0, angle.sin() / angle)
    second = torch.where(small, 0.5 - squared / 24.0, (1.0 - angle.cos()) / angle.square())
    x, y, z = vectors.unbind(-1)
    none = torch.zeros_like(x)
    cross = torch.stack([none, -z, y, z, none, -x, -y, x, none], dim=-1).unflatten(-1, (3, 3))
    return torch.eye(3) + first * cross + second * (cross @ cross)


def numbers_of(rotations: np.ndarray) -> np.ndarray:
    """The numbers (N, D) of local rotations (N, J, 3, 3); what spine and neck do together is shared out evenly."""
    bones = skeleton()
    found = np.empty((len(rotations), len(NAMES), 3))
    for place, name in enumerate(NAMES):
        chain = {"spine": SPINE, "neck": NECK}.get(name, (name,))
        whole = np.eye(3)
        for joint in chain:
            whole = whole @ rotations[:, bones.index(joint)]
        found[:, place] = axis_angle_from_matrix(whole) / len(chain)
    return found.reshape(len(rotations), -1)


@cache
def rows_of_joints() -> np.ndarray:
    """For each joint which of `NAMES` turns it, one past the end where none does: (J,)."""
    rows = []
    for name in skeleton().names:
        named = "spine" if name in SPINE else "neck" if name in NECK else name
        rows.append(NAMES.index(named) if named in NAMES else len(NAMES))
    return np.array(rows)
