"""What can be seen of a speaker's style in a motion: numbers that settings of a style move, by our own measures."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gesta.metrics.motion.activity import STILL_SPEED_M_S
from gesta.metrics.motion.joint_speed import mean_angular_speeds
from gesta.metrics.motion.report import Hands, Trunk
from gesta.metrics.motion.speed import point_speed
from gesta.metrics.motion.tracks import HEAD, SIDES, Tracks
from gesta.motion.kinematics import track
from gesta.motion.rotations import euler_from_matrix
from gesta.records import Motion

LOW_SHARE = 0.2
"""Where a hand is in this share of the frames, its lowest, counts as where it rests if it never keeps still."""
RESTING_SHARE = 0.1
"""A hand rests if it keeps still, low, in this share of the frames at least."""
SEATED_KNEE_DEG = 50.0
PALM = (0.0, -1.0, 0.0)
"""Where palms face at rest, in the frame of their wrist."""
LEAST_WIDTH_M = 0.01
"""Shoulders are at least so far apart, seen from above."""


@dataclass(frozen=True)
class Traits:
    """A speaker in numbers.

    Attributes:
        numbers: by name; what cannot be measured is missing.
        rest: where each wrist rests: from its shoulder outward, up, forward, metres.
        place: where it gestures, likewise.
        palm: where each palm faces while it rests: outward, up, forward.
        seated: whether the knees are bent as in a chair.
    """

    numbers: Mapping[str, float]
    rest: Mapping[str, np.ndarray]
    place: Mapping[str, np.ndarray]
    palm: Mapping[str, np.ndarray]
    seated: bool


def traits(motion: Motion) -> Traits:
    """Measure a motion."""
    tracks = Tracks.of(motion)
    shoulders, wrists = tracks.both("shoulder"), tracks.both("wrist")
    axes = upright_axes(shoulders)
    rest, place, palm = {}, {}, {}
    for index, side in enumerate(SIDES):
        outward = (1.0 if side == "left" else -1.0, 1.0, 1.0)
        offset = np.einsum("tij,tj->ti", axes, wrists[:, index] - shoulders[:, index])[1:] * outward
        facing = np.einsum("tij,tj->ti", axes, tracks.rotation(f"{side}_wrist") @ PALM)[1:] * outward
        still = point_speed(tracks.position(f"{side}_wrist")) < STILL_SPEED_M_S
        resting = _resting(offset[:, 1], still)
        moving = ~still if (~still).any() else np.ones_like(still)
        rest[side], place[side] = np.median(offset[resting], axis=0), np.median(offset[moving], axis=0)
        palm[side] = facing[resting].mean(axis=0)
    return Traits(_numbers(motion, tracks), rest, place, palm, _knee_deg(motion) > SEATED_KNEE_DEG)


def upright_axes(pair: np.ndarray) -> np.ndarray:
    """Axes (T, 3, 3) towards the left, up and forward, by a left and a right joint, (T, 2, 3) metres.

    Upright, since the frame of a chest leans by some 25 degrees in bodies of SMPL-X that stand straight.
    """
    left = (pair[:, 0] - pair[:, 1]) * (1.0, 0.0, 1.0)
    left /= np.maximum(np.linalg.norm(left, axis=-1, keepdims=True), LEAST_WIDTH_M)
    up = np.broadcast_to((0.0, 1.0, 0.0), left.shape)
    return np.stack([left, up, np.cross(left, up)], axis=1)


def _resting(height: np.ndarray, still: np.ndarray) -> np.ndarray:
    """When a wrist rests, from its height and whether it keeps still: (T,) each."""
    low = still & (height < np.quantile(height, 0.5) + 0.02)
    return low if low.mean() >= RESTING_SHARE else height <= np.quantile(height, LOW_SHARE)


def _posture(tracks: Tracks) -> dict[str, float]:
    """How trunk and head are held, middle over time, degrees; by lines between joints, which all bodies have."""
    shoulders, hips = tracks.both("shoulder"), tracks.both("hip")
    hip_axes, shoulder_axes = upright_axes(hips), upright_axes(shoulders)
    line = np.einsum("tij,tj->ti", hip_axes, shoulders.mean(axis=1) - hips.mean(axis=1))
    left = np.einsum("tij,tj->ti", hip_axes, shoulder_axes[:, 0])
    # Rows of the axes are towards the left, up and forward: they turn the world into the frame of the shoulders.
    yaw, pitch, roll = np.moveaxis(np.asarray(euler_from_matrix("YXZ", shoulder_axes @ tracks.rotation(HEAD))), -1, 0)
    angles = {
        "lean_deg": np.arctan2(line[:, 2], line[:, 1]),
        "tilt_deg": np.arctan2(line[:, 0], line[:, 1]),
        "turn_deg": np.arctan2(-left[:, 2], left[:, 0]),
        "head_down_deg": pitch,
        "head_turn_deg": yaw,
        "head_tilt_deg": -roll,
    }
    return {name: float(np.degrees(np.median(angle))) for name, angle in angles.items()}


def _knee_deg(motion: Motion) -> float:
    """How far the knees are bent, middle over time."""
    if "lower" not in motion.parts:
        return 0.0
    joints = [f"{side}_{part}" for side in SIDES for part in ("hip", "knee", "ankle")]
    at = track(motion.rotations, motion.translation, joints).positions.reshape(-1, 2, 3, 3)
    thigh, shin = at[:, :, 0] - at[:, :, 1], at[:, :, 2] - at[:, :, 1]
    cosine = np.sum(thigh * shin, axis=-1) / np.linalg.norm(thigh, axis=-1) / np.linalg.norm(shin, axis=-1)
    return float(np.median(180.0 - np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))))


def _numbers(motion: Motion, tracks: Tracks) -> dict[str, float]:
    """The measures that say something about style, by one name each; none of a part that the motion does not have."""
    upper = "upper" in motion.parts
    hands, trunk = (asdict(part.of(tracks)) if upper else None for part in (Hands, Trunk))
    turning = mean_angular_speeds(motion) or {}
    found: dict[str, float | None] = {"fingers": turning.get("fingers"), "wrist_turning": turning.get("wrist")}
    if upper:
        found |= _posture(tracks)
    if hands is not None:
        found |= {f"speed_{level}": value for level, value in (hands["speed_m_s"] or {}).items()}
        found |= {f"jerk_{level}": value for level, value in (hands["jerk_m_s3"] or {}).items()}
        for side in SIDES:
            found[f"{side}_peaks"] = hands["peaks_per_minute"][side]
            for what in ("height", "elbow_deg"):
                found |= {f"{side}_{what}_{level}": value for level, value in hands[what][side].items()}
        outward = [of["p50"] for of in hands["elbow_swivel_deg"].values() if of]
        found["elbows_deg"] = float(np.mean(outward)) if outward else None
        found |= _of_activity(hands)
    if trunk is not None:
        for part in ("head", "spine"):
            found |= {f"{part}_{axis}": value for axis, value in trunk[f"{part}_sd_deg"].items()}
        found |= {f"head_speed_{level}": value for level, value in (trunk["head_speed_deg_s"] or {}).items()}
    return {name: float(value) for name, value in found.items() if value is not None}


def _of_activity(hands: Mapping[str, Any]) -> dict[str, float | None]:
    activity, together, moves = hands["activity"] or {}, hands["coordination"] or {}, hands["submovements"] or {}
    found: dict[str, float | None] = {
        "still_share": activity.get("still_share"),
        "left_right_r": together.get("speed_r"),
    }
    for what in ("bouts_s", "pauses_s"):
        found |= {f"{what}_{level}": value for level, value in (activity.get(what) or {}).items()}
    found |= {name: together.get(name) for name in ("both_share", "left_only_share", "right_only_share")}
    if moves:
        found["submovement_s"] = moves["statistics"]["duration_s"]["p50"]
    return found
