"""Phrases: stretches of speech between pauses, with their first and last sound."""

from dataclasses import dataclass

import numpy as np

from gesta.audio.contour import Contours
from gesta.audio.events import EventList
from gesta.audio.framing import ANALYSIS_PER_FRAME, ANALYSIS_RATE, frames_in
from gesta.audio.tracking import LAG_FRAMES

PAUSE_FRAMES = frames_in(0.25)
"""A shorter gap is no pause."""
LONGEST_PAUSE_S = 1.0
"""A phrase that starts after such a pause, or starts the recording, has strength 1."""
LONG_PHRASE_S = 3.0
"""The end of such a phrase has strength 1."""
GAP_FRAMES = frames_in(0.1)
"""A beginning that falls silent for longer was a click."""
BEGINNING_SOUND, BEGINNING_VOICE = frames_in(0.06), frames_in(0.025)
"""Sound and voice, in analysis frames, that make a beginning certain."""
VOICELESS_START = frames_in(0.3)
"""A phrase starts at most so long before its first voice: breath before is not part of it."""
VOICELESS_END = frames_in(0.25)
"""A phrase ends at most so long after its last voice."""
ROOM_LAG = 2 * ANALYSIS_PER_FRAME
"""The gate of this many analysis frames earlier is used, being known as soon as the level is."""
NEVER = -1_000_000


@dataclass
class PhraseFinder:
    """Walks through the analysis frames in order.

    Attributes:
        next_frame: the first frame not yet looked at.
        speaking: whether a phrase has started and not ended.
        start: its first frame, or the first frame of what may become one (NEVER if there is none).
        sound, voice: frames with sound and with voice since `start`.
        last_sound: the last frame with sound that may belong to speech.
        last_voice: the last frame with voice.
        last_end: the last frame of the phrase before (NEVER if there is none).
    """

    next_frame: int = 0
    speaking: bool = False
    start: int = NEVER
    sound: int = 0
    voice: int = 0
    last_sound: int = NEVER
    last_voice: int = NEVER
    last_end: int = NEVER

    def find(self, contours: Contours, starts: EventList, ends: EventList) -> None:
        """Look at every frame that is known now."""
        stop = contours.level_db.stop
        if stop <= max(self.next_frame, ROOM_LAG):
            return
        frames = np.arange(self.next_frame, stop)
        rooms = np.maximum((frames - ROOM_LAG) // ANALYSIS_PER_FRAME, 0) - contours.gate_db.first
        sounding = contours.level_db[self.next_frame : stop] >= contours.gate_db.values[rooms]
        pitch = frames - LAG_FRAMES - contours.semitones.first
        voiced = (pitch >= 0) & ~np.isnan(contours.semitones.values[np.maximum(pitch, 0)])
        changing = contours.changing.values[rooms] > 0.0
        flags = zip(frames.tolist(), sounding.tolist(), voiced.tolist(), changing.tolist(), strict=True)
        for frame, sound, voice, change in flags:
            if voice and sound:
                self.last_voice = frame - LAG_FRAMES
            if self.speaking:
                self._continue(frame, sound, ends)
            else:
                self._begin(frame, sound, voice, change, starts)
        self.next_frame = stop

    def _begin(self, frame: int, sound: bool, voice: bool, change: bool, starts: EventList) -> None:
        if self.start == NEVER:
            if sound:
                self.start, self.sound, self.voice, self.last_sound = frame, 1, int(voice), frame
            return
        if frame - self.last_sound > GAP_FRAMES:
            self.start = NEVER
            return
        if sound:
            self.sound, self.voice, self.last_sound = self.sound + 1, self.voice + int(voice), frame
        if change and self.sound >= BEGINNING_SOUND and self.voice >= BEGINNING_VOICE:
            self.speaking = True
            self.start = max(self.start, frame - VOICELESS_START)
            pause_s = (self.start - self.last_end) / ANALYSIS_RATE
            starts.add(self.start / ANALYSIS_RATE, pause_s / LONGEST_PAUSE_S, max(frame, ROOM_LAG))

    def _continue(self, frame: int, sound: bool, ends: EventList) -> None:
        if sound and frame - self.last_voice <= VOICELESS_END:
            self.last_sound = frame
        if frame - self.last_sound >= PAUSE_FRAMES:
            length_s = (self.last_sound - self.start) / ANALYSIS_RATE
            ends.add(self.last_sound / ANALYSIS_RATE, length_s / LONG_PHRASE_S, frame)
            self.speaking, self.last_end, self.start = False, self.last_sound, NEVER
