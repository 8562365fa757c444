"""The models behind the public door: each gives a recording a body."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gesta.audio.encoders.protocol import SpeechEncoder
from gesta.audio.prosody import analyse
from gesta.audio.read import open_speech, speech_from_samples
from gesta.bundles.folder import Bundle
from gesta.echomask.config import Decoding
from gesta.errors import InputError, unknown_name
from gesta.motion.keeping import Kept, read_kept
from gesta.procedural.speaker import ProceduralSpeaker
from gesta.procedural.style import Style, style_from
from gesta.records import Motion, Plan, Speech
from gesta.take import Take, join_motion
from gesta.version import __version__

LICENCE = "Apache-2.0 (the motion is yours)"
USUAL_STYLE = "neutral"
SPEAKER = "speaker"
UNPLANNED_BLEND_FRAMES = 24
"""Frames around kept ones over which the procedural speaker goes over into them: its plan does not know of them, so
hands may have far to go."""

Audio = str | PathLike[str] | np.ndarray | Speech
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many frames are done and how many there are."""


@dataclass(frozen=True)
class ProceduralModel:
    """The procedural speaker behind the public door."""

    name: str
    has_network: ClassVar[bool] = False

    def checked_style(self, style: str = USUAL_STYLE, energy: float | None = None) -> Style:
        """A style by its name, numbers or file."""
        return style_from(style, energy)

    def checked_decoding(self, decoding: str | None = None) -> None:
        """Nothing: there are no tokens to choose; InputError if the user asks for something."""
        if decoding is not None:
            raise InputError(
                f"The model '{self.name}' chooses no tokens; leave --decoding away or name a trained --model."
            )

    def speak(
        self,
        audio: Audio,
        *,
        sample_rate: int | None = None,
        seed: int = 0,
        style: str | Style = USUAL_STYLE,
        energy: float | None = None,
        look_ahead_s: float = math.inf,
        keep: str | Kept | None = None,
        progress: Progress | None = None,
    ) -> Take:
        """Give a recording a body.

        Args:
            audio: a sound or video file, a `Speech`, or samples (S,) or (S, channels) with `sample_rate`.
            sample_rate: of the samples, Hz; for arrays only.
            seed: the same seed gives the same take.
            style: a preset's name, "k=v,...", a TOML file, or a `Style`.
            energy: 0 to 1.5, replaces the style's own.
            look_ahead_s: how far ahead of each frame the sound may be heard, 0.1 s to infinite (a whole file).
            keep: frames of another motion that stay, as "MOTION.npz@a-b,c-d" in seconds.
            progress: told how far the work is.

        Raises:
            InputError: the recording, style, look-ahead or kept motion cannot be used.
        """
        speech = as_speech(audio, sample_rate)
        kept = _kept(keep, speech)
        chosen = style_from(style, energy) if isinstance(style, str) else style
        prosody = analyse(speech, look_ahead_s)
        speaker = ProceduralSpeaker(chosen, seed, look_ahead_s)
        plans: list[Plan] = []

        def stretches() -> Iterator[Motion]:
            for stretch in speaker.finish(prosody):
                plans.append(stretch.plan)
                yield stretch.motion

        motion = join_motion(_reported(stretches(), speech, progress), speech.frame_count, kept, UNPLANNED_BLEND_FRAMES)
        plan = Plan.concatenate(plans)
        look_ahead = look_ahead_s if math.isfinite(look_ahead_s) else "full"
        provenance = _provenance("procedural", speech, plan.seed, LICENCE, kept) | {
            "style": dict(plan.style),
            "look_ahead_s": look_ahead,
        }
        return Take(speech, prosody, plan, motion.replaced(provenance=provenance))


