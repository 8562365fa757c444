"""Find the skin that clothes, shoes and hair hide, so that it need not be drawn and cannot poke through.

    python runs/bake/hiding.py WORK [OUTFIT ...]

Runs after garments.py, shoes.py and hair.py. Skin is hidden where no direction sees it past the outfit, and neither
its neighbours a ring or two of triangles further: what is kept reaches into sleeves and collars, so that no gap opens
when the body moves. Skin below every head of hair is hidden with all outfits. Writes WORK/hidden.npz: of each outfit
the numbers of the hidden faces of the base.
"""

import argparse
from pathlib import Path

import numpy as np
from binding import parts
from dressing import Body, in_sight
from folds import Mesh, times_seen
from pieces import load_piece
from wardrobe import worn

from gesta.writing import replacing

RINGS_UNDER_CLOTH, RINGS_UNDER_HAIR = 1, 2
TIGHTER = {"suit": 0}
"""Outfits with fewer rings: between the suit's shirt and its jacket skin comes near to where it could be seen."""
SEEN_FROM = 4
HEAD_M, HANDS_M = 1.45, 0.50
"""Skin above this height, or so far to the side in the A-pose, is bare with every outfit."""
IN_SHOES_M = 0.10
"""Skin below this height is in a shoe or a sock with every outfit."""


def meshes(work: Path, names: list[str]) -> list[Mesh]:
    """The surfaces of pieces."""
    pieces = [load_piece(work / "pieces" / f"{name}.npz") for name in names]
    return [(piece.vertices, piece.faces) for piece in pieces]


def hidden_by(skin: Mesh, others: list[Mesh], rings: int) -> np.ndarray:
    """Which faces of the skin cannot be seen past other surfaces: (N,) bool.

    What is in sight but has no way over skin in sight to a bare place, such as a gap in an armpit, is hidden, too.
    """
    vertices, faces = skin
    seen = in_sight(faces, times_seen(skin, others), rings, SEEN_FROM)
    island = np.full(len(vertices), -1)
    used, corners = np.unique(faces[seen], return_inverse=True)
    island[used] = parts(corners.reshape(-1, 3), len(used))
    bare = (vertices[:, 1] > HEAD_M) | (np.abs(vertices[:, 0]) > HANDS_M)
    return ~(seen & np.isin(island[faces[:, 0]], np.unique(island[bare & (island >= 0)])))


def main() -> None:
    """Write WORK/hidden.npz."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("outfits", nargs="*")
    asked = parser.parse_args()
    listed = worn(asked.work)
    skin = Body(asked.work).skin(np.zeros(0, int))
    under_hair = [hidden_by(skin, meshes(asked.work, names), RINGS_UNDER_HAIR) for names in listed["hairs"].values()]
    always = np.all(under_hair, axis=0) | (skin[0][skin[1]][..., 1] < IN_SHOES_M).all(axis=1)
    path = asked.work / "hidden.npz"
    hidden = dict(np.load(path, allow_pickle=False)) if path.exists() else {}
    for outfit in asked.outfits or list(listed["outfits"]):
        covered = hidden_by(skin, meshes(asked.work, listed["outfits"][outfit]), TIGHTER.get(outfit, RINGS_UNDER_CLOTH))
        hidden[outfit] = np.flatnonzero(covered | always).astype(np.int32)
    with replacing(path) as beside, beside.open("wb") as file:
        np.savez_compressed(file, **hidden)


if __name__ == "__main__":
    main()
