"""A trained EchoMask as a speaker: features of speech in, motion out, window after window, for files and for streams.

A window of T frames is generated at once; the next one begins with the last frames of the one before. Tokens of all
windows form one row, which is decoded stretch by stretch as soon as everything that takes part is there. Memory for the
networks does not grow with length; a short take and the end of a long one are padded and cut.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gesta.echomask.config import Decoding
from gesta.echomask.decoding import Window, decode
from gesta.echomask.model import EchoMask, by_part
from gesta.randomness import generator as chance_for
from gesta.records import Motion, SpeechFeatures
from gesta.tokenizer.channels import LOWER
from gesta.units import TOKEN_FRAMES

LEAST_STRETCH = 64
"""Tokens that are decoded at once, but at the end."""


@dataclass(frozen=True)
class Given:
    """Motion that is there before anything is generated: the first frames, or frames that the caller keeps.

    Attributes:
        parts: for each part (T, C) channels of the representation.
        known: for each part (C,) bool, the channels that are real.
        frames: (T,) bool, the frames that are given.
    """

    parts: Mapping[str, np.ndarray]
    known: Mapping[str, np.ndarray]
    frames: np.ndarray


class EchoMaskSpeaker:
    """Speaks with a trained model.

    Args:
        model: in evaluation mode.
        speaker: the speaker's index.
        decoding: how tokens are chosen.
        seed: the same seed gives the same take; it matters where tokens are drawn.
        given: motion that stays as it is; frames from 0 on say how the take begins.
    """

    def __init__(
        self,
        model: EchoMask,
        speaker: int = 0,
        decoding: Decoding | None = None,
        seed: int = 0,
        given: Given | None = None,
    ) -> None:
        sizes = model.config.sizes
        self.model, self.decoding, self.given = model, decoding or Decoding(), given
        self.hop, self.seed_frames, self.window = sizes.window - sizes.seed_frames, sizes.seed_frames, sizes.window
        self.speakers = torch.tensor([speaker], device=model.device)
        drawn = int(chance_for(seed, "echomask", "tokens").integers(2**62))
        self.chance = torch.Generator().manual_seed(drawn)
        self.heard: list[SpeechFeatures] = []
        self.begin = 0
        self.tail: Tensor | None = None
        self.place = self._start()
        self.codes: Tensor | None = None
        self.attention = np.zeros(0, np.float32)
        self.given_tokens = 0
        self.learned, self.floor_known = model.tokenizers.channels.learned_parts()
        self.path = model.tokenizers.path(self.place)

    def _start(self) -> Tensor:
        """Where the pelvis is in the first frame: (1, 3) metres; at the origin, if nobody says otherwise."""
        channels = self.model.tokenizers.channels
        if self.given is None or not self.given.frames[0]:
            return torch.zeros(1, 3, device=self.model.device)
        return channels.block(LOWER, "translation", torch.tensor(self.given.parts[LOWER][:1])).to(self.model.device)

    def push(self, features: SpeechFeatures) -> Iterator[Motion]:
        """Hear some frames; gives the motion that is ready, which may be nothing."""
        self.heard.append(features)
        while self._heard_to() >= self.begin + self.window:
            self._speak_window(self.window)
        yield from self._ready(finished=False)

    def finish(self, features: SpeechFeatures | None = None) -> Iterator[Motion]:
        """Hear the last frames; gives the rest of the motion, one frame for each frame heard."""
        if features is not None:
            yield from self.push(features)
        frames = self._heard_to()
        lacking = frames - self._spoken_to()
        if lacking > 0:
            self._speak_window(frames - self.begin)
        yield from self._ready(finished=True, frames=frames)

    def _heard_to(self) -> int:
        return self.heard[-1].start_frame + self.heard[-1].frame_count if self.heard else 0

    def _spoken_to(self) -> int:
        return 0 if self.codes is None else self.codes.shape[-1] * TOKEN_FRAMES

    @torch.inference_mode()
    def _speak_window(self, real: int) -> None:
        """Generate the window that begins at `self.begin`, of which `real` frames have been heard."""
        model, generator = self.model, self.model.generator
        queries = generator.hear(*self._features(real))
        motion, visible = self._visible()
        window = Window(motion, visible, queries, self.speakers)
        codes = decode(generator, window, self.decoding, lambda chosen: model.shown(chosen, self.place), self.chance)
        parts = model.decoded(codes, self.place)
        shown = model.fed_back(codes, parts, self.place)
        self._note_attention(generator.scores(shown, torch.ones_like(visible), queries, self.speakers)[0])
        self.tail = shown[:, -self.seed_frames :]
        if model.config.reseed == "decoded":
            self.place = model.tokenizers.channels.block(LOWER, "translation", parts[LOWER])[:, self.hop]
        repeated = self.seed_frames // TOKEN_FRAMES
        self.codes = codes if self.codes is None else torch.cat([self.codes, codes[..., repeated:]], dim=-1)
        self.begin += self.hop
        self._forget()

    def _features(self, real: int) -> tuple[Tensor, Tensor]:
        """Both levels of the window (1, T, channels); past the end the last frame is heard on."""
        heard = SpeechFeatures.concatenate(self.heard)
        frames = np.minimum(np.arange(self.window), real - 1) + self.begin - heard.start_frame
        low, high = (torch.from_numpy(level[frames])[None].to(self.model.device) for level in (heard.low, heard.high))
        return low, high

    def _forget(self) -> None:
        """Features before the next window are not needed again."""
        while len(self.heard) > 1 and self.heard[1].start_frame <= self.begin:
            del self.heard[0]

    def _visible(self) -> tuple[Tensor, Tensor]:
        """What is known of the window: motion and which of it is visible, both (1, T, channels)."""
        channels = self.model.motion_input.channels
        motion = torch.zeros(1, self.window, channels, device=self.model.device)
        visible = torch.zeros_like(motion, dtype=torch.bool)
        if self.tail is not None:
            motion[:, : self.seed_frames], visible[:, : self.seed_frames] = self.tail, True
        if self.given is not None:
            frames = np.minimum(np.arange(self.begin, self.begin + self.window), len(self.given.frames) - 1)
            there = self.given.frames[frames] & (np.arange(self.window) + self.begin < len(self.given.frames))
            if there.any():
                shown, known = self._given_window(self.given, frames, there)
                motion, visible = torch.where(known, shown, motion), visible | known
        return motion, visible

    def _given_window(self, given: Given, frames: np.ndarray, there: np.ndarray) -> tuple[Tensor, Tensor]:
        device = self.model.device
        parts = {part: torch.from_numpy(values[frames])[None].to(device) for part, values in given.parts.items()}
        known = {part: torch.tensor(values)[None].to(device) for part, values in given.known.items()}
        seen = self.model.seen(parts, known)
        return seen, self.model.motion_input.visible(torch.from_numpy(there)[None].to(device), known)

    def _note_attention(self, scores: Tensor) -> None:
        """Keep the scores as numbers between 0 and 1, where 0.5 is what each frame would get if all got the same."""
        relative = scores / scores.mean()
        new = (relative / (1.0 + relative)).float().cpu().numpy()
        fresh = self.seed_frames if self.codes is not None else 0
        self.attention = np.concatenate([self.attention, new[fresh:]])

    @torch.inference_mode()
    def _ready(self, finished: bool, frames: int | None = None) -> Iterator[Motion]:
        """Motion of the tokens that can be decoded as they will be in the end."""
        if self.codes is None:
            return
        before, after = self.model.tokenizers.decoding_reach
        known = self.codes.shape[-1]
        until = known if finished else known - after
        while until - self.given_tokens >= (1 if finished else LEAST_STRETCH):
            stop = min(until, self.given_tokens + LEAST_STRETCH)
            first = max(0, self.given_tokens - before)
            read = by_part(self.codes[..., first : min(known, stop + after)])
            kept = slice((self.given_tokens - first) * TOKEN_FRAMES, (stop - first) * TOKEN_FRAMES)
            parts = self.model.tokenizers.decode_stretch(read, self.path, kept=kept)
            at = self.given_tokens * TOKEN_FRAMES
            self.given_tokens = stop
            cut = None if frames is None else max(0, frames - at)
            yield self._motion({part: values[0, :cut].float().cpu().numpy() for part, values in parts.items()}, at)
            if frames is not None and stop * TOKEN_FRAMES >= frames:
                return

    def _motion(self, parts: dict[str, np.ndarray], at: int) -> Motion:
        representation = self.model.tokenizers.representation
        if representation.face_basis == "arkit52":
            weights = representation.slice("face", "weights")
            parts["face"][:, weights] = parts["face"][:, weights].clip(0.0, 1.0)
        count = len(parts[LOWER])
        motion = representation.decode(parts, attention=self.attention[at : at + count])
        return motion.replaced(parts=self.learned, floor_known=self.floor_known)
