"""Reading motion.npz, and the npz files of AMASS, BEAT2 and other SMPL-X or SMPL+H tools."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gesta.errors import InputError, unknown_name
from gesta.motion.face import ARKIT_NAMES
from gesta.motion.face_joints import FACE_JOINTS
from gesta.motion.notes import APPROXIMATE_FINGERS, provenance
from gesta.motion.npz_members import NpzMembers
from gesta.motion.npz_write import ARKIT, EXPRESSION_CHANNELS, FLAME, REST_PELVIS
from gesta.motion.resample import resample_joints, resample_values
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import skeleton
from gesta.motion.upright import TURNS, turn_upright
from gesta.records import FACE_CHANNELS, JOINT_COUNT, PARTS, Motion

MAXIMUM_DURATION_S = 6 * 3600.0
MAXIMUM_RATE = 1000.0
MAXIMUM_FRAMES = 6 * 3600 * 120
"""Longer takes are refused: six hours at 120 frames a second."""
RATE_KEYS = ("mocap_frame_rate", "mocap_framerate", "fps")
BODY_JOINTS = 22
HANDS = slice(25, 55)
LAYOUTS: Mapping[int, tuple[str, tuple[int, ...]]] = {
    165: ("SMPL-X", tuple(range(JOINT_COUNT))),
    156: ("SMPL+H", (*range(BODY_JOINTS), *range(HANDS.start, HANDS.stop))),
    72: ("SMPL", tuple(range(BODY_JOINTS))),
    66: ("SMPL body", tuple(range(BODY_JOINTS))),
}
"""Number of channels of `poses` to the body model's name and where its joints go; further joints are dropped."""


def read_npz(path: str | Path, *, up: str = "y", mean_hands: np.ndarray | None = None) -> Motion:
    """Read a motion from gesta's own npz or an AMASS, BEAT2, SMPL-X or SMPL+H one.

    Args:
        path: the file; any frame rate, brought to 30 a second.
        up: which axis is up in the file, "y" or "z" (AMASS as published); the body is turned upright.
        mean_hands: (30, 3) SMPL-X's mean hands, see `hand_model.HandModel.mean_hands`; added to fingers that the file
            stores as offsets. Without it such fingers are approximate, which the provenance and a warning say.

    Raises:
        InputError: the file is missing, damaged, too large or not a motion.
    """
    path = Path(path)
    if up not in TURNS:
        raise unknown_name("up axis", up, TURNS)
    with NpzMembers(path) as members:
        frames, rate, layout = _checked(members)
        model, joints = LAYOUTS[layout]
        notes: list[str] = []
        poses = _rows(members, "poses", frames, layout)
        if (mean := _mean_hands(members, model, mean_hands, notes)) is not None:
            poses[:, joints.index(HANDS.start) * 3 :] += mean
        rotations = resample_joints(frames, rate, lambda start, stop: _matrices(poses[start:stop], joints))
        trans = _rows(members, "trans", frames, 3) if "trans" in members.names else np.zeros((frames, 3), np.float32)
        translation = turn_upright(rotations, resample_values(trans, rate) + REST_PELVIS, up)
        basis, face = _face(members, frames, rate, len(rotations))
        if basis == ARKIT:
            rotations[:, skeleton().indices(FACE_JOINTS)] = np.eye(3)
        extra = {name: _optional(members, name, frames, rate) for name in ("contacts", "attention")}
        if (attention := extra["attention"]) is not None:
            extra["attention"] = attention[:, 0]
        return Motion(
            rotations,
            translation,
            face,
            face_basis=basis,
            parts=_parts(members, model),
            floor_known=bool(members.small("floor_known"))
            if "floor_known" in members.names
            else "trans" in members.names,
            provenance=_provenance(members, model, notes),
            **extra,
        )


def _checked(members: NpzMembers) -> tuple[int, float, int]:
    """Number of frames, rate and pose channels of a file, before anything large is read."""
    path = members.path
    if "poses" not in members.names:
        hint = "it is a SHOW file, which is read as such" if "body_pose_axis" in members.names else "it has no 'poses'"
        raise InputError(f"Cannot read {path}: {hint}.")
    shape = members.header("poses").shape
    layout = int(np.prod(shape[1:], dtype=object)) if len(shape) > 1 else 0
    if layout not in LAYOUTS:
        raise InputError(f"Cannot read {path}: its poses have shape {shape}, but (T, 165) or (T, 156) is needed.")
    rate_key = next((key for key in RATE_KEYS if key in members.names), None)
    if rate_key is None:
        raise InputError(f"Cannot read {path}: it does not say its frame rate ({', '.join(RATE_KEYS)}).")
    rate = members.number(rate_key)
    if not 1.0 <= rate <= MAXIMUM_RATE:
        raise InputError(f"Cannot read {path}: its frame rate is {rate:g}, but must be 1 to {MAXIMUM_RATE:g}.")
    frames = shape[0]
    if not 1 <= frames <= min(MAXIMUM_FRAMES, MAXIMUM_DURATION_S * rate):
        raise InputError(f"Cannot read {path}: it has {frames} frames, but must have 1 frame to six hours.")
    return frames, rate, layout


