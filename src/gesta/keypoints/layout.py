"""What each of the 134 points of `gesta.records.Keypoints` is, by name, and which of them are joined.

The order is the one DWPose gives and MMGT learns (MMGT, arXiv 2505.23120): 18 OpenPose body points, 6 foot points, 68
face points, 21 points of the left hand, 21 of the right. Left and right are the person's own. Everywhere else points
are found by these names.
"""

from collections.abc import Mapping
from types import MappingProxyType

from gesta.records import KEYPOINT_COUNT

VISIBLE = 0.3
"""A point with a score below this is not there: it is neither drawn nor counted in a mask."""

BODY_NAMES = (
    "nose", "neck",
    "right_shoulder", "right_elbow", "right_wrist",
    "left_shoulder", "left_elbow", "left_wrist",
    "right_hip", "right_knee", "right_ankle",
    "left_hip", "left_knee", "left_ankle",
    "right_eye", "left_eye", "right_ear", "left_ear",
)  # fmt: skip
"""The points of the group "body", in order."""
FOOT_NAMES = ("left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel")
"""The points of the group "feet", in order."""
FACE_COUNT, HAND_COUNT = 68, 21


def _groups() -> dict[str, slice]:
    sizes = {
        "body": len(BODY_NAMES), "feet": len(FOOT_NAMES), "face": FACE_COUNT,
        "left_hand": HAND_COUNT, "right_hand": HAND_COUNT,
    }  # fmt: skip
    groups, start = {}, 0
    for name, size in sizes.items():
        groups[name] = slice(start, start + size)
        start += size
    assert start == KEYPOINT_COUNT
    return groups


GROUPS: Mapping[str, slice] = MappingProxyType(_groups())
"""Where each group of points is: body, feet, face, left_hand, right_hand."""
HANDS = ("left_hand", "right_hand")
"""The groups that are hands."""
FIRST_LIP = 48
"""Of the 68 face points the lips are this one and all after it."""
LIPS = slice(GROUPS["face"].start + FIRST_LIP, GROUPS["face"].stop)
"""The 20 points of the lips, which belong to the face."""


def body_index(name: str) -> int:
    """The index of a body point among all 134, for example of "neck"."""
    return GROUPS["body"].start + BODY_NAMES.index(name)


LEGS = tuple(sorted(body_index(f"{side}_{joint}") for side in ("left", "right") for joint in ("knee", "ankle")))
"""Knees and ankles, which MMGT never draws."""

_JOINED = (
    ("neck", "right_shoulder"), ("neck", "left_shoulder"),
    ("right_shoulder", "right_elbow"), ("right_elbow", "right_wrist"),
    ("left_shoulder", "left_elbow"), ("left_elbow", "left_wrist"),
    ("neck", "right_hip"), ("right_hip", "right_knee"), ("right_knee", "right_ankle"),
    ("neck", "left_hip"), ("left_hip", "left_knee"), ("left_knee", "left_ankle"),
    ("neck", "nose"), ("nose", "right_eye"), ("right_eye", "right_ear"), ("nose", "left_eye"), ("left_eye", "left_ear"),
    ("right_shoulder", "right_ear"), ("left_shoulder", "left_ear"),
)  # fmt: skip
LIMBS = tuple((body_index(first), body_index(second)) for first, second in _JOINED)
"""OpenPose's 19 limbs as pairs of points; drawings show the first 17."""

_FINGER_JOINTS = 4
HAND_EDGES = tuple(
    (0 if joint == finger else joint - 1, joint)
    for finger in range(1, HAND_COUNT, _FINGER_JOINTS)
    for joint in range(finger, finger + _FINGER_JOINTS)
)
"""The 20 edges of a hand as pairs of its own points: from the wrist along each finger, the thumb first."""
