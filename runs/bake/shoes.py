"""Make the shoes of every outfit, and stand them on the floor.

    python runs/bake/shoes.py DATA WORK

Runs after garments.py. The bare soles of the body stand at y = 0, and so must the soles of shoes, or a figure that puts
its feet down would sink into the floor: what lies below the ankle is pressed together until it fits.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from binding import Bound, bind
from dressing import Body, Finish, finished
from folds import Mesh, normals_of
from pieces import load_piece, save_piece
from scipy.spatial import cKDTree
from wardrobe import add, worn

PRESSED_BELOW_M = 0.06
SOCK_M = 0.0015
FINISH = Finish(most=1900, fold_depth=0.12, rings=1)


@dataclass(frozen=True)
class Shoes:
    """A pair of shoes with socks.

    Attributes:
        source: name of the files.
        soles, socks, laces: islands of the texture.
        welt_m: what lies lower than this is sole, too.
    """

    source: str
    soles: tuple[int, ...]
    socks: tuple[int, ...] = (2, 3)
    laces: tuple[int, ...] = ()
    welt_m: float = 0.0


LEATHER = Shoes("shoes01", (4, 5), welt_m=0.017)
FLATS = Shoes("shoes02", (4, 5), welt_m=0.008)
TRAINERS = Shoes("shoes03", (2, 3, 6, 7, 16, 17, 18, 19), (4, 5), tuple(range(8, 16)))
WORN: Mapping[str, Shoes] = {"shirt": LEATHER, "suit": LEATHER, "blouse": FLATS, "tee": TRAINERS}
SWATCHES = ("shoe", "sole", "sock", "lace")


def on_the_floor(bound: Bound) -> Bound:
    """Shoes whose soles are pressed up to y = 0."""
    vertices = bound.vertices.copy()
    low = vertices[:, 1].min()
    below = vertices[:, 1] < PRESSED_BELOW_M
    share = (vertices[below, 1] - low) / (PRESSED_BELOW_M - low)
    vertices[below, 1] = share * PRESSED_BELOW_M
    return replace(bound, vertices=vertices)


def tight(bound: Bound, socks: tuple[int, ...], skin: Mesh) -> Bound:
    """Socks drawn tight over the skin, so that they stay inside of trousers."""
    vertices = bound.vertices.copy()
    sock = np.unique(bound.faces[np.isin(bound.islands, socks)])
    near = cKDTree(skin[0]).query(vertices[sock])[1]
    out = normals_of(*skin)[near]
    height = np.einsum("vk,vk->v", vertices[sock] - skin[0][near], out)
    vertices[sock] += (SOCK_M - height)[:, None] * out
    return replace(bound, vertices=vertices)


def labelled(bound: Bound, shoes: Shoes) -> np.ndarray:
    """Which of SWATCHES each face has: (N,)."""
    labels = np.zeros(len(bound.faces), np.int64)
    labels[bound.vertices[bound.faces].mean(axis=1)[:, 1] < shoes.welt_m] = SWATCHES.index("sole")
    for swatch, islands in (("sole", shoes.soles), ("sock", shoes.socks), ("lace", shoes.laces)):
        labels[np.isin(bound.islands, islands)] = SWATCHES.index(swatch)
    return labels


def main() -> None:
    """Make the shoes of all outfits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("work", type=Path)
    asked = parser.parse_args()
    body = Body(asked.work)
    skin = body.skin(np.zeros(0, int))
    for outfit, shoes in WORN.items():
        name = f"{outfit}_shoes"
        bound = tight(bind(asked.data, shoes.source, body.base["vertices"]), shoes.socks, skin)
        bound = on_the_floor(bound)
        cloth = [load_piece(asked.work / "pieces" / f"{piece}.npz") for piece in worn(asked.work)["outfits"][outfit]]
        others = [(piece.vertices, piece.faces) for piece in cloth if piece.kind == "cloth"]
        colours = SWATCHES, labelled(bound, shoes)
        save_piece(finished(body, name, "shoe", bound, colours, others, FINISH), asked.work)
        add(asked.work, "outfits", outfit, name, shoes.source)


if __name__ == "__main__":
    main()
