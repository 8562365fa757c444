"""The procedural speaker behind the public door."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from os import PathLike
from typing import ClassVar, NoReturn

from gesta.audio.prosody import analyse
from gesta.audio.words.read import fit_words, read_words
from gesta.errors import InputError
from gesta.models.cleaning import HANDS_ONLY, CleanUp
from gesta.models.common import (
    LICENCE,
    USUAL_STYLE,
    Audio,
    Progress,
    as_speech,
    checked_kept,
    no_film,
    provenance,
    reported,
)
from gesta.motion.keeping import Kept
from gesta.procedural.content import language_in
from gesta.procedural.fit import Example, style_or_example
from gesta.procedural.speaker import ProceduralSpeaker
from gesta.procedural.style import Style
from gesta.records import Motion, Plan, Speech, Words
from gesta.take import Take, join_motion

UNPLANNED_BLEND_FRAMES = 24
"""Frames around kept ones over which the procedural speaker goes over into them: its plan does not know of them, so
hands may have far to go."""


@dataclass(frozen=True)
class ProceduralModel:
    """The procedural speaker behind the public door."""

    name: str
    has_network: ClassVar[bool] = False

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

    def film(self, *_: object, **__: object) -> NoReturn:
        """InputError: no film comes of it."""
        raise no_film(self.name)

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
            clean: whether the motion is cleaned up (`motion.cleanup`); if not said, only hands that are in the body or
                in each other are moved out, and nothing where the look-ahead is limited, since that takes a second.
            progress: told how far the work is.

        Raises:
            InputError: the recording, style, look-ahead, kept motion or words cannot be used.
        """
        speech = as_speech(audio, sample_rate)
        kept = checked_kept(keep, speech)
        wanted = style_or_example(style, energy) if isinstance(style, str) else style
        said = _words_of(words, speech)
        prosody = analyse(speech, look_ahead_s)
        chosen = wanted.style(prosody, seed, progress) if isinstance(wanted, Example) else wanted
        speaker = ProceduralSpeaker(chosen, seed, look_ahead_s, said)
        plans: list[Plan] = []

        def stretches() -> Iterator[Motion]:
            for stretch in speaker.finish(prosody):
                plans.append(stretch.plan)
                yield stretch.motion

        tidy = CleanUp(clean, None if math.isfinite(look_ahead_s) else HANDS_ONLY)
        moved = tidy.of(reported(stretches(), speech, progress))
        motion = join_motion(moved, speech.frame_count, kept, UNPLANNED_BLEND_FRAMES)
        plan = Plan.concatenate(plans)
        look_ahead = look_ahead_s if math.isfinite(look_ahead_s) else "full"
        told = provenance("procedural", speech, plan.seed, LICENCE, kept) | {
            "style": dict(plan.style),
            "look_ahead_s": look_ahead,
        }
        if said is not None:
            told["words"] = {
                "file": said.source,
                "language": said.language,
                "count": len(said),
                "spread": said.spread,
            }
        return Take(speech, prosody, plan, motion.replaced(provenance=told), tidy.report)


def _words_of(words: str | PathLike[str] | Words | None, speech: Speech) -> Words | None:
    """The words, read, fitted to their recording, with their language where it can be told."""
    if words is None:
        return None
    read = words if isinstance(words, Words) else read_words(words)
    fitted = fit_words(read, speech.duration_s, speech.name)
    return replace(fitted, language=fitted.language or language_in(fitted))
