"""Accents: the syllables that stand out, and how strongly.

Each nucleus gets a score of how much louder, higher and longer it is than what surrounds it. Those in the upper part
of the speaker's recent scores are accents; the strength is the place within that part, so strengths are well spread
for lively and for monotonous speakers alike.
"""

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from gesta.audio.contour import Contours
from gesta.audio.events import EventList, Nucleus
from gesta.audio.framing import ANALYSIS_RATE, frames_in

LOUDER_DB = 5.0
HIGHER_SEMITONES = 3.0
LONGER_S = 0.05
"""Excess over the surroundings that adds one, times its weight, to the score."""
LOUDER_WEIGHT, HIGHER_WEIGHT, LONGER_WEIGHT = 0.45, 0.35, 0.2
USUAL_LENGTH_S = 0.1
"""Time that a nucleus usually stays within LENGTH_DROP_DB of its peak."""
LENGTH_DROP_DB = 3.0
LENGTH_REACH = frames_in(0.15)
PAST_FRAMES = frames_in(1.5)
"""Past against which pitch is compared."""
PITCH_REACH = 6
"""Pitch of a nucleus is the highest within this many analysis frames before it and PITCH_AHEAD after."""
PITCH_AHEAD = 4
NEIGHBOURS = 6
"""Nuclei before that loudness is compared with."""
NEIGHBOUR_S = 2.5
"""Older ones are no neighbours."""
RIVAL_FRAMES = frames_in(0.25)
"""Accents are at least this far apart; what is followed this soon by something louder is none."""
RIVAL_DB = 1.5

RECENT_SCORES = 60
"""Scores that the speaker's range is known from (about 15 s)."""
PRIOR_SCORES = (-0.77, -0.59, -0.42, -0.27, -0.13, 0.03, 0.18, 0.34, 0.53, 0.7)
"""Scores assumed before the first one, as in read English (LJ Speech, LibriSpeech): percentiles 5, 15 ... 95."""
SCORE_WIDTH = 0.1
"""Scores this close are nearly the same; softens the ranking."""
ACCENTED_SHARE = 0.55
"""Share of nuclei that are accents, before rivals are dropped."""


@dataclass
class AccentFinder:
    """Chooses accents among nuclei.

    Attributes:
        awaited: analysis frames of envelope seen beyond a nucleus.
        scores: of the latest nuclei.
        neighbours: the latest nuclei's times (s) and heights (dB).
        last: frame of the last accent.
    """

    awaited: int
    scores: deque[float] = field(default_factory=lambda: deque(PRIOR_SCORES, maxlen=RECENT_SCORES))
    neighbours: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=NEIGHBOURS))
    last: int = -RIVAL_FRAMES

    def judge(self, nucleus: Nucleus, contours: Contours, accents: EventList) -> None:
        """Add the nucleus to `accents` if it is one."""
        score = self._score(nucleus, contours)
        rank = self._rank(score)
        self.scores.append(score)
        threshold = 1.0 - ACCENTED_SHARE
        frame, envelope = nucleus.frame, contours.envelope_db
        soon = envelope[frame + 1 : frame + 1 + min(self.awaited, RIVAL_FRAMES)]
        if rank < threshold or frame - self.last < RIVAL_FRAMES or soon.max() > envelope[frame] + RIVAL_DB:
            return
        self.last = frame
        accents.add(nucleus.time_s, (rank - threshold) / ACCENTED_SHARE, nucleus.decided_frame)

    def _rank(self, score: float) -> float:
        """Share of the recent scores that are lower, softly counted, 0 to 1."""
        steps = (np.array(self.scores) - score) / SCORE_WIDTH
        return float(np.mean(1.0 / (1.0 + np.exp(np.clip(steps, -30.0, 30.0)))))

    def _score(self, nucleus: Nucleus, contours: Contours) -> float:
        height = float(contours.envelope_db[nucleus.frame])
        near = [value for time, value in self.neighbours if nucleus.time_s - time <= NEIGHBOUR_S]
        louder = (height - sum(near) / len(near)) / LOUDER_DB if near else 0.0
        self.neighbours.append((nucleus.time_s, height))
        higher = _pitch_excess(nucleus.frame, contours) / HIGHER_SEMITONES
        longer = (self._length(nucleus.frame, contours) - USUAL_LENGTH_S) / LONGER_S
        bounded = [math.tanh(value) for value in (louder, higher, longer)]
        return LOUDER_WEIGHT * bounded[0] + HIGHER_WEIGHT * bounded[1] + LONGER_WEIGHT * bounded[2]

    def _length(self, frame: int, contours: Contours) -> float:
        """Time around a nucleus that is within LENGTH_DROP_DB of it, as far as it is known, seconds."""
        envelope = contours.envelope_db
        least = envelope[frame] - LENGTH_DROP_DB
        before = envelope[frame - LENGTH_REACH : frame][::-1]
        after = envelope[frame + 1 : frame + 1 + min(self.awaited, LENGTH_REACH)]
        return (1 + _leading(before >= least) + _leading(after >= least)) / ANALYSIS_RATE


def _pitch_excess(frame: int, contours: Contours) -> float:
    """Semitones by which a nucleus is above the mean pitch of the past, 0 where one of them is not known."""
    around = contours.semitones[frame - PITCH_REACH : frame + PITCH_AHEAD + 1]
    past = contours.semitones[frame - PAST_FRAMES : frame - PITCH_REACH]
    if np.isnan(around).all() or np.isnan(past).all():
        return 0.0
    return float(np.nanpercentile(around, 75.0) - np.nanmean(past))


def _leading(flags: np.ndarray) -> int:
    """Number of true values before the first false one."""
    false = np.flatnonzero(~flags)
    return int(false[0]) if len(false) else len(flags)
