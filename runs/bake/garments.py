"""Make the clothes: cut MakeHuman's garments to outfits, colour their parts, shade their folds, thin them out.

    python runs/bake/garments.py DATA WORK

Reads WORK/base.npz and WORK/face_shapes.npz, writes a piece for each outfit's cloth and the list WORK/wardrobe.json.
Colours are given to whole triangles, by the islands of the garment's texture (sleeves, collar, buttons) and by the
rings of triangles along its open borders (cuffs, hems).
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from binding import Bound, bind
from buttons import buttons
from dressing import Body, Finish, finished, piece_of
from fitting import lifted, rounded
from folds import Mesh
from pieces import save_piece
from scipy.spatial import cKDTree
from thinning import on_border
from wardrobe import add

BORDERS: Mapping[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "neck": ((-0.15, 1.25, -1.0), (0.15, 2.0, 1.0)),
    "wrists": ((0.38, 0.8, -1.0), (1.0, 1.1, 1.0)),
    "sleeves": ((0.21, 1.1, -1.0), (0.5, 1.3, 1.0)),
}
"""Boxes, metres, in which open borders of those names lie; of x only the distance from the middle counts."""


@dataclass(frozen=True)
class Mark:
    """A part of a garment with a colour of its own.

    Attributes:
        swatch: the colour's name.
        islands: of the texture; empty for all.
        border: a name in BORDERS: only the triangles next to that border.
        rings: how many rings of triangles.
        outline: heights and half widths, metres: only what lies in front of the body between them, left and right.
    """

    swatch: str
    islands: tuple[int, ...] = ()
    border: str = ""
    rings: int = 1
    outline: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Cloth:
    """A garment of an outfit; what lies farther out comes first.

    Attributes:
        source: name of the garment's files.
        islands: which islands of its texture are worn; empty for all.
        swatch: the colour of what no mark names.
        finish: how it is shaded and thinned out.
        marks: parts with other colours; later ones win.
        buttons: where there are any, metres to the left and up.
        lengthened: below the waist, lengths are multiplied by this.
        fits: whether it lies well as it is; else it is lifted off the skin and off what lies below it.
    """

    source: str
    islands: tuple[int, ...]
    swatch: str
    finish: Finish
    marks: tuple[Mark, ...] = ()
    buttons: tuple[tuple[float, float], ...] = ()
    lengthened: float = 1.0
    fits: bool = False


COARSE = ("female_elegantsuit01", "female_casualsuit01")
CLEARANCE_M = 0.004
WIDER_M, WIDER_REACH_M = 0.0055, 0.10
WAIST_M = 0.98
TIE = ((1.1, 0.0225), (1.3075, 0.0225), (1.3076, 0.0195), (1.357, 0.009), (1.362, 0.009))
"""Heights and half widths of blade and knot on the front of the suit's shirt, metres."""

OUTFITS: Mapping[str, tuple[Cloth, ...]] = {
    "shirt": (
        Cloth(
            "male_casualsuit01", (), "top", Finish(5000),
            (
                Mark("collar", (5,)), Mark("cuff", border="wrists", rings=2), Mark("bottom", (0, 2)),
            ),
            tuple((0.004, height) for height in (1.255, 1.185, 1.115, 1.045, 0.975)),
        ),
    ),
    "suit": (
        Cloth(
            "male_elegantsuit01", (0, 1, 2, 5, 7, 8, 9, *range(11, 23)), "jacket", Finish(9000),
            (Mark("shirt", (11, 12, 13, 14)), Mark("buttons", tuple(range(15, 23)))), fits=True,
        ),
        Cloth("male_elegantsuit01", (6, 10), "shirt", Finish(1400, 0.15), (Mark("tie", outline=TIE),), fits=True),
        Cloth("male_elegantsuit01", (3, 4), "bottom", Finish(2600)),
    ),
    "blouse": (
        Cloth(
            "female_elegantsuit01", (0, 2, 3, 4, 5, 6, 7, 8, 9), "top", Finish(4400, rings=6),
            (Mark("collar", (8, 9)), Mark("cuff", border="wrists", rings=2)),
            tuple((0.006, height) for height in (1.19, 1.125, 1.06, 0.995, 0.93)),
            1.4,
        ),
        Cloth("female_casualsuit01", (2, 3), "bottom", Finish(2000)),
    ),
    "tee": (
        Cloth(
            "male_casualsuit06", (0, 1, 4, 5), "top", Finish(4200),
            (Mark("hem", border="neck"), Mark("hem", border="sleeves")),
        ),
        Cloth("male_casualsuit01", (0, 2), "bottom", Finish(3200)),
    ),
}  # fmt: skip


