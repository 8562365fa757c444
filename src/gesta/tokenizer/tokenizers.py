"""The tokenizers of all parts and global motion as one network: motion to tokens and back.

B clips, T frames, K = T / 4 tokens, Q levels, D numbers in a code, C channels of a part (`motion.representation`).
Dropout belongs to training: call `eval()` before anything but training.
"""

from collections.abc import Iterator, Mapping
from math import ceil

import numpy as np
import torch
from torch import Tensor, nn

from gesta.motion.representation import Representation
from gesta.motion.statistics import Statistics
from gesta.records import Motion
from gesta.tokenizer.blocks import Memory
from gesta.tokenizer.channels import LOWER, PART_ORDER, Channels, as_tensors
from gesta.tokenizer.config import TokenizerConfig
from gesta.tokenizer.global_motion import GlobalMotion
from gesta.tokenizer.root import RootPath
from gesta.tokenizer.rvq import PartTokenizer
from gesta.tokenizer.stretches import Stretch, stretches
from gesta.units import TOKEN_FRAMES

CHUNK_TOKENS = 512
"""Tokens computed at once where a whole take is wanted: about a minute of motion."""


class Tokenizers(nn.Module):
    """One tokenizer for each part, and global motion.

    Attributes:
        config: sizes and behaviour.
        representation: the layout of the parts, by the face basis.
        channels: what networks see of a part.
        parts: a `PartTokenizer` by part.
        global_motion: the network that tells where legs carry the body.
    """

    def __init__(
        self, config: TokenizerConfig, face_basis: str = "arkit52", statistics: Statistics | None = None
    ) -> None:
        """Untrained tokenizers; statistics are those of `channels.fit_statistics`."""
        super().__init__()
        self.config, self.representation = config, Representation(face_basis)
        self.channels = Channels(config, self.representation, statistics)
        self.parts = nn.ModuleDict({part: PartTokenizer(self.representation.size(part), config) for part in PART_ORDER})
        self.global_motion = GlobalMotion(self.representation.size(LOWER), config)

    def tokenize(self, parts: Mapping[str, Tensor], valid: Mapping[str, Tensor] | None = None) -> dict[str, Tensor]:
        """Tokens of some or all parts.

        Args:
            parts: for each part (B, T, C) channels, T a multiple of 4.
            valid: for each part (B, C) or (C,), which channels mean something; all if not given.

        Returns:
            for each part (B, K, Q) int64 indices.
        """
        return {
            part: self.parts[part].tokenize(self.channels.encode(part, values, None if valid is None else valid[part]))
            for part, values in parts.items()
        }

    def quantised(self, indices: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """For each part the vectors (B, q, K, D) of (B, K, q) indices of its first q levels."""
        return {part: self.parts[part].codes(chosen) for part, chosen in indices.items()}

    def decode(self, indices: Mapping[str, Tensor], start: Tensor | None = None) -> dict[str, Tensor]:
        """The motion that tokens stand for.

        Args:
            indices: for each part (B, K, q) indices of its first q levels.
            start: (B, 3) metres, where the pelvis is in the first frame; its x and z count.

        Returns:
            for each part (B, T, C) channels of the representation; the lower part's translation is positions.
        """
        return self.decode_stretch(indices, self.path(start))

    def path(self, start: Tensor | None = None) -> RootPath:
        """A path of the pelvis in the form that these tokenizers decode, from `start` (see `decode`)."""
        return RootPath("velocity" if self.config.root == "global_motion" else self.config.translation, start)

    def decode_stretch(
        self,
        indices: Mapping[str, Tensor],
        path: RootPath,
        memory: Memory | None = None,
        kept: slice = slice(None),
    ) -> dict[str, Tensor]:
        """One stretch of a longer motion, as `decode` gives it.

        Args:
            indices: for each part (B, K, q) indices.
            path: the pelvis' path so far; it goes on.
            memory: what causal decoders saw before, see `tokenizer.stream`.
            kept: the frames wanted; the others are only surroundings.
        """
        parts = {
            part: self.channels.decode(part, self.parts[part].decode_indices(chosen, memory))
            for part, chosen in indices.items()
        }
        if LOWER not in parts:
            return {part: values[:, kept] for part, values in parts.items()}
        lower = parts[LOWER]
        if self.config.root == "global_motion":
            lower = self.channels.decode_moving(self.global_motion(self.channels.for_global_motion(lower), memory))
        translation = path.follow(self.channels.block(LOWER, "translation", lower)[:, kept])
        parts = {part: values[:, kept] for part, values in parts.items()}
        return parts | {LOWER: self.channels.with_translation(parts[LOWER], translation)}

    @torch.no_grad()
    def decode_long(
        self, indices: Mapping[str, Tensor], chunk_tokens: int = CHUNK_TOKENS, start: Tensor | None = None
    ) -> Iterator[dict[str, Tensor]]:
        """What `decode` gives, stretch after stretch of `chunk_tokens` tokens, in memory that does not grow."""
        path = self.path(start)
        count = next(iter(indices.values())).shape[1]
        for stretch in self._decoding_stretches(count, chunk_tokens):
            read = {part: chosen[:, stretch.read] for part, chosen in indices.items()}
            yield self.decode_stretch(read, path, kept=stretch.times(TOKEN_FRAMES).kept)

    @property
    def decoding_reach(self) -> tuple[int, int]:
        """How many tokens before and after a token take part in decoding its frames, at most."""
        reach = self.parts[LOWER].decoder.reach + ceil(self.global_motion.reach / TOKEN_FRAMES)
        return reach, 0 if self.config.causal_decoder else reach

    def _decoding_stretches(self, count: int, size: int) -> Iterator[Stretch]:
        return stretches(count, size, *self.decoding_reach)

    @torch.no_grad()
    def encode_motion(self, motion: Motion) -> dict[str, np.ndarray]:
        """The tokens of a whole take: for each part (K, Q) int64, where K covers all frames.

        Where frames are not a multiple of 4, the last one is repeated. A part that the motion lacks has tokens too;
        `Representation.valid` says what is real.

        Raises:
            ValueError: the motion's face is in another basis.
        """
        parts = as_tensors(self.representation.encode(motion))
        valid = {
            part: torch.from_numpy(mask).to(self._device) for part, mask in self.representation.valid(motion).items()
        }
        count = ceil(motion.frame_count / TOKEN_FRAMES)
        reach = self.parts[LOWER].encoder.reach + 1
        found: dict[str, list[np.ndarray]] = {part: [] for part in parts}
        for stretch in stretches(count, CHUNK_TOKENS, reach, reach):
            frames = stretch.times(TOKEN_FRAMES).read
            read = {part: _frames(values, frames).to(self._device) for part, values in parts.items()}
            for part, chosen in self.tokenize(read, valid).items():
                found[part].append(chosen[0, stretch.kept].cpu().numpy())
        return {part: np.concatenate(chosen) for part, chosen in found.items()}

    def decode_motion(
        self,
        indices: Mapping[str, np.ndarray],
        frames: int | None = None,
        start: np.ndarray | None = None,
        **fields: object,
    ) -> Motion:
        """The take that tokens stand for.

        Args:
            indices: for each part (K, q) indices of its first q levels; parts that are absent stay at rest.
            frames: T, if the last token stands for fewer than 4 frames.
            start: (3,) metres, where the pelvis is in the first frame; its x and z count.
            fields: other fields of the Motion, for example `provenance`.
        """
        at = None if start is None else torch.tensor(start, dtype=torch.float32, device=self._device)[None]
        tokens = {part: chosen.to(self._device) for part, chosen in as_tensors(indices).items()}
        decoded: dict[str, list[np.ndarray]] = {part: [] for part in indices}
        for stretch in self.decode_long(tokens, start=at):
            for part, values in stretch.items():
                decoded[part].append(values[0].float().cpu().numpy())
        parts = {part: np.concatenate(values)[:frames] for part, values in decoded.items()}
        return self.representation.decode(parts, **fields)

    @property
    def _device(self) -> torch.device:
        return self.channels.lower_mean.device


def _frames(values: Tensor, frames: slice) -> Tensor:
    """Some frames of (B, T, C) channels; those behind the last one are like it."""
    found = values[:, frames]
    lacking = frames.stop - frames.start - found.shape[1]
    return torch.cat([found, found[:, -1:].expand(-1, lacking, -1)], dim=1)
