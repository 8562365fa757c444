"""SMGA: the network that clears noise from 134 points in motion, by speech and by the pose it begins with.

Face and body go through attention of their own and meet once in each layer ("spatial mask guided"). The network
predicts the clean poses. Source: MMGT (arXiv 2505.23120) and its released GestureDecoder; what differs from it is a
setting (gesta.mmgt.smga_config).

B clips, F frames of a window, V = 402 numbers of a pose (gesta.keypoints.vectors), A numbers heard, C channels.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from gesta.keypoints.layout import GROUPS
from gesta.keypoints.vectors import VECTOR_SIZE, columns
from gesta.mmgt.displacement import shown
from gesta.mmgt.rotary import Turns, turns_of
from gesta.mmgt.smga_config import SmgaConfig
from gesta.mmgt.smga_layers import AudioLayer, DecoderLayer, Places, WholeLayer

TIME_TOKENS = 2
TIME_WIDENING = 4
LONGEST_WAVE = 10_000.0


class Heard(NamedTuple):
    """Speech as the network attends to it.

    Attributes:
        tokens: (B, F, C).
        whole: (B, C), all of it in one vector.
    """

    tokens: Tensor
    whole: Tensor


class TimeLayers(nn.Module):
    """The noise level as a vector and as tokens."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.widen = nn.Linear(width, TIME_WIDENING * width)
        self.vector = nn.Linear(TIME_WIDENING * width, width)
        self.tokens = nn.Linear(TIME_WIDENING * width, TIME_TOKENS * width)

    def forward(self, timesteps: Tensor) -> tuple[Tensor, Tensor]:
        """Vector (B, C) and tokens (B, 2, C) of noise levels (B,)."""
        half = self.width // 2
        numbers = torch.arange(half, device=timesteps.device)
        waves = timesteps[:, None] * torch.exp(numbers * (-math.log(LONGEST_WAVE) / (half - 1)))
        wide = functional.mish(self.widen(torch.cat([waves.sin(), waves.cos()], dim=-1).to(self.widen.weight.dtype)))
        return self.vector(wide), self.tokens(wide).unflatten(-1, (TIME_TOKENS, self.width))