def labelled(bound: Bound, cloth: Cloth) -> tuple[tuple[str, ...], np.ndarray]:
    """The swatches of a garment, K names, and which one each face has, (N,)."""
    swatches = tuple(dict.fromkeys((cloth.swatch, *(mark.swatch for mark in cloth.marks))))
    labels = np.zeros(len(bound.faces), np.int64)
    border = on_border(bound.faces, len(bound.vertices))
    for mark in cloth.marks:
        wanted = np.isin(bound.islands, mark.islands) if mark.islands else np.ones(len(labels), bool)
        if mark.border:
            near = border & inside(bound.vertices, *BORDERS[mark.border])
            for _ in range(mark.rings):
                ring = near[bound.faces].any(axis=1)
                near[bound.faces[ring]] = True
            wanted &= ring
        if mark.outline:
            heights, widths = np.array(mark.outline).T
            width = np.interp(bound.vertices[:, 1], heights, widths, left=0.0, right=0.0)
            within = (np.abs(bound.vertices[:, 0]) < width) & (bound.vertices[:, 2] > 0.0)
            wanted &= within[bound.faces].all(axis=1)
        labels[wanted] = swatches.index(mark.swatch)
    return swatches, labels


def inside(points: np.ndarray, low: tuple[float, ...], high: tuple[float, ...]) -> np.ndarray:
    """Which points, (P, 3), lie in a box that is the same on both sides of the body: (P,) bool."""
    folded = np.abs(points) * (1.0, 0.0, 0.0) + points * (0.0, 1.0, 1.0)
    return np.all((folded >= low) & (folded <= high), axis=1)


def cut(body: Body, data: Path, cloth: Cloth) -> Bound:
    """The islands of a garment that are worn, bound to the body."""
    bound = bind(data, cloth.source, body.base["vertices"])
    bound = bound.kept(np.isin(bound.islands, cloth.islands)) if cloth.islands else bound
    below = np.minimum(bound.vertices[:, 1:2] - WAIST_M, 0.0) if cloth.lengthened > 1.0 else 0.0
    bound = replace(bound, vertices=bound.vertices + (cloth.lengthened - 1.0) * below * np.array((0.0, 1.0, 0.0)))
    return rounded(bound) if cloth.source in COARSE else bound


def clearance(bound: Bound) -> np.ndarray:
    """How far a garment stays off what it lies on, (V,) metres: wider at necks and short sleeves, where skin turns."""
    border = on_border(bound.faces, len(bound.vertices))
    ends = border & np.any([inside(bound.vertices, *BORDERS[name]) for name in ("neck", "sleeves")], axis=0)
    if not ends.any():
        return np.full(len(bound.vertices), CLEARANCE_M)
    far = cKDTree(bound.vertices[ends]).query(bound.vertices)[0]
    return CLEARANCE_M + WIDER_M * np.clip(1.0 - far / WIDER_REACH_M, 0.0, 1.0)


def fitted(body: Body, data: Path, cloths: tuple[Cloth, ...]) -> list[Bound]:
    """The garments of an outfit in their order, each clear of the skin and of those below it."""
    below, bounds = [body.skin(np.zeros(0, int))], []
    for cloth in reversed(cloths):
        bound = cut(body, data, cloth)
        bounds.insert(0, bound if cloth.fits else lifted(bound, below, clearance(bound)))
        below.append((bounds[0].vertices, bounds[0].faces))
    return bounds


def make(body: Body, data: Path, outfit: str) -> None:
    """Make and save the cloth of an outfit."""
    cloths = OUTFITS[outfit]
    bounds = fitted(body, data, cloths)
    covered = np.unique(np.concatenate([bound.covered for bound in bounds]))
    meshes: list[Mesh] = [(bound.vertices, bound.faces) for bound in bounds]
    skin = body.skin(covered)
    for at, (cloth, bound) in enumerate(zip(cloths, bounds, strict=True)):
        name = f"{outfit}_{cloth.swatch}"
        others = [skin, *meshes[:at], *meshes[at + 1 :]]
        save_piece(finished(body, name, "cloth", bound, labelled(bound, cloth), others, cloth.finish), body.work)
        add(body.work, "outfits", outfit, name, cloth.source)
        if cloth.buttons:
            mesh, follows = buttons(bound, np.array(cloth.buttons))
            every = np.zeros(len(mesh.faces), np.int64)
            weights = body.weights(bound)[follows]
            name, light = f"{outfit}_buttons", np.ones(len(mesh.vertices))
            save_piece(piece_of(body, name, "cloth", mesh, ("buttons",), every, light, weights), body.work)
            add(body.work, "outfits", outfit, name, "gesta")


def main() -> None:
    """Make the outfits that were asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("outfits", nargs="*", default=list(OUTFITS))
    asked = parser.parse_args()
    for outfit in asked.outfits:
        make(Body(asked.work), asked.data, outfit)


if __name__ == "__main__":
    main()
