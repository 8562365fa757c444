"""How numba compiles gesta's drawing kernels: cached on disk, without Python's lock, dividing as numpy does."""

from typing import Any

from numba import njit

kernel = njit(cache=True, nogil=True, error_model="numpy")
"""Decorator of a kernel. Dividing by zero raises nothing: the path to an exception would cost every call dearly."""
inlined_kernel = njit(cache=True, nogil=True, error_model="numpy", inline="always")
"""Decorator of a small kernel that is copied into its callers."""

Scalar = Any
"""A number in a kernel: numba gives it the precision of what it is computed from."""