def _rows(members: NpzMembers, name: str, frames: int, channels: int | None) -> np.ndarray:
    """An array with a row per frame as (T, C) float32, with C = `channels` if that is given."""
    shape = members.header(name).shape
    width = int(np.prod(shape[1:], dtype=object))
    if not shape or shape[0] != frames or width != (channels or width) or width > max(LAYOUTS):
        raise InputError(f"Cannot read {members.path}: its '{name}' has shape {shape}, which does not fit its poses.")
    result = np.empty((frames, width), dtype=np.float32)
    start = 0
    for block in members.rows(name):
        result[start : start + len(block)] = block.reshape(len(block), width)
        start += len(block)
    return result


def _optional(members: NpzMembers, name: str, frames: int, rate: float) -> np.ndarray | None:
    """A row-per-frame array that may be absent, at 30 fps."""
    return resample_values(_rows(members, name, frames, None), rate) if name in members.names else None


def _matrices(poses: np.ndarray, joints: tuple[int, ...]) -> np.ndarray:
    """(n, 55, 3, 3) rotations from (n, 3 N) axis-angle of joints that go to `joints`; the others are at rest."""
    result = np.tile(np.eye(3, dtype=np.float32), (len(poses), JOINT_COUNT, 1, 1))
    result[:, joints] = matrix_from_axis_angle(poses.reshape(len(poses), -1, 3)[:, : len(joints)])
    return result


def _mean_hands(members: NpzMembers, model: str, mean_hands: np.ndarray | None, notes: list[str]) -> np.ndarray | None:
    """(90,) to add to the fingers, or None if they are absolute, absent or unknown; the last is noted."""
    if "flat_hand_mean" in members.names:
        absolute = bool(members.small("flat_hand_mean").all())
    else:
        # AMASS stores fingers as they are; BEAT2, whose files carry expressions, as offsets from the mean hand.
        absolute = "expressions" not in members.names
    if absolute or model not in ("SMPL-X", "SMPL+H"):
        return None
    if mean_hands is None:
        notes.append(APPROXIMATE_FINGERS)
        return None
    return np.asarray(mean_hands, dtype=np.float32).reshape((HANDS.stop - HANDS.start) * 3)


def _face(members: NpzMembers, frames: int, rate: float, new_frames: int) -> tuple[str, np.ndarray]:
    """Face basis and (N, C) weights at 30 fps; zeros where the file has none."""
    if "arkit" in members.names:
        names = [str(name) for name in members.small("arkit_names").ravel()] if "arkit_names" in members.names else []
        weights = resample_values(_rows(members, "arkit", frames, len(ARKIT_NAMES)), rate)
        if tuple(names or ARKIT_NAMES) == ARKIT_NAMES:
            return ARKIT, weights
        if sorted(names) != sorted(ARKIT_NAMES):
            raise InputError(f"Cannot read {members.path}: its 'arkit_names' are not the 52 ARKit names.")
        return ARKIT, weights[:, [names.index(name) for name in ARKIT_NAMES]]
    if "expressions" in members.names:
        found = resample_values(_rows(members, "expressions", frames, None), rate)
        if found.shape[1] == EXPRESSION_CHANNELS:
            return FLAME, found
        face = np.zeros((new_frames, EXPRESSION_CHANNELS), dtype=np.float32)
        face[:, : found.shape[1]] = found[:, :EXPRESSION_CHANNELS]
        return FLAME, face
    return FLAME, np.zeros((new_frames, FACE_CHANNELS[FLAME]), dtype=np.float32)


def _parts(members: NpzMembers, model: str) -> frozenset[str]:
    """Which parts of the motion are real."""
    if "parts" in members.names:
        return frozenset(str(part) for part in members.small("parts").ravel()) & frozenset(PARTS)
    absent = set()
    if "expressions" not in members.names and "arkit" not in members.names:
        absent.add("face")
    if model.startswith("SMPL ") or model == "SMPL":
        absent.add("hands")
    if "trans" not in members.names:
        absent.add("translation")
    return frozenset(PARTS) - absent


def _provenance(members: NpzMembers, model: str, notes: list[str]) -> dict[str, Any]:
    """The provenance in the file, or a new one that names the file."""
    if "provenance" not in members.names:
        return provenance(members.path, f"{model} npz", notes)
    try:
        found = json.loads(members.text("provenance"))
    except json.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise InputError(f"Cannot read {members.path}: its 'provenance' is not a JSON object.")
    return found