@dataclass(frozen=True)
class EchoMaskModel:
    """A trained EchoMask behind the public door."""

    name: str
    bundle: Bundle
    has_network: ClassVar[bool] = True

    def checked_style(self, style: str = USUAL_STYLE, energy: float | None = None) -> int:
        """The index of a speaker, from its name, "speaker=NAME" or "speaker=N" (N from 1); the first one by default."""
        if energy is not None:
            raise InputError(f"The model '{self.name}' has no energy that could be set; leave --energy away.")
        names = self.bundle.config.speakers
        name, equals, number = style.partition("=")
        if equals and name.strip() == SPEAKER:
            if number.strip() in names:
                return names.index(number.strip())
            if not number.strip().isdigit() or not 1 <= int(number) <= len(names):
                raise InputError(f"'{style}' is no speaker of '{self.name}': give speaker=1 to speaker={len(names)}.")
            return int(number) - 1
        if style in names:
            return names.index(style)
        if style == USUAL_STYLE:
            return 0
        raise unknown_name(f"style of '{self.name}'", style, [*names, f"{SPEAKER}=N"])

    def checked_decoding(self, decoding: str | None = None) -> Decoding:
        """How tokens are chosen: as the bundle says, changed by what the user wrote."""
        usual = self.bundle.config.decoding
        return usual if decoding is None else usual.changed_by(decoding)

    def speak(
        self,
        audio: Audio,
        *,
        sample_rate: int | None = None,
        seed: int = 0,
        style: str | int = USUAL_STYLE,
        look_ahead_s: float = math.inf,
        keep: str | Kept | None = None,
        decoding: str | Decoding | None = None,
        progress: Progress | None = None,
    ) -> Take:
        """Give a recording a body.

        Args:
            audio: a sound or video file, a `Speech`, or samples (S,) or (S, channels) with `sample_rate`.
            sample_rate: of the samples, Hz; for arrays only.
            seed: the same seed gives the same take; other seeds differ where tokens are drawn (temperature above 0).
            style: a speaker's name, "speaker=N" from 1 on, or its index.
            look_ahead_s: only infinite; how far a model hears ahead is part of it.
            keep: frames of another motion that stay, as "MOTION.npz@a-b,c-d" in seconds; the generator sees them.
            decoding: "single" or "iterative", further settings as in "iterative,steps=8,temperature=0.7"; what is
                not said is as in the bundle.
            progress: told how far the work is.

        Raises:
            InputError: the recording, style, decoding or kept motion cannot be used, or the speech encoder is not here.
        """
        # The networks take a moment to load, and the procedural speaker does without them.
        from gesta.echomask.keeping import given_from
        from gesta.echomask.speaker import EchoMaskSpeaker

        if math.isfinite(look_ahead_s):
            raise InputError(f"How far '{self.name}' hears ahead was settled in training; leave --look-ahead away.")
        speech = as_speech(audio, sample_rate)
        index = style if isinstance(style, int) else self.checked_style(style)
        config = self.bundle.config
        how = decoding if isinstance(decoding, Decoding) else self.checked_decoding(decoding)
        kept = _kept(keep, speech)
        encoder = self.encoder
        given = None if kept is None else given_from(kept, self.bundle.model.tokenizers.representation)
        speaker = EchoMaskSpeaker(self.bundle.model, index, how, seed, given)

        def stretches() -> Iterator[Motion]:
            for features in encoder.stretches(speech):
                yield from speaker.push(features)
            yield from speaker.finish()

        motion = join_motion(_reported(stretches(), speech, progress), speech.frame_count, kept)
        provenance = _provenance(config.name, speech, seed, config.licence, kept) | {
            "speaker": config.speakers[index],
            "decoding": how.model_dump(mode="json"),
            "model_files": dict(config.files),
        }
        return Take(speech, analyse(speech), None, motion.replaced(provenance=provenance))

    @cached_property
    def encoder(self) -> SpeechEncoder:
        """Who hears for the model; loaded once, whatever it hears.

        Raises:
            InputError: it is not here, or it is another one than the model was trained with.
        """
        # HuBERT and its kind bring libraries that nobody else needs.
        from gesta.audio.encoders.make import make_encoder

        config = self.bundle.config
        encoder = make_encoder(config.encoder)
        given = (encoder.low_size, encoder.high_size)
        wanted = (config.generator.speech_low, config.generator.speech_high)
        if given != wanted:
            raise InputError(
                f"The speech encoder '{config.encoder.model_name or encoder.name}' gives {given[0]} and {given[1]} "
                f"channels, but '{self.name}' hears {wanted[0]} and {wanted[1]}; give it the one it was trained with."
            )
        return encoder


Model = ProceduralModel | EchoMaskModel
"""Whatever `gesta.load` gives."""


def _reported(stretches: Iterator[Motion], speech: Speech, progress: Progress | None) -> Iterator[Motion]:
    """The same stretches, with somebody told of each."""
    done = 0
    for motion in stretches:
        done += motion.frame_count
        if progress:
            progress("moving", done, speech.frame_count)
        yield motion


def _kept(keep: str | Kept | None, speech: Speech) -> Kept | None:
    """What is to be kept, read and checked."""
    kept = read_kept(keep) if isinstance(keep, str) else keep
    if kept is not None:
        kept.check_fits(speech.frame_count)
    return kept


def _provenance(model: str, speech: Speech, seed: int, licence: str, kept: Kept | None) -> dict[str, Any]:
    """What is said of every take."""
    told = {} if kept is None else {"kept": kept.told()}
    return told | {
        "model": model,
        "gesta_version": __version__,
        "seed": seed,
        "speech": speech.name,
        "audio_sha256": speech.sha256,
        "licence": licence,
    }


def as_speech(audio: Audio, sample_rate: int | None = None) -> Speech:
    """A `Speech` from whatever the caller has: a path, samples, or a `Speech` already.

    Raises:
        InputError: it cannot be used as a recording.
    """
    if isinstance(audio, Speech):
        return audio
    if isinstance(audio, np.ndarray):
        if sample_rate is None:
            raise InputError("Samples were given without their sample_rate; pass sample_rate=... in Hz.")
        return speech_from_samples(audio, sample_rate)
    return open_speech(Path(audio))
