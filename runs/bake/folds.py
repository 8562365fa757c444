"""How much light reaches a vertex: the shade that is baked into skin, cloth and hair, and what can be seen at all.

Sight is measured by depth maps: the whole figure is sampled densely, looked at from many directions, and a vertex is
seen from a direction where no sample lies before it. Folds are read from the surface itself: a valley lies deeper than
the mean of its neighbours.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from base import averaging

from gesta.avatar.normals import vertex_normals

PIXEL_M = 0.0045
SAMPLE_SPACING_M = 0.0025
LIFT_M = 0.004
"""Vertices are looked at this far outside of their own surface."""
PLASTIC = np.array((0.7548776662466927, 0.5698402909980532))
"""Steps of a sequence that covers a square evenly (Roberts, 2018: the plastic number's powers)."""
DIRECTIONS = 96
DARKEST = 0.42
"""The shade of a vertex that sees nothing of the sky."""

Mesh = tuple[np.ndarray, np.ndarray]
"""Vertices (V, 3) metres and faces (N, 3)."""


def normals_of(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Unit normals (V, 3)."""
    normals = np.empty((len(vertices), 3), np.float32)
    vertex_normals(vertices.astype(np.float32), faces.astype(np.int32), normals)
    return normals.astype(np.float64)


def folds(vertices: np.ndarray, faces: np.ndarray, scales: Iterable[int] = (2, 8, 24)) -> np.ndarray:
    """How deep each vertex lies in a valley (positive) or stands on a ridge (negative): (V,), about -1 to 1.

    Args:
        vertices: (V, 3) metres.
        faces: (N, 3).
        scales: rounds of averaging after which the surface is compared with itself.
    """
    mean, normals = averaging(faces, len(vertices)), normals_of(vertices, faces)
    smooth, rounds, total = vertices, 0, np.zeros(len(vertices))
    for scale in scales:
        while rounds < scale:
            smooth, rounds = mean @ smooth, rounds + 1
        depth = np.einsum("vk,vk->v", smooth - vertices, normals)
        total += np.tanh(depth / (2.0 * np.median(np.abs(depth)) + 1e-6)) / len(tuple(scales))
    return mean @ total


def samples(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Points spread over a surface, about SAMPLE_SPACING_M apart: (n, 3)."""
    corners = vertices[faces]
    areas = 0.5 * np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    counts = np.ceil(areas / SAMPLE_SPACING_M**2).astype(int)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    chance = (0.5 + (within[:, None] + 1.0) * PLASTIC) % 1.0
    root = np.sqrt(chance[:, :1])
    shares = np.concatenate([1.0 - root, root * (1.0 - chance[:, 1:]), root * chance[:, 1:]], axis=1)
    return np.concatenate([np.einsum("nc,nck->nk", shares, np.repeat(corners, counts, axis=0)), vertices])


def surface_of(meshes: Iterable[Mesh]) -> np.ndarray:
    """Samples of several meshes: (n, 3)."""
    return np.concatenate([samples(*mesh) for mesh in meshes])


def directions(count: int = DIRECTIONS) -> np.ndarray:
    """Unit vectors spread evenly over the sphere: (count, 3)."""
    index = np.arange(count) + 0.5
    height, turn = 1.0 - 2.0 * index / count, np.pi * (1.0 + np.sqrt(5.0)) * index
    flat = np.sqrt(1.0 - height**2)
    return np.stack([flat * np.cos(turn), height, flat * np.sin(turn)], axis=1)


def sights(points: np.ndarray, surface: np.ndarray, ways: np.ndarray) -> Iterator[np.ndarray]:
    """For each direction of `ways`, (D, 3), whether it is free of `surface`, (n, 3), from each point: (P,) bool."""
    points, surface = points.astype(np.float32), surface.astype(np.float32)
    for way in ways.astype(np.float32):
        side = np.cross(way, (0.0, 1.0, 0.0) if abs(way[1]) < 0.9 else (1.0, 0.0, 0.0))
        side /= np.linalg.norm(side)
        axes = (np.stack([side, np.cross(way, side)], axis=1) / PIXEL_M).astype(np.float32)
        low = np.minimum((surface @ axes).min(axis=0), (points @ axes).min(axis=0))
        cells, wanted = (((put @ axes) - low).astype(np.int32) for put in (surface, points))
        width, height = np.maximum(cells.max(axis=0), wanted.max(axis=0)) + 1
        deep = np.full(width * height, -np.inf, np.float32)
        np.maximum.at(deep, cells[:, 1] * width + cells[:, 0], surface @ way)
        yield points @ way >= deep[wanted[:, 1] * width + wanted[:, 0]] - 0.5 * LIFT_M


def times_seen(mesh: Mesh, others: Iterable[Mesh]) -> np.ndarray:
    """From how many of DIRECTIONS, of those before its surface, each vertex can be seen past other surfaces: (V,)."""
    normals, ways = normals_of(*mesh), directions()
    free = sights(mesh[0], surface_of(others), ways)
    return np.sum([sight & (normals @ way > 0.0) for way, sight in zip(ways, free, strict=True)], axis=0)


@dataclass(frozen=True)
class Light:
    """What reaches the V vertices of a mesh.

    Attributes:
        openness: (V,) share of the sky that is seen, 0 to 1.
        outside, inside: (V,) from how many directions the outer and the inner side can be seen.
    """

    openness: np.ndarray
    outside: np.ndarray
    inside: np.ndarray


def light_on(mesh: Mesh, others: Iterable[Mesh]) -> Light:
    """How a mesh can be seen past itself and others; light from below counts by half."""
    normals = normals_of(*mesh)
    points = np.concatenate([mesh[0] + LIFT_M * normals, mesh[0] - LIFT_M * normals])
    seen, whole, times = np.zeros(len(normals)), np.zeros(len(normals)), np.zeros((2, len(normals)), np.int64)
    ways = directions()
    for way, free in zip(ways, sights(points, surface_of([mesh, *others]), ways), strict=True):
        outer, inner = np.split(free, 2)
        weight = np.maximum(normals @ way, 0.0) * (0.5 if way[1] < 0.0 else 1.0)
        seen += weight * outer
        whole += weight
        times += np.stack([outer, inner])
    return Light(seen / np.maximum(whole, 1e-9), *times)


def shade(mesh: Mesh, light: Light, fold_depth: float, scales: Iterable[int] = (2, 8, 24)) -> np.ndarray:
    """The baked shade (V,): what the sky leaves dark, DARKEST to 1, and the valleys of folds by `fold_depth`."""
    clear = averaging(mesh[1], len(mesh[0])) @ np.clip(light.openness, 0.0, 1.0)
    return np.clip((DARKEST + (1.0 - DARKEST) * clear) * (1.0 - fold_depth * folds(*mesh, scales)), 0.3, 1.0)
