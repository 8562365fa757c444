"""Hands lifted beside the chin: a speaker's hands move as they did about the belly, less far, about another home.

Wrists keep the course that the take gives them, seen from the chest, by a share and softly bounded; arms follow by the
procedural speaker's inverse kinematics, and what the clean-up knows of capsules keeps them out of the body.
"""

from dataclasses import dataclass

import numpy as np

from gesta.motion.cleanup.hands_out import HandsOut
from gesta.motion.cleanup.overlaps import ArmOverlaps
from gesta.motion.kinematics import forward
from gesta.motion.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from gesta.motion.skeleton import skeleton
from gesta.procedural.arms import palm_twist_deg, rest_arm, solve_arm
from gesta.records import Motion

CHEST = "spine3"
MIRRORS = {"left": np.ones(3), "right": np.array((-1.0, 1.0, 1.0))}
SHARE, BOUNDS_M = 0.8, np.array((0.04, 0.06, 0.05))
"""How much of a wrist's way is kept, and how far it goes from home at most: outward, up, forward."""
WRIST_SHARE = 0.5
"""How much of the hand's own turning about its wrist is kept."""


@dataclass(frozen=True)
class Home:
    """Where a hand is when it rests, from the mouth, in the chest's frame.

    Attributes:
        place: (3,) of the wrist: outward, up, forward, metres.
        palm: (3,) where the palm faces: outward, up, forward.
        flexion_deg: how far the hand is bent towards the palm.
        deviation_deg: how far towards the little finger.
        swivel_deg: how much further than usual the elbow swings outward.
    """

    place: np.ndarray
    palm: np.ndarray
    flexion_deg: float
    deviation_deg: float
    swivel_deg: float


def drawn_home(chance: np.random.Generator, nearer_m: float = 0.0) -> Home:
    """A home by chance.

    Args:
        chance: draws.
        nearer_m: how much nearer to the middle than usual.
    """
    outward = chance.uniform(0.130, 0.152) - nearer_m
    palm = np.array((chance.uniform(-0.7, 0.0), 0.1, chance.uniform(0.4, 1.0)))
    return Home(
        np.array((outward, -chance.uniform(0.145, 0.185), chance.uniform(-0.03, 0.03))), palm / np.linalg.norm(palm),
        chance.uniform(-18.0, 2.0), chance.uniform(4.0, 18.0), chance.uniform(-32.0, -12.0),
    )  # fmt: skip


def raised(motion: Motion, mouth: np.ndarray, homes: dict[str, Home], overlaps: ArmOverlaps) -> Motion:
    """A motion with its hands raised.

    Args:
        motion: T frames.
        mouth: (3,) metres, where the mouth usually is, seen from the chest.
        homes: by "left" and "right"; a side that is not named stays as it is.
        overlaps: of the body's capsules.
    """
    bones, arm = skeleton(), rest_arm()
    pose = forward(motion.rotations.astype(np.float64), motion.translation.astype(np.float64))
    chest = bones.index(CHEST)
    rotations = np.array(motion.rotations)
    for side, home in homes.items():
        names = [f"{side}_{joint}" for joint in ("collar", "shoulder", "elbow", "wrist")]
        joints = list(bones.indices(names))
        wrist = pose.positions[:, joints[3]] - pose.positions[:, chest]
        seen = np.einsum("tba,tb->ta", pose.rotations[:, chest], wrist) * MIRRORS[side]
        way = SHARE * (seen - np.median(seen, axis=0))
        place = home.place + BOUNDS_M * np.tanh(way / BOUNDS_M)
        goal = mouth * (0.0, 1.0, 1.0) + place - (arm.collar + arm.shoulder)
        twist = palm_twist_deg(goal, np.broadcast_to(home.palm, goal.shape))
        count = len(goal)
        bent = np.broadcast_to((home.flexion_deg, home.deviation_deg), (count, 2))
        solved = solve_arm(side, goal, twist, bent, np.zeros(count), home.swivel_deg)
        own = _deviation(motion.rotations[:, joints[3]].astype(np.float64))
        for joint, turned in zip(
            joints, (solved.collar, solved.shoulder, solved.elbow, solved.wrist @ own), strict=True
        ):
            rotations[:, joint] = turned
    return HandsOut(overlaps).change(motion.replaced(rotations=rotations.astype(np.float32)))


def _deviation(rotations: np.ndarray) -> np.ndarray:
    """Rotations (T, 3, 3) as turns from their own middle, less far."""
    vectors = axis_angle_from_matrix(rotations)
    middle = matrix_from_axis_angle(np.median(vectors, axis=0))
    return matrix_from_axis_angle(WRIST_SHARE * axis_angle_from_matrix(middle.T @ rotations))
