"""The 134 points of our layout from a body, a face and hands."""

from collections.abc import Mapping

import numpy as np

from gesta.keypoints.estimators.embedded.body import NAMES, Body
from gesta.keypoints.estimators.embedded.face import EYE_CORNERS, FACE_68, NOSE_TIP, Face
from gesta.keypoints.estimators.embedded.hands import Hand
from gesta.keypoints.layout import BODY_NAMES, FOOT_NAMES, GROUPS, body_index
from gesta.records import KEYPOINT_COUNT

FEET = {
    "left_big_toe": "left_foot_index",
    "left_heel": "left_heel",
    "right_big_toe": "right_foot_index",
    "right_heel": "right_heel",
}
"""Points of the feet by ours; the small toes are not known."""
SHOULDERS = ("left_shoulder", "right_shoulder")
BORDER_PX = 1.0
"""Points this near to the picture's border, or beyond it, are not seen: networks report hidden hips there."""


def as_keypoints(
    body: Body, face: Face | None, hands: Mapping[str, Hand], size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """The 134 points.

    Args:
        body: the person's.
        face: theirs, if one is seen.
        hands: those that are seen, by "left_hand" and "right_hand".
        size: width and height of the picture.

    Returns:
        (134, 2) float32 pixels and (134,) float32 scores, 0 for what is not seen.
    """
    points, scores = np.zeros((KEYPOINT_COUNT, 2), np.float32), np.zeros(KEYPOINT_COUNT, np.float32)
    known = {name: (body.points[number], body.scores[number]) for number, name in enumerate(NAMES)}
    known["neck"] = _middle([known[name] for name in SHOULDERS])
    for number, name in enumerate(BODY_NAMES):
        points[number], scores[number] = known[name]
    feet = GROUPS["feet"].start
    for number, name in enumerate(FOOT_NAMES):
        if name in FEET:
            points[feet + number], scores[feet + number] = known[FEET[name]]
    if face is not None:
        points[GROUPS["face"]], scores[GROUPS["face"]] = face.mesh[FACE_68], face.presence
        # The face's network sees them four times as large as the body's.
        points[body_index("nose")] = face.mesh[FACE_68[NOSE_TIP]]
        for name, corners in EYE_CORNERS.items():
            points[body_index(name)] = face.mesh[list(corners)].mean(axis=0)
    for name, hand in hands.items():
        points[GROUPS[name]], scores[GROUPS[name]] = hand.points, hand.presence
        wrist = body_index(name.replace("hand", "wrist"))
        points[wrist], scores[wrist] = hand.points[0], max(scores[wrist], hand.presence)
    return points, np.where(_inside(points, size), scores, 0.0).astype(np.float32)


def _middle(both: list[tuple[np.ndarray, float]]) -> tuple[np.ndarray, float]:
    """The middle of two points, as sure as the less sure one."""
    return np.mean([point for point, _ in both], axis=0), min(score for _, score in both)


def _inside(points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return np.asarray(((points > BORDER_PX) & (points < np.array(size) - 1.0 - BORDER_PX)).all(axis=1))
