"""The 133 points of COCO-WholeBody brought into the order of gesta's 134.

COCO-WholeBody: 17 body points, 6 of the feet, 68 of the face, 21 of the left hand and 21 of the right. Ours begin
with OpenPose's 18 body points, one of which, the neck, is the middle of the shoulders; the others follow as they are.
Facts: DWPose's wholebody.py, the same in MMGT's src/dwpose at commit 1d0926e.
"""

import numpy as np

from gesta.keypoints.layout import BODY_NAMES, VISIBLE

COCO_POINTS = 133
COCO_BODY = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
)
"""The body points in COCO's order."""
SHOULDERS = [COCO_BODY.index("left_shoulder"), COCO_BODY.index("right_shoulder")]


def from_coco(points: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 134 points from the 133.

    Args:
        points: (133, 2).
        scores: (133,); the neck's is 1 where both shoulders are seen, and 0 elsewhere.

    Returns:
        (134, 2) and (134,), float32.
    """
    neck = points[SHOULDERS].mean(axis=0)
    seen = float((scores[SHOULDERS] > VISIBLE).all())
    order = _order()
    return np.vstack([points, neck])[order].astype(np.float32), np.append(scores, seen)[order].astype(np.float32)


def _order() -> np.ndarray:
    """Which of the 133 points, or 133 for the neck, stands at each place of the 134."""
    places = {**{name: index for index, name in enumerate(COCO_BODY)}, "neck": COCO_POINTS}
    body = [places[name] for name in BODY_NAMES]
    return np.array([*body, *range(len(COCO_BODY), COCO_POINTS)])
