"""Make the clothes: cut MakeHuman's garments to outfits, colour their parts, shade their folds, thin them out.

    python runs/bake/garments.py DATA WORK

Reads WORK/base.npz and WORK/face_shapes.npz, writes a piece for each outfit's cloth and the list WORK/wardrobe.json.
Colours are given to whole triangles, by the islands of the garment's texture (sleeves, collar, buttons) and by the
distance from its open borders (cuffs, hems).
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from binding import Bound, bind
from dressing import Body, in_sight, piece_of
from folds import Mesh, normals_of, shade
from pieces import save_piece
from scipy.spatial import cKDTree
from thinning import on_border, thinned
from wardrobe import add

BORDERS: Mapping[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "neck": ((-0.15, 1.25, -1.0), (0.15, 2.0, 1.0)),
    "wrists": ((0.38, 0.8, -1.0), (1.0, 1.1, 1.0)),
    "sleeves": ((0.21, 1.1, -1.0), (0.5, 1.3, 1.0)),
    "hem": ((0.0, 0.7, -1.0), (0.25, 0.95, 1.0)),
    "ankles": ((0.0, 0.0, -1.0), (0.3, 0.2, 1.0)),
}
"""Boxes, metres, in which open borders of those names lie; of x only the distance from the middle counts."""
RINGS_KEPT = 2
"""Cloth below other cloth is kept so many rings of triangles beyond what can be seen."""


@dataclass(frozen=True)
class Mark:
    """A part of a garment with a colour of its own.

    Attributes:
        swatch: the colour's name.
        islands: of the texture; empty for all.
        border: a name in BORDERS: only what lies near that border.
        reach_m: how near.
    """

    swatch: str
    islands: tuple[int, ...] = ()
    border: str = ""
    reach_m: float = 0.0


@dataclass(frozen=True)
class Cloth:
    """A garment of an outfit; what lies farther out comes first.

    Attributes:
        source: name of the garment's files.
        islands: which islands of its texture are worn; empty for all.
        swatch: the colour of what no mark names.
        most: triangles at most.
        marks: parts with other colours; later ones win.
        fold_depth: how strongly folds are shaded.
    """

    source: str
    islands: tuple[int, ...]
    swatch: str
    most: int
    marks: tuple[Mark, ...] = ()
    fold_depth: float = 0.3


OUTFITS: Mapping[str, tuple[Cloth, ...]] = {
    "shirt": (
        Cloth(
            "male_casualsuit01", (), "top", 6400,
            (
                Mark("collar", (5,)), Mark("cuff", border="wrists", reach_m=0.034), Mark("bottom", (0, 2)),
                Mark("hem", (0, 2), "ankles", 0.02),
            ),
        ),
    ),
    "suit": (
        Cloth(
            "male_elegantsuit01", (0, 1, 2, 5, 7, 8, 9, *range(11, 23)), "jacket", 9000,
            (Mark("shirt", (11, 12, 13, 14)), Mark("buttons", tuple(range(15, 23)))),
        ),
        Cloth("male_elegantsuit01", (6, 10), "shirt", 1400),
        Cloth("male_elegantsuit01", (3, 4), "bottom", 2600),
    ),
    "blouse": (
        Cloth(
            "female_elegantsuit01", (0, 2, 3, 4, 5, 6, 7, 8, 9), "top", 4000,
            (Mark("collar", (8, 9)), Mark("cuff", border="wrists", reach_m=0.03)),
        ),
        Cloth("female_casualsuit01", (2, 3), "bottom", 2000),
    ),
    "tee": (
        Cloth(
            "male_casualsuit06", (0, 1, 4, 5), "top", 4200,
            (Mark("hem", border="neck", reach_m=0.014), Mark("hem", border="sleeves", reach_m=0.014)),
        ),
        Cloth("male_casualsuit01", (0, 2), "bottom", 3200, (Mark("hem", border="ankles", reach_m=0.02),)),
    ),
}  # fmt: skip


def labelled(bound: Bound, cloth: Cloth) -> tuple[tuple[str, ...], np.ndarray]:
    """The swatches of a garment, K names, and which one each face has, (N,)."""
    swatches = tuple(dict.fromkeys((cloth.swatch, *(mark.swatch for mark in cloth.marks))))
    labels = np.zeros(len(bound.faces), np.int64)
    border = on_border(bound.faces, len(bound.vertices))
    middles = bound.vertices[bound.faces].mean(axis=1)
    for mark in cloth.marks:
        wanted = np.isin(bound.islands, mark.islands) if mark.islands else np.ones(len(labels), bool)
        if mark.border:
            low, high = BORDERS[mark.border]
            ends = bound.vertices[border & inside(bound.vertices, low, high)]
            wanted &= cKDTree(ends).query(middles)[0] < mark.reach_m
        labels[wanted] = swatches.index(mark.swatch)
    return swatches, labels


def inside(points: np.ndarray, low: tuple[float, ...], high: tuple[float, ...]) -> np.ndarray:
    """Which points, (P, 3), lie in a box that is the same on both sides of the body: (P,) bool."""
    folded = np.abs(points) * (1.0, 0.0, 0.0) + points * (0.0, 1.0, 1.0)
    return np.all((folded >= low) & (folded <= high), axis=1)


def between(faces: np.ndarray, labels: np.ndarray, count: int) -> np.ndarray:
    """Which vertices lie where two labels meet: (V,) bool."""
    low, high = np.full(count, len(labels)), np.full(count, -1)
    for corner in faces.T:
        np.minimum.at(low, corner, labels)
        np.maximum.at(high, corner, labels)
    return low < high


def cut(body: Body, data: Path, cloth: Cloth) -> Bound:
    """The islands of a garment that are worn, bound to the body."""
    bound = bind(data, cloth.source, body.base["vertices"])
    return bound.kept(np.isin(bound.islands, cloth.islands)) if cloth.islands else bound


def make(body: Body, data: Path, outfit: str) -> None:
    """Make and save the cloth of an outfit."""
    cloths = OUTFITS[outfit]
    bounds = [cut(body, data, cloth) for cloth in cloths]
    covered = np.unique(np.concatenate([bound.covered for bound in bounds]))
    meshes: list[Mesh] = [(bound.vertices, bound.faces) for bound in bounds]
    skin = body.skin(covered)
    for at, (cloth, bound) in enumerate(zip(cloths, bounds, strict=True)):
        others = [*meshes[:at], *meshes[at + 1 :]]
        light = shade(meshes[at], [skin, *others], cloth.fold_depth)
        swatches, labels = labelled(bound, cloth)
        seen = in_sight(meshes[at], normals_of(*meshes[at]), [skin, *others], True, RINGS_KEPT)
        locked = between(bound.faces[seen], labels[seen], len(light))
        faces, kept = thinned(bound.vertices, bound.faces[seen], cloth.most, locked)
        thin = Bound(
            bound.vertices, faces, bound.corners, bound.shares, covered, bound.places, bound.islands[seen][kept]
        )
        name = f"{outfit}_{cloth.swatch}"
        weights = body.weights(bound)
        save_piece(
            piece_of(body, name, "cloth", thin, swatches, labels[seen][kept], light, weights), body.work
        )
        add(body.work, "outfits", outfit, name, cloth.source)


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
