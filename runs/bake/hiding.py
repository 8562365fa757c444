"""Find the skin that clothes, shoes and hair hide, so that it need not be drawn and cannot poke through.

    python runs/bake/hiding.py WORK [OUTFIT ...]

Runs after garments.py, shoes.py and hair.py. Skin is hidden where no direction sees it past the outfit, and neither its
neighbours two rings of triangles further: what is kept reaches into sleeves and collars, so that no gap opens when the
body moves. Skin below every head of hair is hidden with all outfits. Writes WORK/hidden.npz: of each outfit the numbers
of the hidden faces of the base.
"""

import argparse
from pathlib import Path

import numpy as np
from dressing import Body, in_sight
from folds import Mesh, light_on
from pieces import load_piece
from wardrobe import worn

from gesta.writing import replacing

CLOTHED, HAIRY = ("cloth", "shoe"), ("hair",)
RINGS_UNDER_CLOTH, RINGS_UNDER_HAIR = 2, 3


def meshes(work: Path, names: list[str]) -> list[Mesh]:
    """The surfaces of pieces."""
    pieces = [load_piece(work / "pieces" / f"{name}.npz") for name in names]
    return [(piece.vertices, piece.faces) for piece in pieces]


def hidden_by(body: Body, others: list[Mesh], rings: int) -> np.ndarray:
    """Which faces of the skin cannot be seen past other surfaces: (N,) bool."""
    skin = body.skin(np.zeros(0, int))
    return ~in_sight(skin[1], light_on(skin, others).outside, rings)


def main() -> None:
    """Write WORK/hidden.npz."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("outfits", nargs="*")
    asked = parser.parse_args()
    body, listed = Body(asked.work), worn(asked.work)
    inside = hidden_by(body, [], RINGS_UNDER_CLOTH)
    bald = [hidden_by(body, meshes(asked.work, names), RINGS_UNDER_HAIR) for names in listed["hairs"].values()]
    scalp = np.all(bald, axis=0) & ~inside
    path = asked.work / "hidden.npz"
    hidden = dict(np.load(path, allow_pickle=False)) if path.exists() else {}
    for outfit in asked.outfits or list(listed["outfits"]):
        covered = hidden_by(body, meshes(asked.work, listed["outfits"][outfit]), RINGS_UNDER_CLOTH) & ~inside
        hidden[outfit] = np.flatnonzero(covered | scalp).astype(np.int32)
    with replacing(path) as beside, beside.open("wb") as file:
        np.savez_compressed(file, **hidden)


if __name__ == "__main__":
    main()
