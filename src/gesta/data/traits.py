"""The numbers of the style in which each clip moves, where the source knows them: what a generator can be told."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gesta.data.clips import Dataset
from gesta.data.manifest import ClipRecord
from gesta.errors import InputError

PERSON, NUMBERS, STYLE_NUMBERS = "person", "numbers", "style_numbers"
"""Where the synthetic source writes them: a person's own with the clip, a preset's with the data set."""


def clip_traits(dataset: Dataset, clips: Sequence[ClipRecord], names: Sequence[str]) -> np.ndarray:
    """(N, S) float32 numbers of each clip's style, in the order of the names; NaN where nobody knows them.

    Raises:
        InputError: a number that no clip of the data set has.
    """
    found = np.full((len(clips), len(names)), np.nan, np.float32)
    if not names:
        return found
    presets = dataset.info.settings.get(STYLE_NUMBERS, {})
    for row, clip in enumerate(clips):
        numbers = clip.about.get(PERSON, {}).get(NUMBERS) or presets.get(clip.speaker, {})
        found[row] = [_number(numbers, name) for name in names]
    for name, column in zip(names, found.T, strict=True):
        if np.isnan(column).all():
            raise InputError(
                f"No clip of the data set '{dataset.folder}' says its '{name}'; take it out of the traits."
            )
    return found


def _number(numbers: Mapping[str, Any], name: str) -> float:
    value = numbers.get(name)
    return float(value) if isinstance(value, bool | int | float) else np.nan
