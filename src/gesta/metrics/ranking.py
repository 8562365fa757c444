"""How well a score finds what it should: the area under the receiver operating characteristic."""

import numpy as np
from scipy.stats import rankdata


def area_under_curve(scores: np.ndarray, truth: np.ndarray) -> float | None:
    """The probability that a true item scores higher than another one, where equal scores count half.

    0.5 is chance, 1 finds all true items first, 0 last. It is the rank sum of Mann and Whitney (1947), divided by the
    number of pairs (Hanley and McNeil 1982).

    Args:
        scores: (N,).
        truth: (N,) true where an item is one of those to be found.

    Returns:
        the area; None where all items are of one kind.

    Raises:
        ValueError: shapes differ, or a score is not a number.
    """
    if scores.shape != truth.shape or scores.ndim != 1:
        raise ValueError(f"scores {scores.shape} and truth {truth.shape} must be one row each, equally long")
    if np.isnan(scores).any():
        raise ValueError("a score is not a number")
    found = truth.astype(bool)
    true_count = int(found.sum())
    pairs = true_count * (len(found) - true_count)
    if not pairs:
        return None
    ranks = rankdata(scores)
    return float((ranks[found].sum() - true_count * (true_count + 1) / 2) / pairs)
