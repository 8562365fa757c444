"""Arms of a relief: they turn in the picture's plane, lengthen and shorten, and hardly ever turn out of it.

A sheet with a picture on it has no other side: turned out of the plane as an arm's bone does in space, it would be seen
from its edge. So each bone keeps a little of its tilt, and the rest of its way, which brings it exactly to where the
next joint is, is made up along the bone, as foreshortening looks.

T frames, J joints of the rig.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gesta.avatar.rig import axis_rotations, twist_angle
from gesta.film.puppet.limits import eased, eased_turns
from gesta.motion.kinematics import Pose
from gesta.motion.skeleton import Skeleton

VIEW = np.array((0.0, 0.0, 1.0))


class Limit(NamedTuple):
    """The most that a part of an arm turns against the chest, in degrees."""

    plane: float
    tilt: float


UPPER_ARM, FOREARM, HAND = Limit(60.0, 12.0), Limit(90.0, 10.0), Limit(28.0, 12.0)
SEEN_M = 0.08
"""A bone that looks shorter than this points at the camera."""
CHEST = "spine3"


def flatten_arms(
    bones: Skeleton, before: Pose, after: Pose, sides: Sequence[str], turns: np.ndarray, shifts: np.ndarray
) -> None:
    """Change what carries the arms, in place.

    Args:
        bones: the rig.
        before: the picture's pose, one frame.
        after: poses, T frames.
        sides: whose arms move.
        turns, shifts: (T, J, 3, 3) and (T, J, 3) that carry `before` to `after`.
    """
    chest = turns[:, bones.index(CHEST)].copy()
    for side in sides:
        shoulder, elbow, wrist = bones.indices(f"{side}_{name}" for name in ("shoulder", "elbow", "wrist"))
        for start, end, limit in ((shoulder, elbow, UPPER_ARM), (elbow, wrist, FOREARM)):
            bone = before.positions[0, end] - before.positions[0, start]
            wanted = after.positions[:, end] - after.positions[:, start]
            turn = _limited(chest, turns[:, start], limit, _plane_angle(chest, bone, wanted))
            # What the turn alone does not reach is added along the bone: then the bone ends where the next one begins.
            missing = wanted - turn @ bone
            whole = turn + missing[:, :, None] * (bone / (bone @ bone))
            _set(start, whole, before, after, turns, shifts)
            for helper in _helpers(bones, start):
                turns[:, helper], shifts[:, helper] = turns[:, start], shifts[:, start]
        _set_hand(bones, wrist, _limited(chest, turns[:, wrist], HAND, None), before, after, turns, shifts)


def _plane_angle(chest: np.ndarray, bone: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """How far a bone (3,) that becomes another one (T, 3) turns in the plane, seen from the chest: (T,) radians.

    A bone that points at the camera has no direction there: the shorter it looks, the less it says.
    """
    now = np.einsum("tba,tb->ta", chest, wanted)
    angle = np.arctan2(bone[0] * now[:, 1] - bone[1] * now[:, 0], bone[0] * now[:, 0] + bone[1] * now[:, 1])
    seen = np.minimum(np.hypot(bone[0], bone[1]), np.hypot(now[:, 0], now[:, 1]))
    share = np.clip(seen / SEEN_M, 0.0, 1.0)
    found: np.ndarray = angle * share * share * (3.0 - 2.0 * share)
    return found


def _limited(chest: np.ndarray, turn: np.ndarray, limit: Limit, plane: np.ndarray | None) -> np.ndarray:
    """Turns (T, 3, 3) eased against the chest's; in the plane by (T,) radians, or as they do."""
    against = np.swapaxes(chest, -1, -2) @ turn
    angle = twist_angle(against, VIEW)
    tilt = against @ np.swapaxes(axis_rotations(angle, VIEW), -1, -2)
    level = axis_rotations(eased(angle if plane is None else plane, np.radians(limit.plane)), VIEW)
    eased_tilt = eased_turns(tilt, limit.tilt).astype(turn.dtype)
    found: np.ndarray = chest @ eased_tilt @ level
    return found


def _set(joint: int, whole: np.ndarray, before: Pose, after: Pose, turns: np.ndarray, shifts: np.ndarray) -> None:
    """Let a joint carry by (T, 3, 3), from where it was to where it is."""
    turns[:, joint] = whole
    shifts[:, joint] = after.positions[:, joint] - whole @ before.positions[0, joint]


def _set_hand(
    bones: Skeleton, wrist: int, whole: np.ndarray, before: Pose, after: Pose, turns: np.ndarray, shifts: np.ndarray
) -> None:
    """The hand, and the fingers as they were against it."""
    old_turn, old_shift = turns[:, wrist].copy(), shifts[:, wrist].copy()
    _set(wrist, whole, before, after, turns, shifts)
    change = whole @ np.swapaxes(old_turn, -1, -2)
    for joint in _below(bones, wrist):
        moved = shifts[:, joint] - old_shift
        turns[:, joint] = change @ turns[:, joint]
        shifts[:, joint] = np.einsum("tab,tb->ta", change, moved) + shifts[:, wrist]


def _helpers(bones: Skeleton, joint: int) -> list[int]:
    """Joints that spread a twist along the bone of another one."""
    return [
        child for child, above in enumerate(bones.parents) if above == joint and bones.names[child].endswith("twist")
    ]


def _below(bones: Skeleton, joint: int) -> list[int]:
    """All joints that hang on another one, parents first."""
    found = [joint]
    for child, above in enumerate(bones.parents):
        if above in found:
            found.append(child)
    return found[1:]
