"""Keypoints as npz, and which kind of npz a file is; `gesta.keypoints.files` shows what such files hold."""

import zipfile
from pathlib import Path

import numpy as np

from gesta.errors import InputError
from gesta.keypoints.checking import FORMAT_VERSION, check_extent, checked_keypoints
from gesta.keypoints.dwpose_npz import is_dwpose, read_dwpose
from gesta.keypoints.npz_arrays import read_rows
from gesta.motion.npz_members import NpzMembers, write_member
from gesta.records import KEYPOINT_COUNT, Keypoints
from gesta.writing import replacing

NAMES = ("points", "scores", "size", "fps", "format_version")


def read_npz(path: Path) -> Keypoints:
    """Keypoints from gesta's npz or a DWPose sequence.

    Raises:
        InputError: the file is missing, damaged, too large or neither.
    """
    with NpzMembers(path) as members:
        if is_dwpose(members):
            return read_dwpose(members)
        if missing := [name for name in NAMES if name not in members.names]:
            raise InputError(f"Cannot read {path}: it holds no keypoints ('{missing[0]}' is missing).")
        if (version := members.number("format_version")) != FORMAT_VERSION:
            raise InputError(f"Cannot read {path}: its format_version is {version:g}, but {FORMAT_VERSION} is needed.")
        shape, fps = members.header("points").shape, members.number("fps")
        check_extent(path, shape[0] if shape else 0, fps)
        points = read_rows(members, "points", (shape[0], KEYPOINT_COUNT, 2))
        scores = read_rows(members, "scores", (shape[0], KEYPOINT_COUNT))
        return checked_keypoints(path, points, scores, members.small("size"), fps)


def write_npz(path: Path, keypoints: Keypoints) -> None:
    """Write keypoints; an older file stays whole until the new one is.

    Raises:
        OutputError: the file cannot be written.
    """
    values = {
        "points": keypoints.points,
        "scores": keypoints.scores,
        "size": np.array(keypoints.size, dtype=np.int32),
        "fps": np.array(keypoints.fps, dtype=np.float64),
        "format_version": np.array(FORMAT_VERSION, dtype=np.int32),
    }
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name, array in values.items():
            write_member(archive, name, array.shape, array.dtype, [array], pack=False)
