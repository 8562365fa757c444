"""Small statistics that several measures share: percentiles by name, and runs of a yes-or-no signal."""

from collections.abc import Mapping, Sequence

import numpy as np

Percentiles = Mapping[str, float]
"""Values by the percentile's name, for example {"p5": 0.1, "p50": 0.3}."""


def percentiles(values: np.ndarray, levels: Sequence[int]) -> Percentiles | None:
    """The percentiles of (N,) `values` at `levels` in percent, linearly interpolated; None if there is no value."""
    if len(values) == 0:
        return None
    found = np.percentile(values, levels)
    return {f"p{level}": float(value) for level, value in zip(levels, found, strict=True)}


def runs(signal: np.ndarray, wanted: bool) -> np.ndarray:
    """Lengths of the stretches in which a (T,) bool `signal` is `wanted`, in order: (N,) frames."""
    flags = np.concatenate([[0], (np.asarray(signal, dtype=bool) == wanted).astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(flags)).reshape(-1, 2)
    return edges[:, 1] - edges[:, 0]


def correlation(first: np.ndarray, second: np.ndarray) -> float | None:
    """Pearson's r of two (T,) signals; None where one of them does not vary or is shorter than two values."""
    if len(first) < 2 or np.ptp(first) == 0.0 or np.ptp(second) == 0.0:
        return None
    return float(np.corrcoef(first, second)[0, 1])
