"""Bodies whose hands are in given poses, and how near their parts are to each other."""

import numpy as np

from gesta.avatar.capsules import body_capsules
from gesta.motion.kinematics import forward
from gesta.motion.skeleton import skeleton
from gesta.procedural.arms import palm_twist_deg, solve_arm
from gesta.procedural.fingers import finger_rotations
from gesta.procedural.shapes import HAND_SHAPES
from gesta.records import HandPose
from tests.procedural.segments import closest

FINGERS = ("index", "middle", "ring", "pinky", "thumb")
TRUNK = ("pelvis", "belly", "waist", "chest", "left_thigh", "right_thigh")


def posed(left: HandPose, right: HandPose) -> np.ndarray:
    """Local rotations (55, 3, 3) of a body that stands at rest but for its arms."""
    bones = skeleton()
    rotations = np.tile(np.eye(3), (len(bones.names), 1, 1))
    for hand, pose in (("left", left), ("right", right)):
        place, palm = np.array([pose.position]), np.array([pose.palm])
        wrist = np.array([(pose.flexion_deg, pose.deviation_deg)])
        arm = solve_arm(hand, place, palm_twist_deg(place, palm), wrist, np.zeros(1))
        for name in ("collar", "shoulder", "elbow", "wrist"):
            rotations[bones.index(f"{hand}_{name}")] = getattr(arm, name)[0]
        names, fingers = finger_rotations(hand, np.array([HAND_SHAPES[pose.shape].values()]))
        rotations[bones.indices(names)] = fingers[0]
    return rotations


def hand_parts(hand: str) -> list[str]:
    """Names of a hand's capsules."""
    names = body_capsules().names
    return [name for name in names if name.startswith(tuple(f"{hand}_{part}" for part in (*FINGERS, "palm")))]


def gaps_m(rotations: np.ndarray, some: list[str], others: list[str]) -> np.ndarray:
    """Room between the surfaces of capsules: (N, M) metres, negative where they are in each other."""
    capsules, bones = body_capsules(), skeleton()
    joints = bones.indices(capsules.joints)
    rest = bones.rest_positions()[joints]
    body = forward(rotations[None], np.zeros((1, 3)))
    turned, place = body.rotations[0][joints], body.positions[0][joints]
    starts, ends = (
        place + np.einsum("nij,nj->ni", turned, points - rest) for points in (capsules.starts, capsules.ends)
    )
    first, second = ([capsules.names.index(name) for name in names] for names in (some, others))
    near = closest(starts[first][:, None], ends[first][:, None], starts[second][None], ends[second][None])
    apart = np.linalg.norm(near[0] - near[1], axis=-1)
    return apart - capsules.radii[first][:, None] - capsules.radii[second][None]
