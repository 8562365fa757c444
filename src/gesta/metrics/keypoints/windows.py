"""What the gesture encoder sees: windows of a film's points, without where the person is and how large.

Each frame gives head and arms against the neck, and the points of each hand against its own wrist, all in widths of the
shoulders (their median over the clip). Points that are not seen are bridged, or stand (`tracks.filled`); a hand that is
never seen hangs at its wrist. So every clip of one length gives the same number of windows.

N windows of W frames, C channels.
"""

import numpy as np

from gesta.keypoints.layout import GROUPS, HANDS, body_index
from gesta.metrics.keypoints.pairs import shoulder_width_px
from gesta.metrics.keypoints.tracks import filled
from gesta.records import Keypoints

WINDOW_FRAMES = 32
"""At 25 a second: 1.28 s."""
HOP_FRAMES = 16
NECK = body_index("neck")
BODY = (
    body_index("nose"),
    *(body_index(f"{side}_{joint}") for side in ("left", "right") for joint in ("shoulder", "elbow", "wrist")),
)
POINTS = (NECK, *BODY, *(at for hand in HANDS for at in range(GROUPS[hand].start, GROUPS[hand].stop)))
"""What is looked at, of the 134."""
CHANNELS = 2 * (len(BODY) + len(HANDS) * (GROUPS[HANDS[0]].stop - GROUPS[HANDS[0]].start - 1))


def gesture_windows(keypoints: Keypoints) -> np.ndarray:
    """(N, W, C) float32 windows of a film at 25 frames a second; none where the shoulders are never seen."""
    width = shoulder_width_px(keypoints)
    starts = np.arange(0, keypoints.frame_count - WINDOW_FRAMES + 1, HOP_FRAMES)
    if width is None or not len(starts):
        return np.zeros((0, WINDOW_FRAMES, CHANNELS), np.float32)
    places, shares = filled(keypoints, POINTS)
    rows = channels(places, shares > 0.0, width)
    return rows[starts[:, None] + np.arange(WINDOW_FRAMES)]


def channels(places: np.ndarray, known: np.ndarray, width: float | np.ndarray) -> np.ndarray:
    """Points as channels.

    Args:
        places: (..., P, 2) of POINTS, pixels.
        known: (P,) bool, which of them were seen at all.
        width: of the shoulders, pixels; broadcasts against (..., P, 2).

    Returns:
        (..., C) float32.
    """
    where = {point: column for column, point in enumerate(POINTS)}
    body = [where[point] for point in BODY]
    parts = [_against(places, known, body, where[NECK])]
    for hand in HANDS:
        wrist, stop = GROUPS[hand].start, GROUPS[hand].stop
        parts.append(_against(places, known, [where[at] for at in range(wrist + 1, stop)], where[wrist]))
    joined = np.concatenate(parts, axis=-2) / width
    return joined.reshape(*joined.shape[:-2], CHANNELS).astype(np.float32)


def _against(places: np.ndarray, known: np.ndarray, points: list[int], origin: int) -> np.ndarray:
    """Points against another one; those never seen, or against one never seen, lie on it."""
    there = (known[points] & known[origin])[:, None]
    return np.where(there, places[..., points, :] - places[..., origin : origin + 1, :], 0.0)
