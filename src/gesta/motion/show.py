"""SHOW: SMPL-X fits of speakers on film, 30 frames a second, in the camera's space.

Bodies are turned upright by half a turn about X (a camera's y points down, its z forward). Where the floor is, nobody
knows. Hands are twelve numbers along the components of the user's SMPL-X; without that file fingers stay at rest and
"hands" is missing from the motion's parts. SHOW is for non-commercial research.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from gesta.errors import InputError
from gesta.motion.hand_model import HandModel
from gesta.motion.notes import provenance
from gesta.motion.npz_members import NpzMembers
from gesta.motion.npz_read import MAXIMUM_DURATION_S, MAXIMUM_FRAMES, MAXIMUM_RATE
from gesta.motion.npz_write import EXPRESSION_CHANNELS, FLAME, REST_PELVIS
from gesta.motion.resample import resample_joints, resample_values
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import skeleton
from gesta.motion.upright import turn_upright
from gesta.records import JOINT_COUNT, PARTS, Motion
from gesta.units import MOTION_FPS

FLOOR_NOTE = "the floor is unknown, since SHOW is in camera space; foot measures are absent"
NO_HANDS_NOTE = "fingers stay at rest: the file holds components of SMPL-X's hands, and no SMPL-X model was given"
BODY = slice(1, 22)
HANDS = slice(25, 55)
CHANNELS = {
    "global_orient": 3,
    "body_pose_axis": 63,
    "transl": 3,
    "jaw_pose": 3,
    "leye_pose": 3,
    "reye_pose": 3,
    "expression": EXPRESSION_CHANNELS,
}
"""Arrays with a row per frame and their channels."""
HAND_KEYS = ("left_hand_pose", "right_hand_pose")
MOST_COMPONENTS = 45
"""Hand weights per hand; SHOW uses twelve."""


def read_show(path: str | Path, *, hands: HandModel | None = None) -> Motion:
    """Read a SHOW clip.

    Args:
        path: an npz with the arrays of CHANNELS, `left_hand_pose` and `right_hand_pose`, and perhaps `fps`.
        hands: the user's SMPL-X hands; without them fingers stay at rest.

    Raises:
        InputError: the file is missing, damaged, too large or not a SHOW clip.
    """
    path = Path(path)
    with NpzMembers(path) as members:
        if missing := [key for key in (*CHANNELS, *HAND_KEYS) if key not in members.names]:
            raise InputError(f"Cannot read {path} as SHOW: it lacks {missing[0]}.")
        rate = members.number("fps") if "fps" in members.names else float(MOTION_FPS)
        shape = members.header("transl").shape
        longest = min(MAXIMUM_FRAMES, MAXIMUM_DURATION_S * rate)
        if not shape or not 1 <= shape[0] <= longest or not 1.0 <= rate <= MAXIMUM_RATE:
            raise InputError(f"Cannot read {path}: it must have 1 frame to six hours of them.")
        arrays = {key: _rows(members, key, shape[0], channels) for key, channels in CHANNELS.items()}
        weights = [_rows(members, key, shape[0], None) for key in HAND_KEYS]
        return _motion(path, arrays, weights, rate, hands)


def _motion(
    path: Path, arrays: Mapping[str, np.ndarray], weights: Sequence[np.ndarray], rate: float, hands: HandModel | None
) -> Motion:
    """The motion that the arrays of a clip stand for; `weights` are (T, K) of the left and the right hand."""
    poses = np.zeros((len(arrays["transl"]), JOINT_COUNT, 3), dtype=np.float32)
    poses[:, 0] = arrays["global_orient"]
    poses[:, BODY] = arrays["body_pose_axis"].reshape(len(poses), -1, 3)
    for key, joint in (("jaw_pose", "jaw"), ("leye_pose", "left_eye_smplhf"), ("reye_pose", "right_eye_smplhf")):
        poses[:, skeleton().index(joint)] = arrays[key]
    if hands is not None:
        poses[:, HANDS] = hands.poses(*weights)
    rotations = resample_joints(len(poses), rate, lambda start, stop: matrix_from_axis_angle(poses[start:stop]))
    translation = turn_upright(rotations, resample_values(arrays["transl"], rate) + REST_PELVIS, "camera")
    notes = [FLOOR_NOTE] if hands is not None else [FLOOR_NOTE, NO_HANDS_NOTE]
    return Motion(
        rotations,
        translation,
        resample_values(arrays["expression"], rate),
        face_basis=FLAME,
        parts=frozenset(PARTS) - (set() if hands is not None else {"hands"}),
        floor_known=False,
        provenance=provenance(path, "SHOW", notes),
    )


def _rows(members: NpzMembers, key: str, frames: int, channels: int | None) -> np.ndarray:
    """An array as (T, C) float32, after a look at its shape."""
    shape = members.header(key).shape
    width = int(np.prod(shape[1:], dtype=object))
    fits = width == channels if channels is not None else width <= MOST_COMPONENTS
    if not shape or shape[0] != frames or not fits:
        raise InputError(f"Cannot read {members.path}: its '{key}' has shape {shape}, which does not fit SHOW.")
    return np.concatenate([block.reshape(len(block), width) for block in members.rows(key)]).astype(np.float32)
