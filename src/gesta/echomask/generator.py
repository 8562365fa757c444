"""The generator: from what is heard and the motion that is visible to the tokens of all parts and all levels at once.

Speech queries (MAM) enter in three places: the face decoder's memory, the cross-attention that moves the body (SQA),
and every residual level. Source: EchoMask (arXiv 2504.09209) and its released code; docs/echomask.md walks through it.

G parts (face, hands, upper, lower), B clips, T frames, K tokens, Q levels, C latent channels, D width.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from gesta.echomask.books import Books
from gesta.echomask.config import GeneratorConfig, Residuals
from gesta.echomask.dropout import Dropout
from gesta.echomask.exchange import BodyExchange, PartExchange
from gesta.echomask.grouped import (
    GroupedDecoderLayer,
    GroupedEncoderLayer,
    GroupedHalving,
    GroupedLinear,
    GroupedPerceptron,
)
from gesta.echomask.known import KnownTokens
from gesta.echomask.mam import MotionAudioAlignment
from gesta.echomask.motion_encoder import MotionEncoder, visible_motion
from gesta.echomask.nearby import nearby
from gesta.echomask.parts import ALL_PARTS, BODY, FACE, HANDS
from gesta.echomask.residual import ResidualPredictor
from gesta.echomask.residual_sum import ResidualSum
from gesta.echomask.sight import Sight, positions, sight
from gesta.echomask.sqa import SpeechQueriedAttention
from gesta.echomask.token_reader import TokenReader
from gesta.echomask.who import Manner, Speakers, Who

HIDDEN_DEVIATION = 768**-0.5
"""Deviation of the vector that stands for hidden motion, before it is trained."""


@dataclass(frozen=True)
class Levels:
    """What is said of the tokens' levels.

    Attributes:
        logits: (G, B, Q, K, codes); of the base level alone where the others' sum is said at once.
        latents: (G, B, Q, K, C) features that stand for the codes' vectors.
        rest: (G, B, K, C) what all further levels add up to, where that is said at once.
    """

    logits: Tensor
    latents: Tensor
    rest: Tensor | None = None

    def clips(self, rows: slice) -> "Levels":
        """Of some clips."""
        rest = None if self.rest is None else self.rest[:, rows]
        return Levels(self.logits[:, rows], self.latents[:, rows], rest)

    def beside(self, alone: Tensor) -> "Predicted":
        """With the base latents of face and hands (2, B, K, C) before the parts told each other."""
        return Predicted(self.logits, self.latents, self.rest, alone=alone)


@dataclass(frozen=True)
class Predicted(Levels):
    """What one forward pass says.

    Attributes:
        alone: (2, B, K, C) base latents of face and hands before the parts told each other.
    """

    alone: Tensor = field(kw_only=True)


@dataclass(frozen=True)
class People:
    """Who moves, as vectors (B, D).

    Attributes:
        face: for the face decoder.
        body: for everything else.
    """

    face: Tensor
    body: Tensor


@dataclass(frozen=True)
class Moved:
    """The visible motion, read.

    Attributes:
        hint: (B, T, C) from the convolutions.
        body: (B, T, D) after the body's own encoder.
        place: (T, D) sinusoids.
    """

    hint: Tensor
    body: Tensor
    place: Tensor


@dataclass(frozen=True)
class Steps:
    """What lies between reading and predicting.

    Attributes:
        moved: the visible motion, read.
        hints: (hearing, T, D) what speech makes of it for the first clips; None where nobody hears.
        face: (B, T, D) the face decoder's output.
    """

    moved: Moved
    hints: Tensor | None
    face: Tensor


class Generator(nn.Module):
    """EchoMask's generator."""

    def __init__(self, config: GeneratorConfig, motion_channels: int, codes: int = 256, levels: int = 6) -> None:
        """Build with random weights.

        Args:
            config: sizes and behaviour.
            motion_channels: of the visible motion.
            codes, levels: of the tokenizers; their code vectors have `config.sizes.latent` numbers.
        """
        super().__init__()
        sizes, dropout = config.sizes, config.dropout
        latent, width = sizes.latent, sizes.width
        self.config = config
        self.hidden = nn.Parameter(torch.randn(motion_channels) * HIDDEN_DEVIATION)
        self.low = nn.Linear(config.speech_low, latent) if config.learned_projection else nn.Identity()
        self.high = nn.Linear(config.speech_high, latent) if config.learned_projection else nn.Identity()
        self.alignment = MotionAudioAlignment(sizes, dropout, config.own_frame)
        self.motion_encoder = MotionEncoder(motion_channels, latent, sizes.motion_layers)
        unknown = 1 if config.speaker_dropout else 0
        self.face_speakers = Speakers(config.speakers + unknown, width)
        self.body_speakers = Speakers(config.speakers + unknown, width)
        self.manner = Manner(len(config.traits), width) if config.traits else None
        self.drop = Dropout(dropout)

        layer = (1, width, sizes.heads, sizes.feed_forward, dropout)
        self.hint_for_face = GroupedPerceptron(1, latent, width, latent)
        self.face_memory = nn.Linear(2 * latent, width)
        self.face_decoder = nn.ModuleList(GroupedDecoderLayer(*layer) for _ in range(sizes.face_layers))
        self.face_latent = nn.Linear(width, latent)
        self.face_halving = nn.ModuleList(GroupedHalving(1, latent, latent) for _ in range(2))
        self.face_middle = GroupedPerceptron(1, latent, width, latent)

        self.hint_for_body = GroupedPerceptron(1, latent, width, latent)
        self.body_entry = nn.Linear(latent, width)
        self.body_encoder = GroupedEncoderLayer(*layer)
        self.attention = SpeechQueriedAttention(sizes, dropout, config.masking.parts)
        self.body_exchange = BodyExchange(sizes, dropout)

        self.token_reader = TokenReader(sizes, dropout) if sizes.token_layers else None
        self.exchange = PartExchange(sizes, dropout)
        self.classifier = GroupedPerceptron(len(ALL_PARTS), latent, sizes.classifier, codes)
        self.speed = GroupedLinear(len(ALL_PARTS), latent, 1) if config.losses.speed else None
        self.residual: ResidualPredictor | ResidualSum = (
            ResidualSum(len(ALL_PARTS), sizes)
            if config.residual_form == "sum"
            else ResidualPredictor(
                len(ALL_PARTS), sizes, codes, levels, dropout, config.residual_reads, config.own_frame
            )
        )

    def hear(self, low: Tensor, high: Tensor) -> Tensor:
        """Speech queries (G, B, T, C) from both levels (B, T, channels) of the speech features."""
        return self.alignment.speech(self.low(low), self.high(high), self._sight(low))

    def read(self, motion: Tensor, visible: Tensor, people: People) -> Moved:
        """Read the visible motion.

        Args:
            motion: (B, T, channels).
            visible: (B, T, 1) or (B, T, channels) bool.
            people: from `people`.
        """
        see = self._sight(motion)
        hint = self.motion_encoder(visible_motion(motion, visible, self.hidden))
        place = positions(hint.shape[1], self.config.sizes.width, self.config.sizes.window, hint.device)
        body = self.body_entry(self.hint_for_body(hint[None])[0]) + people.body[:, None]
        return Moved(hint, self.body_encoder(self.drop(body + place)[None], see.ahead)[0], place)

    def people(self, who: Who) -> People:
        """Who moves, as vectors."""
        known = self.manner is not None and who.traits is not None
        face, body = self.manner(who.traits) if known else (None, None)  # type: ignore[misc]
        return People(self.face_speakers.of(who, face), self.body_speakers.of(who, body))

    def forward(
        self,
        motion: Tensor,
        visible: Tensor,
        queries: Tensor,
        who: Who,
        valid: Tensor | None = None,
        hearing: int | None = None,
        told: Tensor | None = None,
        known: KnownTokens | None = None,
    ) -> Predicted:
        """Predict every token of every part.

        Args:
            motion: (B, T, channels); what is not visible may be anything.
            visible: (B, T, 1) or (B, T, channels) bool.
            queries: (G, b, T, C) from `hear`; b divides B, and the rows of clips begin again after each b.
            who: B clips.
            valid: (G, B) bool, which clips really have which part; all if not given.
            hearing: how many clips, from the first on, have bodies that speech moves; all if not given. Faces
                always hear.
            told: (G, B, Q, K, C) the true codes' vectors, which levels read while training, where they read codes.
            known: tokens that are known; needed where the generator reads tokens.
        """
        base, alone = self.base(motion, visible, queries, who, valid, hearing, known)
        return self.levels(base, queries, told, known).beside(alone)

    def levels(
        self, base: Tensor, queries: Tensor, told: Tensor | None = None, known: KnownTokens | None = None
    ) -> Levels:
        """All levels from the base level's latents (G, B, K, C); the other arguments are those of `forward`."""
        see = self._sight(queries[0])
        if isinstance(self.residual, ResidualSum):
            if told is None:
                raise ValueError("what follows a base code cannot be learned without the true one")
            rest = self.residual(base, told[:, :, 0], queries, self._near(known, see))
            return Levels(self.classifier(base)[:, :, None], base[:, :, None], rest)
        logits, features = self.residual(base, queries, see, told)
        return Levels(torch.stack([self.classifier(base), *logits], dim=2), torch.stack([base, *features], dim=2))

    def base(
        self,
        motion: Tensor,
        visible: Tensor,
        queries: Tensor,
        who: Who,
        valid: Tensor | None = None,
        hearing: int | None = None,
        known: KnownTokens | None = None,
        again_deaf: int = 0,
    ) -> tuple[Tensor, Tensor]:
        """Latents of the base level (G, B, K, C), and those of face and hands before the parts told each other.

        Arguments are those of `forward`, and

            again_deaf: of so many clips, from the first on, come latents behind the others' as if nobody heard (a
                multiple of b); all that hears in no case is computed once for both.
        """
        see = self._sight(motion)
        has = _everything(motion) if valid is None else valid
        people = self.people(who)
        steps = self.steps(motion, visible, queries, people, has, hearing)
        face, body = self._face_latents(steps.face), _hinted(steps.moved.body, steps.hints)
        person = people.body
        if again_deaf:
            again = slice(again_deaf)
            hearing = len(body) if hearing is None else hearing
            body = torch.cat([body, steps.moved.body[again]])
            face, has = torch.cat([face, face[:, again]], dim=1), torch.cat([has, has[:, again]], dim=1)
            person = torch.cat([person, person[again]])
            known = None if known is None else known.clips([slice(None), again])
        parts = self.body_exchange(body, person, has[BODY], see)
        before = torch.cat([face, parts])
        alone = before[[FACE, HANDS]]
        if self.token_reader is not None:
            if known is None:
                raise ValueError("a generator that reads tokens must be told which are known")
            near = self._near(known, see)
            before = before + self.token_reader(known, queries, person, hearing, see, near)
        return self.exchange(before, has, see), alone

    def choose(
        self,
        base: Tensor,
        base_codes: Tensor,
        queries: Tensor,
        books: Books,
        residuals: Residuals = "likeliest",
        known: KnownTokens | None = None,
    ) -> Tensor:
        """All levels' codes (G, B, Q, K), where the base level's (G, B, K) are chosen already.

        Args:
            base: (G, B, K, C) from `base`.
            base_codes: of these.
            queries: (G, B, T, C).
            books: the tokenizers' codebooks.
            residuals: how the further levels follow; where their sum is said at once, that is what is to be expected.
            known: as in `forward`.
        """
        see = self._sight(queries[0])
        if isinstance(self.residual, ResidualSum):
            chosen = books.vectors(0, base_codes)
            return books.nearest(chosen + self.residual(base, chosen, queries, self._near(known, see)))
        follow = self.residual.choose if residuals == "likeliest" else self.residual.expect
        return follow(base, base_codes, queries, see, books)

    def steps(
        self,
        motion: Tensor,
        visible: Tensor,
        queries: Tensor,
        people: People,
        valid: Tensor | None = None,
        hearing: int | None = None,
    ) -> Steps:
        """The first half of `base`: up to where speech has reached motion and face; `people` is from `people`."""
        see = self._sight(motion)
        has = _everything(motion) if valid is None else valid
        heard = slice(hearing)
        moved = self.read(motion, visible, people)
        memory = self._memory(moved, people)[heard]
        hints = self.attention.hints(queries, memory, has[:, heard], see) if len(memory) else None
        return Steps(moved, hints, self._face(moved, queries[FACE], people, see))

    def scores(self, motion: Tensor, visible: Tensor, queries: Tensor, who: Who, valid: Tensor | None = None) -> Tensor:
        """How much the speech asks of each frame of a motion: (B, T); arguments as in `forward`."""
        has = _everything(motion) if valid is None else valid
        people = self.people(who)
        moved = self.read(motion, visible, people)
        return self.attention.scores(queries, self._memory(moved, people), has, self._sight(motion))

    def _memory(self, moved: Moved, people: People) -> Tensor:
        """What speech queries look at: (B, T, D)."""
        memory = moved.body + moved.place
        if self.config.speaker_in_body:
            memory = memory + people.body[:, None]
        return self.drop(memory)

    def _face(self, moved: Moved, query: Tensor, people: People, see: Sight) -> Tensor:
        """The face decoder's output (B, T, D)."""
        hint = self.hint_for_face(moved.hint[None])[0]
        heard = query.repeat(len(hint) // len(query), 1, 1)
        memory = self.face_memory(torch.cat([heard, hint], dim=-1))[None]
        values = self.drop(people.face[:, None] + moved.place)[None]
        for layer in self.face_decoder:
            values = layer(values, memory, see.frames, see.frames)
        return values[0]

    def _face_latents(self, decoded: Tensor) -> Tensor:
        """Base latents of the face (1, B, K, C)."""
        first, second = self.face_halving
        return second(self.face_middle(first(self.face_latent(decoded)[None])))

    def _near(self, known: KnownTokens | None, see: Sight) -> Tensor | None:
        """What is known next to each token, where that is read."""
        sizes = self.config.sizes
        return nearby(known, see, sizes) if sizes.nearby and known is not None else None

    def _sight(self, like: Tensor) -> Sight:
        return sight(like.shape[1], self.config.look_ahead, like.device)


def _hinted(body: Tensor, hints: Tensor | None) -> Tensor:
    """Bodies (B, T, D) with what speech adds to the first of them."""
    if hints is None:
        return body
    heard = len(hints)
    return torch.cat([body[:heard] + hints, body[heard:]]) if heard < len(body) else body + hints


def _everything(motion: Tensor) -> Tensor:
    """(G, B) where every clip has every part."""
    return torch.ones(len(ALL_PARTS), len(motion), dtype=torch.bool, device=motion.device)
