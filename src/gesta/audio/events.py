"""Syllable nuclei and onsets of loudness, found in a stream.

A nucleus is a voiced peak of the smoothed vowel-band envelope that stands out from the dips around it; its decision
takes as much of what follows as the decision delay allows. An onset is where the envelope rises most steeply.
"""

from dataclasses import dataclass, field

import numpy as np

from gesta.audio.contour import SMOOTHING_REACH, Contours, Track
from gesta.audio.framing import ANALYSIS_PER_FRAME, ANALYSIS_RATE, HALF_WINDOW, frames_in, heard_when_analysed
from gesta.records import Events
from gesta.units import SAMPLE_RATE

PEAK_REACH = 4
"""A nucleus is the highest envelope value within this many analysis frames to each side."""
PROMINENCE_DB = 2.5
"""A nucleus stands out at least so far from the dip before it, and from the dip after it if that can be awaited."""
FULL_DIP_FRAMES = frames_in(0.2)
"""With less than this to come, a proportionally smaller fall after the peak is enough."""
LEFT_FRAMES = frames_in(0.5)
"""The dip before a nucleus is looked for in this past."""
VOICING_REACH = 3
"""A nucleus has voice within this many analysis frames."""
LEAST_DELAY_S, MOST_DELAY_S, DELAY_SHARE = 0.1, 0.4, 0.25
"""Nuclei and accents are decided within this share of the look-ahead, bounded."""

RISE_REACH = 3
"""The steepness of an onset is the rise from this many analysis frames before to as many after."""
LEAST_RISE_DB = 6.0
STEEPEST_RISE_DB = 30.0
"""Rise whose onset has strength 1."""
ONSET_DISTANCE = frames_in(0.1)
ONSET_LOOK = 4
"""Analysis frames of envelope that an onset needs beyond its own."""


def frames_awaited(look_ahead_s: float) -> int:
    """Analysis frames of envelope that nuclei may await beyond their own, within the decision delay."""
    delay = min(MOST_DELAY_S, max(LEAST_DELAY_S, look_ahead_s * DELAY_SHARE))
    return int((delay * SAMPLE_RATE - HALF_WINDOW - 1) * ANALYSIS_RATE / SAMPLE_RATE) - SMOOTHING_REACH


@dataclass
class EventList:
    """Events found and not yet given out."""

    times_s: list[float] = field(default_factory=list)
    strengths: list[float] = field(default_factory=list)
    decided_s: list[float] = field(default_factory=list)

    def add(self, time_s: float, strength: float, analysed: int) -> None:
        """Note an event that was certain when analysis frame `analysed` was known."""
        self.times_s.append(max(time_s, 0.0))
        self.strengths.append(min(max(float(strength), 0.0), 1.0))
        self.decided_s.append(heard_when_analysed(analysed))

    def take(self, end_s: float) -> Events:
        """Give out everything, in a recording that has been heard up to `end_s`.

        Windows reach beyond a recording's end, so an event may seem to lie just behind it: it lies at the end. Later
        ones belong to the silence that was added, and are dropped.
        """
        times = np.array(self.times_s)
        kept = times <= end_s + HALF_WINDOW / SAMPLE_RATE
        times = np.minimum(times, end_s)
        decided = np.minimum(np.array(self.decided_s), end_s)[kept]
        events = Events(times[kept], np.array(self.strengths)[kept], decided)
        self.times_s, self.strengths, self.decided_s = [], [], []
        return events


@dataclass(frozen=True)
class Nucleus:
    """A syllable nucleus.

    Attributes:
        frame: its analysis frame.
        time_s: its time, refined between frames.
        prominence_db: how far it stands out from the dip before it.
        strength: its loudness between the room's floor and ceiling, 0 to 1.
        decided_frame: it was certain when this analysis frame was known.
    """

    frame: int
    time_s: float
    prominence_db: float
    strength: float
    decided_frame: int


