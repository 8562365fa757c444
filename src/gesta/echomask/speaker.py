"""A trained EchoMask as a speaker: features of speech in, motion out, window after window, for files and for streams.

Each window sees what was spoken before it (`gesta.echomask.blocks`). Tokens form one row, which is decoded as it grows:
at once where decoders look back only, else when what takes part is there. Memory does not grow with length; a short
take and the end of a long one are padded and cut.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gesta.echomask.blocks import Block, Pace
from gesta.echomask.config import Decoding
from gesta.echomask.decoding import Show, Window, decode
from gesta.echomask.known import KnownTokens
from gesta.echomask.masking import whole_tokens
from gesta.echomask.model import EchoMask, by_part, stacked
from gesta.echomask.parts import ALL_PARTS
from gesta.echomask.who import Who
from gesta.randomness import generator as chance_for
from gesta.records import Motion, SpeechFeatures
from gesta.tokenizer.channels import LOWER
from gesta.tokenizer.stream import DelayedDecoder, StreamingDecoder
from gesta.units import TOKEN_FRAMES


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

    def within(self, begin: int, stop: int) -> tuple[np.ndarray, np.ndarray]:
        """The frames' numbers in a window, the last one again behind the end, and which of them are given."""
        wanted = np.arange(begin, stop)
        numbers = np.minimum(wanted, len(self.frames) - 1)
        return numbers, self.frames[numbers] & (wanted < len(self.frames))


