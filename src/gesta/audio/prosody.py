"""Prosody: how somebody speaks, frame by frame and event by event, for files and for live streams alike.

whole = analyse(open_speech("talk.wav"))

analyser = ProsodyAnalyser(look_ahead_s=0.4)
for block in microphone:
    stretch = analyser.push(block)    # of zero frames while nothing is ready
rest = analyser.finish()
"""

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gesta.audio.accents import AccentFinder
from gesta.audio.contour import Contours
from gesta.audio.events import EventList, NucleusFinder, OnsetFinder, frames_awaited
from gesta.audio.features import Features, FrameAverager
from gesta.audio.framing import Framer
from gesta.audio.normalise import Normalised, NormaliserState, normalise
from gesta.audio.phrases import PhraseFinder
from gesta.audio.pitch import pitch_candidates
from gesta.audio.spectrum import BAND_COUNT, decibels, spectral_frames
from gesta.audio.tracking import TrackerState, track
from gesta.errors import InputError
from gesta.records import Events, Prosody, Speech
from gesta.records.speech import LEAST_LOOK_AHEAD_S
from gesta.units import MOTION_FPS, SAMPLE_RATE, frame_count

COLUMNS = ("level_db", "f0_hz", "voicing", "loudness", "pitch", "activity")
EVENT_KINDS = ("nuclei", "onsets", "accents", "phrase_starts", "phrase_ends")
PIECE_SAMPLES = SAMPLE_RATE
"""Longer blocks are taken in pieces of this length, which bounds memory."""
TRAILING_SAMPLES = SAMPLE_RATE
"""Silence that follows the end, so that every window and every decision is complete."""


@dataclass
class AnalyserState:
    """All that a stream has to remember.

    Attributes:
        heard: samples taken so far.
        given: motion frames given out so far.
        ended: whether the recording is over.
        framer, tracker, averager, normaliser, contours: the signal chain.
        nucleus_finder, onset_finder, accent_finder, phrase_finder: what looks for events.
        rows: (T, COLUMNS and M bands) float32 motion frames that wait to be given out; new_rows come after them.
        nuclei, onsets, accents, phrase_starts, phrase_ends: events that wait.
    """

    nucleus_finder: NucleusFinder
    accent_finder: AccentFinder
    heard: int = 0
    given: int = 0
    ended: bool = False
    framer: Framer = field(default_factory=Framer)
    tracker: TrackerState = field(default_factory=TrackerState)
    averager: FrameAverager = field(default_factory=FrameAverager)
    normaliser: NormaliserState = field(default_factory=NormaliserState)
    contours: Contours = field(default_factory=Contours)
    onset_finder: OnsetFinder = field(default_factory=OnsetFinder)
    phrase_finder: PhraseFinder = field(default_factory=PhraseFinder)
    rows: np.ndarray = field(default_factory=lambda: np.zeros((0, len(COLUMNS) + BAND_COUNT), np.float32))
    new_rows: list[np.ndarray] = field(default_factory=list)
    nuclei: EventList = field(default_factory=EventList)
    onsets: EventList = field(default_factory=EventList)
    accents: EventList = field(default_factory=EventList)
    phrase_starts: EventList = field(default_factory=EventList)
    phrase_ends: EventList = field(default_factory=EventList)


