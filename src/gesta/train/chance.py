"""What a step sees, as a function of its number: the order of the windows and the state of torch's generators.

Nothing of it has to be kept in a checkpoint, and a training that was interrupted draws what one that was not draws.
"""

from functools import lru_cache

import numpy as np
import torch

from gesta.randomness import generator

LARGEST_SEED = 2**63


def step_windows(seed: int, stage: str, step: int, batch: int, size: int) -> np.ndarray:
    """Numbers of the windows of one step: (batch,) int64.

    All windows are seen once in a new order, then once again in another, and so on; a batch may hold the end of one
    round and the beginning of the next.

    Args:
        seed: of the training.
        stage: its name.
        step: from 0 on.
        batch: windows of a step.
        size: windows there are.
    """
    places = np.arange(step * batch, (step + 1) * batch)
    rounds = [_order(seed, stage, number, size) for number in range(places[0] // size, places[-1] // size + 1)]
    return np.concatenate(rounds)[places - places[0] // size * size]


@lru_cache(maxsize=2)
def _order(seed: int, stage: str, number: int, size: int) -> np.ndarray:
    return generator(seed, "train", stage, "order", str(number)).permutation(size)


def seed_torch(seed: int, stage: str, *moment: object) -> None:
    """Set torch's generators, on all devices, from the seed, the stage and a moment, for example "step", 12."""
    names = ("train", stage, *map(str, moment))
    torch.manual_seed(int(generator(seed, *names).integers(LARGEST_SEED)))
