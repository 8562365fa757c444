"""The procedural speaker behind the public door."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from os import PathLike
from typing import TYPE_CHECKING, Any, ClassVar

from gesta.audio.prosody import analyse
from gesta.audio.words.read import fit_words, read_words
from gesta.errors import InputError
from gesta.film.renderers import PUPPET
from gesta.live.body import Heard
from gesta.live.procedural import ProceduralBody
from gesta.live.settings import USUAL_LOOK_AHEAD_S, StreamSettings
from gesta.live.state import StreamState
from gesta.live.stream import Stream
from gesta.models.cleaning import HANDS_ONLY, CleanUp
from gesta.models.common import (
    LICENCE,
    USUAL_STYLE,
    Audio,
    Progress,
    as_speech,
    checked_kept,
    provenance,
    reported,
)
from gesta.models.puppet import puppet_clip
from gesta.models.streaming import Collected, resumed, stream_provenance, stream_settings, through
from gesta.motion.held_parts import HeldParts, checked_parts
from gesta.motion.keeping import Kept
from gesta.procedural.content import language_in
from gesta.procedural.fit import Example, style_or_example
from gesta.procedural.speaker import ProceduralSpeaker
from gesta.procedural.style import Style
from gesta.records import Plan, Prosody, Speech, Words
from gesta.take import Take, join_motion
from gesta.units import SAMPLE_RATE, TOKEN_FRAMES

if TYPE_CHECKING:
    from gesta.clip import Clip
    from gesta.models.film import Picture

PROCEDURAL = "procedural"

UNPLANNED_BLEND_FRAMES = 24
"""Frames around kept ones over which the procedural speaker goes over into them: its plan does not know of them, so
hands may have far to go."""


@dataclass(frozen=True)
class ProceduralModel:
    """The procedural speaker behind the public door."""

    name: str
    has_network: ClassVar[bool] = False
    renderers: ClassVar[tuple[str, ...]] = (PUPPET,)

    def checked_style(self, style: str = USUAL_STYLE, energy: float | None = None) -> Style | Example:
        """A style by its name, numbers or file, or a motion to take it from."""
        return style_or_example(style, energy)

    def checked_decoding(self, decoding: str | None = None) -> None:
        """Nothing: there are no tokens to choose; InputError if the user asks for something."""
        if decoding is not None:
            raise InputError(
                f"The model '{self.name}' chooses no tokens; leave --decoding away or name a trained --model."
            )

    def checked_words(self, words: str | PathLike[str]) -> Words:
        """The words of a file."""
        return read_words(words)

    def film(self, audio: Audio, image: "Picture", **options: Any) -> "Clip":
        """Make ready to film the person in a picture, as a puppet that moves so: see `models.puppet.puppet_clip`."""
        return puppet_clip(self, audio, image, **options)

    def speak(
        self,
        audio: Audio,
        *,
        sample_rate: int | None = None,
        seed: int = 0,
        style: str | Style | Example = USUAL_STYLE,
        energy: float | None = None,
        look_ahead_s: float = math.inf,
        keep: str | Kept | None = None,
        words: str | PathLike[str] | Words | None = None,
        lock: str | Iterable[str] | None = None,
        clean: bool | None = None,
        progress: Progress | None = None,
    ) -> Take:
        """Give a recording a body.

        Args:
            audio: a sound or video file, a `Speech`, or samples (S,) or (S, channels) with `sample_rate`.
            sample_rate: of the samples, Hz; for arrays only.
            seed: the same seed gives the same take.
            style: a preset's name, "k=v,...", a TOML file, a motion of 10 s or more whose style is taken on, or a
                `Style`.
            energy: 0 to 1.5, replaces the style's own.
            look_ahead_s: how far ahead of each frame the sound may be heard, 0.1 s to infinite (a whole file).
            keep: frames of another motion that stay, as "MOTION.npz@a-b,c-d" in seconds.
            words: what is said and when, which then calls for gestures too: a TextGrid, SRT, VTT, JSON, CSV or TSV
                file, or `Words`.
            lock: parts that hold one pose throughout (`motion.held_parts`), as "lower" or "upper,hands".
            clean: whether the motion is cleaned up (`motion.cleanup`); if not said, only hands that are in the body or
                in each other are moved out, and nothing where the look-ahead is limited, since that takes a second.
            progress: told how far the work is.

        Raises:
            InputError: the recording, style, look-ahead, kept motion or words cannot be used.
        """
        speech = as_speech(audio, sample_rate)
        kept = checked_kept(keep, speech)
        held = HeldParts(checked_parts(lock), kept)
        wanted = style_or_example(style, energy) if isinstance(style, str) else style
        said = _words_of(words, speech)
        live, prosody = math.isfinite(look_ahead_s), None
        if isinstance(wanted, Example):
            prosody = analyse(speech, look_ahead_s)
            wanted = wanted.style(prosody, seed, progress)
        collected = Collected()
        if live:
            settings = stream_settings(look_ahead_s=look_ahead_s, seed=seed)
            heard = through(_opened(wanted, settings, said), speech)
        else:
            heard = _heard_whole(ProceduralSpeaker(wanted, seed, words=said), prosody or analyse(speech, look_ahead_s))
        stretches = (motion for news in collected.of(heard) for motion in news.motions)
        tidy = CleanUp(clean, None if live else HANDS_ONLY)
        moved = tidy.of(held.of(reported(stretches, speech, progress)))
        motion = join_motion(moved, speech.frame_count, kept, UNPLANNED_BLEND_FRAMES, held)
        prosody, plan = collected.prosody, Plan.concatenate(collected.plans)
        told = provenance(PROCEDURAL, speech, plan.seed, LICENCE, kept) | {"style": dict(plan.style)}
        told |= settings.told() if live else {"look_ahead_s": "full"}
        told |= held.told()
        if said is not None:
            told["words"] = {
                "file": said.source,
                "language": said.language,
                "count": len(said),
                "spread": said.spread,
            }
        return Take(speech, prosody, plan, motion.replaced(provenance=told), tidy.report)

    def stream(
        self,
        look_ahead: float = USUAL_LOOK_AHEAD_S,
        *,
        seed: int = 0,
        style: str | Style = USUAL_STYLE,
        energy: float | None = None,
        sample_rate: int = SAMPLE_RATE,
        block_frames: int = TOKEN_FRAMES,
        listening: bool = True,
        words: Words | None = None,
    ) -> Stream:
        """Speak live: sound in as it comes, frames out as they become final.

        Args:
            look_ahead: how far ahead of each frame the sound is heard, seconds: 0.1 to infinity (all at the end).
            seed: the same seed gives the same motion.
            style: a preset's name, "k=v,...", a TOML file, or a `Style`.
            energy: 0 to 1.5, replaces the style's own.
            sample_rate: of the samples that will come, Hz.
            block_frames: how many frames become final together; fewer come sooner and take more work.
            listening: whether who has been silent for long listens to somebody: nods, and keeps looking.
            words: of all that will be said, where it is known beforehand (a voice that is synthesised).

        Raises:
            InputError: one of these cannot be used.
        """
        wanted = style_or_example(style, energy) if isinstance(style, str) else style
        if isinstance(wanted, Example):
            raise InputError(
                "A stream cannot take its style from a motion; speak a recording with it, or name a style."
            )
        settings = stream_settings(
            look_ahead_s=look_ahead,
            seed=seed,
            sample_rate=sample_rate,
            block_frames=block_frames,
            listening=listening,
        )
        return _opened(wanted, settings, words)

    def resume(self, state: StreamState) -> Stream:
        """Go on with a stream that was saved, bit for bit.

        Raises:
            InputError: it is another model's, or no state of a stream.
        """
        return resumed(state, PROCEDURAL, {}, {})


def _opened(style: Style, settings: StreamSettings, words: Words | None) -> Stream:
    """A stream of the procedural speaker."""
    body = ProceduralBody(style, settings.seed, settings.look_ahead_s, words, settings.listening)
    told = stream_provenance(PROCEDURAL, settings.seed) | {"style": style.model_dump()}
    return Stream(body, settings, told)


def _heard_whole(speaker: ProceduralSpeaker, prosody: Prosody) -> Iterator[Heard]:
    """A recording that was heard to its end before anything moves."""
    for number, stretch in enumerate(speaker.finish(prosody)):
        yield Heard([] if number else [prosody], [stretch.plan], [stretch.motion])


def _words_of(words: str | PathLike[str] | Words | None, speech: Speech) -> Words | None:
    """The words, read, fitted to their recording, with their language where it can be told."""
    if words is None:
        return None
    read = words if isinstance(words, Words) else read_words(words)
    fitted = fit_words(read, speech.duration_s, speech.name)
    return replace(fitted, language=fitted.language or language_in(fitted))
