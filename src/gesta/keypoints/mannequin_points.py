"""The 134 points of the drawn mannequin: where a preview shows each, seen by the very camera that draws it.

Body, feet and hands are joints of the skeleton, the face is the mannequin's own surface, so lips, lids and brows are
where the picture shows them. Nothing is hidden by anything else: a point inside the picture has the score 1, also
behind the body, and one outside of it 0.
"""

import numpy as np

from gesta.motion.kinematics import Pose, forward
from gesta.motion.skeleton import skeleton
from gesta.records import KEYPOINT_COUNT, Keypoints, Motion
from gesta.render.camera import project
from gesta.render.mannequin import mannequin
from gesta.render.mannequin_hands import TIP_SHARE
from gesta.render.mannequin_landmarks import face_landmarks
from gesta.render.preview import on_the_floor
from gesta.render.views import Follower, View
from gesta.units import MOTION_FPS

FRAMES_PER_MESH = 64
"""Frames whose meshes are in memory at once."""
ARMS_AND_LEGS = tuple(
    f"{side}_{joint}"
    for joints in (("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle"))
    for side in ("right", "left")
    for joint in joints
)
"""The joints behind the body's points 2 to 13."""
FINGERS = ("thumb", "index", "middle", "ring", "pinky")
SHOE_HALF_M = 0.035
"""How far the toe points lie to the sides of the sole's."""
NOSE_TIP, RIGHT_EYE, LEFT_EYE = 30, slice(36, 42), slice(42, 48)
"""Places in the face's 68 points."""


def mannequin_keypoints(motion: Motion, view: View, size: tuple[int, int], fps: float = MOTION_FPS) -> Keypoints:
    """The points of a motion as `gesta.render.preview` draws it.

    Args:
        motion: F frames.
        view: where the camera stands.
        size: width and height of the picture, pixels.
        fps: what the motion's frames are played at.

    Returns:
        Keypoints of F frames, in pixels of the picture.
    """
    motion = on_the_floor(motion)
    follower = Follower(motion, view, size)
    points = np.empty((motion.frame_count, KEYPOINT_COUNT, 2), np.float32)
    for start in range(0, motion.frame_count, FRAMES_PER_MESH):
        block = motion.frames(start, min(start + FRAMES_PER_MESH, motion.frame_count))
        for at, places in enumerate(_places(block), start):
            points[at] = project(places, follower.camera(at), size)[:, :2]
    inside = np.all((points >= 0.0) & (points < np.array(size)), axis=-1)
    return Keypoints(points, inside.astype(np.float32), size, fps)


def _places(motion: Motion) -> np.ndarray:
    """Where the points are in the world: (F, 134, 3) metres."""
    figure = mannequin()
    weights = motion.face if motion.face_basis == "arkit52" else None
    vertices, _ = figure.pose(motion.rotations, motion.translation, weights)
    face = vertices[:, face_landmarks(figure)].mean(axis=2)
    ears = [vertices[:, figure.face_parts[f"{side}_ear"]].mean(axis=1) for side in ("right", "left")]
    pose = forward(motion.rotations, motion.translation)
    hands = [_hand(pose, side) for side in ("left", "right")]
    return np.concatenate([_body(pose, face, ears), _feet(pose), face, *hands], axis=1)


def _body(pose: Pose, face: np.ndarray, ears: list[np.ndarray]) -> np.ndarray:
    """OpenPose's 18 points: nose, neck, arms and legs with the right one first, eyes, ears: (F, 18, 3)."""
    limbs = pose.positions[:, skeleton().indices(ARMS_AND_LEGS)]
    shoulders = skeleton().indices(("left_shoulder", "right_shoulder"))
    neck = pose.positions[:, shoulders].mean(axis=1)
    eyes = [face[:, eye].mean(axis=1) for eye in (RIGHT_EYE, LEFT_EYE)]
    head = np.stack([*eyes, *ears], axis=1)
    return np.concatenate([face[:, NOSE_TIP, None], neck[:, None], limbs, head], axis=1)


def _feet(pose: Pose) -> np.ndarray:
    """Big toe, small toe and heel of the left foot, then of the right one: (F, 6, 3)."""
    found = []
    for heel, toe, outward in zip(skeleton().soles[::2], skeleton().soles[1::2], (1.0, -1.0), strict=True):
        side = np.array((outward * SHOE_HALF_M, 0.0, 0.0))
        offsets = np.stack([toe.offset - side, toe.offset + side, heel.offset]).astype(np.float32)
        ankle = skeleton().index(toe.joint)
        found.append(pose.positions[:, ankle, None] + offsets @ np.swapaxes(pose.rotations[:, ankle], 1, 2))
    return np.concatenate(found, axis=1)


def _hand(pose: Pose, side: str) -> np.ndarray:
    """The wrist, then each finger's three joints and tip from the thumb on: (F, 21, 3)."""
    found = [pose.positions[:, skeleton().index(f"{side}_wrist"), None]]
    for finger in FINGERS:
        joints = skeleton().indices(f"{side}_{finger}{segment}" for segment in (1, 2, 3))
        chain = pose.positions[:, joints]
        # The last segment goes on from the joint before it, straight at rest, and turns with it.
        along = skeleton().offsets[joints[2]].astype(np.float32) * TIP_SHARE[finger]
        found += [chain, chain[:, 2:] + (pose.rotations[:, joints[2]] @ along)[:, None]]
    return np.concatenate(found, axis=1)
