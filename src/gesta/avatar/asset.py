"""The body's file: pieces of surface with their weights, colours by name and shapes, in one safetensors file.

Its metadata holds `format`, `version` and `info` (JSON, see `gesta.avatar.info`). The arrays of the piece P are named
"P/vertices" and so on as in `Piece`, its two sets of shapes "P/shape_starts", "P/shape_vertices", "P/shape_offsets"
and "P/corrective_starts" likewise; "outfit/NAME/hidden" lists the faces of the skin that the outfit NAME hides.
"""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from gesta.avatar.asset_checks import check_body
from gesta.avatar.body import BodyAsset, Piece
from gesta.avatar.info import BodyInfo
from gesta.avatar.shapes import SparseShapes
from gesta.errors import InputError, reason_of
from gesta.foreign import LENGTH_BYTES, refuse_long_header
from gesta.motion.face import ARKIT_NAMES
from gesta.writing import replacing

FORMAT, VERSION = "gesta-body", "1"
FILE_BYTES = 64_000_000
"""Larger files are no body."""
HEADER_BYTES = 1_000_000
ASSET_FILE = "assets/body.safetensors"


ARRAYS = ("vertices", "faces", "joints", "weights", "tints", "shade")
SETS = {"shapes": "shape", "correctives": "corrective"}
"""Sets of shapes of a piece, and how the names of their arrays begin."""


def write_asset(body: BodyAsset, path: str | Path) -> None:
    """Write a body's file; an older one stays whole until the new one is.

    Raises:
        ValueError: the body contradicts itself.
        OutputError: the file cannot be written.
    """
    check_body(body)
    tensors = {f"outfit/{name}/hidden": faces for name, faces in body.hidden.items()}
    for name, piece in body.pieces.items():
        tensors |= {f"{name}/{array}": getattr(piece, array) for array in ARRAYS}
        for field, prefix in SETS.items():
            shapes: SparseShapes = getattr(piece, field)
            tensors |= {f"{name}/{prefix}_{part}": getattr(shapes, part) for part in ("starts", "vertices", "offsets")}
    metadata = {"format": FORMAT, "version": VERSION, "info": json.dumps(body.info.model_dump(mode="json"))}
    content = _orderly(save({name: np.ascontiguousarray(array) for name, array in tensors.items()}, metadata))
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def _orderly(content: bytes) -> bytes:
    """A safetensors file with its header in order, so that one body makes one file: the library shuffles metadata."""
    length = int.from_bytes(content[:LENGTH_BYTES], "little")
    header = json.loads(content[LENGTH_BYTES : LENGTH_BYTES + length])
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    # The arrays begin at a multiple of eight bytes.
    text += b" " * (-len(text) % LENGTH_BYTES)
    return len(text).to_bytes(LENGTH_BYTES, "little") + text + content[LENGTH_BYTES + length :]


def read_asset(path: str | Path) -> BodyAsset:
    """A body from its file, checked through and through.

    Raises:
        InputError: it is missing, damaged, or contradicts itself.
    """
    path = Path(path)
    try:
        if path.stat().st_size > FILE_BYTES:
            raise InputError(f"The body '{path}' is larger than {FILE_BYTES // 10**6} MB; that is no body.")
        refuse_long_header(path, "body", HEADER_BYTES)
        with safe_open(path, framework="np") as opened:
            metadata = opened.metadata() or {}
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    except OSError as error:
        raise InputError(f"The body '{path}' cannot be read: {reason_of(error)}.") from None
    except (SafetensorError, ValueError, TypeError, KeyError):
        raise InputError(f"The body '{path}' is damaged or no safetensors file; bake or fetch it again.") from None
    try:
        body = _assembled(metadata, tensors, str(path))
        check_body(body)
    except (KeyError, ValueError) as error:
        raise InputError(f"The body '{path}' is unsound: {error.args[0]}; bake or fetch it again.") from None
    return body


def _assembled(metadata: Mapping[str, str], tensors: Mapping[str, np.ndarray], where: str) -> BodyAsset:
    """The body that a file's parts make; raises ValueError or InputError where they make none."""
    if (metadata.get("format"), metadata.get("version")) != (FORMAT, VERSION):
        raise ValueError(f"its format is not {FORMAT} {VERSION}")
    try:
        table = json.loads(metadata.get("info", ""))
    except (json.JSONDecodeError, RecursionError):
        raise ValueError("its info is no JSON") from None
    info = BodyInfo.checked(table, f"the info of {where}")
    names = {"shapes": ARKIT_NAMES, "correctives": tuple(corrective.name for corrective in info.correctives)}

    def array(name: str) -> np.ndarray:
        if name not in tensors:
            raise ValueError(f"'{name}' is missing")
        return tensors[name]

    def shapes(name: str, field: str) -> SparseShapes:
        parts = (array(f"{name}/{SETS[field]}_{part}") for part in ("starts", "vertices", "offsets"))
        return SparseShapes(names[field], *parts)

    def piece(name: str) -> Piece:
        vertices, faces, joints, weights, tints, shade = (array(f"{name}/{key}") for key in ARRAYS)
        units, correctives = (shapes(name, field) for field in SETS)
        return Piece(vertices, faces, joints, weights, tints, shade, units, correctives)

    hidden = {outfit: tensors[key] for outfit in info.outfits if (key := f"outfit/{outfit}/hidden") in tensors}
    return BodyAsset(info, {name: piece(name) for name in info.pieces}, hidden)


def _packaged() -> AbstractContextManager[Path]:
    return resources.as_file(resources.files("gesta.avatar").joinpath(ASSET_FILE))


@cache
def body_asset() -> BodyAsset:
    """The built-in body.

    Raises:
        InputError: its file is missing from the package, or damaged.
    """
    with _packaged() as path:
        return read_asset(path)


def asset_bytes() -> int:
    """Size of the built-in body's file in bytes."""
    with _packaged() as path:
        return path.stat().st_size
