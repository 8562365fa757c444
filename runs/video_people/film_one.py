"""One clip of one person: the hands raised, a camera before the face, light from somewhere, a background; drawn.

The camera stands so near that the mouth is as wide as wanted; it follows most of the head's wander, slowly. Light comes
from where the studio's key lamp stands: the person and the camera are turned before it together.

T frames, P points.
"""

from dataclasses import dataclass

import numpy as np
import torch
from backgrounds import background
from people import Person
from raised import CHEST, drawn_home, raised
from scipy.ndimage import gaussian_filter1d

from gesta.avatar.body import BodyAsset
from gesta.avatar.dressing import dressed
from gesta.avatar.face_weights import tamed
from gesta.avatar.posing import Figure
from gesta.keypoints.bridge.anchors import anchors_of
from gesta.keypoints.bridge.figure_points import FigurePoints
from gesta.keypoints.bridge.hiding import Hiding, scores_behind
from gesta.keypoints.bridge.proportions import NAMES, sizes
from gesta.keypoints.layout import GROUPS, HANDS, LIPS, VISIBLE
from gesta.keypoints.masks import exact_boxes
from gesta.motion.cleanup.overlaps import ArmOverlaps
from gesta.motion.kinematics import forward
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import PELVIS, skeleton
from gesta.records import Capsules, Keypoints, Motion
from gesta.render.camera import Camera
from gesta.render.rasteriser import Rasteriser
from gesta.units import VIDEO_FPS

KEY_AZIMUTH_DEG = -36.6
"""Where the studio's key lamp stands, from straight ahead; see gesta.render.shading."""
FOLLOWS, FOLLOW_S = 0.8, 0.8
"""Share of the head's wander that the camera goes along with, and how slowly."""
FRAMES_AT_ONCE = 24
LOOKED_EACH = 6
"""Every so many frames are looked at before a clip is drawn."""
NEARER_M = (0.0, 0.012, 0.024)
"""Homes of the hands are tried nearer and nearer to the middle, until both are seen well."""
LEAST_SEEN = 0.7
"""Share of the frames in which at least one hand is to be seen."""
MOUTH_SEEN, LIPS_SEEN = 0.93, 0.7
"""Share of the frames in which the mouth is to be seen, and the share of its points that must be."""
FACE_INSIDE, FACE_POINTS = 0.93, 0.85
"""Share of the frames in which the face is to be in the picture, and the share of its points that must be."""


@dataclass(frozen=True)
class Framing:
    """How clips are framed.

    Attributes:
        side_px: of the pictures that are trained on.
        drawn_px: of those that are drawn.
        mouth_px, hand_px: least medians, in pixels of the former.
        wanted_px: what the camera makes of the mouth.
    """

    side_px: int = 64
    drawn_px: int = 128
    mouth_px: float = 10.3
    hand_px: float = 12.5
    wanted_px: float = 10.9


@dataclass(frozen=True)
class FilmedClip:
    """Pictures (T, drawn, drawn, 3) uint8, their points, and the medians of what is to be large enough, pixels."""

    pictures: np.ndarray
    points: Keypoints
    mouth_px: float
    hand_px: float


@dataclass(frozen=True)
class Shot:
    """A motion before cameras, one for each frame, and its points in space (T, P, 3) metres."""

    motion: Motion
    cameras: list[Camera]
    space: np.ndarray


def film_clip(
    body: BodyAsset, person: Person, motion: Motion, framing: Framing, chance: np.random.Generator
) -> FilmedClip | None:
    """Film a person; nothing if mouth or hands are not shown large enough.

    Args:
        body: the person's.
        person: who it is.
        motion: T frames at 25 a second.
        framing: how large.
        chance: draws homes of hands, camera, light and background.
    """
    figure = dressed(body, person.look, person.palette)
    points, overlaps = FigurePoints(anchors_of(figure)), ArmOverlaps(capsules_of(body))
    light_deg, turn_deg, rise_deg = chance.uniform(-62.0, 62.0), chance.normal(0.0, 8.0), chance.normal(1.0, 3.0)
    distance_m, down = chance.uniform(1.1, 1.7), chance.uniform(0.02, 0.06)
    tint = _light(chance)
    behind = background(chance, framing.drawn_px)
    draws = [chance.spawn(1)[0] for _ in NEARER_M]
    mouth = _mouth_from_chest(motion, points)
    turned = _turned(motion, KEY_AZIMUTH_DEG - light_deg)
    for nearer, own in zip(NEARER_M, draws, strict=True):
        homes = {side: drawn_home(own, nearer) for side in ("left", "right")}
        lifted = raised(turned, mouth, homes, overlaps)
        shot = _shot(lifted, points, framing, (turn_deg, rise_deg, distance_m, down))
        if _is_fit(_looked_at(shot, figure, framing), framing):
            pictures, seen = _drawn(shot, figure, framing, behind, tint)
            if _is_fit(seen, framing):
                return FilmedClip(pictures, seen, *sizes_px(seen, framing)[:2])
    return None


