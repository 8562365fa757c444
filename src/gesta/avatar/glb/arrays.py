"""The arrays of a GLB file that is read: every size is checked before it is believed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gesta.avatar.glb.buffer import COMPONENT_TYPES, ELEMENT_TYPES
from gesta.avatar.glb.schema import AccessorPart, Description, ViewPart
from gesta.errors import InputError

TYPES: dict[int, np.dtype[Any]] = {number: dtype for dtype, number in COMPONENT_TYPES.items()}
SHAPES = {name: shape for shape, name in ELEMENT_TYPES.items()}
LARGEST_NORMALISED: dict[np.dtype[Any], float] = {np.dtype("u1"): 255.0, np.dtype("<u2"): 65535.0}
"""What stands for 1 where whole numbers stand for 0 to 1."""


class Arrays:
    """Takes arrays out of a file's numbers by their accessors' numbers.

    Args:
        path: the file, for the sentence of an error.
        description: its checked description.
        numbers: its binary chunk.
    """

    def __init__(self, path: Path, description: Description, numbers: bytes) -> None:
        self._path = path
        self._accessors: Sequence[AccessorPart] = description.accessors
        self._views: Sequence[ViewPart] = description.buffer_views
        self._numbers = numbers

    def rows(self, number: int) -> int:
        """How many rows an array has."""
        return self._accessor(number).count

    def array(self, number: int, kind: str) -> np.ndarray:
        """An array, stored in full, of a kind of elements ("SCALAR", "VEC3", "VEC4", "MAT4").

        Whole numbers that stand for 0 to 1 are given as such.

        Raises:
            InputError: it is not there, of another kind, or larger than the file.
        """
        accessor = self._accessor(number)
        dtype = TYPES.get(accessor.component_type)
        if accessor.type != kind or dtype is None:
            raise self._damaged(f"array {number} is not of the kind {kind}")
        if accessor.buffer_view is None or accessor.sparse is not None:
            raise self._damaged(f"array {number} is not stored in full")
        values = self._stretch(accessor.buffer_view, accessor.byte_offset, (accessor.count, *SHAPES[kind]), dtype)
        if accessor.normalized:
            values = values / np.float32(LARGEST_NORMALISED.get(dtype, 1.0))
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise self._damaged(f"array {number} holds values that are not finite")
        return values

    def sparse(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Which rows of a sparse array of (N, 3) numbers are not zero, and those rows."""
        accessor = self._accessor(number)
        if (sparse := accessor.sparse) is None:
            return np.zeros(0, np.int64), np.zeros((0, 3), np.float32)
        kind = TYPES.get(sparse.indices.component_type)
        if kind is None or kind.kind != "u":
            raise self._damaged("a sparse array names its rows in no known way")
        rows = self._stretch(sparse.indices.buffer_view, sparse.indices.byte_offset, (sparse.count,), kind)
        rows = rows.astype(np.int64)
        if rows[-1] >= accessor.count or (np.diff(rows) <= 0).any():
            raise self._damaged("a sparse array names rows that it does not have")
        start = sparse.values.byte_offset
        return rows, self._stretch(sparse.values.buffer_view, start, (sparse.count, 3), np.dtype("<f4"))

    def _accessor(self, number: int) -> AccessorPart:
        if number >= len(self._accessors):
            raise self._damaged(f"array {number} is missing")
        return self._accessors[number]

    def _stretch(self, view: int, start: int, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        """Numbers of a view from a byte on, one after another, without copying them."""
        if view >= len(self._views):
            raise self._damaged(f"view {view} is missing")
        part = self._views[view]
        size = int(np.prod(shape, dtype=object)) * dtype.itemsize
        if start + size > part.byte_length or part.byte_offset + part.byte_length > len(self._numbers):
            raise self._damaged(f"view {view} is shorter than what it should hold")
        count = size // dtype.itemsize
        return np.frombuffer(self._numbers, dtype, count, part.byte_offset + start).reshape(shape)

    def _damaged(self, why: str) -> InputError:
        return InputError(f"Cannot read {self._path}: {why}.")
