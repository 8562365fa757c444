"""One take of a made-up data set: a recording, as it is or altered, moved by one person."""

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from gesta.audio.prosody import analyse
from gesta.audio.read import open_speech
from gesta.audio.words.read import fit_words, read_words
from gesta.avatar.capsules import body_capsules
from gesta.data.card import SOURCE_PART, SOURCE_S
from gesta.data.listing import Split
from gesta.data.plans import LoadedClip, Piece
from gesta.data.speech_files import as_steps, from_steps
from gesta.data.synthetic_people import Person
from gesta.data.synthetic_sound import Sound, altered, level_of
from gesta.data.truth import PlanTruth
from gesta.errors import InputError
from gesta.motion.cleanup.cleaner import Cleaner
from gesta.motion.cleanup.settings import HANDS_ONLY
from gesta.procedural.speaker import ProceduralSpeaker
from gesta.records import Motion, Phone, Prosody, Speech, Word, Words
from gesta.units import MINIMUM_SPEECH_S, MOTION_FPS, SAMPLE_RATE, frame_centres, frame_count

SHORTEST_HELD_OUT = 64
"""Frames that are held out of a single recording at least: one window."""
BYTES_OF_STEP = 2


@dataclass(frozen=True)
class Recording:
    """A file of speech, and the file of its words, where one lies beside it."""

    path: Path
    words: Path | None = None


@dataclass(frozen=True)
class Heard:
    """What a take is made from.

    Attributes:
        speech: the sound, altered where it is to be.
        prosody: of that sound.
        words: what is said in it, where that is known.
        said: about the words, for the record.
        source_frames, source_s: how long the recording as it was lasts.
    """

    speech: Speech
    prosody: Prosody
    words: Words | None
    said: dict[str, Any]
    source_frames: int
    source_s: float