def _is_fit(seen: Keypoints, framing: Framing) -> bool:
    """Whether mouth and hands are large enough, and seen often enough."""
    mouth_px, hand_px, share = sizes_px(seen, framing)
    large = mouth_px >= framing.mouth_px and hand_px >= framing.hand_px
    often = np.mean(lips_seen(seen)) >= MOUTH_SEEN and np.mean(face_inside(seen)) >= FACE_INSIDE
    return bool(large and often and share >= LEAST_SEEN)


def sizes_px(points: Keypoints, framing: Framing) -> tuple[float, float, float]:
    """Median widths of mouth and of the hands that are seen, in pixels, and the share of frames with a hand."""
    boxes = exact_boxes(points)
    scale = framing.side_px / points.size[0]
    widths = {name: (box[:, 2] - box[:, 0]) * scale for name, box in boxes.items()}
    hands = np.concatenate([widths[hand][widths[hand] > 0.0] for hand in HANDS])
    share = np.mean(np.any([widths[hand] > 0.0 for hand in HANDS], axis=0))
    return float(np.median(widths["lip"])), float(np.median(hands)) if len(hands) else 0.0, float(share)


def lips_seen(points: Keypoints) -> np.ndarray:
    """In which frames the mouth is seen, no hand before it: (T,) bool."""
    return np.asarray((points.scores[:, LIPS] >= VISIBLE).mean(axis=1) >= LIPS_SEEN)


def face_inside(points: Keypoints) -> np.ndarray:
    """In which frames the face is in the picture: (T,) bool; a face that is only covered is."""
    face = points.scores[:, GROUPS["face"]] > 0.0
    return np.asarray(face.mean(axis=1) >= FACE_POINTS)


def capsules_of(body: BodyAsset) -> Capsules:
    """A body's capsules as the clean-up takes them."""
    items = body.info.capsules
    return Capsules(
        tuple(item.name for item in items), tuple(item.joint for item in items),
        np.array([item.start for item in items]), np.array([item.end for item in items]),
        np.array([item.radius for item in items]),
    )  # fmt: skip


def _light(chance: np.random.Generator) -> np.ndarray:
    """How strong the light is, red, green and blue: (3,), warm or cool."""
    warm = chance.normal(0.0, 0.08)
    return np.asarray(chance.uniform(0.8, 1.15) * np.array((1.0 + warm, 1.0, 1.0 - warm)), np.float32)


def _turned(motion: Motion, degrees: float) -> Motion:
    """A motion turned about the vertical."""
    turn = matrix_from_axis_angle(np.radians((0.0, degrees, 0.0))).astype(np.float32)
    rotations = motion.rotations.copy()
    pelvis = skeleton().index(PELVIS)
    rotations[:, pelvis] = turn @ rotations[:, pelvis]
    return motion.replaced(rotations=rotations, translation=motion.translation @ turn.T)


def _in_space(motion: Motion, points: FigurePoints) -> np.ndarray:
    """Where the points are: (T, P, 3) metres."""
    usual = sizes(torch.zeros(1, len(NAMES)))
    placed = points(
        torch.tensor(motion.rotations), torch.tensor(motion.translation), usual, torch.from_numpy(tamed(motion.face))
    )
    return placed.numpy()


def _mouth_from_chest(motion: Motion, points: FigurePoints) -> np.ndarray:
    """Where the mouth usually is, seen from the chest: (3,) metres."""
    chest = skeleton().index(CHEST)
    pose = forward(motion.rotations, motion.translation)
    away = _in_space(motion, points)[:, LIPS].mean(axis=1) - pose.positions[:, chest]
    return np.asarray(np.median(np.einsum("tba,tb->ta", pose.rotations[:, chest], away), axis=0))


