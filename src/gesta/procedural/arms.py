"""Where a wrist should be, solved for collar, shoulder, elbow and wrist: analytic two-bone inverse kinematics.

Everything is solved for a left arm in the chest's frame; a right arm is the mirror image. The elbow hangs outward by
the swivel angle people show: about 65 degrees with the hand at the body, falling as the hand goes forward. The palm is
turned where it should face by twisting the forearm, never beyond what a forearm can, and the twist is shared by elbow
and wrist as the two bones of a forearm share it. The twist is found for the poses a hand goes to, not for every frame,
so a palm that turns over takes the way a forearm takes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import skeleton
from gesta.procedural.profiles import step

MIRROR = np.diag([-1.0, 1.0, 1.0])
"""Reflection that turns a left arm into a right one."""
SWIVEL_AT_BODY_DEG, SWIVEL_PER_METRE = 65.0, 150.0
SWIVEL_RANGE_DEG = (6.0, 62.0)
STRAIGHT_SWINGS, STRAIGHT_DEG, BENT_DEG = 0.35, 10.0, 110.0
"""An arm that is nearly straight swings its elbow out by this share only; bent so far, by all of it."""
COLLAR_LIFT_DEG, COLLAR_LIFT_PER_METRE = 10.0, (2.0, 24.0, 16.0)
COLLAR_FORWARD_DEG, COLLAR_FORWARD_PER_METRE = 1.0, (-28.0, -8.0, 50.0)
"""How far people's collars are lifted, and turned forward, for a wrist so far outward, up and forward of the collar
joint: by regression on the measured speakers (R^2 0.5 to 0.9)."""
COLLAR_WITH_ARM, ARM_USUAL_DEG = 0.3, 27.0
"""Degrees the collar lifts further for each degree of the upper arm beyond where it usually is from hanging; with the
above it comes to the measured 0.4."""
COLLAR_RANGE_DEG = 20.0
"""A collar is turned this far at most, against where it usually is."""
TWIST_FREE_DEG, TWIST_LIMIT_DEG = 55.0, 85.0
"""A forearm twists freely this far, and with growing reluctance up to the limit."""
ELBOW_TWIST_SHARE = 0.55
TURN_LEFT_TO_ELBOW, MOST_LEFT_DEG, USUAL_TURN_DEG = 0.6, 20.0, 15.0
"""An upper arm does not turn about itself as far as the elbow's hinge asks: the elbow takes this share of the turn away
from the usual one, up to so much, as measured poses put it there."""
LONGEST_REACH = 0.985
"""Share of the straight arm's length a hand may be away: an arm that speaks is never locked."""
SHORTEST_REACH_M, SOFT_REACH_M = 0.14, 0.012


@dataclass(frozen=True)
class Arm:
    """Rest pose of the left arm: bone vectors in metres, unit directions, the elbow's hinge."""

    collar: np.ndarray
    shoulder: np.ndarray
    upper: np.ndarray
    fore: np.ndarray
    hinge: np.ndarray
    palm: np.ndarray


@cache
def rest_arm() -> Arm:
    """The left arm of the skeleton at rest: along +X, palm down, the elbow bends forward (about -Y)."""
    bones = skeleton()
    offset = {name: bones.offsets[bones.index(f"left_{name}")] for name in ("collar", "shoulder", "elbow", "wrist")}
    return Arm(
        offset["collar"], offset["shoulder"], offset["elbow"], offset["wrist"],
        hinge=np.array((0.0, -1.0, 0.0)), palm=np.array((0.0, -1.0, 0.0)),
    )  # fmt: skip


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) scaled to length 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def frame(along: np.ndarray, across: np.ndarray) -> np.ndarray:
    """(..., 3, 3) rotation with its first column along `along` and its second as near to `across` as can be."""
    first = unit(along)
    second = unit(across - np.sum(across * first, axis=-1, keepdims=True) * first)
    return np.stack((first, second, np.cross(first, second)), axis=-1)


def turn(along: np.ndarray, across: np.ndarray, rest_along: np.ndarray, rest_across: np.ndarray) -> np.ndarray:
    """Rotation that takes a bone and its hinge from rest to where they should be: (..., 3, 3)."""
    return frame(along, across) @ frame(rest_along, rest_across).T


@dataclass(frozen=True)
class ArmPose:
    """Local rotations (T, 3, 3) of one arm, and the wrist's position in the chest's frame (T, 3)."""

    collar: np.ndarray
    shoulder: np.ndarray
    elbow: np.ndarray
    wrist: np.ndarray


