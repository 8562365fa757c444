"""Fewer triangles, the same look: vertices that lie almost flat are merged into a neighbour, the cheapest first.

The cost is the quadric error of Garland and Heckbert (1997). A vertex is always merged into one that is there, so that
what hangs on vertices (binding, weights, shade) needs no mixing.
"""

import heapq

import numpy as np

FLAT_WEIGHT = 1e-3
"""How strongly the merged vertex is held where it was, beside the planes of its triangles."""
LEAST_TURN = 0.25
"""Cosine: a merge may not turn a triangle by more."""


def thinned(vertices: np.ndarray, faces: np.ndarray, most: int, locked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Merge vertices until at most `most` triangles are left.

    Args:
        vertices: (V, 3) metres.
        faces: (N, 3).
        most: how many triangles are wanted.
        locked: (V,) bool: vertices that stay; those on open borders stay in any case.

    Returns:
        faces (M, 3) of the same vertices, and which of the old faces each of them was, (M,).
    """
    return _Thinner(vertices, faces, locked).run(most)


def on_border(faces: np.ndarray, count: int) -> np.ndarray:
    """Which of `count` vertices lie on an edge with one triangle only: (V,) bool."""
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    single, times = np.unique(edges, axis=0, return_counts=True)
    found = np.zeros(count, bool)
    found[single[times == 1].ravel()] = True
    return found


class _Thinner:
    def __init__(self, vertices: np.ndarray, faces: np.ndarray, locked: np.ndarray) -> None:
        self._places = vertices
        self._faces = {index: tuple(face) for index, face in enumerate(faces.tolist())}
        self._around: list[set[int]] = [set() for _ in vertices]
        for index, face in self._faces.items():
            for vertex in face:
                self._around[vertex].add(index)
        self._held = locked | on_border(faces, len(vertices))
        self._quadrics = self._planes(faces)
        self._stamp = np.zeros(len(vertices), np.int64)
        self._queue: list[tuple[float, int, int, int]] = []

    def run(self, most: int) -> tuple[np.ndarray, np.ndarray]:
        for vertex in range(len(self._places)):
            self._offer(vertex)
        while len(self._faces) > most and self._queue:
            _, stamp, vertex, into = heapq.heappop(self._queue)
            if stamp == self._stamp[vertex] and self._around[vertex] and self._around[into]:
                self._merge(vertex, into)
        kept = sorted(self._faces)
        return np.array([self._faces[face] for face in kept]), np.array(kept)

    def _planes(self, faces: np.ndarray) -> np.ndarray:
        """(V, 4, 4): the squared distance from the planes of a vertex's triangles, weighted by area."""
        corners = self._places[faces]
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        area = np.linalg.norm(across, axis=1, keepdims=True)
        normal = across / np.maximum(area, 1e-12)
        plane = np.concatenate([normal, -np.einsum("nk,nk->n", normal, corners[:, 0])[:, None]], axis=1)
        each = area[..., None] * np.einsum("na,nb->nab", plane, plane)
        total = np.zeros((len(self._places), 4, 4))
        for corner in range(3):
            np.add.at(total, faces[:, corner], each)
        return total

    def _offer(self, vertex: int) -> None:
        """Put the cheapest allowed merge of a vertex into the queue."""
        self._stamp[vertex] += 1
        if self._held[vertex]:
            return
        near = sorted({other for face in self._around[vertex] for other in self._faces[face]} - {vertex})
        if not near:
            return
        ends = np.concatenate([self._places[near], np.ones((len(near), 1))], axis=1)
        costs = np.einsum("na,ab,nb->n", ends, self._quadrics[vertex], ends)
        spread = np.trace(self._quadrics[vertex][:3, :3])
        costs += FLAT_WEIGHT * spread * ((ends[:, :3] - self._places[vertex]) ** 2).sum(axis=1)
        for choice in np.argsort(costs, kind="stable"):
            if self._allowed(vertex, near[choice]):
                heapq.heappush(self._queue, (float(costs[choice]), int(self._stamp[vertex]), vertex, near[choice]))
                return

    def _allowed(self, vertex: int, into: int) -> bool:
        """Whether the merge keeps the surface a surface and turns no triangle over."""
        shared = self._around[vertex] & self._around[into]
        near = [{other for face in self._around[end] for other in self._faces[face]} for end in (vertex, into)]
        if len((near[0] & near[1]) - {vertex, into}) != len(shared):
            return False
        kept = [self._faces[face] for face in self._around[vertex] - shared]
        before = self._places[np.array(kept).reshape(-1, 3)]
        moved = [[into if corner == vertex else corner for corner in face] for face in kept]
        after = self._places[np.array(moved, int).reshape(-1, 3)]
        old, new = (np.cross(put[:, 1] - put[:, 0], put[:, 2] - put[:, 0]) for put in (before, after))
        sizes = np.linalg.norm(old, axis=1) * np.linalg.norm(new, axis=1)
        return bool(np.all(np.einsum("nk,nk->n", old, new) > LEAST_TURN * sizes))

    def _merge(self, vertex: int, into: int) -> None:
        if not self._allowed(vertex, into):
            self._offer(vertex)
            return
        for face in list(self._around[vertex]):
            corners = self._faces.pop(face)
            for corner in corners:
                self._around[corner].discard(face)
            if into not in corners:
                self._faces[face] = tuple(into if corner == vertex else corner for corner in corners)
                for corner in self._faces[face]:
                    self._around[corner].add(face)
        self._quadrics[into] += self._quadrics[vertex]
        for other in {other for face in self._around[into] for other in self._faces[face]}:
            self._offer(other)
