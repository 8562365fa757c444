"""Between a motion's channels (`motion.representation`) and those that the networks see.

Networks may see channels normalised, and the pelvis' translation as (vx, y, vz) instead of x, y, z. Means and
deviations are buffers here, so that they are saved with the weights.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from gesta.motion.representation import Representation
from gesta.motion.statistics import Clip, Statistics
from gesta.motion.torch_kinematics import matrix_from_six, six_from_matrix
from gesta.tokenizer.config import TokenizerConfig
from gesta.tokenizer.root import HORIZONTAL, moving_from_position

PART_ORDER = ("face", "hands", "upper", "lower")
"""The order of the parts wherever they stand in a row."""
FACE, LOWER = "face", "lower"
Valid = Mapping[str, np.ndarray]


def fit_statistics(config: TokenizerConfig, representation: Representation, clips: Iterable[Clip]) -> Statistics:
    """The statistics that tokenizers with this configuration normalise by, over all frames of all clips."""
    if config.translation == "velocity":
        clips = (_with_moving_root(representation, *clip) for clip in clips)
    return Statistics.fit_channels(representation, clips)


def _with_moving_root(representation: Representation, parts: Mapping[str, np.ndarray], valid: Valid) -> Clip:
    """The clip with (vx, y, vz) where its translation was."""
    lower = np.array(parts[LOWER])
    place = representation.slice(LOWER, "translation")
    lower[:, place] = moving_from_position(torch.from_numpy(lower[:, place])).numpy()
    return {**parts, LOWER: lower}, valid


class Channels(nn.Module):
    """The way to network channels and back, for every part."""

    def __init__(
        self, config: TokenizerConfig, representation: Representation, statistics: Statistics | None = None
    ) -> None:
        """With statistics from `fit_statistics`; without them nothing is normalised until a state is loaded.

        Raises:
            ValueError: there are statistics, but the configuration does not normalise.
        """
        super().__init__()
        if statistics is not None and not config.normalise:
            raise ValueError("statistics are of no use where channels are not normalised")
        self.config, self.representation = config, representation
        for part in PART_ORDER:
            size = representation.size(part)
            mean = np.zeros(size) if statistics is None else statistics.mean[part]
            sd = np.ones(size) if statistics is None else statistics.sd[part]
            self.register_buffer(f"{part}_mean", torch.tensor(mean, dtype=torch.float32))
            self.register_buffer(f"{part}_sd", torch.tensor(sd, dtype=torch.float32))

    def _scale(self, part: str) -> tuple[Tensor, Tensor]:
        return getattr(self, f"{part}_mean"), getattr(self, f"{part}_sd")

    def encode(self, part: str, values: Tensor, valid: Tensor | None = None) -> Tensor:
        """What the network sees of a part.

        Args:
            part: its name.
            values: (B, T, C) channels of the representation.
            valid: (B, C) or (C,), which channels mean something; the network sees 0 in all others.
        """
        if part == LOWER and self.config.translation == "velocity":
            translation = self.block(LOWER, "translation", values)
            values = self.with_translation(values, moving_from_position(translation))
        return self._normalise(part, values, valid)

    def _normalise(self, part: str, values: Tensor, valid: Tensor | None) -> Tensor:
        mean, sd = self._scale(part)
        values = (values - mean) / sd
        return values if valid is None else values.masked_fill(~valid.bool().unsqueeze(-2), 0.0)

    def decode(self, part: str, values: Tensor) -> Tensor:
        """(B, T, C) network channels to those of the representation; a translation keeps its form, see `RootPath`."""
        mean, sd = self._scale(part)
        return values * sd + mean

    def face_scale(self) -> Tensor:
        """One deviation for all of the face's weights, so that those that move most count most; 1 if unknown.

        In a basis of principal components, such as FLAME's, the first weights matter far more than the last ones.
        """
        sd = self.block("face", "weights", self.face_sd)
        # A deviation of exactly 1 stands for a weight that never moved.
        moving = (sd != 1.0).to(sd)
        variance = (sd.square() * moving).sum() / moving.sum().clamp(min=1.0)
        return torch.where(moving.any(), variance, torch.ones_like(variance)).sqrt()

    def for_global_motion(self, lower: Tensor, valid: Tensor | None = None) -> Tensor:
        """What the global-motion network sees of a lower part: legs and contacts, nothing of the translation.

        Args:
            lower: (B, T, C) channels of the representation; legs need not be orthonormal.
            valid: (B, C) or (C,), as in `encode`.
        """
        place = self.representation.slice(LOWER, "rotations")
        legs = six_from_matrix(matrix_from_six(lower[..., place].unflatten(-1, (-1, 6)))).flatten(-2)
        mixed = torch.cat([legs, lower[..., place.stop :]], dim=-1)
        seen = torch.ones_like(self.lower_mean) if valid is None else valid
        hidden = torch.ones_like(self.lower_mean)
        hidden[self.representation.slice(LOWER, "translation")] = 0.0
        return self._normalise(LOWER, mixed, seen * hidden)

    def from_global_motion(self, values: Tensor) -> Tensor:
        """The lower part (B, T, C) that the global-motion network tells, its translation as (vx, y, vz)."""
        mean, sd = (scale.clone() for scale in self._scale(LOWER))
        if self.config.translation == "position":
            # Statistics of positions say nothing of velocities.
            axes = self._translation_channels(HORIZONTAL)
            mean[axes], sd[axes] = 0.0, 1.0
        return values * sd + mean

    def _translation_channels(self, axes: list[int]) -> list[int]:
        start = self.representation.slice(LOWER, "translation").start
        return [start + axis for axis in axes]

    def block(self, part: str, name: str, values: Tensor) -> Tensor:
        """The channels (B, T, size) of one block of a part."""
        return values[..., self.representation.slice(part, name)]

    def with_translation(self, lower: Tensor, translation: Tensor) -> Tensor:
        """A lower part with other values (B, T, 3) in its translation channels."""
        place = self.representation.slice(LOWER, "translation")
        return torch.cat([lower[..., : place.start], translation, lower[..., place.stop :]], dim=-1)


def as_tensors(parts: Mapping[str, np.ndarray]) -> dict[str, Tensor]:
    """Arrays of parts, (T, C) or (K, Q), as tensors with a batch axis of 1 in front."""
    return {part: torch.from_numpy(np.array(values))[None] for part, values in parts.items()}
