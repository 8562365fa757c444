"""Whether lips open when they should: against the true lips, and against how loud the speech is.

The opening is the mean distance between the three pairs of points of the inner lips, in distances between the outer
corners of the eyes (their median over the clip). Loudness is the level of the speech envelope in dB, no lower than 40
below its 95th percentile. Lips open a little before they are heard, so the best correlation within 0.2 s is given with
its lag, beside the one without any.

F frames at 25 a second.
"""

from dataclasses import dataclass

import numpy as np

from gesta.keypoints.layout import GROUPS, VISIBLE
from gesta.metrics.keypoints.pairs import PointPair, median_distance_px
from gesta.metrics.motion.envelope import ENVELOPE_RATE
from gesta.metrics.motion.summary import correlation
from gesta.records import Keypoints

_FACE = GROUPS["face"].start
UPPER = tuple(_FACE + place for place in (61, 62, 63))
LOWER = tuple(_FACE + place for place in (67, 66, 65))
"""The points of the inner lips, from the person's right to the left; of the 68 of a face."""
EYE_CORNERS = (_FACE + 36, _FACE + 45)
LEAST_FRAMES = 25
"""Fewer frames with lips give no correlation."""
LEAST_CHANGE = 0.005
"""Lips whose opening changes by less do not move."""
QUIETEST_DB = -40.0
LOUD_PERCENTILE = 95.0
LONGEST_LAG_S = 0.2


@dataclass(frozen=True)
class WithSpeech:
    """How lips go with the speech.

    Attributes:
        r: Pearson's correlation of opening and loudness at the same time.
        best_r: the greatest one within LONGEST_LAG_S.
        lag_s: where that is; above 0 the lips open after the sound.
    """

    r: float
    best_r: float
    lag_s: float


def lip_opening(keypoints: Keypoints) -> np.ndarray:
    """How far the lips are open: (F,) in distances between the eyes' corners; not a number where they are not seen."""
    found = np.full(keypoints.frame_count, np.nan)
    eyes = median_distance_px(keypoints, *EYE_CORNERS)
    if eyes is None:
        return found
    points = keypoints.points.astype(np.float64)
    apart = np.linalg.norm(points[:, UPPER] - points[:, LOWER], axis=-1).mean(axis=1) / eyes
    seen = (keypoints.scores[:, UPPER + LOWER] >= VISIBLE).all(axis=1)
    found[seen] = apart[seen]
    return found


def lips_against_truth(pair: PointPair) -> tuple[float, float] | None:
    """Pearson's correlation of the generated opening with the true one, and their mean difference (absolute).

    None where lips are seen in fewer than LEAST_FRAMES frames of both, or do not move in one of them.
    """
    generated, real = lip_opening(pair.generated), lip_opening(pair.real)
    both = np.isfinite(generated) & np.isfinite(real)
    if both.sum() < LEAST_FRAMES or min(np.ptp(generated[both]), np.ptp(real[both])) < LEAST_CHANGE:
        return None
    r = correlation(generated[both], real[both])
    return None if r is None else (r, float(np.abs(generated - real)[both].mean()))


def loudness_db(envelope: np.ndarray, frames: int, fps: float) -> np.ndarray:
    """How loud the speech is at each frame: (F,) dB under its 95th percentile, from QUIETEST_DB on.

    Args:
        envelope: (N,) at 100 Hz.
        frames: F.
        fps: frames a second.
    """
    loud = float(np.percentile(envelope, LOUD_PERCENTILE)) if len(envelope) else 0.0
    if loud <= 0.0:
        return np.full(frames, QUIETEST_DB)
    times = np.arange(frames) / fps * ENVELOPE_RATE
    values = np.interp(times, np.arange(len(envelope)), envelope, right=0.0) / loud
    return np.asarray(20.0 * np.log10(np.maximum(values, 10.0 ** (QUIETEST_DB / 20.0))))


def lips_with_speech(keypoints: Keypoints, envelope: np.ndarray) -> WithSpeech | None:
    """How the lips of a film go with its speech.

    None where they are seen in fewer than LEAST_FRAMES frames, or either does not vary.
    """
    opening = lip_opening(keypoints)
    loudness = loudness_db(envelope, keypoints.frame_count, keypoints.fps)
    if np.isfinite(opening).sum() < LEAST_FRAMES or np.ptp(opening[np.isfinite(opening)]) < LEAST_CHANGE:
        return None
    longest = round(LONGEST_LAG_S * keypoints.fps)
    found: dict[int, float] = {}
    for lag in range(-longest, longest + 1):
        # Lips that open `lag` frames after the sound are compared with the sound so long before them.
        lips = opening[max(lag, 0) : len(opening) + min(lag, 0)]
        sound = loudness[max(-lag, 0) : len(loudness) + min(-lag, 0)]
        seen = np.isfinite(lips)
        r = correlation(lips[seen], sound[seen]) if seen.sum() >= LEAST_FRAMES else None
        if r is not None:
            found[lag] = r
    if 0 not in found:
        return None
    best = max(found, key=lambda lag: (found[lag], -abs(lag)))
    return WithSpeech(found[0], found[best], best / keypoints.fps)
