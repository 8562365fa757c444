"""The arrays inside records: checked when the record is made, and read-only from then on."""

import math
from typing import Any

import numpy as np


def frozen(array: Any, name: str, shape: tuple[int | None, ...], dtype: type = np.float32) -> np.ndarray:
    """Return a read-only view of `array` after checking its shape (None fits any size) and that it is finite."""
    view: np.ndarray = np.asarray(array, dtype=dtype).view()
    if view.ndim != len(shape) or any(want not in (None, have) for want, have in zip(shape, view.shape, strict=True)):
        raise ValueError(f"{name} has shape {view.shape}, but {shape} is needed")
    # One sum finds any NaN or infinity without a second array as large as this one.
    if view.dtype.kind == "f" and not math.isfinite(float(view.sum(dtype=np.float64))):
        raise ValueError(f"{name} holds values that are not finite")
    view.setflags(write=False)
    return view
