"""Poses to look at a body in: the rest pose from three sides, and five that bodies of speakers take.

A pose is written as turns of joints in degrees: up, forward and about the bone for limbs that point sideways at rest.
Turns are those of the left side; the right side takes their mirror image.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.motion.kinematics import sole_positions
from gesta.motion.rotations import matrix_from_euler
from gesta.motion.skeleton import PELVIS, skeleton
from gesta.records import Motion

Turns = dict[str, tuple[float, float, float]]
"""By joint: degrees about z, then y, then x, each in the frame that the one before has turned (Euler "ZYX"). On the
left side z lifts an arm and straightens a finger, negative y brings it forward, and x turns it about its own axis."""

FINGERS = ("index", "middle", "ring", "pinky")


@dataclass(frozen=True)
class StillPose:
    """One pose: what a body does in a picture.

    Attributes:
        name: shown below the picture.
        turns: what each joint does; those that are not named are at rest.
        face: ARKit weights by name, the others are 0.
    """

    name: str
    turns: Turns = field(default_factory=dict)
    face: dict[str, float] = field(default_factory=dict)


def _both(turns: Turns) -> dict[str, tuple[float, float, float]]:
    """Turns of joints without a side, for both sides as mirror images."""
    return {
        f"{side}_{joint}": (sign * z, sign * y, x)
        for joint, (z, y, x) in turns.items()
        for side, sign in (("left", 1.0), ("right", -1.0))
    }


def _curled(
    degrees: float, fingers: Iterable[str] = FINGERS, thumb_degrees: float = 0.0
) -> dict[str, tuple[float, float, float]]:
    """Fingers bent by as much at each of their joints, without a side."""
    bent = {f"{finger}{number}": (-degrees, 0.0, 0.0) for finger in fingers for number in (1, 2, 3)}
    return bent | {f"thumb{number}": (0.0, -thumb_degrees, 0.0) for number in (2, 3)}


ASIDE: Turns = {PELVIS: (0.0, -24.0, 0.0)}
"""Turned away a little, which shows depth."""
RELAXED: Turns = _both(
    {
        "collar": (-3.0, 0.0, 0.0),
        "shoulder": (-70.0, -4.0, 0.0),
        "elbow": (0.0, -22.0, 0.0),
        **_curled(14.0, thumb_degrees=8.0),
    }
)
"""Arms that hang beside a standing body."""
SIDES = (
    StillPose("front"),
    StillPose("side", {PELVIS: (0.0, -90.0, 0.0)}),
    StillPose("back", {PELVIS: (0.0, 180.0, 0.0)}),
)
"""The rest pose, turned before a camera that stays where it is."""
POSES = (
    StillPose("hanging", {**ASIDE, **RELAXED, "neck": (0.0, 6.0, 0.0), "head": (0.0, 8.0, 0.0)}),
    StillPose(
        "gesturing",
        {
            **ASIDE,
            **_both({"shoulder": (-66.0, -8.0, 4.0), "elbow": (0.0, -82.0, 0.0), **_curled(7.0)}),
            "left_elbow": (16.0, -88.0, -50.0),
            "right_elbow": (4.0, 84.0, -40.0),
            "left_wrist": (10.0, 0.0, 0.0),
            "spine2": (0.0, 5.0, 2.0),
            "neck": (0.0, 8.0, 0.0),
            "head": (-4.0, 10.0, 2.0),
        },
        {
            "jawOpen": 0.18,
            "browInnerUp": 0.2,
            "mouthSmileLeft": 0.5,
            "mouthSmileRight": 0.5,
            "cheekSquintLeft": 0.25,
            "cheekSquintRight": 0.25,
        },
    ),
    StillPose(
        "arms up",
        ASIDE
        | _both(
            {"collar": (14.0, 0.0, 0.0), "shoulder": (58.0, -10.0, 0.0), "elbow": (8.0, -18.0, 0.0), **_curled(4.0)}
        ),
        {
            "mouthSmileLeft": 0.7,
            "mouthSmileRight": 0.7,
            "jawOpen": 0.15,
            "cheekSquintLeft": 0.4,
            "cheekSquintRight": 0.4,
        },
    ),
    StillPose(
        "seated",
        ASIDE
        | _both(
            {
                "hip": (4.0, 0.0, -84.0),
                "knee": (0.0, 0.0, 86.0),
                "shoulder": (-68.0, -22.0, -8.0),
                "elbow": (0.0, -52.0, 0.0),
                "wrist": (0.0, 0.0, 0.0),
                **_curled(10.0, thumb_degrees=6.0),
            }
        ),
    ),
    StillPose(
        "pointing",
        {
            **ASIDE,
            **RELAXED,
            **{
                f"right_{joint}": turn
                for joint, turn in {
                    "collar": (0.0, 8.0, 0.0),
                    "shoulder": (14.0, 62.0, 0.0),
                    "elbow": (0.0, 12.0, 0.0),
                }.items()
            },
            **{f"right_{joint}": (-z, -y, x) for joint, (z, y, x) in _curled(78.0, FINGERS[1:], 30.0).items()},
            **{f"right_index{number}": (0.0, 0.0, 0.0) for number in (1, 2, 3)},
            "head": (0.0, -16.0, 0.0),
        },
    ),
)
"""What the arms of a speaker may do, and sitting."""
SPEAKING = next(pose for pose in POSES if pose.name == "gesturing")
OPENED = {"mouthClose": "jawOpen"}
"""Shapes that do nothing alone, with what they need: mouthClose shuts the lips of an open jaw."""
FACES = tuple(
    StillPose(f"{name} + {OPENED[name]}", RELAXED, {name: 1.0, OPENED[name]: 1.0})
    if name in OPENED
    else StillPose(name, RELAXED, {name: 1.0})
    for name in ARKIT_NAMES
)
"""Each of the 52 ARKit shapes at full weight, alone where that means something."""
PORTRAIT = StillPose(
    "portrait",
    _both(
        {
            "collar": (-3.0, 0.0, 0.0),
            "shoulder": (-68.0, -6.0, 25.0),
            "elbow": (0.0, -84.0, 12.0),
            **_curled(16.0, thumb_degrees=8.0),
        }
    ),
    {"mouthSmileLeft": 0.35, "mouthSmileRight": 0.35, "cheekSquintLeft": 0.15, "cheekSquintRight": 0.15}
    | {"browInnerUp": 0.12},
)
"""Somebody who is about to speak, hands before the belly, where a picture of half a body shows them."""


def still_motion(poses: Iterable[StillPose]) -> Motion:
    """Poses as the frames of a motion, each with its soles on the floor."""
    shown = tuple(poses)
    bones = skeleton()
    rotations = np.tile(np.eye(3, dtype=np.float32), (len(shown), len(bones.names), 1, 1))
    face = np.zeros((len(shown), len(ARKIT_NAMES)), np.float32)
    for frame, pose in enumerate(shown):
        joints = bones.indices(pose.turns)
        if joints:
            rotations[frame, joints] = matrix_from_euler("ZYX", np.radians(list(pose.turns.values())))
        for name, weight in pose.face.items():
            face[frame, ARKIT_INDEX[name]] = weight
    translation = np.tile(bones.rest_positions()[0].astype(np.float32), (len(shown), 1))
    translation[:, 1] -= sole_positions(rotations, translation)[..., 1].min(axis=1)
    return Motion(rotations, translation, face)
