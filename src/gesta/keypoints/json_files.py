"""Keypoints as JSON; `gesta.keypoints.files` shows what such a file looks like."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from gesta.errors import InputError, reason_of
from gesta.keypoints.checking import FORMAT_VERSION, checked_keypoints
from gesta.records import KEYPOINT_COUNT, Keypoints
from gesta.units import VIDEO_FPS
from gesta.writing import replacing

FILE_BYTES = 64_000_000
"""Larger files are refused: a quarter of an hour fits, and npz takes less."""
KEYS = ("format_version", "size", "fps", "frames")
_DECIMALS = 4


def read_json(path: Path) -> Keypoints:
    """Keypoints from a JSON file.

    Raises:
        InputError: the file is missing, too large, or not such JSON.
    """
    table = _table(path)
    if unknown := sorted(set(table) - set(KEYS)):
        raise InputError(f"Cannot read {path}: it has an entry '{unknown[0]}'; known are {', '.join(KEYS)}.")
    if missing := [name for name in ("size", "frames") if name not in table]:
        raise InputError(f"Cannot read {path}: it has no '{missing[0]}'.")
    if table.get("format_version", FORMAT_VERSION) != FORMAT_VERSION:
        raise InputError(f"Cannot read {path}: its format_version must be {FORMAT_VERSION}.")
    values = _numbers(path, "frames", table["frames"])
    if values.shape[1:] != (KEYPOINT_COUNT, 3):
        raise InputError(f"Cannot read {path}: each of its 'frames' must hold {KEYPOINT_COUNT} points [x, y, score].")
    size, fps = _numbers(path, "size", table["size"]), _numbers(path, "fps", table.get("fps", VIDEO_FPS))
    if size.shape != (2,) or fps.shape:
        raise InputError(f"Cannot read {path}: its 'size' must be [width, height] and its 'fps' one number.")
    return checked_keypoints(path, values[..., :2], values[..., 2], size, float(fps))


def write_json(path: Path, keypoints: Keypoints) -> None:
    """Write keypoints, pixels and scores to four decimals; an older file stays whole until the new one is.

    Raises:
        OutputError: the file cannot be written.
    """
    head = {"format_version": FORMAT_VERSION, "size": list(keypoints.size), "fps": keypoints.fps}
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head)[:-1] + ', "frames": [')
        for index, (points, scores) in enumerate(zip(keypoints.points, keypoints.scores, strict=True)):
            values = np.concatenate([points, scores[:, None]], axis=1).astype(np.float64)
            file.write((",\n" if index else "\n") + json.dumps(np.round(values, _DECIMALS).tolist()))
        file.write("\n]}\n")


def _table(path: Path) -> dict[str, Any]:
    """The entries of the file."""
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES + 1)
    except OSError as error:
        raise InputError(f"Cannot read {path}: {reason_of(error)}.") from None
    if len(content) > FILE_BYTES:
        raise InputError(f"Cannot read {path}: JSON of keypoints is at most {FILE_BYTES // 1_000_000} MB; give npz.")
    try:
        table = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"Cannot read {path}: it is not JSON ({type(error).__name__}).") from None
    if not isinstance(table, dict):
        raise InputError(f"Cannot read {path}: it is JSON, but no table with 'size' and 'frames'.")
    return table


def _numbers(path: Path, name: str, values: Any) -> np.ndarray:
    """Nested lists as float64, if they hold nothing but numbers and are all equally long."""
    try:
        array = np.array(values)
    except (ValueError, OverflowError):
        array = np.array(None)
    if array.dtype.kind not in "fiu":
        raise InputError(f"Cannot read {path}: its '{name}' must hold numbers alone, in lists of equal length.")
    return array.astype(np.float64)
