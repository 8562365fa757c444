"""Read MakeHuman's garments and fit them to the body: a file's own points follow three vertices of the base mesh each.

A .mhclo names, for every vertex of its .obj, three base vertices `a b c`, their shares `wa wb wc` and an offset: the
point lies at wa P[a] + wb P[b] + wc P[c] + (dx, dy, dz) * (sx, sy, sz), P in decimetres, Y up, facing +Z (facts of the
format: shared notes on the body, after makehumancommunity.org). Scales come from `x_scale i j d`: the distance of the
base vertices i and j along x, divided by d. `delete_verts` lists base vertices that the garment covers.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

DECIMETRES = 10.0
AXES = "xyz"


@dataclass(frozen=True)
class Bound:
    """A garment on the body in its own rest pose.

    Attributes:
        vertices: (V, 3) metres.
        faces: (N, 3) corner indices, counter-clockwise from outside.
        corners: (V, 3) base vertices that each vertex follows.
        shares: (V, 3) how much of each; rows sum to 1.
        covered: (n,) base vertices that the file says are hidden.
        places: (V, 2) where each vertex lies on its texture, 0 to 1.
        islands: (N,) which island of the texture each face lies in: the cloth's own cut.
    """

    vertices: np.ndarray
    faces: np.ndarray
    corners: np.ndarray
    shares: np.ndarray
    covered: np.ndarray
    places: np.ndarray
    islands: np.ndarray

    def follow(self, values: np.ndarray) -> np.ndarray:
        """Values at the base vertices, (B, K), carried over to the garment's: (V, K)."""
        return np.einsum("vc,vck->vk", self.shares, values[self.corners])

    def kept(self, wanted: np.ndarray) -> "Bound":
        """Only the faces that `wanted`, (N,) bool, says, and their vertices."""
        used, faces = np.unique(self.faces[wanted], return_inverse=True)
        return Bound(
            self.vertices[used], faces.reshape(-1, 3), self.corners[used], self.shares[used], self.covered,
            self.places[used], self.islands[wanted],
        )  # fmt: skip


def bind(folder: Path, name: str, base: np.ndarray) -> Bound:
    """Put the garment `name` of a folder on the base mesh, (B, 3) metres."""
    corners, shares, offsets, scales, covered = _binding(folder / f"{name}.mhclo", base)
    faces, places, islands = _surface(folder / f"{name}.obj", len(corners))
    points = np.einsum("vc,vck->vk", shares, base[corners]) + offsets * scales / DECIMETRES
    shares = np.clip(shares, 0.0, None)
    return Bound(points, faces, corners, shares / shares.sum(axis=1, keepdims=True), covered, places, islands)


def _binding(
    path: Path, base: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Corners (V, 3), shares (V, 3), offsets (V, 3), scales (3,) and covered base vertices of a .mhclo."""
    corners, shares, offsets, covered = [], [], [], []
    scales = np.ones(3)
    part = "head"
    for words in (line.split() for line in path.read_text(encoding="utf-8").splitlines()):
        if not words or words[0].startswith("#"):
            continue
        if words[0] in ("verts", "delete_verts"):
            part = words[0]
        elif words[0].endswith("_scale") and words[0][0] in AXES:
            axis = AXES.index(words[0][0])
            span = abs(base[int(words[1]), axis] - base[int(words[2]), axis])
            scales[axis] = DECIMETRES * span / float(words[3])
        elif part == "verts" and len(words) == 1:
            corners.append([int(words[0])] * 3)
            shares.append([1.0, 0.0, 0.0])
            offsets.append([0.0, 0.0, 0.0])
        elif part == "verts" and len(words) == 9 and words[0].isdecimal():
            corners.append([int(word) for word in words[:3]])
            shares.append([float(word) for word in words[3:6]])
            offsets.append([float(word) for word in words[6:]])
        elif part == "delete_verts":
            covered += _ranges(words)
    return np.array(corners), np.array(shares), np.array(offsets), scales, np.array(sorted(set(covered)), np.int64)


def _ranges(words: list[str]) -> list[int]:
    """The numbers of `n` and `n - m` in a line of words."""
    numbers: list[int] = []
    at = 0
    while at < len(words):
        if at + 2 < len(words) and words[at + 1] == "-":
            numbers += range(int(words[at]), int(words[at + 2]) + 1)
            at += 3
        else:
            numbers.append(int(words[at]))
            at += 1
    return numbers


def _surface(path: Path, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Triangles (N, 3), texture places (V, 2) and texture islands (N,) of an .obj with `count` vertices."""
    places, triangles = [], []
    for words in (line.split() for line in path.read_text(encoding="utf-8").splitlines()):
        if words[:1] == ["vt"]:
            places.append([float(word) for word in words[1:3]])
        elif words[:1] == ["f"]:
            corners = [[int(number) - 1 for number in word.split("/")[:2]] for word in words[1:]]
            triangles += [[corners[0], *corners[at : at + 2]] for at in range(1, len(corners) - 1)]
    table = np.array(triangles)
    faces, at = table[..., 0], table[..., 1]
    own = np.zeros((count, 2))
    own[faces] = np.array(places)[at]
    return faces, own, parts(at, len(places))[at[:, 0]]


def parts(faces: np.ndarray, count: int) -> np.ndarray:
    """Which connected part of a surface each of its `count` vertices belongs to: (V,), the largest first."""
    edges = np.concatenate([faces[:, :2], faces[:, 1:]])
    links = coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(count, count))
    _, found = connected_components(links, directed=False)
    sizes = np.bincount(found)
    return np.argsort(np.argsort(-sizes, kind="stable"))[found]
