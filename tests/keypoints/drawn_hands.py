"""Points of our own bodies as a camera before them sees them, with what is true of their hands."""

from dataclasses import dataclass

import numpy as np

from gesta.keypoints.mannequin_points import mannequin_keypoints
from gesta.motion.kinematics import forward
from gesta.motion.skeleton import skeleton
from gesta.procedural.families import families, rests
from gesta.procedural.shapes import HAND_SHAPES
from gesta.records import HandPose, Keypoints, Motion
from gesta.render.views import VIEWS
from tests.procedural.posed import posed

PICTURE = (768, 768)
MIRRORED = {"left": (1.0, 1.0, 1.0), "right": (-1.0, 1.0, 1.0)}


def poses() -> list[HandPose]:
    """Every family's hand before and after its stroke, and two rests."""
    found = []
    for family in families().values():
        for way, pose in ((family.before, family.pose_before), (family.after, family.pose_after)):
            x, y, z = (float(value) for value in np.add(family.place, way))
            found.append(pose((x, y, z)))
    return [*found, rests()["hanging"].left, rests()["before_belly"].left]


def held(left: list[HandPose], right: list[HandPose]) -> Motion:
    """A motion of one frame for each pair of poses."""
    rotations = np.stack([posed(*pair) for pair in zip(left, right, strict=True)]).astype(np.float32)
    place = np.tile(skeleton().rest_positions()[0].astype(np.float32), (len(rotations), 1))
    return Motion(rotations, place, np.zeros((len(rotations), 52), np.float32))


def seen(motion: Motion, noise_px: float = 0.0) -> Keypoints:
    """What a camera sees of it, and how badly it is measured."""
    points = mannequin_keypoints(motion, VIEWS["half"], PICTURE)
    noise = np.random.default_rng(0).normal(0.0, 1.0, points.points.shape) * noise_px
    return points.replaced(points=points.points + noise.astype(np.float32))


@dataclass(frozen=True)
class TrueHands:
    """Palms (F, 2, 3) as outward, up, forward, and splays (F, 2) of index and little finger, degrees."""

    palms: np.ndarray
    splays: np.ndarray


def true_hands(motion: Motion) -> TrueHands:
    """How the hands of a motion are held."""
    bones, body = skeleton(), forward(motion.rotations, motion.translation)
    palms, splays = [], []
    for side, mirror in MIRRORED.items():
        turned = body.rotations[:, bones.index(f"{side}_wrist")]
        palms.append(turned @ (0.0, -1.0, 0.0) * np.array(mirror))
        angles = []
        for finger in ("index", "pinky"):
            ends = (body.positions[:, bones.index(f"{side}_{finger}{joint}")] for joint in (1, 2))
            way = np.einsum("fba,fb->fa", turned, -np.subtract(*ends)) * mirror
            angles.append(np.degrees(np.arctan2(way[:, 2], way[:, 0])))
        splays.append(angles[0] - angles[1])
    return TrueHands(np.stack(palms, axis=1), np.stack(splays, axis=1))


def curls_of(poses: list[HandPose]) -> np.ndarray:
    """Curls (F, 4) of the fingers of some poses."""
    return np.array([HAND_SHAPES[pose.shape].values()[:4] for pose in poses])


def apart_deg(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Angle between directions (..., 3)."""
    return np.degrees(np.arccos(np.clip(np.sum(one * other, axis=-1), -1.0, 1.0)))
