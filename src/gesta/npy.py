"""The header of an array in numpy's format, read with suspicion: whatever is wrong with it is one kind of error."""

from dataclasses import dataclass
from tokenize import TokenError
from typing import IO, Any

import numpy as np

HEADER_VERSION = (1, 0)
"""The only kind that is read or written: later ones, for headers beyond 64 KiB, can claim gigabytes before they are
checked."""
DAMAGE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    NameError,
    ArithmeticError,
    SyntaxError,
    TokenError,
    RecursionError,
    MemoryError,
)
"""What numpy answers headers with that are no table of the three right entries."""


@dataclass(frozen=True)
class Header:
    """What an array says about itself: item type, shape, and whether columns come first in the file."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran: bool


def read_header(stream: IO[bytes]) -> Header:
    """The header where a stream stands, which then stands at the first item.

    Raises:
        ValueError: it is no header, or of a kind that is never read; the message is the end of a sentence.
    """
    try:
        version = np.lib.format.read_magic(stream)
    except ValueError as error:
        raise ValueError("is no array in numpy's format") from error
    if version != HEADER_VERSION:
        raise ValueError("has a kind of header that is never read")
    try:
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    except DAMAGE as error:
        raise ValueError("has a damaged header") from error
    if any(size < 0 for size in shape):
        raise ValueError("has a damaged header")
    return Header(dtype, shape, fortran)