@dataclass
class NucleusFinder:
    """Finds nuclei.

    Attributes:
        awaited: analysis frames of envelope seen beyond the frame that is decided.
        next_frame: the first undecided analysis frame.
        last: frame of the last nucleus.
    """

    awaited: int
    next_frame: int = 0
    last: int = -LEFT_FRAMES

    def find(self, contours: Contours) -> list[Nucleus]:
        """Decide every frame that can be decided now."""
        envelope = contours.envelope_db
        stop = envelope.stop - self.awaited
        found = []
        for frame in _local_peaks(envelope[self.next_frame - 1 : stop + 1], self.next_frame, envelope.first):
            if nucleus := self._examined(frame, contours):
                found.append(nucleus)
                self.last = frame
        self.next_frame = max(self.next_frame, stop)
        return found

    def _examined(self, frame: int, contours: Contours) -> Nucleus | None:
        envelope = contours.envelope_db
        height = float(envelope[frame])
        around = envelope[frame - PEAK_REACH : frame + PEAK_REACH + 1]
        voiced = contours.semitones[frame - VOICING_REACH : frame + VOICING_REACH + 1]
        room = frame // ANALYSIS_PER_FRAME
        if height < around.max() or height < contours.gate_db[room] or np.isnan(voiced).all():
            return None
        before = envelope[max(self.last, frame - LEFT_FRAMES, 0) : frame]
        after = envelope[frame + 1 : frame + 1 + self.awaited]
        higher = np.flatnonzero(after > height)
        after = after[: higher[0]] if len(higher) else after
        # Before the recording there is silence.
        prominence = height - before.min() if len(before) else PROMINENCE_DB
        needed = PROMINENCE_DB * min(1.0, self.awaited / FULL_DIP_FRAMES)
        if prominence < PROMINENCE_DB or height - after.min() < needed:
            return None
        floor, ceiling = contours.floor_db[room], contours.ceiling_db[room]
        strength = min(max(float((height - floor) / (ceiling - floor)), 0.0), 1.0)
        time_s = (frame + _refined(envelope, frame)) / ANALYSIS_RATE
        return Nucleus(frame, time_s, float(prominence), strength, frame + self.awaited + SMOOTHING_REACH)


@dataclass
class OnsetFinder:
    """Finds onsets.

    Attributes:
        next_frame: the first undecided analysis frame.
        last: frame of the last onset.
    """

    next_frame: int = RISE_REACH + 1
    last: int = -ONSET_DISTANCE

    def find(self, contours: Contours, onsets: EventList) -> None:
        """Decide every frame that can be decided now."""
        envelope = contours.envelope_db
        stop = envelope.stop - ONSET_LOOK
        if stop <= self.next_frame:
            return
        stretch = envelope[self.next_frame - RISE_REACH - 1 : stop + RISE_REACH + 1]
        # The floor of a little earlier is known in a stream too.
        frames = np.arange(self.next_frame - 2 * RISE_REACH - 2, stop)
        rooms = np.maximum(frames // ANALYSIS_PER_FRAME - contours.floor_db.first, 0)
        heard = np.maximum(stretch, contours.floor_db.values[rooms])
        rise = heard[2 * RISE_REACH :] - heard[: -2 * RISE_REACH]
        steepest = (rise[1:-1] >= LEAST_RISE_DB) & (rise[1:-1] > rise[:-2]) & (rise[1:-1] >= rise[2:])
        for index in np.flatnonzero(steepest):
            frame = self.next_frame + int(index)
            loud = envelope[frame + RISE_REACH] >= contours.gate_db[frame // ANALYSIS_PER_FRAME]
            if loud and frame - self.last >= ONSET_DISTANCE:
                strength = rise[index + 1] / STEEPEST_RISE_DB
                onsets.add(frame / ANALYSIS_RATE, strength, frame + ONSET_LOOK + SMOOTHING_REACH)
                self.last = frame
        self.next_frame = stop


def _local_peaks(stretch: np.ndarray, first: int, oldest: int) -> list[int]:
    """Frames that are higher than the one before and not lower than the one after.

    Args:
        stretch: the envelope from frame first - 1 (or the oldest one kept, if that is later) to one beyond the last.
        first: the first frame asked about.
        oldest: the oldest frame kept.
    """
    if len(stretch) < 3:
        return []
    peaks = np.flatnonzero((stretch[1:-1] > stretch[:-2]) & (stretch[1:-1] >= stretch[2:])) + 1
    return [int(peak) + max(first - 1, oldest) for peak in peaks]


def _refined(envelope: Track, frame: int) -> float:
    """Where between its neighbours the peak lies, -0.5 to 0.5 frames: the vertex of a parabola."""
    left, middle, right = envelope[frame - 1 : frame + 2]
    return float(0.5 * (left - right) / (left - 2.0 * middle + right))
