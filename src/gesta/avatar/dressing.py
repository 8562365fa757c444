"""Dressing a body: the pieces that a look wears, put together to one surface, without what nobody can see."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gesta.avatar.body import BodyAsset, Piece
from gesta.avatar.info import KINDS, SKIN, PieceInfo
from gesta.avatar.palette import Look, Palette
from gesta.avatar.posing import Figure
from gesta.avatar.rig import Rig
from gesta.avatar.shapes import joined

FULL = np.iinfo(np.uint8).max
"""What tints add up to, and the shade where nothing is shaded."""


@dataclass(frozen=True)
class _Worn:
    """A piece that is worn.

    Attributes:
        piece, info: what it is.
        faces: (N, 3) those of its faces that can be seen.
        kept: (V,) which vertices go into the figure, in their order there.
        new_index: vertices of the piece to vertices of the figure, -1 for those that are left out.
    """

    piece: Piece
    info: PieceInfo
    faces: np.ndarray
    kept: np.ndarray
    new_index: np.ndarray


def dressed(body: BodyAsset, look: Look, palette: Palette) -> Figure:
    """A body in a look.

    Args:
        body: the body with everything it can wear.
        look: what it wears, by names that `gesta.avatar.looks.look_from` has found to exist.
        palette: the colours.

    Raises:
        InputError: a swatch has no colour.
    """
    info = body.info
    names = (*info.always, *info.outfits[look.outfit], *info.hairs[look.hair], *info.brows[look.brows])
    parts, drawn = _worn(body, names, look.outfit)
    joints = np.concatenate([part.piece.joints[part.kept] for part in parts]).astype(np.int32)
    weights = np.concatenate([part.piece.weights[part.kept] for part in parts])
    strongest = np.argsort(-weights, axis=1, kind="stable")
    weights = np.take_along_axis(weights, strongest, axis=1)
    kinds = [np.full(len(part.kept), KINDS.index(part.info.kind), np.uint8) for part in parts]
    return Figure(
        vertices=np.concatenate([part.piece.vertices[part.kept] for part in parts]),
        drawn=drawn,
        faces=np.concatenate([part.new_index[part.faces] for part in parts]).astype(np.int32),
        material=np.concatenate([_material(part, look, palette) for part in parts]),
        kind=np.concatenate(kinds),
        two_sided=np.concatenate([np.full(len(part.faces), part.info.two_sided) for part in parts]),
        joints=np.take_along_axis(joints, strongest, axis=1),
        weights=weights / weights.sum(axis=1, keepdims=True),
        shapes=joined([part.piece.shapes.renumbered(part.new_index) for part in parts]),
        correctives=joined([part.piece.correctives.renumbered(part.new_index) for part in parts]),
        rules=info.correctives,
        landmarks=_landmarks(info.landmarks, parts[names.index(SKIN)]),
        rig=Rig(info.helpers),
    )


def _worn(body: BodyAsset, names: tuple[str, ...], outfit: str) -> tuple[list[_Worn], int]:
    """The pieces worn, and how many vertices of the figure have a face; hidden landmarks come after those."""
    parts, first = [], 0
    landmarks = np.array(sorted({vertex for group in body.info.landmarks.values() for vertex in group}), np.int64)
    for name in names:
        piece = body.pieces[name]
        faces = piece.faces
        if name == SKIN and outfit in body.hidden:
            faces = np.delete(faces, body.hidden[outfit], axis=0)
        kept = np.unique(faces)
        new_index = np.full(len(piece.vertices), -1)
        new_index[kept] = first + np.arange(len(kept))
        first += len(kept)
        parts.append(_Worn(piece, body.info.pieces[name], faces, kept, new_index))
    skin = parts[names.index(SKIN)]
    unseen = np.setdiff1d(landmarks, skin.kept)
    if len(unseen):
        skin.new_index[unseen] = first + np.arange(len(unseen))
        parts.append(_Worn(skin.piece, skin.info, skin.faces[:0], unseen, np.full(len(skin.new_index), -1)))
    return parts, first


def _material(part: _Worn, look: Look, palette: Palette) -> np.ndarray:
    """Linear red, green, blue and gloss of a piece's vertices: (V, 4) float32."""
    colours = palette.linear(look, part.info.swatches)
    gloss = palette.gloss_of(part.info.swatches, part.info.kind)
    shares = part.piece.tints[part.kept] / FULL
    shade = part.piece.shade[part.kept, None] / FULL
    return np.concatenate([shares @ colours * shade, shares @ gloss[:, None]], axis=1).astype(np.float32)


def _landmarks(landmarks: Mapping[str, tuple[int, ...]], skin: _Worn) -> dict[str, np.ndarray]:
    """Landmarks as vertices of the figure: (n,) int32 each."""
    return {name: skin.new_index[list(vertices)].astype(np.int32) for name, vertices in landmarks.items()}
