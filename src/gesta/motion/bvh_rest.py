"""What a BVH file's rest pose tells: which way the body faces, how large it is, and how its bones point.

Our rotations are turns away from our T-pose. A file's rotations are turns away from its own rest pose, which may be
any: arms hanging, Z up, facing another way. For each joint we look for the turn A that takes our rest pose's limb to
the file's; then a joint that the file turns by G (in the world) is turned by G A in ours. The trunk's A is the turn
between the coordinate systems; along each limb a shortest turn is added that lines our bone up with the file's, so
that twist stays that of the parent. Trunk, collars and feet are not lined up: their bones differ by anatomy, not pose.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gesta.errors import InputError
from gesta.motion.bvh_parse import BvhClip
from gesta.motion.skeleton import skeleton

SIDES = ("left", "right")
LIMBS = (
    *(
        (f"{side}_{joint}", f"{side}_{child}")
        for side in SIDES
        for joint, child in (
            ("shoulder", "elbow"),
            ("elbow", "wrist"),
            ("wrist", "middle1"),
            *(
                (f"{finger}{row}", f"{finger}{row + 1}")
                for finger in ("index", "middle", "pinky", "ring", "thumb")
                for row in (1, 2)
            ),
            ("hip", "knee"),
            ("knee", "ankle"),
        )
    ),
)
"""Bones that are lined up, from joint to child."""
LEG, ARM = ("hip", "knee", "ankle"), ("shoulder", "elbow", "wrist")
UNITS_M = {"metres": 1.0, "centimetres": 0.01, "inches": 0.0254, "millimetres": 0.001, "decimetres": 0.1}
LIKELY_RATIO = 1.45
"""A unit fits when the limb is not more than this much longer or shorter than ours."""
AXIS_COSINE = 0.9
"""A body axis this close to a coordinate axis is that axis; the rest is anatomy."""
SHORTEST = 1e-9


@dataclass(frozen=True)
class Rest:
    """What was found in a rest pose.

    Attributes:
        turns: A for each of our joints, (55, 3, 3).
        up: index of the file's coordinate axis that points up, 0 to 2, or -1 if none does.
        unit: name of the unit, "" if none is likely.
        metres: metres in a unit of the file.
        fit: our limbs' length over the file's, both in metres.
    """

    turns: np.ndarray
    up: int
    unit: str
    metres: float
    fit: float


def examine(clip: BvhClip, found: Mapping[str, int], path: object) -> Rest:
    """Examine the rest pose of a file whose joints `found` gives by our names; InputError if nobody stands in it."""
    places = np.zeros_like(clip.offsets)
    for joint, parent in enumerate(clip.parents):
        places[joint] = clip.offsets[joint] + (places[parent] if parent >= 0 else 0.0)
    at = {name: places[index] for name, index in found.items()}
    trunk, up = _trunk(at, path)
    limb = LEG if all(f"{side}_{part}" in at for side in SIDES for part in LEG) else ARM
    ours = _length(dict(zip(skeleton().names, skeleton().rest_positions(), strict=True)), limb)
    theirs = _length(at, limb)
    if theirs < SHORTEST:
        raise InputError(f"Cannot read {path}: its limbs have no length.")
    unit = min(UNITS_M, key=lambda name: abs(np.log(theirs * UNITS_M[name] / ours)))
    if abs(np.log(theirs * UNITS_M[unit] / ours)) > np.log(LIKELY_RATIO):
        unit = ""
    metres = UNITS_M.get(unit, ours / theirs)
    return Rest(_turns(at, trunk), up, unit, metres, ours / (theirs * metres))


def _length(at: Mapping[str, np.ndarray], limb: tuple[str, ...]) -> float:
    """Mean length of both arms or legs."""
    chains = [[at[f"{side}_{part}"] for part in limb] for side in SIDES]
    return float(np.mean([np.linalg.norm(np.diff(chain, axis=0), axis=1).sum() for chain in chains]))


def _trunk(at: Mapping[str, np.ndarray], path: object) -> tuple[np.ndarray, int]:
    """The turn from our axes (left X, up Y, front Z) to the file's at rest, and the index of its up axis or -1."""
    pair = next(part for part in ("hip", "shoulder") if f"left_{part}" in at and f"right_{part}" in at)
    top = (at["left_shoulder"] + at["right_shoulder"]) / 2.0
    left, up = _unit(at[f"left_{pair}"] - at[f"right_{pair}"]), _unit(top - at["pelvis"])
    feet = [at[name] for name in ("left_ankle", "right_ankle") if name in at]
    standing = not feet or np.dot(np.mean(feet, axis=0) - at["pelvis"], up) < 0.0
    if not standing or np.linalg.norm(np.cross(left, up)) < AXIS_COSINE:
        raise InputError(f"Cannot read {path}: nobody stands in its rest pose, so its rotations have no known zero.")
    left, up = _snapped(left), _snapped(up)
    axis = int(np.abs(up).argmax()) if np.abs(up).max() == 1.0 and up.max() == 1.0 else -1
    up = _unit(up - left * np.dot(up, left))
    return np.stack([left, up, np.cross(left, up)], axis=1), axis


def _snapped(direction: np.ndarray) -> np.ndarray:
    """The coordinate axis next to a unit vector, or the vector itself if none is close."""
    axis = int(np.abs(direction).argmax())
    return np.sign(direction[axis]) * np.eye(3)[axis] if abs(direction[axis]) > AXIS_COSINE else direction


def _unit(vector: np.ndarray) -> np.ndarray:
    """(3,) direction; zero for a vector without one."""
    return vector / max(float(np.linalg.norm(vector)), SHORTEST)


def _turns(at: Mapping[str, np.ndarray], trunk: np.ndarray) -> np.ndarray:
    """A for each of our joints: the parent's, after a shortest turn where the joint's bone is lined up."""
    bones = skeleton()
    rest = dict(zip(bones.names, bones.rest_positions(), strict=True))
    child_of = dict(LIMBS)
    turns = np.tile(trunk, (len(bones.names), 1, 1))
    for joint, name in enumerate(bones.names):
        if not name.startswith(SIDES):
            continue
        child, parent = child_of.get(name), bones.parents[joint]
        if parent > 0 and not name.endswith(("ankle", "foot")):
            turns[joint] = turns[parent]
        if child is not None and name in at and child in at:
            ours, theirs = turns[joint] @ _unit(rest[child] - rest[name]), _unit(at[child] - at[name])
            turns[joint] = _shortest_turn(ours, theirs) @ turns[joint]
    return turns


def _shortest_turn(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(3, 3) rotation that takes one unit vector to another one by the shortest way."""
    axis, cosine = np.cross(start, end), float(np.dot(start, end))
    if cosine < -1.0 + SHORTEST:
        across = np.cross(start, np.eye(3)[int(np.abs(start).argmin())])
        across /= np.linalg.norm(across)
        return 2.0 * np.outer(across, across) - np.eye(3)
    cross = np.array([[0.0, -axis[2], axis[1]], [axis[2], 0.0, -axis[0]], [-axis[1], axis[0], 0.0]])
    return np.eye(3) + cross + cross @ cross / (1.0 + cosine)