class EchoMaskSpeaker:
    """Speaks with a trained model.

    Args:
        model: in evaluation mode.
        who: the speaker's index, or a speaker with the numbers of a style (B = 1).
        decoding: how tokens are chosen.
        seed: the same seed gives the same take; it matters where tokens are drawn.
        given: motion that stays as it is; frames from 0 on say how the take begins.
        look_ahead: frames that a stream hears ahead of each token, after which that is spoken; None for files.
        usual: who speaks where nobody asks for a style; `Decoding.style_guidance` leads away from them.
    """

    def __init__(
        self,
        model: EchoMask,
        who: int | Who = 0,
        decoding: Decoding | None = None,
        seed: int = 0,
        given: Given | None = None,
        look_ahead: int | None = None,
        usual: Who | None = None,
    ) -> None:
        sizes = model.config.sizes
        self.model, self.decoding, self.given = model, decoding or Decoding(), given
        self.books = model.books()
        how = self.decoding
        self.pace = Pace.of_files(sizes, how) if look_ahead is None else Pace.of_streams(sizes, how, look_ahead)
        self.who = Who(torch.tensor([who], device=model.device)) if isinstance(who, int) else who
        self.usual = None if usual is None or usual.same(self.who) else usual
        drawn = int(chance_for(seed, "echomask", "tokens").integers(2**62))
        self.chance = torch.Generator().manual_seed(drawn)
        self.heard: list[SpeechFeatures] = []
        self.spoken = self.said = 0
        self.place = self._start()
        self.tail: Tensor | None = None
        self.raw: dict[str, Tensor] = {}
        self.codes: Tensor | None = None
        self.attention = np.zeros(0, np.float32)
        self.learned, self.floor_known = model.tokenizers.channels.learned_parts()
        causal = model.tokenizers.config.causal_decoder
        self.decoder = (StreamingDecoder if causal else DelayedDecoder)(model.tokenizers, self.place)

    def _start(self) -> Tensor:
        """Where the pelvis is in the first frame: (1, 3) metres; at the origin, if nobody says otherwise."""
        channels = self.model.tokenizers.channels
        if self.given is None or not self.given.frames[0]:
            return torch.zeros(1, 3, device=self.model.device)
        return channels.block(LOWER, "translation", torch.tensor(self.given.parts[LOWER][:1])).to(self.model.device)

    def push(self, features: SpeechFeatures) -> Iterator[Motion]:
        """Hear some frames; gives the motion that is ready, which may be nothing."""
        self.heard.append(features)
        while self._heard_to() >= (block := self.pace.next_block(self.spoken)).heard:
            yield from self._speak(block)

    def finish(self, features: SpeechFeatures | None = None) -> Iterator[Motion]:
        """Hear the last frames; gives the rest of the motion, one frame for each frame heard."""
        if features is not None:
            yield from self.push(features)
        frames = self._heard_to()
        while self.spoken < frames:
            for motion in self._speak(self.pace.last_block(self.spoken, frames)):
                yield from self._cut(motion, frames)
        if isinstance(self.decoder, DelayedDecoder):
            for parts in self.decoder.finish():
                yield from self._cut(self._motion(parts), frames)

    def _cut(self, motion: Motion, frames: int) -> Iterator[Motion]:
        """A stretch that was just said, without what lies behind the take's end."""
        beyond = max(0, self.said - frames)
        if beyond < motion.frame_count:
            yield motion.frames(0, motion.frame_count - beyond)

    def _heard_to(self) -> int:
        return self.heard[-1].start_frame + self.heard[-1].frame_count if self.heard else 0

    @torch.inference_mode()
    def _speak(self, block: Block) -> Iterator[Motion]:
        """Generate a block; gives the motion that is ready with it."""
        model, generator = self.model, self.model.generator
        queries = generator.hear(*self._features(block))
        motion, visible = self._visible(block)
        there, settled = self._known_codes(block)
        known = None
        if generator.token_reader is not None:
            known = KnownTokens(self.books.summed(settled), there[:, :, 0])
        window = Window(motion, visible, queries, self.who, self.usual, known)

        def show(codes: Tensor) -> Tensor:
            return model.shown(torch.where(there, settled, codes), self.place)

        codes = torch.where(there, settled, self.chosen(block, window, show))
        new = slice((block.spoken - block.begin) // TOKEN_FRAMES, (block.until - block.begin) // TOKEN_FRAMES)
        ready = self._remember(codes, new)
        self._note_attention(block, queries)
        past = self.codes if self.codes is None else self.codes[..., -self.pace.window // TOKEN_FRAMES :]
        self.codes = codes[..., new] if past is None else torch.cat([past, codes[..., new]], dim=-1)
        self.spoken = block.until
        self._forget()
        for parts in ready:
            yield self._motion(parts)

    def chosen(self, block: Block, window: Window, show: Show) -> Tensor:
        """The tokens (G, 1, Q, K) of a block's window; what is settled already is put in their place."""
        needed = (block.until - block.begin) // TOKEN_FRAMES
        return decode(self.model.generator, window, self.decoding, show, self.books, self.chance, needed)

    def _remember(self, codes: Tensor, new: slice) -> list[dict[str, Tensor]]:
        """Decode the window's new tokens; keep them as what the next window sees, and give what is ready."""
        model, window = self.model, self.pace.window
        tokens = by_part(codes[..., new])
        if isinstance(self.decoder, StreamingDecoder):
            parts = self.decoder.push(tokens)
            self.raw = {part: _joined(self.raw.get(part), values)[:, -window:] for part, values in parts.items()}
            self.tail = model.seen(self.raw)
            return [parts]
        parts = model.decoded(codes, self.place)
        frames = slice(new.start * TOKEN_FRAMES, new.stop * TOKEN_FRAMES)
        self.tail = _joined(self.tail, model.fed_back(codes, parts, self.place)[:, frames])[:, -window:]
        if model.config.reseed == "decoded":
            following = max(0, frames.stop - self.pace.past)
            self.place = model.tokenizers.channels.block(LOWER, "translation", parts[LOWER])[:, following]
        return self.decoder.push(tokens)

    def _known_codes(self, block: Block) -> tuple[Tensor, Tensor]:
        """Codes of a window that are settled: of what was spoken before, and of motion that is given.

        Returns:
            which they are, (G, 1, 1, K) bool, and the codes (G, 1, Q, K).
        """
        levels, tokens = self.model.tokenizers.config.levels, (block.stop - block.begin) // TOKEN_FRAMES
        before, device = (block.spoken - block.begin) // TOKEN_FRAMES, self.model.device
        there = torch.zeros(len(ALL_PARTS), 1, 1, tokens, dtype=torch.bool, device=device)
        codes = torch.zeros(len(ALL_PARTS), 1, levels, tokens, dtype=torch.long, device=device)
        if before and self.codes is not None:
            codes[..., :before], there[..., :before] = self.codes[..., -before:], True
        if self.given is not None:
            numbers, given = self.given.within(block.begin, block.stop)
            whole = whole_tokens(torch.from_numpy(given)[None])[0]
            whole[:before] = False
            if whole.any():
                parts, known = self._given_parts(self.given, numbers)
                real = torch.tensor([bool(known[part].all()) for part in ALL_PARTS])[:, None, None, None]
                fresh = (real & whole).to(device)
                codes = torch.where(fresh, stacked(self.model.tokenizers.tokenize(parts, known)), codes)
                there = there | fresh
        return there, codes

    def _features(self, block: Block) -> tuple[Tensor, Tensor]:
        """Both levels of the window (1, T, channels); past what is heard the last frame is heard on."""
        heard = SpeechFeatures.concatenate(self.heard)
        frames = np.minimum(np.arange(block.begin, block.stop), block.heard - 1) - heard.start_frame
        low, high = (torch.from_numpy(level[frames])[None].to(self.model.device) for level in (heard.low, heard.high))
        return low, high

    def _forget(self) -> None:
        """Features before the next window are not needed again."""
        begin = self.pace.next_block(self.spoken).begin
        while len(self.heard) > 1 and self.heard[1].start_frame <= begin:
            del self.heard[0]

    def _visible(self, block: Block) -> tuple[Tensor, Tensor]:
        """What is known of the window: motion and which of it is visible, both (1, T, channels)."""
        channels = self.model.motion_input.channels
        motion = torch.zeros(1, block.stop - block.begin, channels, device=self.model.device)
        visible = torch.zeros_like(motion, dtype=torch.bool)
        before = block.spoken - block.begin
        if self.tail is not None and before:
            motion[:, :before], visible[:, :before] = self.tail[:, -before:], True
        if self.given is not None:
            numbers, there = self.given.within(block.begin, block.stop)
            if there.any():
                parts, valid = self._given_parts(self.given, numbers)
                seen = self.model.seen(parts, valid)
                known = self.model.motion_input.visible(torch.from_numpy(there)[None].to(self.model.device), valid)
                motion, visible = torch.where(known, seen, motion), visible | known
        return motion, visible

    def _given_parts(self, given: Given, frames: np.ndarray) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Some given frames: channels (1, T, C) of each part, and which are real (1, C)."""
        device = self.model.device
        parts = {part: torch.from_numpy(values[frames])[None].to(device) for part, values in given.parts.items()}
        return parts, {part: torch.tensor(values)[None].to(device) for part, values in given.known.items()}

    def _note_attention(self, block: Block, queries: Tensor) -> None:
        """Keep the scores as numbers between 0 and 1, where 0.5 is what each frame would get if all got the same."""
        assert self.tail is not None
        frames, before = block.until - block.begin, block.spoken - block.begin
        shown = self.tail[:, -frames:]
        every = torch.ones_like(shown, dtype=torch.bool)
        scores = self.model.generator.scores(shown, every, queries[:, :, :frames], self.who)[0]
        relative = scores / scores.mean()
        new = (relative / (1.0 + relative)).float().cpu().numpy()
        self.attention = np.concatenate([self.attention, new[before:]])

    def _motion(self, parts: Mapping[str, Tensor]) -> Motion:
        """The next stretch of decoded channels (1, T, C) as a motion."""
        representation = self.model.tokenizers.representation
        arrays = {part: values[0].float().cpu().numpy() for part, values in parts.items()}
        if representation.face_basis == "arkit52":
            weights = representation.slice("face", "weights")
            arrays["face"][:, weights] = arrays["face"][:, weights].clip(0.0, 1.0)
        count = len(arrays[LOWER])
        attention, self.attention = np.split(self.attention, [count])
        self.said += count
        motion = representation.decode(arrays, attention=attention)
        return motion.replaced(parts=self.learned, floor_known=self.floor_known)


def _joined(before: Tensor | None, after: Tensor) -> Tensor:
    return after if before is None else torch.cat([before, after], dim=1)