def solve_arm(
    hand: str,
    position: np.ndarray,
    twist_deg: np.ndarray,
    wrist_deg: np.ndarray,
    shrug_deg: np.ndarray,
    swivel_deg: np.ndarray | float = 0.0,
    forearm_deg: np.ndarray | float = 0.0,
) -> ArmPose:
    """Local rotations of an arm whose wrist is at a position.

    Args:
        hand: "left" or "right".
        position: (T, 3) wrist from the resting shoulder joint: outward, up, forward, metres, in the chest's frame.
        twist_deg: (T,) twist of the forearm, see `palm_twist_deg`.
        wrist_deg: (T, 2) flexion towards the palm and deviation towards the little finger.
        shrug_deg: (T,) lift of the collar by breath and shrugs, or (T, 2) with how far forward it goes.
        swivel_deg: (T,) how much further the elbow swings outward than is usual for that position.
        forearm_deg: (T,) how much more than its usual share of the twist the elbow takes from the wrist.
    """
    arm = rest_arm()
    bones = _bones(position, shrug_deg, swivel_deg)
    collar, upper, fore = bones.collar, bones.upper, bones.fore
    twist, moved = np.radians(twist_deg), np.radians(forearm_deg)
    at_elbow = ELBOW_TWIST_SHARE * twist + moved
    flexion, deviation = np.radians(wrist_deg[:, 0]), np.radians(wrist_deg[:, 1])
    # Towards the palm (down at rest) is about -Z; towards the little finger (backward at rest) is about +Y.
    bend = np.stack((np.zeros_like(flexion), deviation, -flexion), axis=-1)
    along = unit(arm.fore)
    turns = np.stack((along * at_elbow[:, None], along * (twist - at_elbow)[:, None], bend))
    at_elbow_turned, at_wrist_turned, bent = matrix_from_axis_angle(turns)
    local = ArmPose(
        collar,
        np.swapaxes(collar, -1, -2) @ upper,
        np.swapaxes(upper, -1, -2) @ fore @ at_elbow_turned,
        at_wrist_turned @ bent,
    )
    return local if hand == "left" else _mirrored(local)


def solve_arms(values: Mapping[str, Sequence[np.ndarray]]) -> dict[str, ArmPose]:
    """Both arms at once, which takes little longer than one: by "left" and "right", all that `solve_arm` takes."""
    frames = len(next(iter(values.values()))[0])
    both = solve_arm("left", *(np.concatenate(pair) for pair in zip(*values.values(), strict=True)))
    poses = {}
    for place, hand in enumerate(values):
        part = ArmPose(*(rotation[place * frames :][:frames] for rotation in vars(both).values()))
        poses[hand] = part if hand == "left" else _mirrored(part)
    return poses


def _mirrored(pose: ArmPose) -> ArmPose:
    return ArmPose(*(MIRROR @ rotation @ MIRROR for rotation in (pose.collar, pose.shoulder, pose.elbow, pose.wrist)))


def _collar(goal: np.ndarray, further_deg: np.ndarray) -> np.ndarray:
    """Rotation of the collar (T, 3, 3) for a wrist at a place (T, 3) in the chest's frame.

    Args:
        goal: (T, 3) metres.
        further_deg: (T, 2) how much further it is lifted, and pulled forward.
    """
    arm = rest_arm()
    way = goal - arm.collar
    lift = _soft(way @ COLLAR_LIFT_PER_METRE) + COLLAR_LIFT_DEG - _elevation_deg(arm.shoulder) + further_deg[:, 0]
    forward = (
        _soft(way @ COLLAR_FORWARD_PER_METRE) + COLLAR_FORWARD_DEG - _azimuth_deg(arm.shoulder) + further_deg[:, 1]
    )
    return matrix_from_axis_angle(np.radians(np.stack((np.zeros_like(lift), -forward, lift), axis=-1)))


def _soft(degrees: np.ndarray) -> np.ndarray:
    """Degrees that come to the collar's range gently."""
    return COLLAR_RANGE_DEG * np.tanh(degrees / COLLAR_RANGE_DEG)


def _elevation_deg(bone: np.ndarray) -> float:
    """How far above level a bone points."""
    return float(np.degrees(np.arctan2(bone[1], np.hypot(bone[0], bone[2]))))


def _azimuth_deg(bone: np.ndarray) -> float:
    """How far forward of sideways a bone points."""
    return float(np.degrees(np.arctan2(bone[2], bone[0])))


