"""Keypoints in files: gesta's npz and JSON, and the npz files of DWPose sequences that EchoMimicV2 reads.

npz: `points` (F, 134, 2) pixels, `scores` (F, 134), `size` (width, height), `fps`, `format_version` 1; float32.

JSON, to be written by hand or by another program; "fps" may be left out for a single picture:

    {"format_version": 1, "size": [512, 512], "fps": 25, "frames": [[[x, y, score], ... 134 points], ... F frames]}

What each point is, says `gesta.keypoints.layout`. Scores beyond 0 and 1, which some estimators give, are cut.
"""

from pathlib import Path

from gesta.errors import InputError
from gesta.keypoints.json_files import read_json, write_json
from gesta.keypoints.npz_files import read_npz, write_npz
from gesta.keypoints.resampling import resampled
from gesta.records import Keypoints

__all__ = ["read_keypoints", "resampled", "write_keypoints"]

_READERS = {".npz": read_npz, ".json": read_json}
_WRITERS = {".npz": write_npz, ".json": write_json}


def read_keypoints(path: str | Path) -> Keypoints:
    """Keypoints from a file, by its suffix.

    Raises:
        InputError: the file is missing, damaged, too large, of another kind, or holds no keypoints.
    """
    path = Path(path)
    if path.suffix.lower() not in _READERS:
        raise InputError(f"Cannot read {path}: keypoints are in .npz or .json files.")
    return _READERS[path.suffix.lower()](path)


def write_keypoints(path: str | Path, keypoints: Keypoints) -> Path:
    """Write keypoints to an npz or JSON file, by its suffix; an older file stays whole until the new one is.

    Returns:
        The path written.

    Raises:
        InputError: the suffix is another one.
        OutputError: the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in _WRITERS:
        raise InputError(f"Cannot write {path}: name a .npz or .json file for keypoints.")
    _WRITERS[path.suffix.lower()](path, keypoints)
    return path
