"""A trained EchoMask behind the public door."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from gesta.audio.encoders.make import NEED_NO_NETWORK
from gesta.audio.encoders.protocol import SpeechEncoder
from gesta.audio.prosody import analyse
from gesta.bundles.folder import Bundle
from gesta.echomask.config import Decoding
from gesta.errors import InputError
from gesta.film.renderers import PUPPET
from gesta.live.settings import USUAL_LOOK_AHEAD_S, StreamSettings
from gesta.live.state import StreamState
from gesta.live.stream import Stream
from gesta.models.cleaning import EVERYTHING, CleanUp, idler, idling_in_silence
from gesta.models.common import USUAL_STYLE, Audio, Progress, as_speech, checked_kept, provenance, reported
from gesta.models.manner import manner_from, who_of
from gesta.models.mouth import with_mouth
from gesta.models.puppet import puppet_clip
from gesta.models.streaming import Collected, resumed, stream_provenance, stream_settings, through
from gesta.motion.held_parts import HeldParts, checked_parts
from gesta.motion.keeping import Kept
from gesta.procedural.style import Style
from gesta.records import Motion, Speech
from gesta.records.speech import LEAST_LOOK_AHEAD_S
from gesta.take import Take, join_motion
from gesta.units import SAMPLE_RATE

if TYPE_CHECKING:
    from gesta.clip import Clip
    from gesta.echomask.speaker import EchoMaskSpeaker, Given
    from gesta.echomask.who import Who
    from gesta.models.film import Picture


@dataclass(frozen=True)
class EchoMaskModel:
    """A trained EchoMask behind the public door."""

    name: str
    bundle: Bundle
    has_network: ClassVar[bool] = True
    renderers: ClassVar[tuple[str, ...]] = (PUPPET,)

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

    def film(self, audio: Audio, image: "Picture", **options: Any) -> "Clip":
        """Make ready to film the person in a picture, as a puppet that moves so: see `models.puppet.puppet_clip`."""
        return puppet_clip(self, audio, image, **options)

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
            look_ahead_s: how far ahead of each frame the sound may be heard, 0.1 s to infinity (whole windows); where
                it is finite, the take is what `stream` gives.
            keep: frames of another motion that stay, as "MOTION.npz@a-b,c-d" in seconds; the generator sees them.
            decoding: "single" or "iterative", further settings as in "iterative,steps=8,temperature=0.7"; what is
                not said is as in the bundle.
            lock: parts that hold one pose throughout (`motion.held_parts`), as "lower" or "upper,hands".
            clean: whether the motion is cleaned up (`motion.cleanup`) and idles in long silences; it is, unless you
                say False. Where the look-ahead is limited it idles, and is cleaned only if you say True.
            progress: told how far the work is.

        Raises:
            InputError: the recording, style, decoding or kept motion cannot be used, or the speech encoder is not here.
        """
        # The networks take a moment to load, and the procedural speaker does without them.
        from gesta.echomask.keeping import given_from
        from gesta.echomask.speaker import EchoMaskSpeaker

        speech = as_speech(audio, sample_rate)
        manner = self.checked_style(style, energy) if isinstance(style, str) else style
        config, who = self.bundle.config, who_of(self.bundle, manner)
        how = decoding if isinstance(decoding, Decoding) else self.checked_decoding(decoding)
        kept = checked_kept(keep, speech)
        held = HeldParts(checked_parts(lock), kept)
        given = None if kept is None else given_from(kept, self.bundle.model.tokenizers.representation)
        live, collected = math.isfinite(look_ahead_s), Collected()
        if live:
            settings = stream_settings(look_ahead_s=look_ahead_s, seed=seed)
            heard = collected.of(through(self._opened(settings, who, how, given), speech))
            moved = reported((motion for news in heard for motion in news.motions), speech, progress)
        else:
            collected.prosodies.append(analyse(speech))
            speaker = EchoMaskSpeaker(self.bundle.model, who, how, seed, given, usual=self._usual)
            moved = reported(_spoken(speaker, self.encoder, speech), speech, progress)
            if config.mouth == "learned":
                moved = with_mouth(moved, collected.prosody, seed)
            if clean is not False:
                moved = idling_in_silence(moved, collected.prosody)
        tidy = CleanUp(clean, None if live else EVERYTHING)
        motion = join_motion(tidy.of(held.of(moved)), speech.frame_count, kept, held=held)
        told = provenance(config.name, speech, seed, config.licence, kept) | {
            "speaker": config.speakers[int(who.speakers)],
            "style": manner.model_dump() if isinstance(manner, Style) else None,
            "decoding": how.model_dump(mode="json"),
            "model_files": dict(config.files),
        }
        told |= held.told() | (settings.told() if live else {"look_ahead_s": "full"})
        return Take(speech, collected.prosody, None, motion.replaced(provenance=told), tidy.report)

    def stream(
        self,
        look_ahead: float = USUAL_LOOK_AHEAD_S,
        *,
        seed: int = 0,
        style: str | int | Style = USUAL_STYLE,
        energy: float | None = None,
        decoding: str | Decoding | None = None,
        sample_rate: int = SAMPLE_RATE,
        listening: bool = True,
    ) -> Stream:
        """Speak live: sound in as it comes, frames out as they become final, a token of four at a time.

        Args:
            look_ahead: how far ahead of each frame the sound is heard, seconds: 0.1 to infinity (whole windows, as for
                a file).
            seed: the same seed gives the same motion.
            style, energy, decoding: as for `speak`.
            sample_rate: of the samples that will come, Hz.
            listening: whether who has been silent for long listens to somebody: nods, and keeps looking.

        Raises:
            InputError: one of these cannot be used, or the model is none that can be streamed.
        """
        manner = self.checked_style(style, energy) if isinstance(style, str) else style
        how = decoding if isinstance(decoding, Decoding) else self.checked_decoding(decoding)
        settings = stream_settings(look_ahead_s=look_ahead, seed=seed, sample_rate=sample_rate, listening=listening)
        return self._opened(settings, who_of(self.bundle, manner), how, None)

    def resume(self, state: StreamState) -> Stream:
        """Go on with a stream that was saved, bit for bit on the same machine.

        Raises:
            InputError: it is another model's, or no state of a stream.
        """
        from gesta.live.echomask import outside_of

        model, config = self.bundle.model, self.bundle.config
        return resumed(state, config.name, config.files, outside_of(model, model.books()), model.device)

    @property
    def _usual(self) -> "Who":
        """Who moves where nobody asks for a style."""
        return who_of(self.bundle, self.checked_style())

    def _opened(self, settings: StreamSettings, who: "Who", how: Decoding, given: "Given | None") -> Stream:
        from gesta.echomask.speaker import EchoMaskSpeaker
        from gesta.live.echomask import EchoMaskBody, frames_ahead
        from gesta.live.idling import Idling
        from gesta.live.mouth import LearnedMouth

        config, ahead = self.bundle.config, frames_ahead(settings.look_ahead_s)
        if config.encoder.kind not in NEED_NO_NETWORK:
            raise InputError(f"'{self.name}' hears by a network that needs whole recordings; it cannot be streamed.")
        if ahead is not None and not config.tokenizer.causal_decoder:
            raise InputError(f"The decoders of '{self.name}' look ahead; it cannot be streamed.")
        speaker = EchoMaskSpeaker(self.bundle.model, who, how, settings.seed, given, ahead, self._usual)
        idling = Idling(idler(LEAST_LOOK_AHEAD_S, settings.listening))
        mouth = LearnedMouth(settings.seed, settings.look_ahead_s) if config.mouth == "learned" else None
        body = EchoMaskBody(speaker, config.encoder.kind, idling, mouth)
        told = stream_provenance(config.name, settings.seed, config.licence) | {
            "speaker": config.speakers[int(who.speakers)],
            "decoding": how.model_dump(mode="json"),
            "model_files": dict(config.files),
        }
        return Stream(body, settings, told)

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


def _spoken(speaker: "EchoMaskSpeaker", encoder: SpeechEncoder, speech: Speech) -> Iterator[Motion]:
    """The motion of a whole recording."""
    for features in encoder.stretches(speech):
        yield from speaker.push(features)
    yield from speaker.finish()
