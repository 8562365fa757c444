"""Between a motion's channels (`motion.representation`) and those that the networks see.

Networks may see channels normalised, and the pelvis' translation as (vx, y, vz) instead of x, y, z. Means and
deviations are buffers here, so that they are saved with the weights. The released networks know a body by SMPL-X's
`trans`, which lies 35 cm above the pelvis joint (`motion.npz_write.REST_PELVIS`).
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from gesta.motion.npz_write import REST_PELVIS
from gesta.motion.representation import Representation, rest_channels
from gesta.motion.statistics import Clip, Statistics
from gesta.motion.torch_kinematics import matrix_from_six, six_from_matrix
from gesta.tokenizer.config import TokenizerConfig
from gesta.tokenizer.root import HORIZONTAL, moving_from_position

PART_ORDER = ("face", "hands", "upper", "lower")
"""The order of the parts wherever they stand in a row."""
FACE, LOWER = "face", "lower"
UPWARD = (0.0, 1.0, 0.0)
"""y among the axes of a position."""
Valid = Mapping[str, np.ndarray]


def fit_statistics(config: TokenizerConfig, representation: Representation, clips: Iterable[Clip]) -> Statistics:
    """The statistics that tokenizers with this configuration normalise by, over all frames of all clips.

    A channel that no clip has gets the mean it has at rest and the deviation 0, with which it stays there whatever an
    untrained network says: data without fingers makes bodies with resting fingers.
    """
    channels = Channels(config, representation)
    seen = {part: np.zeros(representation.size(part), bool) for part in representation.parts}

    def as_seen() -> Iterator[Clip]:
        for parts, valid in clips:
            for part, flags in valid.items():
                seen[part] |= flags.astype(bool)
            yield _with_root_as_seen(channels, parts, valid)

    found, rest = Statistics.fit_channels(representation, as_seen()), _rest_as_seen(channels)
    return Statistics(
        {part: np.where(flags, found.mean[part], rest[part]) for part, flags in seen.items()},
        {part: np.where(flags, found.sd[part], np.float32(0.0)) for part, flags in seen.items()},
    )


def _rest_as_seen(channels: "Channels") -> dict[str, np.ndarray]:
    """For each part (C,) what networks see of a body at rest, without a claim that its feet stand."""
    still = {part: np.repeat(values, 2, axis=0) for part, values in rest_channels(channels.representation).items()}
    still[LOWER][:, channels.representation.slice(LOWER, "contacts")] = 0.0
    parts, _ = _with_root_as_seen(channels, still, {})
    return {part: values[0] for part, values in parts.items()}


def _with_root_as_seen(channels: "Channels", parts: Mapping[str, np.ndarray], valid: Valid) -> Clip:
    """The clip with what networks see where its translation was."""
    lower = channels.with_root_as_seen(torch.from_numpy(np.array(parts[LOWER])))
    return {**parts, LOWER: lower.numpy()}, valid


class Channels(nn.Module):
    """The way to network channels and back, for every part."""

    root_offset: Tensor

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
        above = -REST_PELVIS if config.root_point == "smplx" else np.zeros_like(REST_PELVIS)
        self.register_buffer("root_offset", torch.from_numpy(above), persistent=False)

    def _scale(self, part: str) -> tuple[Tensor, Tensor]:
        return getattr(self, f"{part}_mean"), getattr(self, f"{part}_sd")

    def encode(self, part: str, values: Tensor, valid: Tensor | None = None) -> Tensor:
        """What the network sees of a part.

        Args:
            part: its name.
            values: (B, T, C) channels of the representation.
            valid: (B, C) or (C,), which channels mean something; the network sees 0 in all others.
        """
        seen = self.with_root_as_seen(values) if part == LOWER else values
        return self._normalise(part, seen, valid)

    def with_root_as_seen(self, lower: Tensor) -> Tensor:
        """A lower part (..., T, C) with the translation of the point and in the form that networks see."""
        place = self.block(LOWER, "translation", lower) + self.root_offset
        return self.with_translation(
            lower, moving_from_position(place) if self.config.translation == "velocity" else place
        )

    def _normalise(self, part: str, values: Tensor, valid: Tensor | None) -> Tensor:
        mean, sd = self._scale(part)
        # Where the deviation is 0 nothing was ever seen, and nothing is.
        values = torch.where(sd > 0.0, (values - mean) / sd.masked_fill(sd == 0.0, 1.0), 0.0)
        return values if valid is None else values.masked_fill(~valid.bool().unsqueeze(-2), 0.0)

    def decode(self, part: str, values: Tensor) -> Tensor:
        """(B, T, C) network channels to those of the representation; a translation keeps its form, see `RootPath`."""
        mean, sd = self._scale(part)
        values = values * sd + mean
        return self._with_pelvis(values, self.config.translation) if part == LOWER else values

    def _with_pelvis(self, lower: Tensor, form: str) -> Tensor:
        """A lower part whose translation, "position" or "velocity", is that of the pelvis."""
        # How fast a point goes along the floor does not depend on how high above the pelvis it is taken.
        offset = self.root_offset if form == "position" else self.root_offset * self.root_offset.new_tensor(UPWARD)
        return self.with_translation(lower, self.block(LOWER, "translation", lower) - offset)

    def learned_parts(self) -> tuple[frozenset[str], bool]:
        """Which of `records.PARTS` any clip had that statistics were fitted on, and whether any had contacts.

        Without statistics nothing is known, and everything is taken for learned.
        """
        learned: set[str] = set()
        contacts = False
        for part in PART_ORDER:
            _, sd = self._scale(part)
            for block in self.representation.parts[part]:
                if not bool((self.block(part, block.name, sd) > 0.0).any()):
                    continue
                if block.kind == "contacts":
                    contacts = True
                else:
                    learned |= block.needs
        return frozenset(learned), contacts

    def face_scale(self) -> Tensor:
        """One deviation for all of the face's weights, so that those that move most count most; 1 if unknown.

        In a basis of principal components, such as FLAME's, the first weights matter far more than the last ones.
        """
        sd = self.block("face", "weights", self.face_sd)
        # A deviation of exactly 1 stands for a weight that never moved, 0 for one that was never there.
        moving = ((sd != 1.0) & (sd > 0.0)).to(sd)
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

    def decode_moving(self, values: Tensor) -> Tensor:
        """As `decode`, for a lower part (B, T, C) whose network tells (vx, y, vz) whatever form it was shown."""
        mean, sd = (scale.clone() for scale in self._scale(LOWER))
        if self.config.translation == "position":
            # Statistics of positions say nothing of velocities.
            axes = self._translation_channels(HORIZONTAL)
            mean[axes], sd[axes] = 0.0, 1.0
        return self._with_pelvis(values * sd + mean, "velocity")

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
