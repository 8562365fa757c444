"""Reading BVH from any common program onto gesta's skeleton."""

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np

from gesta.errors import InputError, unknown_name
from gesta.motion.bvh_names import REQUIRED, match_mapping, match_names
from gesta.motion.bvh_parse import PLACES, BvhClip, parse_bvh
from gesta.motion.bvh_rest import Rest, examine
from gesta.motion.face_joints import FACE_JOINTS
from gesta.motion.kinematics import sole_positions
from gesta.motion.notes import provenance
from gesta.motion.resample import resample_joints, resample_values
from gesta.motion.rotations import matrix_from_euler
from gesta.motion.skeleton import PELVIS, skeleton
from gesta.motion.upright import TURNS
from gesta.records import FACE_CHANNELS, PARTS, Motion
from gesta.units import MOTION_FPS

MAXIMUM_DURATION_S = 6 * 3600.0
MAXIMUM_RATE = 1000.0
RATE_TOLERANCE = 1e-3
"""A rate this close to 30 is 30: BVH rounds its frame time."""
LARGEST_SCALE = 1e6
FIT_TOLERANCE = 1e-4
"""Limbs whose length differs by less than this share are as long as ours."""
FLOOR_TOLERANCE_M = 0.1
"""If the feet's lowest places are further from y = 0 than this, the floor is somewhere else."""
FLOOR_PERCENTILE = 5
FRAMES_PER_BLOCK = 1024
ARKIT = "arkit52"
UP_AXES = {0: "x", 1: "y", 2: "z"}


def read_bvh(
    path: str | Path, *, scale: float | None = None, up: str | None = None, joints: Mapping[str, str] | None = None
) -> Motion:
    """Read a BVH file as a motion of our skeleton.

    Joints are found by name (`bvh_names`); rotations are carried over from whatever rest pose the file has
    (`bvh_rest`); the pelvis' path is scaled by the length of the legs, so that feet meet the floor. Positions of other
    joints than the pelvis and its ancestors say how a skeleton stretches and are not read. There is no face.

    Args:
        path: the file; any channel order and frame rate, brought to 30 a second.
        scale: metres in a unit of the file; by default the unit is guessed from the length of the limbs.
        up: which axis is up in the world, "y" or "z"; by default the rest pose's.
        joints: our joints and their names in the file, in place of what the common conventions say.

    Raises:
        InputError: the file is missing, malformed, too long, or no person can be found in it.
    """
    path = Path(path)
    _check_options(scale, up)
    clip = parse_bvh(path)
    rate = _rate(clip, path)
    convention, found = _person(clip, joints, path)
    rest = examine(clip, found, path)
    world = _turn_upright(rest, up, path)
    rotations = resample_joints(
        len(clip.frames), rate, lambda start, stop: _carried(clip, found, rest, world, slice(start, stop))
    )
    metres = rest.metres if scale is None else scale
    fit = rest.metres * rest.fit / metres
    fit = 1.0 if abs(fit - 1.0) < FIT_TOLERANCE else fit
    pelvis = _pelvis_path(clip, found[PELVIS]) @ world.T * (metres * fit)
    translation = resample_values(pelvis, rate)
    notes = _notes(clip, found, rest, convention, scale, fit)
    floor_known = _meets_floor(rotations, translation, found)
    if not floor_known:
        notes.append("the feet are not at height 0, so the floor is unknown and foot measures are absent")
    return Motion(
        rotations,
        translation,
        np.zeros((len(rotations), FACE_CHANNELS[ARKIT]), dtype=np.float32),
        face_basis=ARKIT,
        parts=_parts(found),
        floor_known=floor_known,
        provenance={**provenance(path, "BVH", notes), "lacking": _lacking(found)},
    )


def _check_options(scale: float | None, up: str | None) -> None:
    if up not in (None, "y", "z"):
        raise unknown_name("up axis", str(up), ("y", "z"))
    if scale is not None and not 0.0 < scale < LARGEST_SCALE:
        raise InputError(f"The scale is {scale:g}, but must be the metres in a unit of the file, more than 0.")


def _rate(clip: BvhClip, path: Path) -> float:
    """Frames a second of the file, unless there are too many or too few of them."""
    rate = 1.0 / clip.frame_time
    rate = float(MOTION_FPS) if abs(rate - MOTION_FPS) < RATE_TOLERANCE else rate
    if not 1.0 <= rate <= MAXIMUM_RATE or len(clip.frames) / rate > MAXIMUM_DURATION_S:
        raise InputError(
            f"Cannot read {path}: it must have 1 to {MAXIMUM_RATE:g} frames a second and last six hours at most."
        )
    return rate


def _person(clip: BvhClip, joints: Mapping[str, str] | None, path: Path) -> tuple[str, Mapping[str, int]]:
    """By which convention joints are named, and where in the file ours are."""
    if joints is None:
        convention, found = match_names(clip.names, clip.parents)
    else:
        convention, found = "the joint mapping", match_mapping(clip.names, clip.parents, joints)
    if missing := [name for name in REQUIRED if name not in found]:
        raise InputError(f"Cannot read {path}: no joint of it is known as {missing[0]}, so no person was found.")
    return convention, found


