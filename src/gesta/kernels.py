"""How numba compiles gesta's kernels, which move the body and draw it: cached on disk, without Python's lock.

They divide as numpy does. numba's own cache looks only at the file of the function itself. Kernels here take constants
and whole functions from one another's files, so theirs is keyed by all of those files: a new version of gesta never
runs an old kernel.
"""

import hashlib
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

from numba import config, njit
from numba.core.caching import FunctionCache

Scalar = Any
"""A number in a kernel: numba gives it the precision of what it is computed from."""

KERNEL_PARTS = ("avatar", "render")
"""The folders of gesta that hold kernels, next to this file."""


@cache
def sources_digest() -> str:
    """A hash of this file and of every source file that a kernel may be made of."""
    here = Path(__file__)
    digest = hashlib.sha256(here.read_bytes())
    for part in KERNEL_PARTS:
        for path in sorted((here.parent / part).rglob("*.py")):
            digest.update(str(path.relative_to(here.parent)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


class KernelCache(FunctionCache):
    """numba's cache of one function, keyed by all of the sources it may be made of."""

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        return (*super()._index_key(sig, codegen), sources_digest())


RELAXED = {"contract", "reassoc", "arcp", "nsz", "afn"}
"""Liberties with rounding that a colour can bear. Infinities keep their meaning: the shadow map is full of them."""


OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""How every kernel is compiled. Dividing by zero raises nothing: the path to an exception is dear. Without numba's
counting of references (`_nrt`), which costs more than the work in an inner loop, a kernel can make no array."""


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a kernel when it is first called. It gets every array it needs, scratch space included."""
    return _cached(function, njit(**OPTIONS)(function))


def shading_kernel(function: Callable[..., Any]) -> Any:
    """Compile a kernel that only mixes colours, for which the last bit of a number does not matter."""
    return _cached(function, njit(**OPTIONS, fastmath=RELAXED)(function))


def packing_kernel(function: Callable[..., Any]) -> Any:
    """Compile a kernel that does the same to a few numbers side by side, so that one instruction serves them all.

    Exact as `kernel` is. LLVM's packing of straight code is off in numba unless its configuration says otherwise, and
    makes some kernels slower.
    """
    compiled = _cached(function, njit(**OPTIONS)(function))
    if hasattr(compiled, "compile"):
        compiled.compile = partial(_compile_packed, compiled.compile)
    return compiled


def _compile_packed(compile_as_always: Callable[[Any], Any], signature: Any) -> Any:
    settings: Any = config
    before, settings.SLP_VECTORIZE = settings.SLP_VECTORIZE, 1
    try:
        return compile_as_always(signature)
    finally:
        settings.SLP_VECTORIZE = before


def _cached(function: Callable[..., Any], compiled: Any) -> Any:
    # With NUMBA_DISABLE_JIT the function comes back as it was, and nothing is cached.
    if hasattr(compiled, "enable_caching"):
        compiled._cache = KernelCache(function)
    return compiled


def inlined_kernel(function: Callable[..., Any]) -> Any:
    """Mark a small kernel to be copied into its callers, which a call with many arrays would slow down."""
    return njit(**OPTIONS, inline="always")(function)
