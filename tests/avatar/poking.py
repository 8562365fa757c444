"""Measures whether skin comes out of the clothes when a dressed body moves."""

from collections.abc import Iterator

import numpy as np
from scipy.spatial import cKDTree

from gesta.avatar.info import KINDS
from gesta.avatar.posing import Figure
from gesta.randomness import generator
from gesta.render.still_poses import FINGERS, POSES, RELAXED, StillPose, Turns, still_motion


def both(turns: Turns) -> Turns:
    """Turns of joints without a side, for both sides as mirror images."""
    return {
        f"{side}_{joint}": (sign * z, sign * y, x)
        for joint, (z, y, x) in turns.items()
        for side, sign in (("left", 1.0), ("right", -1.0))
    }


CURLED: Turns = {f"{finger}{number}": (-35.0, 0.0, 0.0) for finger in FINGERS for number in (1, 2, 3)}
STEP: Turns = {
    "left_hip": (0.0, 0.0, -28.0), "left_knee": (0.0, 0.0, 12.0), "left_ankle": (0.0, 0.0, 10.0),
    "right_hip": (0.0, 0.0, 18.0), "right_knee": (0.0, 0.0, 22.0), "right_ankle": (0.0, 0.0, -6.0),
}  # fmt: skip
TRIED = (
    *(pose for pose in POSES if pose.name in ("hanging", "arms up", "seated", "gesturing")),
    StillPose("crossed", both({"shoulder": (-58.0, -30.0, 64.0), "elbow": (0.0, -108.0, 0.0), **CURLED})),
    StillPose("clasped", both({"shoulder": (-64.0, -22.0, 34.0), "elbow": (0.0, -78.0, 0.0), **CURLED})),
    StillPose("step", {**RELAXED, **STEP}),
    StillPose("looking aside", {**RELAXED, "neck": (0.0, 16.0, 4.0), "head": (0.0, 26.0, 6.0)}),
)
"""What a speaker's body may do."""
SPACING_M = 0.003
NEAR_M, BESIDE_M = 0.03, 0.006
"""Skin is under cloth that lies at most so far out, and at most so far to the side of the straight way out."""
CANDIDATES = 48


def poking(figure: Figure) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """For each of the poses TRIED its name, how far skin that cloth covers at rest stands out of it, (n,) metres, and
    which vertices of the figure those are; negative is inside."""
    kinds = figure.kind[figure.faces[:, 0]]
    cloth = figure.faces[np.isin(kinds, [KINDS.index("cloth"), KINDS.index("shoe")])]
    skin = np.unique(figure.faces[kinds == KINDS.index("skin")])
    corners, shares = _spread(figure.vertices, cloth)
    places, outwards = _surface(figure.vertices, cloth[corners], shares)
    near = cKDTree(places).query(figure.vertices[skin], k=CANDIDATES)[1]
    height, beside = _height(figure.vertices[skin], places[near], outwards[near])
    covers = (height < 0.0) & (height > -NEAR_M) & (beside < BESIDE_M)
    covered = covers.any(axis=1)
    skin, near, covers = skin[covered], near[covered], covers[covered]
    motion = still_motion(TRIED)
    for frame, pose in enumerate(TRIED):
        at = slice(frame, frame + 1)
        vertices = figure.pose(motion.rotations[at], motion.translation[at], None)[0][0].astype(np.float64)
        places, outwards = _surface(vertices, cloth[corners], shares)
        height, beside = _height(vertices[skin], places[near], outwards[near])
        reached = covers & (beside < BESIDE_M)
        out = np.where(reached, height, -np.inf)
        nearest = np.argmin(np.where(reached, np.abs(height), np.inf), axis=1)
        yield pose.name, np.take_along_axis(out, nearest[:, None], axis=1)[:, 0], skin


def _spread(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points all over a surface: the face of each, (S,), and the shares of its corners, (S, 3)."""
    corners = vertices[faces]
    areas = 0.5 * np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    face = np.repeat(np.arange(len(faces)), np.ceil(areas / SPACING_M**2).astype(int))
    return face, generator(0, "cloth").dirichlet(np.ones(3), len(face))


def _surface(vertices: np.ndarray, corners: np.ndarray, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places and unit normals (S, 3) of points of a surface."""
    at = vertices[corners]
    normals = np.cross(at[:, 1] - at[:, 0], at[:, 2] - at[:, 0])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    return np.einsum("sc,sck->sk", shares, at), normals


def _height(points: np.ndarray, places: np.ndarray, outwards: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far points (n, 3) stand out of places (n, K, 3), and how far beside them: each (n, K)."""
    away = points[:, None] - places
    height = np.einsum("nkx,nkx->nk", away, outwards)
    return height, np.sqrt(np.maximum((away**2).sum(axis=2) - height**2, 0.0))
