"""Make three heads of hair: MakeHuman's meshes, thinned out, with strands of our own laid over them.

    python runs/bake/hair.py DATA WORK

Runs after garments.py (long hair lies on the clothes). There are no textures, so what makes hair of a surface is done
by vertex: streaks along the strands, roots darker than tips, hollows dark, and thin ribbons that break the outline.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from base import averaging
from binding import Bound, bind
from dressing import Body
from folds import light_on, samples, shade
from pieces import RIG, BakedPiece, load_piece, save_piece
from scipy.spatial import cKDTree
from strands import Flow, Strands, lay
from thinning import thinned
from wardrobe import add, worn

from gesta.randomness import generator

CROWN = np.array((0.004, 1.632, -0.022))
"""Where short hair grows away from."""
TIE = np.array((0.0, 1.578, -0.098))
"""Where the ponytail is bound."""
SWATCHES = ("hair_root", "hair", "hair_light")
STREAKS = 56
"""Streaks round the head."""
CLEARANCE_M = 0.010
"""How far hair stays off clothes."""
BACK_SMOOTHINGS = 30
ROOTS_M = 0.1
"""So far above the lowest root strands become more and more."""
DRAWN_IN = 0.22
"""How much narrower long hair is at its ends."""
NAPE_M, SHOULDERS_M = 1.47, 1.27
"""Above the one, hair goes with the head alone; below the other, with the back as far as it does."""


def from_the_crown(places: np.ndarray) -> np.ndarray:
    """Short hair: away from the crown, and combed aside over the forehead."""
    ways = places - CROWN
    ways /= np.linalg.norm(ways, axis=1, keepdims=True) + 1e-6
    front = np.clip((places[:, 2] - 0.03) / 0.07, 0.0, 1.0) * np.clip((places[:, 1] - 1.57) / 0.03, 0.0, 1.0)
    return ways + front[:, None] * (1.1, 0.25, -0.1)


def from_the_parting(places: np.ndarray) -> np.ndarray:
    """Long hair: to both sides of the middle, then down."""
    ways = np.empty_like(places)
    ways[:] = (0.0, -1.0, -0.22)
    ways[:, 0] = np.sign(places[:, 0]) * 0.55 * np.clip((places[:, 1] - 1.50) / 0.08, 0.0, 1.0)
    return ways


def to_the_tie(places: np.ndarray) -> np.ndarray:
    """A ponytail: to where it is bound, and down from there."""
    behind = (places[:, 2] < TIE[2] + 0.004)[:, None]
    return np.where(behind, np.array((0.0, -1.0, -0.1)), TIE - places)


def round_the(pole: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """The strand's number, 0 to 1, by the angle at which it leaves a pole."""

    def turn(places: np.ndarray) -> np.ndarray:
        beside = places - pole
        return 0.5 + np.arctan2(beside[:, 0], beside[:, 2] + 0.6 * beside[:, 1]) / (2.0 * np.pi)

    return turn


def along_the_parting(places: np.ndarray) -> np.ndarray:
    """The strand's number by where it leaves the parting: angle about the axis through the ears."""
    turn = np.arctan2(places[:, 2] - 0.01, np.maximum(places[:, 1] - 1.50, 0.015))
    return 0.5 + turn / (2.0 * np.pi) + 0.23 * (places[:, 0] > 0.0)


@dataclass(frozen=True)
class Hair:
    """A head of hair.

    Attributes:
        source: name of the files.
        flow: where it grows to.
        strand: the strand's number, 0 to 1, of a place.
        strands: ribbons laid on it.
        most: triangles of the mesh below.
        shortened: below the nape, lengths are multiplied by this.
        trails: how far the ends go with the back instead of the head, 0 to 1; hair that does lies on the clothes.
        lowest_root_m: no strand begins lower.
    """

    source: str
    flow: Flow
    strand: Callable[[np.ndarray], np.ndarray]
    strands: Strands
    most: int
    shortened: float = 1.0
    trails: float = 0.0
    lowest_root_m: float = 1.495


HAIRS: Mapping[str, Hair] = {
    "short": Hair(
        "short01", from_the_crown, round_the(CROWN),
        Strands(230, (0.035, 0.075), (0.004, 0.008), 5, (0.0015, 0.006)), 2300,
    ),
    "long": Hair(
        "long01", from_the_parting, along_the_parting,
        Strands(250, (0.14, 0.32), (0.005, 0.010), 7, (0.001, 0.005)), 2800, 0.42, 0.9, 1.44,
    ),
    "ponytail": Hair(
        "ponytail01", to_the_tie, round_the(TIE),
        Strands(200, (0.05, 0.12), (0.004, 0.008), 5, (0.0006, 0.003)), 3000, 0.85, 0.6, 1.40,
    ),
}  # fmt: skip


