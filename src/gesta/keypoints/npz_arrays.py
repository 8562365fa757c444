"""Arrays of one shape out of npz files, checked by their headers before memory is taken."""

import numpy as np

from gesta.errors import InputError
from gesta.motion.npz_members import NpzMembers


def read_rows(members: NpzMembers, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """An array with a row per frame, float32, in the shape wanted.

    Args:
        members: the open file.
        name: of the array.
        shape: (F, ...); axes of length 1 in the file do not count, since some programs keep one for persons.

    Raises:
        InputError: the array is missing, no numbers, or of another shape.
    """
    if name not in members.names:
        raise InputError(f"Cannot read {members.path}: it has no '{name}'.")
    found = members.header(name).shape
    if not found or found[0] != shape[0] or [n for n in found[1:] if n != 1] != [n for n in shape[1:] if n != 1]:
        raise InputError(f"Cannot read {members.path}: its '{name}' has shape {found}, but {shape} is needed.")
    result = np.empty(shape, dtype=np.float32)
    start = 0
    for block in members.rows(name):
        result[start : start + len(block)] = block.reshape(len(block), *shape[1:])
        start += len(block)
    return result
