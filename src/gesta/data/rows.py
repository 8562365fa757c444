"""Files of rows that grow clip by clip and are read without loading them: plain npy files, float32, a row per frame.

The header that numpy writes leaves room for a longer count of rows, so a file that grows is a valid npy file after
every clip. Rows behind the count are what a killed run left; they are cut off when the file is opened to grow again.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import numpy as np

from gesta.errors import InputError, OutputError, reason_of
from gesta.npy import read_header

ITEM = np.dtype("<f4")


def open_rows(path: Path, columns: int) -> np.ndarray:
    """The rows of a file as a read-only memory map.

    Args:
        path: an npy file.
        columns: C.

    Returns:
        (N, C) float32; nothing is read before it is used.

    Raises:
        InputError: the file is missing, shorter than it says, or holds something else.
    """
    try:
        with path.open("rb") as file:
            shape, offset = _header(file)
            size = file.seek(0, os.SEEK_END)
    except OSError as error:
        raise InputError(f"Cannot read {path}: {reason_of(error)}; prepare it again.") from None
    except ValueError:
        raise InputError(f"Cannot read {path}: it is no npy file of float32 rows; prepare it again.") from None
    if len(shape) != 2 or shape[1] != columns or shape[0] < 1:
        raise InputError(f"Cannot read {path}: it holds {shape}, not rows of {columns} numbers; prepare it again.")
    if size < offset + shape[0] * columns * ITEM.itemsize:
        raise InputError(f"Cannot read {path}: it is shorter than its header says; prepare it again.")
    return np.memmap(path, ITEM, "r", offset, shape)


def _header(file: BinaryIO) -> tuple[tuple[int, ...], int]:
    """Shape of the array and the byte it begins at; ValueError for anything but float32 rows."""
    header = read_header(file)
    if header.fortran or header.dtype != ITEM:
        raise ValueError
    return header.shape, file.tell()


class GrowingRows:
    """One file of rows that grows; what is beyond `rows` when it is opened is cut off.

    Args:
        path: the file, made if it is not there.
        columns: C.
        rows: how many of the rows that are there to keep.

    Raises:
        OutputError: the file cannot be written, or holds fewer rows than are to be kept.
    """

    def __init__(self, path: Path, columns: int, rows: int = 0) -> None:
        self.path, self.columns, self.rows = path, columns, rows
        try:
            self._file: BinaryIO = path.open("r+b" if rows else "w+b")
            held = os.fstat(self._file.fileno()).st_size
            self._begin = self._write_header()
            end = self._begin + rows * columns * ITEM.itemsize
            if rows and held < end:
                self._file.close()
                raise OutputError(f"{path} has lost rows that are finished; remove the data set and prepare it again.")
            self._file.truncate(end)
            self._sync()
        except OSError as error:
            raise self._refusal(error) from error

    def append(self, blocks: Iterable[np.ndarray]) -> int:
        """Add (n, C) blocks, flush them to the disk, and only then count them; returns how many rows came.

        Raises:
            OutputError: the disk is full or gone.
        """
        count = 0
        try:
            self._file.seek(self._begin + self.rows * self.columns * ITEM.itemsize)
            for block in blocks:
                if block.ndim != 2 or block.shape[1] != self.columns:
                    raise ValueError(f"rows must be (n, {self.columns}), not {block.shape}")
                self._file.write(np.ascontiguousarray(block, dtype=ITEM).tobytes())
                count += len(block)
            self._sync()
            self.rows += count
            self._write_header()
            self._sync()
        except OSError as error:
            raise self._refusal(error) from error
        except BaseException:
            # What came of a clip that breaks off must not stay behind the last row.
            self._file.truncate(self._begin + self.rows * self.columns * ITEM.itemsize)
            raise
        return count

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _write_header(self) -> int:
        """Write the header for `rows` rows and return its length, which is the same for any count."""
        self._file.seek(0)
        header = {
            "descr": np.lib.format.dtype_to_descr(ITEM),
            "fortran_order": False,
            "shape": (self.rows, self.columns),
        }
        np.lib.format.write_array_header_1_0(self._file, header)
        return self._file.tell()

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def _refusal(self, error: OSError) -> OutputError:
        reason = reason_of(error)
        return OutputError(f"{self.path} cannot be written ({reason}): check the folder and its free space.")