def _shot(motion: Motion, points: FigurePoints, framing: Framing, view: tuple[float, float, float, float]) -> Shot:
    """A camera for every frame: `view` is its turn and rise in degrees, its distance, and how far below the mouth it
    looks, in heights of the picture.
    """
    turn_deg, rise_deg, distance_m, down = view
    space = _in_space(motion, points)
    lips = space[:, LIPS]
    # The head faces where it faces usually: the camera's turn is from there.
    head = forward(motion.rotations, motion.translation).rotations[:, skeleton().index("head")]
    facing = np.median(head[:, :, 2], axis=0)
    turn = np.arctan2(facing[0], facing[2]) + np.radians(turn_deg)
    away = np.array((np.sin(turn), np.sin(np.radians(rise_deg)), np.cos(turn)))
    across = np.array((np.cos(turn), 0.0, -np.sin(turn)))
    width = np.ptp(lips @ across, axis=1)
    span = float(np.median(width)) * framing.side_px / framing.wanted_px
    middle = lips.mean(axis=1)
    usual = np.median(middle, axis=0)
    course = gaussian_filter1d(middle, FOLLOW_S * VIDEO_FPS, axis=0, mode="nearest")
    target = usual + FOLLOWS * (course - usual) - (0.0, down * span, 0.0)
    return Shot(motion, [Camera(at + distance_m * away, at, span) for at in target], space)


def _looked_at(shot: Shot, figure: Figure, framing: Framing) -> Keypoints:
    """The points of some frames as the cameras see them, found without drawing: is it worth drawing?"""
    some = np.arange(0, len(shot.cameras), LOOKED_EACH)
    size, views = (framing.drawn_px, framing.drawn_px), _views(shot, framing)[some]
    hiding = Hiding(figure, size, float(views[0, 4, 0]), views[0, 4, 1:])
    landed, before = _before_cameras(shot.space[some], views)
    motion = shot.motion
    vertices, _ = figure.pose(motion.rotations[some], motion.translation[some], motion.face[some])
    own = (_before_cameras(placed[None], view[None])[1] for placed, view in zip(vertices, views, strict=True))
    scores = [
        hiding.scores(skin.astype(np.float32), points[None], places[None])[0]
        for skin, points, places in zip(own, before, landed, strict=True)
    ]
    return _keypoints(landed, np.stack(scores), framing)


def _keypoints(landed: np.ndarray, scores: np.ndarray, framing: Framing) -> Keypoints:
    """Points (T, P, 2) with scores (T, P), 0 for those beside the picture."""
    inside = ((landed >= 0.0) & (landed < framing.drawn_px)).all(axis=-1)
    size = (framing.drawn_px, framing.drawn_px)
    return Keypoints(landed.astype(np.float32), np.where(inside, scores, 0.0).astype(np.float32), size, VIDEO_FPS)


def _views(shot: Shot, framing: Framing) -> np.ndarray:
    return np.stack([camera.packed((framing.drawn_px, framing.drawn_px)) for camera in shot.cameras])


def _before_cameras(space: np.ndarray, views: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points (T, P, 3) in the picture, (T, P, 2) pixels, and before the camera, which looks along -z: (T, P, 3)."""
    from_eye = space - views[:, None, 0]
    seen = np.einsum("tpa,tba->tpb", from_eye, views[:, 1:4])
    flat = views[:, None, 4, 0, None] * seen[..., :2] / seen[..., 2:] * (1.0, -1.0) + views[:, None, 4, 1:]
    return flat, seen * (1.0, 1.0, -1.0)


def _drawn(
    shot: Shot, figure: Figure, framing: Framing, behind: np.ndarray, tint: np.ndarray
) -> tuple[np.ndarray, Keypoints]:
    """The pictures, (T, drawn, drawn, 3) uint8, and their points, hidden ones with low scores."""
    size = (framing.drawn_px, framing.drawn_px)
    material = figure.material.copy()
    material[:, :3] *= tint
    rasteriser = Rasteriser(figure.faces, material, size, figure.kind, figure.two_sided, behind)
    landed, before = _before_cameras(shot.space, _views(shot, framing))
    pictures = np.empty((len(shot.cameras), *size, 3), np.uint8)
    nearest = np.empty(landed.shape[:2])
    motion = shot.motion
    for start in range(0, len(pictures), FRAMES_AT_ONCE):
        block = slice(start, start + FRAMES_AT_ONCE)
        vertices, normals = figure.pose(motion.rotations[block], motion.translation[block], motion.face[block])
        for at, (placed, facing) in enumerate(zip(vertices, normals, strict=True), start):
            rasteriser.draw(placed, facing, shot.cameras[at], pictures[at])
            nearest[at] = rasteriser.nearest_at(landed[at])
    return pictures, _keypoints(landed, scores_behind(nearest, -before[..., 2]), framing)
