"""Seams and single odd frames: sudden jumps, spread over the frames around them.

A jump is a step from one frame to the next that the steps around it do not lead up to, and larger than people's joints
change their speed at 30 frames a second. Half of it is spread over the frames before and half over those after. A
single odd frame is two jumps, there and back, whose corrections cancel on either side. Everything else stays as it is,
to the last bit.
"""

import numpy as np
from scipy import ndimage

from gesta.motion.cleanup.easing import smoothstep
from gesta.motion.cleanup.unit_quaternions import DEGREES_PER_UNIT, continuous, rebuilt
from gesta.motion.skeleton import skeleton
from gesta.records import Motion

SPREAD_FRAMES = 8
"""A jump is spread over so many frames on either side."""
LOOK_FRAMES = 2
"""Steps on either side that say what step is to be expected."""
REACH = SPREAD_FRAMES + LOOK_FRAMES + 1

TRUNK_DEG, ARM_ROOT_DEG, LEG_DEG, ELBOW_DEG, HAND_DEG = 5.0, 8.0, 12.0, 14.0, 22.0
"""Larger jumps than these, in degrees, are none of a person's: half as much again as the largest change of step in a
minute of captured speech (BEAT2's scott: trunk and head 3, shoulder 4 to 5, knee 7, elbow 8, wrist 13)."""
ROOT_M = 0.03
"""The same for the pelvis' place."""
BY_NAME = {
    "collar": ARM_ROOT_DEG,
    "shoulder": ARM_ROOT_DEG,
    "elbow": ELBOW_DEG,
    "wrist": HAND_DEG,
    "hip": LEG_DEG,
    "knee": LEG_DEG,
    "ankle": LEG_DEG,
    "foot": LEG_DEG,
    **dict.fromkeys(("thumb", "index", "middle", "ring", "pinky"), HAND_DEG),
}


def without_seams(motion: Motion) -> Motion:
    """The motion with its jumps spread: joints, and the pelvis' place where it is real."""
    unit = continuous(motion.rotations)
    correction = _correction(unit, _largest() / DEGREES_PER_UNIT)
    changed = np.any(correction != 0.0, axis=-1)
    fields: dict[str, np.ndarray] = (
        {"rotations": rebuilt(motion.rotations, unit + correction, changed)} if changed.any() else {}
    )
    if "translation" in motion.parts:
        place = np.asarray(motion.translation, dtype=np.float64)[:, None]
        moved = _correction(place, np.array([ROOT_M]))[:, 0]
        if moved.any():
            fields["translation"] = motion.translation + moved.astype(np.float32)
    return motion.replaced(**fields) if fields else motion


def _largest() -> np.ndarray:
    """(J,) degrees: what may be a person's step."""
    kinds = [next((deg for part, deg in BY_NAME.items() if part in name), TRUNK_DEG) for name in skeleton().names]
    return np.array(kinds)


def _correction(values: np.ndarray, largest: np.ndarray) -> np.ndarray:
    """What is to be added to (T, N, C) values so that no step is larger than (N,) without having been led up to."""
    jumps = _jumps(values, largest)
    if not jumps.any():
        return jumps
    fall = 0.5 * (1.0 - smoothstep((np.arange(SPREAD_FRAMES) + 0.5) / SPREAD_FRAMES))
    # A jump on the way into frame t: the frames before it go half of the way ahead, those from t on come half back.
    weights = np.concatenate([fall[::-1], -fall, [0.0]])
    return ndimage.convolve1d(jumps, weights, axis=0, mode="constant")


def _jumps(values: np.ndarray, largest: np.ndarray) -> np.ndarray:
    """(T, N, C): how much further than expected the step into each frame goes, where that is too far; else 0."""
    jumps = np.zeros_like(values)
    if len(values) < 2 * LOOK_FRAMES + 2:
        return jumps
    steps = np.diff(values, axis=0)
    padded = np.pad(steps, ((LOOK_FRAMES, LOOK_FRAMES), (0, 0), (0, 0)), mode="edge")
    around = [shift for shift in range(2 * LOOK_FRAMES + 1) if shift != LOOK_FRAMES]
    beside = np.sort(np.stack([padded[shift : shift + len(steps)] for shift in around]), axis=0)
    beyond = steps - beside[1:-1].mean(axis=0)
    far = np.linalg.norm(beyond, axis=-1) > largest
    jumps[1:][far] = beyond[far]
    return jumps