def _bend(way: np.ndarray, swivel_deg: np.ndarray | float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Directions of upper arm and forearm, and the elbow's hinge, for a way from shoulder to wrist: (T, 3) each."""
    arm = rest_arm()
    upper_m, fore_m = float(np.linalg.norm(arm.upper)), float(np.linalg.norm(arm.fore))
    reach = np.linalg.norm(way, axis=-1, keepdims=True)
    line = way / np.maximum(reach, 1e-6)
    # A wish beyond the arm's length bends off smoothly: a hand that arrives there has no corner in its path.
    longest = LONGEST_REACH * (upper_m + fore_m)
    reach = longest - SOFT_REACH_M * np.logaddexp(0.0, (longest - reach) / SOFT_REACH_M)
    reach = np.maximum(reach, SHORTEST_REACH_M)
    usual = np.clip(SWIVEL_AT_BODY_DEG - SWIVEL_PER_METRE * way[:, 2], *SWIVEL_RANGE_DEG)
    flexion = 180.0 - np.degrees(np.arccos(np.clip(_inner_cosine(reach[:, 0], upper_m, fore_m), -1.0, 1.0)))
    bent = STRAIGHT_SWINGS + (1.0 - STRAIGHT_SWINGS) * step((flexion - STRAIGHT_DEG) / (BENT_DEG - STRAIGHT_DEG))
    swivel = np.radians(bent * usual + swivel_deg)
    # The elbow leaves the line downward; the swivel turns it outward about the line. A hanging arm's line is itself
    # downward, so its elbow goes back instead.
    back_down = np.array((0.0, -1.0, -0.6))
    low = unit(back_down - np.sum(back_down * line, axis=-1, keepdims=True) * line)
    elbow_way = np.cos(swivel)[:, None] * low + np.sin(swivel)[:, None] * np.cross(line, low)
    along = (reach**2 + upper_m**2 - fore_m**2) / (2.0 * reach)
    aside = np.sqrt(np.maximum(upper_m**2 - along**2, 1e-8))
    elbow = along * line + aside * elbow_way
    return unit(elbow), unit(reach * line - elbow), unit(np.cross(elbow_way, line))


def _inner_cosine(reach: np.ndarray, upper_m: float, fore_m: float) -> np.ndarray:
    """Cosine of the angle between an elbow's two bones, by the law of cosines."""
    return (upper_m**2 + fore_m**2 - reach**2) / (2.0 * upper_m * fore_m)


def palm_twist_deg(position: np.ndarray, palm: np.ndarray) -> np.ndarray:
    """Twist of the forearm that brings the palm as near as it goes to where it should face.

    Args:
        position: (N, 3) wrist from the resting shoulder joint: outward, up, forward, metres.
        palm: (N, 3) direction the palm should face: outward, up, forward.

    Returns:
        (N,) degrees, the same for a left and a right arm.
    """
    bones = _bones(position, np.zeros(len(position)))
    natural = bones.fore @ rest_arm().palm
    wanted = palm - np.sum(palm * bones.fore_way, axis=-1, keepdims=True) * bones.fore_way
    sine = np.sum(np.cross(natural, wanted) * bones.fore_way, axis=-1)
    angle = np.degrees(np.arctan2(sine, np.sum(natural * wanted, axis=-1)))
    # Beyond what is free the wish fades, as it does for people.
    reluctant = TWIST_LIMIT_DEG - TWIST_FREE_DEG
    beyond = np.maximum(np.abs(angle) - TWIST_FREE_DEG, 0.0)
    return np.sign(angle) * (np.minimum(np.abs(angle), TWIST_FREE_DEG) + reluctant * np.tanh(beyond / reluctant))


@dataclass(frozen=True)
class Bones:
    """Where a left arm's bones are, in the chest's frame: rotations (T, 3, 3), the forearm's direction (T, 3)."""

    collar: np.ndarray
    upper: np.ndarray
    fore: np.ndarray
    fore_way: np.ndarray


def _bones(position: np.ndarray, shrug_deg: np.ndarray, swivel_deg: np.ndarray | float = 0.0) -> Bones:
    arm = rest_arm()
    goal = arm.collar + arm.shoulder + position
    further = np.reshape(shrug_deg, (len(goal), -1))
    further = further if further.shape[1] > 1 else np.pad(further, ((0, 0), (0, 1)))
    collar = _collar(goal, further)
    upper_way, _, _ = _bend(goal - (arm.collar + collar @ arm.shoulder), swivel_deg)
    # The collar goes with the upper arm, which then has a little less to do itself.
    raised_deg = np.degrees(np.arccos(np.clip(-upper_way[:, 1], -1.0, 1.0))) - ARM_USUAL_DEG
    lifted = further + np.stack((_soft(COLLAR_WITH_ARM * raised_deg), np.zeros(len(goal))), axis=-1)
    collar = _collar(goal, lifted)
    upper_way, fore_way, hinge = _bend(goal - (arm.collar + collar @ arm.shoulder), swivel_deg)
    upper = _eased(turn(upper_way, hinge, arm.upper, arm.hinge), upper_way)
    return Bones(collar, upper, turn(fore_way, hinge, arm.fore, arm.hinge), fore_way)


def _eased(upper: np.ndarray, way: np.ndarray) -> np.ndarray:
    """Upper arms (T, 3, 3) along `way` (T, 3), turned about themselves less than their hinges ask."""
    arm = rest_arm()
    rest = np.broadcast_to(unit(arm.upper), way.shape)
    # The shortest turn that brings the bone there; what is left of `upper` is a turn about the bone.
    across = np.cross(rest, way)
    swing = frame(way, across) @ np.swapaxes(frame(rest, across), -1, -2)
    hinge, level = upper @ arm.hinge, swing @ arm.hinge
    turned = np.degrees(np.arctan2(np.sum(np.cross(level, hinge) * way, axis=-1), np.sum(level * hinge, axis=-1)))
    less = MOST_LEFT_DEG * np.tanh(TURN_LEFT_TO_ELBOW * (turned - USUAL_TURN_DEG) / MOST_LEFT_DEG)
    return matrix_from_axis_angle(np.radians(-less)[:, None] * way) @ upper
