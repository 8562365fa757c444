"""How many of a codebook's codes are really used: perplexity, the number of codes that would be as surprising."""

import numpy as np


def perplexity(codes: np.ndarray, size: int) -> float:
    """The exponential of the entropy of codes: 1 where all are the same, `size` where all codes are equally frequent.

    Args:
        codes: integers from 0 to size - 1, of any shape.
        size: codes in the codebook.

    Raises:
        ValueError: there is no code, or one that the codebook does not have.
    """
    flat = np.asarray(codes).ravel()
    if not len(flat) or flat.min() < 0 or flat.max() >= size:
        raise ValueError(f"codes must be some of 0 to {size - 1}")
    shares = np.bincount(flat, minlength=size) / len(flat)
    shares = shares[shares > 0.0]
    return float(np.exp(-(shares * np.log(shares)).sum()))
