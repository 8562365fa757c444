"""Whether a body is sound: arrays of the right form, indices within range, names that exist."""

import math
from collections.abc import Iterable

import numpy as np

from gesta.avatar.body import BodyAsset, Piece
from gesta.avatar.info import SKIN, BodyInfo
from gesta.avatar.shapes import SparseShapes
from gesta.motion.skeleton import skeleton

TOLERANCE = 1e-3
"""How far sums of weights and lengths of unit vectors may be from one."""


def check_body(body: BodyAsset) -> None:
    """Refuse a body that contradicts itself.

    Raises:
        ValueError: what is wrong, for the middle of a sentence.
    """
    info = body.info
    rig = (*skeleton().names, *(helper.name for helper in info.helpers))
    _check_info(info, rig)
    if set(body.pieces) != set(info.pieces):
        raise ValueError("its pieces are not those that its info names")
    for name, piece in body.pieces.items():
        _check_piece(piece, len(info.pieces[name].swatches), len(rig), f"piece '{name}'")
        _check_shapes(piece.shapes, len(piece.vertices), f"piece '{name}'")
        _check_shapes(piece.correctives, len(piece.vertices), f"piece '{name}'")
    skin = body.pieces[SKIN]
    for outfit, faces in body.hidden.items():
        _form(faces, np.int32, (None,), f"what the outfit '{outfit}' hides")
        _within(faces, len(skin.faces), f"what the outfit '{outfit}' hides")
    for name, vertices in info.landmarks.items():
        _within(np.array(vertices, np.int64), len(skin.vertices), f"the landmark '{name}'")


def _check_info(info: BodyInfo, rig: tuple[str, ...]) -> None:
    """Check the names and numbers of the info."""
    if SKIN not in info.always:
        raise ValueError(f"'{SKIN}' is not among the pieces that every look wears")
    worn = [info.always, *info.outfits.values(), *info.hairs.values(), *info.brows.values()]
    _known((name for pieces in worn for name in pieces), info.pieces, "piece")
    if len(set(rig)) < len(rig):
        raise ValueError("two of its joints have one name")
    joints = skeleton().names
    used = [name for helper in info.helpers for name in (helper.parent, helper.source)]
    used += [rule.joint for rule in info.correctives] + [capsule.joint for capsule in info.capsules]
    _known(used, joints, "joint")
    for axis in (*(helper.axis for helper in info.helpers), *(rule.direction for rule in info.correctives)):
        if abs(math.hypot(*axis) - 1.0) > TOLERANCE:
            raise ValueError(f"the direction {axis} is no unit vector")
    numbers = [number for helper in info.helpers for number in helper.position]
    numbers += [number for capsule in info.capsules for number in (*capsule.start, *capsule.end, capsule.radius)]
    if not all(map(math.isfinite, numbers)):
        raise ValueError("its info holds numbers that are not finite")


def _check_piece(piece: Piece, swatches: int, joints: int, where: str) -> None:
    """Check the arrays of a piece, but for its shapes."""
    count = len(piece.vertices)
    _form(piece.vertices, np.float32, (None, 3), f"the vertices of {where}")
    _form(piece.faces, np.int32, (None, 3), f"the faces of {where}")
    _form(piece.joints, np.uint8, (count, 4), f"the joints of {where}")
    _form(piece.weights, np.float32, (count, 4), f"the weights of {where}")
    _form(piece.tints, np.uint8, (count, swatches), f"the tints of {where}")
    _form(piece.shade, np.uint8, (count,), f"the shade of {where}")
    _within(piece.faces, count, f"the faces of {where}")
    _within(piece.joints, joints, f"the joints of {where}")
    if np.any(piece.weights < 0.0) or np.any(np.abs(piece.weights.sum(axis=1) - 1.0) > TOLERANCE):
        raise ValueError(f"the weights of {where} do not add up to one")
    if np.any(piece.tints.sum(axis=1, dtype=np.int64) != np.iinfo(np.uint8).max):
        raise ValueError(f"the tints of {where} do not add up to 255")


def _check_shapes(shapes: SparseShapes, vertex_count: int, where: str) -> None:
    """Check a set of shapes of a piece."""
    entries = len(shapes.vertices)
    _form(shapes.starts, np.int32, (len(shapes.names) + 1,), f"the starts of shapes of {where}")
    _form(shapes.vertices, np.int32, (None,), f"the vertices of shapes of {where}")
    _form(shapes.offsets, np.float32, (entries, 3), f"the offsets of shapes of {where}")
    _within(shapes.vertices, vertex_count, f"the vertices of shapes of {where}")
    if shapes.starts[0] != 0 or shapes.starts[-1] != entries or np.any(np.diff(shapes.starts) < 0):
        raise ValueError(f"the starts of shapes of {where} do not fit their entries")


def _form(array: np.ndarray, dtype: type, shape: tuple[int | None, ...], what: str) -> None:
    fits = array.ndim == len(shape) and all(want in (None, have) for want, have in zip(shape, array.shape, strict=True))
    if array.dtype != dtype or not fits:
        raise ValueError(f"{what} are {array.dtype} of shape {array.shape}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"{what} hold values that are not finite")


def _within(indices: np.ndarray, count: int, what: str) -> None:
    if indices.size and (indices.min() < 0 or indices.max() >= count):
        raise ValueError(f"{what} lie outside of 0 to {count - 1}")


def _known(names: Iterable[str], known: Iterable[str], kind: str) -> None:
    if unknown := set(names) - set(known):
        raise ValueError(f"it names the {kind} '{min(unknown)}', which it does not have")
