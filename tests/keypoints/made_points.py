"""A made person of 134 points in a picture of 512 pixels, and that person in motion."""

import numpy as np

from gesta.keypoints.layout import BODY_NAMES, FOOT_NAMES, GROUPS, HAND_EDGES, body_index
from gesta.records import KEYPOINT_COUNT, Keypoints

_BODY = {
    "nose": (256, 130), "neck": (256, 210), "right_shoulder": (176, 214), "right_elbow": (150, 320),
    "right_wrist": (196, 400), "left_shoulder": (336, 214), "left_elbow": (362, 320), "left_wrist": (316, 400),
    "right_hip": (206, 430), "right_knee": (204, 490), "right_ankle": (204, 505), "left_hip": (306, 430),
    "left_knee": (308, 490), "left_ankle": (308, 505), "right_eye": (240, 116), "left_eye": (272, 116),
    "right_ear": (220, 124), "left_ear": (292, 124),
}  # fmt: skip


def person(frames: int = 1, fps: float = 25) -> Keypoints:
    """Somebody who stands still, seen from the front, every point with score 0.9."""
    points = np.zeros((KEYPOINT_COUNT, 2))
    points[GROUPS["body"]] = [_BODY[name] for name in BODY_NAMES]
    points[GROUPS["feet"]] = np.array([(300, 508)] * 3 + [(210, 508)] * 3) + np.arange(len(FOOT_NAMES))[:, None]
    points[GROUPS["face"]] = _face()
    for side, sign in (("left", 1.0), ("right", -1.0)):
        points[GROUPS[f"{side}_hand"]] = points[body_index(f"{side}_wrist")] + _hand() * [sign, 1.0]
    shape = (frames, KEYPOINT_COUNT)
    return Keypoints(np.broadcast_to(points, (*shape, 2)), np.full(shape, 0.9), (512, 512), fps)


def _face() -> np.ndarray:
    """(68, 2): 17 along the jaw, brows, nose, eyes, and 20 lips round (256, 160)."""
    jaw = np.linspace(np.pi, 0.0, 17)
    round_mouth = np.linspace(0.0, 2.0 * np.pi, 20, endpoint=False)
    return np.concatenate(
        [
            np.stack([256 + 40 * np.cos(jaw), 130 + 55 * np.sin(jaw)], axis=1),
            np.stack([np.linspace(225, 287, 31), 105 + 8 * np.sin(np.arange(31.0))], axis=1),
            np.stack([256 + 18 * np.cos(round_mouth), 160 + 8 * np.sin(round_mouth)], axis=1),
        ]
    )


def _hand() -> np.ndarray:
    """(21, 2) from the wrist, fingers spread downwards."""
    points = np.zeros((21, 2))
    for start, joint in HAND_EDGES:
        finger = (joint - 1) // 4
        points[joint] = points[start] + 12.0 * np.array([np.sin(0.35 * (finger - 1)), np.cos(0.35 * (finger - 1))])
    return points


def hidden(keypoints: Keypoints, *groups: slice, score: float = 0.1) -> Keypoints:
    """The same with some points not visible."""
    scores = keypoints.scores.copy()
    for group in groups:
        scores[:, group] = score
    return keypoints.replaced(scores=scores)


def gesturing(frames: int, seed: int = 0, fps: float = 25) -> Keypoints:
    """The same person, swaying and waving smoothly for any number of frames."""
    random = np.random.default_rng(seed)
    times = np.arange(frames)[:, None] / fps
    points = person(frames, fps).points.copy()
    points += (np.sin(2 * np.pi * 0.2 * times + random.uniform(0, 6, 2)) * 6.0)[:, None]
    for hand in ("left_hand", "right_hand"):
        wave = np.sin(2 * np.pi * random.uniform(0.5, 1.0, 2) * times + random.uniform(0, 6, 2)) * [30.0, 45.0]
        points[:, GROUPS[hand]] += wave[:, None]
    lips = np.arange(GROUPS["face"].start + 48, GROUPS["face"].stop)
    opening = 3.0 * np.sin(2 * np.pi * 3.0 * times)
    points[:, lips, 1] += opening * np.sign(points[:, lips, 1] - points[:, lips, 1].mean(axis=1, keepdims=True))
    return person(frames, fps).replaced(points=points)
