"""How many codes a model's own takes use, beside the takes of its teacher: both through the model's tokenizers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gesta.metrics.codes import perplexity
from gesta.motion.npz import read_npz
from gesta.tokenizer.tokenizers import Tokenizers

SHORTEST_FRAMES = 64
"""Shorter takes are left out."""


def used(tokenizers: Tokenizers, takes: Mapping[str, Sequence[Path]]) -> dict[str, Any]:
    """Perplexity of each level of each part, for each side.

    Args:
        tokenizers: of the model that is judged.
        takes: for each side, files of takes.

    Returns:
        the size of the codebooks, and under `perplexity` for each side and part one number a level.
    """
    size = tokenizers.config.codes
    return {
        "size": size,
        "perplexity": {label: _perplexities(tokenizers, files, size) for label, files in takes.items()},
    }


def _perplexities(tokenizers: Tokenizers, files: Sequence[Path], size: int) -> dict[str, list[float]]:
    found: dict[str, list[np.ndarray]] = {}
    for file in files:
        motion = read_npz(file)
        if motion.frame_count < SHORTEST_FRAMES:
            continue
        for part, codes in tokenizers.encode_motion(motion).items():
            found.setdefault(part, []).append(codes)
    return {part: [perplexity(level, size) for level in np.concatenate(rows).T] for part, rows in found.items()}