def _turn_upright(rest: Rest, up: str | None, path: Path) -> np.ndarray:
    """(3, 3) from the file's world to ours, where y is up."""
    up = up or UP_AXES.get(rest.up, "y")
    if up not in TURNS:
        raise InputError(f"Cannot read {path}: its rest pose stands along the {up} axis; say which axis is up.")
    return TURNS[up]


def _local(clip: BvhClip, block: slice, joints: Collection[int]) -> tuple[np.ndarray, np.ndarray]:
    """Local rotations (n, J, 3, 3) and positions (n, J, 3) of some frames; only those of `joints` are filled in."""
    values = clip.frames[block]
    rotations = np.tile(np.eye(3), (len(values), len(clip.names), 1, 1))
    places = np.tile(clip.offsets, (len(values), 1, 1))
    start = 0
    for joint, channels in enumerate(clip.channels):
        columns = dict(zip(channels, range(start, start + len(channels)), strict=True))
        start += len(channels)
        if joint not in joints:
            continue
        order = "".join(name[0] for name in channels if name not in PLACES)
        if order:
            # Fewer than three axes are completed by axes that do not turn.
            full = order + "".join(axis for axis in "XYZ" if axis not in order)
            angles = np.zeros((len(values), 3))
            angles[:, : len(order)] = values[:, [columns[f"{axis}rotation"] for axis in order]]
            rotations[:, joint] = matrix_from_euler(full, np.radians(angles))
        for axis, name in enumerate(PLACES):
            if name in columns:
                places[:, joint, axis] = values[:, columns[name]]
    return rotations, places


def _carried(clip: BvhClip, found: Mapping[str, int], rest: Rest, world: np.ndarray, block: slice) -> np.ndarray:
    """Local rotations of our joints in some frames: (n, 55, 3, 3)."""
    theirs, _ = _local(clip, block, range(len(clip.names)))
    for joint, parent in enumerate(clip.parents):
        if parent >= 0:
            theirs[:, joint] = theirs[:, parent] @ theirs[:, joint]
    bones = skeleton()
    ours = np.empty((len(theirs), len(bones.names), 3, 3))
    result = np.tile(np.eye(3), (len(theirs), len(bones.names), 1, 1))
    for joint, (name, parent) in enumerate(zip(bones.names, bones.parents, strict=True)):
        if name not in found or name in FACE_JOINTS:
            # Not in the file: at rest against its parent.
            ours[:, joint] = ours[:, parent]
            continue
        ours[:, joint] = world @ theirs[:, found[name]] @ rest.turns[joint]
        result[:, joint] = np.swapaxes(ours[:, parent], 1, 2) @ ours[:, joint] if parent >= 0 else ours[:, joint]
    return result


def _pelvis_path(clip: BvhClip, pelvis: int) -> np.ndarray:
    """(T, 3) the pelvis joint's places in the world, in the file's units."""
    chain = [pelvis]
    while (parent := clip.parents[chain[0]]) >= 0:
        chain.insert(0, parent)
    path = np.empty((len(clip.frames), 3))
    for start in range(0, len(path), FRAMES_PER_BLOCK):
        block = slice(start, start + FRAMES_PER_BLOCK)
        rotations, places = _local(clip, block, chain)
        turn, place = np.eye(3)[None], np.zeros((1, 3))
        for joint in chain:
            place = place + (turn @ places[:, joint, :, None])[..., 0]
            turn = turn @ rotations[:, joint]
        path[block] = place
    return path


def _meets_floor(rotations: np.ndarray, translation: np.ndarray, found: Mapping[str, int]) -> bool:
    """Whether the legs are there and the lowest sole stays near y = 0."""
    if not {"left_ankle", "right_ankle"} <= set(found):
        return False
    lowest = sole_positions(rotations, translation)[..., 1].min(axis=1)
    return abs(float(np.percentile(lowest, FLOOR_PERCENTILE))) < FLOOR_TOLERANCE_M


def _parts(found: Mapping[str, int]) -> frozenset[str]:
    """Which parts of our body the file has."""
    absent = {"face"}
    if not {"left_index1", "right_index1"} <= set(found):
        absent.add("hands")
    if not {"left_knee", "right_knee", "left_ankle", "right_ankle"} <= set(found):
        absent.add("lower")
    return frozenset(PARTS) - absent


def _lacking(found: Mapping[str, int]) -> list[str]:
    """Our joints that the file does not have."""
    return sorted(set(skeleton().names) - set(found) - set(FACE_JOINTS))


def _notes(
    clip: BvhClip, found: Mapping[str, int], rest: Rest, convention: str, scale: float | None, fit: float
) -> list[str]:
    """What was decided or left out."""
    notes = []
    if convention != "SMPL-X":
        notes.append(
            f"joints were named as in {convention}; {len(_lacking(found))} of ours were not found and stay at rest"
        )
    if scale is None and rest.unit != "centimetres":
        notes.append(f"lengths were taken as {rest.unit}" if rest.unit else "lengths have no likely unit")
    if fit != 1.0:
        notes.append(f"the path was scaled by {fit:.3f} for the length of the legs")
    stretching = [name for name, channels in zip(clip.names, clip.channels, strict=True) if set(PLACES) & set(channels)]
    if len(stretching) > 1:
        notes.append("positions of joints other than the pelvis were not read")
    return notes
