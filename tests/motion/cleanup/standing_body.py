"""A made-up body that stands, sways over its planted feet, waves its arms and, where asked, steps or has faults."""

import numpy as np

from gesta.motion.cleanup.two_bones import LIMBS, Limb
from gesta.motion.kinematics import forward
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import skeleton
from gesta.records import Capsules, Motion
from gesta.units import MOTION_FPS


def standing_motion(frames: int = 150, sway_m: float = 0.03) -> Motion:
    """A body that shifts its weight on feet that stay exactly where they are, with its arms half down and moving."""
    times = np.arange(frames) / MOTION_FPS
    vectors = np.zeros((frames, 55, 3))
    index = skeleton().index
    for side, sign in (("left", -1.0), ("right", 1.0)):
        vectors[:, index(f"{side}_shoulder"), 2] = sign * (1.0 + 0.1 * np.sin(2.0 * np.pi * 0.7 * times))
        vectors[:, index(f"{side}_elbow"), 1] = sign * (0.6 + 0.2 * np.sin(2.0 * np.pi * 0.9 * times + 1.0))
    vectors[:, index("spine2"), 0] = 0.05 * np.sin(2.0 * np.pi * 0.3 * times)
    rotations = matrix_from_axis_angle(vectors)
    rest = np.array(skeleton().offsets[0])
    translation = rest + np.stack(
        [sway_m * np.sin(2.0 * np.pi * 0.4 * times), np.full(frames, -0.03), 0.01 * np.sin(times)], axis=1
    )
    pose = forward(rotations, translation)
    ankles = skeleton().rest_positions()
    for side in ("left", "right"):
        leg = Limb.of(f"{side}_leg", pose)
        joints = skeleton().indices(LIMBS[f"{side}_leg"][0])
        planted = np.repeat(ankles[joints[2]][None], frames, axis=0)
        rotations[:, joints] = leg.reaching(planted, last=np.repeat(np.eye(3)[None], frames, axis=0))
    return Motion(rotations, translation, np.zeros((frames, 52)), contacts=np.ones((frames, 4)))


def with_wrist_at(motion: Motion, side: str, goal: np.ndarray) -> Motion:
    """The motion with one wrist led to (T, 3) metres in the world, the hand straight on the forearm."""
    rotations = motion.rotations.astype(np.float64)
    arm = Limb.of(f"{side}_arm", forward(rotations, motion.translation.astype(np.float64)))
    joints = skeleton().indices(LIMBS[f"{side}_arm"][0])[:2]
    rotations[:, joints] = arm.reaching(goal)[:, :2]
    return motion.replaced(rotations=rotations)


def plain_capsules(elbows: bool = False) -> Capsules:
    """A trunk, a head and two simple hands, where asked elbows too, from the skeleton's rest pose alone."""
    rest, index = skeleton().rest_positions(), skeleton().index
    spread = np.array([0.07, 0.0, 0.0])
    rows = [
        ("belly", "spine1", rest[index("spine1")] - spread, rest[index("spine1")] + spread, 0.11),
        ("chest", "spine3", rest[index("spine3")] - spread, rest[index("spine3")] + spread, 0.12),
        ("head", "head", rest[index("head")], rest[index("head")] + (0.0, 0.1, 0.02), 0.09),
    ]
    for side in ("left", "right"):
        names = ("shoulder", "elbow", "wrist", "middle1")
        shoulder, elbow, wrist, knuckle = (rest[index(f"{side}_{name}")] for name in names)
        if elbows:
            rows.append((f"{side}_elbow", f"{side}_shoulder", 0.4 * shoulder + 0.6 * elbow, elbow, 0.035))
        rows += [
            (f"{side}_forearm", f"{side}_elbow", 0.4 * elbow + 0.6 * wrist, wrist, 0.03),
            (f"{side}_palm", f"{side}_wrist", wrist, knuckle, 0.03),
        ]
    names, joints, starts, ends, radii = zip(*rows, strict=True)
    return Capsules(names, joints, np.array(starts), np.array(ends), np.array(radii))