class ProsodyAnalyser:
    """Turns consecutive blocks of sound into consecutive stretches of `Prosody`.

    Motion frame t is given out once the sound has been heard up to t + look-ahead, or at the end. Events come in the
    stretch in which they become certain, in time order per kind; their times lie before or after its frames. With an
    infinite look-ahead everything comes at the end. How the sound is cut into blocks makes no difference.
    """

    def __init__(self, look_ahead_s: float = math.inf) -> None:
        """Start a recording.

        Args:
            look_ahead_s: seconds of sound heard beyond the frame that is given out, at least 0.1.

        Raises:
            InputError: the look-ahead is too short.
        """
        if not look_ahead_s >= LEAST_LOOK_AHEAD_S:
            raise InputError(
                f"A look-ahead of {look_ahead_s:g} s is too short: choose {LEAST_LOOK_AHEAD_S:g} s or more."
            )
        self.look_ahead_s = look_ahead_s
        awaited = frames_awaited(look_ahead_s)
        self.state = AnalyserState(NucleusFinder(awaited), AccentFinder(awaited))

    def push(self, block: np.ndarray) -> Prosody:
        """Take (S,) samples, 16 kHz mono in [-1, 1]; give what is ready, which may be nothing (zero frames)."""
        for start in range(0, len(block), PIECE_SAMPLES):
            self._analyse(block[start : start + PIECE_SAMPLES])
        self.state.heard += len(block)
        if math.isinf(self.look_ahead_s):
            return self._give(0, events=False)
        behind = self.state.heard / SAMPLE_RATE - self.look_ahead_s
        # The tiny addition forgives rounding where a frame's time plus the look-ahead is a whole sample.
        return self._give(max(0, math.floor(behind * MOTION_FPS + 1e-6) + 1), events=True)

    def finish(self) -> Prosody:
        """End the recording and give the rest of its round(S * 30 / 16000) frames and all events left."""
        self._analyse(np.zeros(TRAILING_SAMPLES, np.float32))
        self.state.ended = True
        return self._give(frame_count(self.state.heard) if self.state.heard else 0, events=True)

    def _analyse(self, block: np.ndarray) -> None:
        state = self.state
        for windows in state.framer.push(block):
            spectra = spectral_frames(windows)
            f0, voicing = track(state.tracker, *pitch_candidates(windows))
            features = state.averager.push(spectra, f0, voicing)
            normalised = normalise(state.normaliser, features.level_db, features.f0_hz, features.voicing)
            state.new_rows.append(_rows(features, normalised))
            state.contours.add_levels(decibels(spectra.level), spectra.vowel)
            state.contours.add_pitch(f0)
            state.contours.add_room(normalised)
            self._find_events()

    def _find_events(self) -> None:
        state, contours = self.state, self.state.contours
        for nucleus in state.nucleus_finder.find(contours):
            state.nuclei.add(nucleus.time_s, nucleus.strength, nucleus.decided_frame)
            state.accent_finder.judge(nucleus, contours, state.accents)
        state.onset_finder.find(contours, state.onsets)
        state.phrase_finder.find(contours, state.phrase_starts, state.phrase_ends)
        contours.forget(min(state.nucleus_finder.next_frame, state.onset_finder.next_frame))

    def _give(self, stop: int, events: bool) -> Prosody:
        """Give out the motion frames up to `stop`, and the events that are certain if asked for."""
        state = self.state
        count = max(0, stop - state.given)
        heard_s = state.heard / SAMPLE_RATE
        if count:
            state.rows = np.concatenate([state.rows, *state.new_rows])
            state.new_rows = []
        rows, state.rows = state.rows[:count], state.rows[count:]
        news = {name: getattr(state, name).take(heard_s) if events else Events.none() for name in EVENT_KINDS}
        start, state.given = state.given, state.given + count
        stretch = _record(start, rows, news, self.look_ahead_s, heard_s)
        none = dict.fromkeys(EVENT_KINDS, Events.none())
        ahead = _record(state.given, state.rows[: stretch.frames_ahead], none, self.look_ahead_s, heard_s)
        # What comes after the end is not part of the recording.
        return stretch if state.ended else replace(stretch, ahead=ahead)


def analyse(speech: Speech, look_ahead_s: float = math.inf) -> Prosody:
    """The prosody of a whole recording: exactly `speech.frame_count` frames and all events.

    Args:
        speech: the recording, read block by block.
        look_ahead_s: as for a stream of that look-ahead; infinite uses the most context.
    """
    analyser = ProsodyAnalyser(look_ahead_s)
    parts = [analyser.push(block) for block in speech.source.blocks()]
    return Prosody.concatenate([*parts, analyser.finish()])


def _record(start: int, rows: np.ndarray, events: dict[str, Events], look_ahead_s: float, heard_s: float) -> Prosody:
    """A stretch of prosody from (T, COLUMNS and M bands) rows."""
    values: dict[str, Any] = {name: rows[:, index] for index, name in enumerate(COLUMNS)} | events
    return Prosody(start, bands=rows[:, len(COLUMNS) :], **values, look_ahead_s=look_ahead_s, heard_s=heard_s)


def _rows(features: Features, normalised: Normalised) -> np.ndarray:
    """(T, COLUMNS and M bands) float32."""
    room = (normalised.loudness, normalised.pitch, normalised.activity)
    tracks = (features.level_db, features.f0_hz, features.voicing, *room, features.bands_db)
    return np.column_stack(tracks).astype(np.float32)
