"""Jitter: trembling from frame to frame, which no accent has, taken out where it is and nowhere else.

What a polynomial over a third of a second leaves over is either the quick part of a real movement, which swings over
several frames, or noise, which turns round in nearly every frame. The ratio of the rest's second difference to the rest
itself tells them apart: 0.8 to 1.6 in fast strokes of captured and fitted motion (BEAT2, SHOW; 95 % below 2.1), 2.7 to
3.2 in white noise, whose expectation is the square root of 6 but for what the polynomial takes. Only where both this
ratio and the rest are large does the polynomial take the place of the motion.
"""

import numpy as np
from scipy import ndimage, signal

from gesta.motion.cleanup.easing import smoothstep
from gesta.motion.cleanup.unit_quaternions import DEGREES_PER_UNIT, continuous, rebuilt
from gesta.records import Motion

POLYNOMIAL_FRAMES, POLYNOMIAL_ORDER = 11, 3
"""Its band reaches to about 5 Hz at 30 frames a second (Schafer 2011, IEEE Signal Processing Magazine 28)."""
JUDGED_FRAMES = 9
"""Noise is judged over so many frames."""
REACH = POLYNOMIAL_FRAMES // 2 + JUDGED_FRAMES // 2 + 1
NOISE_RATIO = (2.1, 2.5)
"""Ratio at which the polynomial begins to take over, and has done so."""
NOISE_DEG, NOISE_M = (0.15, 0.4), (0.0015, 0.004)
"""The same for the rest's size: degrees of a joint, metres of the pelvis' place."""


def without_jitter(motion: Motion) -> Motion:
    """The motion with its trembling joints calmed, and the pelvis' place where it is real."""
    if motion.frame_count < POLYNOMIAL_FRAMES:
        return motion
    unit = continuous(motion.rotations)
    calmer, changed = _calmed(unit, *(deg / DEGREES_PER_UNIT for deg in NOISE_DEG))
    fields: dict[str, np.ndarray] = {}
    if changed.any():
        fields["rotations"] = rebuilt(motion.rotations, calmer, changed)
    if "translation" in motion.parts:
        place, moved = _calmed(np.asarray(motion.translation, dtype=np.float64)[:, None], *NOISE_M)
        if moved.any():
            fields["translation"] = np.where(moved, place[:, 0], motion.translation)
    return motion.replaced(**fields) if fields else motion


def _calmed(values: np.ndarray, least: float, most: float) -> tuple[np.ndarray, np.ndarray]:
    """Values (T, N, C) with their noise taken out, and (T, N) which of them have changed."""
    rest = values - signal.savgol_filter(values, POLYNOMIAL_FRAMES, POLYNOMIAL_ORDER, axis=0)
    size = _size(rest)
    turning = np.zeros_like(rest)
    turning[1:-1] = rest[2:] - 2.0 * rest[1:-1] + rest[:-2]
    ratio = _size(turning) / np.maximum(size, 1e-9)
    low, high = NOISE_RATIO
    share = smoothstep((size - least) / (most - least)) * smoothstep((ratio - low) / (high - low))
    return values - share[..., None] * rest, share > 0.0


def _size(rest: np.ndarray) -> np.ndarray:
    """(T, N) root mean square of (T, N, C) over JUDGED_FRAMES."""
    power = ndimage.uniform_filter1d(np.sum(rest * rest, axis=-1), JUDGED_FRAMES, axis=0, mode="nearest")
    return np.sqrt(np.maximum(power, 0.0))
