"""Codes: how many a model's takes use beside its teacher's, and what is left of a take that went through them.

A model can be no better than its codes: the teacher's own takes, encoded, decoded and cleaned up, are the ceiling.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gesta.metrics.codes import perplexity
from gesta.models.cleaning import EVERYTHING, CleanUp
from gesta.motion.cleanup.windows import joined
from gesta.motion.npz import read_npz
from gesta.records import Motion
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


def through(tokenizers: Tokenizers, motion: Motion) -> Motion:
    """A motion that was encoded, decoded and cleaned up, as that of a trained model is."""
    return decoded(tokenizers, tokenizers.encode_motion(motion), motion)


def decoded(tokenizers: Tokenizers, codes: Mapping[str, np.ndarray], like: Motion) -> Motion:
    """What codes (K, q) of each part stand for, cleaned up; as long as a motion and beginning where it begins."""
    made = tokenizers.decode_motion(codes, like.frame_count, np.asarray(like.translation[0]))
    return joined(list(CleanUp(None, EVERYTHING).of(iter([made]))))
