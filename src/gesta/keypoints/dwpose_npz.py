"""Sequences of DWPose points in the npz layout of EchoMimicV2 (antgroup/echomimic_v2, Apache-2.0, its pose files).

`body` (F, 18, 2), `hands` (F, 2, 21, 2; left, right), `faces` (F, 1, 68, 2) in widths and heights of the picture, each
with its `_score`; `fps`; `draw_pose_params` (F, 6), which begins with the picture's height and width. There are no
feet. Scores may be above 1.
"""

import numpy as np

from gesta.errors import InputError
from gesta.keypoints.checking import check_extent, checked_keypoints
from gesta.keypoints.layout import BODY_NAMES, FACE_COUNT, GROUPS, HAND_COUNT, HANDS
from gesta.keypoints.npz_arrays import read_rows
from gesta.motion.npz_members import NpzMembers
from gesta.records import KEYPOINT_COUNT, Keypoints

_KEYS = frozenset({"body", "hands", "faces", "fps", "draw_pose_params"})
_DRAWING_PARAMETERS = 6


def is_dwpose(members: NpzMembers) -> bool:
    """Whether an open npz file has this layout."""
    return members.names >= _KEYS


def read_dwpose(members: NpzMembers) -> Keypoints:
    """The keypoints in an open file of this layout; feet have score 0.

    Raises:
        InputError: an array is missing or has another shape, or numbers mean no keypoints.
    """
    shape, fps = members.header("body").shape, members.number("fps")
    frames = shape[0] if shape else 0
    check_extent(members.path, frames, fps)
    parameters = read_rows(members, "draw_pose_params", (frames, _DRAWING_PARAMETERS))
    height_width = parameters[:, :2]
    if (height_width != height_width[0]).any():
        raise InputError(f"Cannot read {members.path}: its pictures change their size.")
    size = height_width[0, ::-1]
    points = np.zeros((frames, KEYPOINT_COUNT, 2), dtype=np.float32)
    scores = np.zeros((frames, KEYPOINT_COUNT), dtype=np.float32)
    for name, group, count in (("body", "body", len(BODY_NAMES)), ("faces", "face", FACE_COUNT)):
        points[:, GROUPS[group]] = read_rows(members, name, (frames, count, 2)) * size
        scores[:, GROUPS[group]] = read_rows(members, f"{name}_score", (frames, count))
    hands = read_rows(members, "hands", (frames, len(HANDS), HAND_COUNT, 2)) * size
    hand_scores = read_rows(members, "hands_score", (frames, len(HANDS), HAND_COUNT))
    for index, hand in enumerate(HANDS):
        points[:, GROUPS[hand]], scores[:, GROUPS[hand]] = hands[:, index], hand_scores[:, index]
    return checked_keypoints(members.path, points, scores, size, fps)
