"""A trained EchoMask behind the public door."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from gesta.audio.encoders.protocol import SpeechEncoder
from gesta.audio.prosody import analyse
from gesta.bundles.folder import Bundle
from gesta.echomask.config import Decoding
from gesta.errors import InputError
from gesta.models.cleaning import EVERYTHING, CleanUp, idling_in_silence
from gesta.models.common import USUAL_STYLE, Audio, Progress, as_speech, checked_kept, no_film, provenance, reported
from gesta.models.manner import manner_from, who_of
from gesta.motion.held_parts import HeldParts, checked_parts
from gesta.motion.keeping import Kept
from gesta.procedural.style import Style
from gesta.records import Motion
from gesta.take import Take, join_motion

if TYPE_CHECKING:
    from gesta.clip import Clip


@dataclass(frozen=True)
class EchoMaskModel:
    """A trained EchoMask behind the public door."""

    name: str
    bundle: Bundle
    has_network: ClassVar[bool] = True

    def checked_style(self, style: str = USUAL_STYLE, energy: float | None = None) -> int | Style:
        """A speaker's index, or a style where the model knows styles' numbers; see `models.manner`."""
        return manner_from(self.bundle.config, style, energy)

    def checked_decoding(self, decoding: str | None = None) -> Decoding:
        """How tokens are chosen: as the bundle says, changed by what the user wrote."""
        usual = self.bundle.config.decoding
        return usual if decoding is None else usual.changed_by(decoding)

    def checked_words(self, _words: object) -> NoReturn:
        """InputError: a trained model hears, and reads nothing."""
        raise InputError(f"The model '{self.name}' knows no words; leave --words away or name --model procedural.")

    def film(self, *_: Any, **__: Any) -> "Clip":
        """InputError: no film comes of it."""
        raise no_film(self.name)

    def speak(
        self,
        audio: Audio,
        *,
        sample_rate: int | None = None,
        seed: int = 0,
        style: str | int | Style = USUAL_STYLE,
        energy: float | None = None,
        look_ahead_s: float = math.inf,
        keep: str | Kept | None = None,
        decoding: str | Decoding | None = None,
        lock: str | Iterable[str] | None = None,
        clean: bool | None = None,
        progress: Progress | None = None,
    ) -> Take:
        """Give a recording a body.

        Args:
            audio: a sound or video file, a `Speech`, or samples (S,) or (S, channels) with `sample_rate`.
            sample_rate: of the samples, Hz; for arrays only.
            seed: the same seed gives the same take; other seeds differ where tokens are drawn (temperature above 0).
            style: a speaker's name, "speaker=N" from 1 on, or its index; where the model was told the numbers of styles
                in training, as for the procedural speaker: a preset's name, "k=v,...", a TOML file or a `Style`.
            energy: 0 to 1.5, replaces the style's own, where the model knows it.
            look_ahead_s: only infinite; how far a model hears ahead is part of it.
            keep: frames of another motion that stay, as "MOTION.npz@a-b,c-d" in seconds; the generator sees them.
            decoding: "single" or "iterative", further settings as in "iterative,steps=8,temperature=0.7"; what is
                not said is as in the bundle.
            lock: parts that hold one pose throughout (`motion.held_parts`), as "lower" or "upper,hands".
            clean: whether the motion is cleaned up (`motion.cleanup`) and idles in long silences; it is, unless you
                say False.
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
        manner = self.checked_style(style, energy) if isinstance(style, str) else style
        config, who = self.bundle.config, who_of(self.bundle, manner)
        how = decoding if isinstance(decoding, Decoding) else self.checked_decoding(decoding)
        kept = checked_kept(keep, speech)
        held = HeldParts(checked_parts(lock), kept)
        encoder = self.encoder
        given = None if kept is None else given_from(kept, self.bundle.model.tokenizers.representation)
        speaker = EchoMaskSpeaker(self.bundle.model, who, how, seed, given)

        def stretches() -> Iterator[Motion]:
            for features in encoder.stretches(speech):
                yield from speaker.push(features)
            yield from speaker.finish()

        prosody = analyse(speech)
        tidy = CleanUp(clean, EVERYTHING)
        moved = reported(stretches(), speech, progress)
        if clean is not False:
            moved = idling_in_silence(moved, prosody)
        motion = join_motion(tidy.of(held.of(moved)), speech.frame_count, kept, held=held)
        told = provenance(config.name, speech, seed, config.licence, kept) | {
            "speaker": config.speakers[int(who.speakers)],
            "style": manner.model_dump() if isinstance(manner, Style) else None,
            "decoding": how.model_dump(mode="json"),
            "model_files": dict(config.files),
        }
        told |= held.told()
        return Take(speech, prosody, None, motion.replaced(provenance=told), tidy.report)

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