def shortened(bound: Bound, hair: Hair, chance: np.random.Generator) -> Bound:
    """Hair cut below the nape, strands not quite alike, and drawn in a little towards the ends."""
    vertices = bound.vertices.copy()
    below = vertices[:, 1] < NAPE_M
    if hair.shortened < 1.0:
        uneven = chance.uniform(0.86, 1.08, STREAKS)
        own = np.interp((vertices[below, 0] * 4.0) % 1.0, np.linspace(0.0, 1.0, STREAKS), uneven)
        drop = (NAPE_M - vertices[below, 1]) * hair.shortened
        vertices[below, 1] = NAPE_M - drop * np.where(drop > 0.1, own, 1.0)
        vertices[below, 0] *= 1.0 - DRAWN_IN * np.clip(drop / 0.25, 0.0, 1.0) ** 2
    return replace(bound, vertices=vertices)


def behind_the_clothes(bound: Bound, body: Body) -> np.ndarray:
    """The vertices of hair, those that hang behind the body carried back until they clear skin and every outfit."""
    listed = worn(body.work)["outfits"]
    pieces = [load_piece(body.work / "pieces" / f"{name}.npz") for names in listed.values() for name in names]
    clothes = [(piece.vertices, piece.faces) for piece in pieces if piece.kind == "cloth"]
    points = np.concatenate([samples(*mesh) for mesh in (body.skin(np.zeros(0, int)), *clothes)])
    points = points[(points[:, 2] < 0.02) & (points[:, 1] < NAPE_M)]
    hangs = (bound.vertices[:, 1] < NAPE_M) & (bound.vertices[:, 2] < 0.0)
    near = cKDTree(points[:, :2]).query(bound.vertices[hangs, :2], k=24)[1]
    behind = points[near, 2].min(axis=1) - CLEARANCE_M
    back = np.zeros(len(hangs))
    back[hangs] = np.maximum(bound.vertices[hangs, 2] - behind, 0.0)
    mean = averaging(bound.faces, len(back))
    for _ in range(BACK_SMOOTHINGS):
        back = np.maximum(back, mean @ back)
    return bound.vertices - back[:, None] * (0.0, 0.0, 1.0)


def trailing(vertices: np.ndarray, most: float) -> np.ndarray:
    """Weights (V, J): head above the nape, more and more of the upper back below it."""
    share = np.clip((NAPE_M - vertices[:, 1]) / (NAPE_M - SHOULDERS_M), 0.0, 1.0)
    share = most * share * share * (3.0 - 2.0 * share)
    weights = np.zeros((len(vertices), len(RIG)), np.float32)
    weights[:, RIG.index("head")] = 1.0 - share
    weights[:, RIG.index("spine3")] = share
    return weights


def tints(lightness: np.ndarray) -> np.ndarray:
    """Shares of SWATCHES, (V, 3), for lightness -1 (root) to 1 (light)."""
    lightness = np.clip(lightness, -1.0, 1.0)
    dark, light = np.maximum(-lightness, 0.0), np.maximum(lightness, 0.0)
    return np.stack([dark, 1.0 - dark - light, light], axis=1)


def make(body: Body, data: Path, name: str) -> BakedPiece:
    """One head of hair as a piece."""
    hair, chance = HAIRS[name], generator(0, "hair", name)
    bound = shortened(bind(data, hair.source, body.base["vertices"]), hair, chance)
    vertices = behind_the_clothes(bound, body) if hair.trails > 0.0 else bound.vertices
    top = np.clip((vertices[:, 1] - 1.50) / 0.12, 0.0, 1.0)
    streak = np.interp(hair.strand(vertices) % 1.0, np.linspace(0, 1, STREAKS), chance.uniform(-0.75, 0.55, STREAKS))
    mesh = vertices, bound.faces
    light = shade(mesh, light_on(mesh, [body.skin(np.zeros(0, int))]), 0.25, (2, 6))
    faces, _ = thinned(vertices, bound.faces, hair.most, np.zeros(len(vertices), bool))
    used, faces = np.unique(faces, return_inverse=True)
    ribbons = lay(
        *mesh, hair.flow, hair.strands, lambda at: np.clip(at[:, 1] - hair.lowest_root_m, 0.0, ROOTS_M), chance
    )
    near = cKDTree(vertices).query(ribbons.vertices)[1]
    own = chance.uniform(-0.7, 0.9, hair.strands.count)[ribbons.ribbon]
    at = np.concatenate([used, near])
    whole = replace(
        bound, vertices=np.concatenate([vertices[used], ribbons.vertices]),
        faces=np.concatenate([faces.reshape(-1, 3), ribbons.faces + len(used)]),
        corners=bound.corners[at], shares=bound.shares[at],
    )  # fmt: skip
    lightness = np.concatenate([
        streak[used] + 0.25 * top[used] - 0.15, own + 0.5 * (ribbons.along - 0.6) + 0.2 * top[near],
    ])  # fmt: skip
    return BakedPiece(
        f"hair_{name}", "hair", whole.vertices, whole.faces, trailing(whole.vertices, hair.trails), SWATCHES,
        tints(lightness), light[at], body.shapes(whole),
    )  # fmt: skip


def main() -> None:
    """Make the hairs that were asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("hairs", nargs="*", default=list(HAIRS))
    asked = parser.parse_args()
    for name in asked.hairs:
        piece = make(Body(asked.work), asked.data, name)
        save_piece(piece, asked.work)
        add(asked.work, "hairs", name, piece.name, HAIRS[name].source)


if __name__ == "__main__":
    main()
