"""Normalisation of a representation's channels: mean and standard deviation over many motions, found in one pass."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from gesta.motion.representation import Parts, Representation
from gesta.records import Motion

SMALLEST_SD = 1e-4
"""A channel that varies less is constant: it is centred, but not stretched."""
MEAN, SD = "mean", "sd"

Clip = tuple[Mapping[str, np.ndarray], Mapping[str, np.ndarray]]
"""For each part its (T, C) channels, and (C,) bool, which of them are valid."""


@dataclass(frozen=True)
class Statistics:
    """Mean and standard deviation of every channel.

    Attributes:
        mean: for each part (C,) float32.
        sd: for each part (C,) float32, 1 where a channel is constant or was never seen.
    """

    mean: Mapping[str, np.ndarray]
    sd: Mapping[str, np.ndarray]

    @classmethod
    def fit(cls, representation: Representation, motions: Iterable[Motion]) -> Self:
        """Statistics over all frames of all motions, one motion in memory at a time; channels that are not valid in
        a motion do not count there.

        Raises:
            ValueError: there is no motion.
        """
        return cls.fit_channels(
            representation, ((representation.encode(motion), representation.valid(motion)) for motion in motions)
        )

    @classmethod
    def fit_channels(cls, representation: Representation, clips: Iterable[Clip]) -> Self:
        """As `fit`, from the channels of each motion and which of them are valid.

        Raises:
            ValueError: there is no clip.
        """
        count, mean, spread = (
            {part: np.zeros(representation.size(part)) for part in representation.parts} for _ in "123"
        )
        seen = False
        for parts, valid in clips:
            seen = True
            for part, channels in parts.items():
                _merge(count[part], mean[part], spread[part], channels, valid[part])
        if not seen:
            raise ValueError("statistics need at least one motion")
        sd = {part: np.sqrt(spread[part] / np.maximum(count[part], 1.0)) for part in mean}
        return cls(
            {part: values.astype(np.float32) for part, values in mean.items()},
            {part: np.where(values < SMALLEST_SD, 1.0, values).astype(np.float32) for part, values in sd.items()},
        )

    def normalise(self, parts: Mapping[str, np.ndarray]) -> Parts:
        """(T, C) channels of each part with mean 0 and standard deviation 1."""
        return {part: (channels - self.mean[part]) / self.sd[part] for part, channels in parts.items()}

    def denormalise(self, parts: Mapping[str, np.ndarray]) -> Parts:
        """The inverse of `normalise`."""
        return {part: channels * self.sd[part] + self.mean[part] for part, channels in parts.items()}

    def to_arrays(self) -> dict[str, np.ndarray]:
        """The statistics under names such as "upper.mean", for a file."""
        return {
            f"{part}.{kind}": values
            for kind, table in ((MEAN, self.mean), (SD, self.sd))
            for part, values in table.items()
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """The inverse of `to_arrays`; arrays under other names are ignored."""
        tables: dict[str, dict[str, np.ndarray]] = {MEAN: {}, SD: {}}
        for name, values in arrays.items():
            part, _, kind = name.rpartition(".")
            if kind in tables:
                tables[kind][part] = np.asarray(values, dtype=np.float32)
        return cls(tables[MEAN], tables[SD])


def _merge(count: np.ndarray, mean: np.ndarray, spread: np.ndarray, channels: np.ndarray, valid: np.ndarray) -> None:
    """Add (T, C) channels to running counts, means and sums of squared deviations, in place (Chan et al. 1979)."""
    added = np.where(valid, float(len(channels)), 0.0)
    new_mean = channels.mean(axis=0, dtype=np.float64)
    new_spread = channels.var(axis=0, dtype=np.float64) * len(channels)
    total = np.maximum(count + added, 1.0)
    difference = new_mean - mean
    spread += np.where(valid, new_spread + difference**2 * count * added / total, 0.0)
    mean += np.where(valid, difference * added / total, 0.0)
    count += added
