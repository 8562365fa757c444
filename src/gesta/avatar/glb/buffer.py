"""The numbers of a GLB file: arrays packed into views of one buffer, each described by an accessor.

Arrays that are used alike lie in one view, one after the other, so that a file has ten views and not hundreds.
Section numbers are those of the glTF 2.0 specification (Khronos).
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
from pygltflib import (
    ARRAY_BUFFER,
    ELEMENT_ARRAY_BUFFER,
    FLOAT,
    UNSIGNED_BYTE,
    UNSIGNED_INT,
    UNSIGNED_SHORT,
    Accessor,
    AccessorSparseIndices,
    AccessorSparseValues,
    BufferView,
    Sparse,
)

ALIGNMENT = 4
"""Bytes that every array begins at a multiple of: no component is larger (section 3.6.2.4)."""
COMPONENT_TYPES: dict[np.dtype[Any], int] = {
    np.dtype("<f4"): FLOAT,
    np.dtype("u1"): UNSIGNED_BYTE,
    np.dtype("<u2"): UNSIGNED_SHORT,
    np.dtype("<u4"): UNSIGNED_INT,
}
ELEMENT_TYPES: dict[tuple[int, ...], str] = {(): "SCALAR", (3,): "VEC3", (4,): "VEC4", (4, 4): "MAT4"}
SHORT_LIMIT = 1 << 16
"""Vertices that indices of two bytes reach."""


class View(Enum):
    """The views of the buffer: what lies in each, and what a graphics card uses it for."""

    POSITIONS = ("positions", ARRAY_BUFFER)
    NORMALS = ("normals", ARRAY_BUFFER)
    COLOURS = ("colours", ARRAY_BUFFER)
    JOINTS = ("joints", ARRAY_BUFFER)
    WEIGHTS = ("weights", ARRAY_BUFFER)
    TRIANGLES = ("triangles", ELEMENT_ARRAY_BUFFER)
    MOVED = ("moved vertices", None)
    OFFSETS = ("offsets", None)
    MATRICES = ("inverse bind matrices", None)
    KEYS = ("keys", None)

    @property
    def target(self) -> int | None:
        """glTF's number for the use a graphics card makes of it."""
        return self.value[1]


@dataclass
class Packed:
    """The arrays of one view, as they follow one another, and the bytes of one element."""

    parts: list[bytes] = field(default_factory=list)
    size: int = 0
    stride: int = 0


class Buffer:
    """Collects arrays; at the end gives the accessors and views of the document, and the bytes."""

    def __init__(self) -> None:
        self.accessors: list[Accessor] = []
        self._views: dict[View, Packed] = {}
        self._zeros: dict[int, int] = {}

    def add(self, view: View, array: np.ndarray, *, normalised: bool = False, bounds: bool = False) -> int:
        """Add an array with a row per element.

        Args:
            view: where it goes.
            array: (N,), (N, 3), (N, 4) or (N, 4, 4) of a type in COMPONENT_TYPES; matrices column by column.
            normalised: whether whole numbers stand for 0 to 1.
            bounds: whether the file says the least and greatest of each column, as it must of positions and times.

        Returns:
            The accessor's number.
        """
        number, start = self._place(view, array)
        return self._describe(
            Accessor(
                bufferView=number,
                byteOffset=start,
                componentType=COMPONENT_TYPES[array.dtype],
                normalized=normalised,
                count=len(array),
                type=ELEMENT_TYPES[array.shape[1:]],
                **(_bounds(array) if bounds else {}),
            )
        )

    def add_offsets(self, count: int, moved: np.ndarray, offsets: np.ndarray, *, bounds: bool = False) -> int:
        """Add (count, 3) numbers that are zero but for a few rows (a sparse accessor, section 3.6.2.3).

        Args:
            count: rows in all.
            moved: (n,) which rows are not zero, increasing; with none the accessor holds zeros alone.
            offsets: (n, 3) float32: those rows.
            bounds: as for `add`, over all rows.
        """
        if not len(moved):
            return self._nothing(count)
        accessor = _unstored(count)
        if bounds:
            rest = offsets if len(moved) == count else np.concatenate([offsets, np.zeros((1, 3), offsets.dtype)])
            accessor.min, accessor.max = _bounds(rest).values()
        rows = moved.astype("<u2" if count <= SHORT_LIMIT else "<u4")
        rows_view, rows_start = self._place(View.MOVED, rows)
        view, start = self._place(View.OFFSETS, offsets.astype("<f4"))
        kind = COMPONENT_TYPES[rows.dtype]
        accessor.sparse = Sparse(
            count=len(moved),
            indices=AccessorSparseIndices(bufferView=rows_view, byteOffset=rows_start, componentType=kind),
            values=AccessorSparseValues(bufferView=view, byteOffset=start),
        )
        return self._describe(accessor)

    def finish(self) -> tuple[list[BufferView], bytes]:
        """The views, in the order of their numbers, and the whole buffer."""
        views, start = [], 0
        for view, packed in self._views.items():
            # Only vertex attributes have a stride; it is needed where several of them share a view.
            stride = packed.stride if view.target == ARRAY_BUFFER else None
            views.append(
                BufferView(
                    buffer=0,
                    byteOffset=start,
                    byteLength=packed.size,
                    byteStride=stride,
                    target=view.target,
                    name=view.value[0],
                )
            )
            start += packed.size
        return views, b"".join(part for packed in self._views.values() for part in packed.parts)

    def _nothing(self, count: int) -> int:
        """The accessor of (count, 3) zeros, one for everybody who wants so many."""
        if count not in self._zeros:
            accessor = _unstored(count)
            accessor.min, accessor.max = [0.0] * 3, [0.0] * 3
            self._zeros[count] = self._describe(accessor)
        return self._zeros[count]

    def _describe(self, accessor: Accessor) -> int:
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def _place(self, view: View, array: np.ndarray) -> tuple[int, int]:
        """Append an array to a view; the view's number, and the byte in it at which the array begins."""
        packed = self._views.setdefault(view, Packed())
        packed.stride = array.itemsize * int(np.prod(array.shape[1:]))
        data, start = np.ascontiguousarray(array).tobytes(), packed.size
        data += b"\0" * (-len(data) % ALIGNMENT)
        packed.parts.append(data)
        packed.size += len(data)
        return list(self._views).index(view), start


def _unstored(count: int) -> Accessor:
    """An accessor of (count, 3) numbers without a view: zeros, but for what it may say of some rows."""
    return Accessor(byteOffset=None, componentType=FLOAT, normalized=False, count=count, type="VEC3")


def _bounds(array: np.ndarray) -> dict[str, list[float]]:
    """Least and greatest of each column, as the numbers that are in the file."""
    columns = array.reshape(len(array), -1)
    return {"min": columns.min(axis=0).tolist(), "max": columns.max(axis=0).tolist()}
