"""The one place where chance begins: named, independent generators from one seed.

Each process that draws (blinks, glances, gestures, ...) has a generator of its own, so that drawing more in one never
changes another, and a stream draws what a file draws.
"""

import hashlib

import numpy as np


def generator(seed: int, *names: str) -> np.random.Generator:
    """A generator for one purpose; the same seed and names give the same numbers on one machine.

    Args:
        seed: the user's seed, 0 or more.
        names: what the numbers are for, for example "procedural", "blinks".
    """
    digest = hashlib.sha256("/".join(names).encode()).digest()
    return np.random.default_rng([seed, int.from_bytes(digest[:8], "little")])