@dataclass
class Listener:
    """Hears recordings and remembers the last one, since its takes follow each other."""

    key: tuple[Recording, Sound | None] | None = None
    held: Heard | None = field(default=None, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process hears for itself.
        return Listener, ()

    def hear(self, recording: Recording, sound: Sound | None) -> Heard:
        """A recording, as it is or altered, with its prosody and its words."""
        if self.held is None or self.key != (recording, sound):
            self.held = None
            source = open_speech(recording.path)
            speech = source if sound is None else _altered(source, sound)
            words, said = _words(recording, source, speech.duration_s / source.duration_s)
            self.key = (recording, sound)
            self.held = Heard(speech, analyse(speech), words, said, source.frame_count, source.duration_s)
        return self.held


@dataclass(frozen=True)
class Part:
    """What one split gets of a single recording.

    Attributes:
        split: which one.
        validation_share, test_share: of the recording; its end tests, what comes before validates.
    """

    split: Split
    validation_share: float
    test_share: float

    def frames(self, whole: int) -> tuple[int, int]:
        """The frames [start, stop) of a recording of `whole` frames."""
        shortest = min(SHORTEST_HELD_OUT, whole // 4)
        test, validation = (
            max(round(share * whole), shortest) if share > 0.0 else 0
            for share in (self.test_share, self.validation_share)
        )
        ends = {"train": whole - test - validation, "validation": whole - test, "test": whole}
        begins = {"train": 0, "validation": ends["train"], "test": ends["validation"]}
        return begins[self.split], ends[self.split]


@dataclass(frozen=True)
class Take:
    """One recording, moved by one person: the whole of it, or the part of it that one split gets."""

    recording: Recording
    sound: Sound | None
    person: Person
    part: Part | None
    listener: Listener

    def load(self) -> LoadedClip:
        """The take as it is made, a minute at a time."""
        heard = self.listener.hear(self.recording, self.sound)
        speech = heard.speech
        scale = speech.frame_count / heard.source_frames
        bounds = self.part.frames(heard.source_frames) if self.part is not None else (0, heard.source_frames)
        start, stop = (round(frame * scale) for frame in bounds)
        # Where a part begins its sound is cut; what is left may round to a frame less.
        left = frame_count(speech.sample_count - int(frame_centres(start, start + 1)[0]))
        frames = min(stop - start, left)
        if frames < 1:
            raise InputError(f"'{self.recording.path}' is too short to be divided into splits; add another recording.")
        truth = PlanTruth()
        about = self._about(heard, (bounds[1] - bounds[0]) / MOTION_FPS)
        pieces = self._pieces(heard, start, start + frames, truth, about)
        return LoadedClip(pieces, frames, speech, start, about=about, label_names=truth.names)

    def _about(self, heard: Heard, source_s: float) -> dict[str, Any]:
        about: dict[str, Any] = {"person": self.person.said, SOURCE_S: round(source_s, 3), **heard.said}
        if self.part is not None:
            about[SOURCE_PART] = self.part.split
        if self.sound is not None:
            about["sound"] = self.sound.model_dump()
            about["time_scale"] = heard.speech.duration_s / heard.source_s
        return about

    def _pieces(self, heard: Heard, start: int, stop: int, truth: PlanTruth, about: dict[str, Any]) -> Iterator[Piece]:
        """The frames [start, stop), with the truth about them."""
        cleaner, at = Cleaner(body_capsules(), HANDS_ONLY, counting=False), 0
        for motion in cleaner.cleaned(self._stretches(heard, truth)):
            first, last = max(at, start), min(at + motion.frame_count, stop)
            if first < last:
                rows = truth.rows(first, last)
                about |= truth.counts
                yield Piece(motion.frames(first - at, last - at), rows)
            at += motion.frame_count
            if at >= stop:
                return

    def _stretches(self, heard: Heard, truth: PlanTruth) -> Iterator[Motion]:
        """The motion of the whole recording; what was planned is told to the truth first."""
        speaker = ProceduralSpeaker(self.person.style, self.person.seed, words=heard.words)
        for stretch in speaker.finish(heard.prosody):
            truth.hear(stretch.plan.hand_moves)
            yield stretch.motion


@dataclass(frozen=True)
class _Steps:
    """Samples in a file without a name, as 16-bit steps; it goes when nobody holds it any more."""

    file: Any

    def blocks(self) -> Iterator[np.ndarray]:
        """(S,) float32 blocks of up to a second."""
        at, size = 0, BYTES_OF_STEP * SAMPLE_RATE
        while True:
            self.file.seek(at)
            read = self.file.read(size)
            if not read:
                return
            at += len(read)
            yield from_steps(np.frombuffer(read, "<i2"))


def _altered(source: Speech, sound: Sound) -> Speech:
    """The recording as a copy hears it, to the step of the file that the data set will hold."""
    # Closed, and with that gone, when the last one who reads it lets go.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    count = 0
    for block in altered(source.source.blocks(), sound, level_of(source.source.blocks())):
        file.write(as_steps(block).tobytes())
        count += len(block)
    if count < MINIMUM_SPEECH_S * SAMPLE_RATE:
        raise InputError(f"'{source.name}' is too short to be altered; leave --copies away or take it out.")
    # The data set cuts sound to whole frames, and what is heard is to be what is there.
    frames = frame_count(count)
    count = min(count, int(frame_centres(frames, frames + 1)[0]))
    file.truncate(count * BYTES_OF_STEP)
    digest = hashlib.sha256()
    for block in (steps := _Steps(file)).blocks():
        digest.update(block.tobytes())
    return Speech(source.name, count, digest.hexdigest(), steps)


def _words(recording: Recording, source: Speech, scale: float) -> tuple[Words | None, dict[str, Any]]:
    """The words that lie beside a recording, at the speed of the copy, and what the record says of them."""
    if recording.words is None:
        return None, {}
    try:
        words = fit_words(read_words(recording.words), source.duration_s, source.name)
    except InputError as error:
        return None, {"words": f"not used: {error}"}
    said = {"words": recording.words.name, "words_spread": words.spread}
    return replace(words, words=tuple(_scaled(word, scale) for word in words.words)), said


def _scaled(word: Word, scale: float) -> Word:
    phones = tuple(Phone(phone.label, phone.start_s * scale, phone.end_s * scale) for phone in word.phones)
    return Word(word.text, word.start_s * scale, word.end_s * scale, phones)