class Smga(nn.Module):
    """Predicts clean poses from noisy ones."""

    def __init__(self, config: SmgaConfig) -> None:
        super().__init__()
        sizes, self.config = config.sizes, config
        entries = 1 if config.entries == "shared" or config.streams == "single" else 2
        self.entries = nn.ModuleList(nn.Linear(2 * VECTOR_SIZE, sizes.width) for _ in range(entries))
        self.audio_entry = nn.Linear(config.audio_size, sizes.width)
        self.audio_layers = nn.ModuleList(AudioLayer(config) for _ in range(sizes.audio_layers))
        self.audio_whole = nn.Sequential(
            nn.LayerNorm(sizes.width),
            nn.Linear(sizes.width, sizes.width),
            nn.SiLU(),
            nn.Linear(sizes.width, sizes.width),
        )
        if config.continuing == "learned":
            self.known_mark = nn.Parameter(torch.zeros(sizes.width))
        self.no_tokens = nn.Parameter(torch.randn(1, sizes.frames, sizes.width))
        self.no_whole = nn.Parameter(torch.randn(1, sizes.width))
        self.time = TimeLayers(sizes.width)
        self.memory_norm = nn.LayerNorm(sizes.width)
        kind = WholeLayer if config.streams == "single" else DecoderLayer
        self.layers = nn.ModuleList(kind(config) for _ in range(sizes.layers))
        self.exit = nn.Linear(sizes.width, VECTOR_SIZE)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.exit.weight.device

    def forward(
        self,
        noisy: Tensor,
        initial_pose: Tensor,
        audio: Tensor,
        timesteps: Tensor,
        dropped: Tensor | None = None,
        known: Tensor | None = None,
    ) -> Tensor:
        """What is clean, (B, F, V): poses, or displacements (gesta.mmgt.displacement), as the settings say.

        Args:
            noisy: (B, F, V) the same under noise.
            initial_pose: (B, V) the pose it begins with.
            audio: (B, F, A) features of the speech.
            timesteps: (B,) int64, how much noise there is, 0 to 999 as published.
            dropped: (B,) bool, clips whose speech is withheld; none, if not given.
            known: (B, F) bool, frames of `noisy` without noise; none, if not given. Only for a network that has
                learned to continue known frames.
        """
        heard = self.hear(audio)
        if dropped is not None:
            tokens = torch.where(dropped[:, None, None], self.no_tokens, heard.tokens)
            heard = Heard(tokens, torch.where(dropped[:, None], self.no_whole, heard.whole))
        return self.clear(noisy, initial_pose, heard, timesteps, known)

    def hear(self, audio: Tensor) -> Heard:
        """What does not change while noise is cleared: speech (B, F, A) as tokens."""
        tokens = self.audio_entry(audio)
        turns = self._turns(audio.shape[1])
        for layer in self.audio_layers:
            tokens = layer(tokens, turns)
        return Heard(tokens, self.audio_whole(tokens.mean(dim=1)))

    def silence(self, clips: int) -> Heard:
        """Speech that is withheld, for B clips."""
        return Heard(self.no_tokens.expand(clips, -1, -1), self.no_whole.expand(clips, -1))

    def clear(
        self, noisy: Tensor, initial_pose: Tensor, heard: Heard, timesteps: Tensor, known: Tensor | None = None
    ) -> Tensor:
        """What is clean, (B, F, V), from speech that has been heard; the rest as for `forward`."""
        vector, time_tokens = self.time(timesteps)
        time = functional.mish(vector + heard.whole)
        memory = self.memory_norm(torch.cat([heard.tokens, time_tokens], dim=1))
        frames = noisy.shape[1]
        places = Places(self._turns(frames), self._turns(frames + TIME_TOKENS))
        begun = self._enter(noisy, initial_pose, known)
        if self.config.streams == "single":
            (pose,) = begun
            for layer in self.layers:
                pose = layer(pose, memory, time, places)
            return self.exit(pose)
        face, body = begun
        met = face
        for layer in self.layers:
            face, body, said = layer(face, body, memory, time, places)
            met = face + body + said
            # As published, the body forgets what the layers before have found.
            face, body = (met, begun[1]) if self.config.wiring == "face_only" else (face + said, body + said)
        return self.exit(met)

    def _enter(self, noisy: Tensor, initial_pose: Tensor, known: Tensor | None) -> list[Tensor]:
        """Face and body, or the whole pose, (B, F, C): each is given all columns, those of the other at zero."""
        initial_pose = shown(initial_pose, self.config)
        if self.config.streams == "single":
            entered = [self.entries[0](torch.cat([noisy, initial_pose[:, None].expand_as(noisy)], dim=2))]
        else:
            # Columns at zero say nothing: those alone that a stream sees go through its layer.
            entries = zip((self.entries[0], self.entries[-1]), _columns_seen(noisy.device), strict=True)
            entered = [
                functional.linear(noisy[..., seen], entry.weight[:, seen], entry.bias)
                + functional.linear(initial_pose[:, seen], entry.weight[:, VECTOR_SIZE + seen])[:, None]
                for entry, seen in entries
            ]
        if self.config.continuing == "learned" and known is not None:
            mark = known[..., None] * self.known_mark
            entered = [part + mark for part in entered]
        return entered

    def _turns(self, positions: int) -> Turns:
        sizes = self.config.sizes
        channels = sizes.width if self.config.rotary == "full_width" else sizes.width // sizes.heads
        return turns_of(torch.arange(positions, device=self.device), channels)


def _columns_seen(device: torch.device) -> tuple[Tensor, Tensor]:
    """The columns of a pose that the face's and the body's stream see."""
    is_face = torch.zeros(VECTOR_SIZE, dtype=torch.bool, device=device)
    is_face[columns(GROUPS["face"])] = True
    return is_face.nonzero()[:, 0], (~is_face).nonzero()[:, 0]
