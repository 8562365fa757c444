"""The rhythm of speech that movements without a sound of their own fall in with: its syllables, as they are heard.

Speech and movement are coupled at the scale of syllables, about 200 ms, and loosely (Pouw et al. 2020): a hand that is
raised, waits or goes to rest brakes on one more often than chance would have it.
"""

import bisect
import itertools

import numpy as np

from gesta.randomness import generator

LOOSE_S, MOST_SDS = 0.05, 2.0
"""Standard deviation of where a movement brakes from its syllable, and how many of these it is off at most."""
SHORTER, LONGER = 0.8, 1.3
"""A slow movement lasts this share to that of its usual time, so as to brake on a syllable."""
SLOW_BRAKE = 0.72
"""Share of its duration after which a slow movement, into which the next one runs, is seen to brake."""
FORGET_S, FORGET_COUNT = 30.0, 256


class Rhythm:
    """The syllables that were heard, each from when it may be known.

    Args:
        seed: the same seed keeps time alike.
    """

    def __init__(self, seed: int) -> None:
        self.random = generator(seed, "procedural", "rhythm")
        self.heard: list[tuple[float, float]] = []
        self.now_s = 0.0

    def hear(self, time_s: float, known_s: float) -> None:
        """Take a syllable; it counts once `now_s` has reached `known_s`."""
        bisect.insort(self.heard, (time_s, known_s))

    def forget(self, now_s: float) -> None:
        """Drop what is long past."""
        old = bisect.bisect_left(self.heard, now_s - FORGET_S, key=lambda one: one[0])
        if old > FORGET_COUNT:
            del self.heard[:old]

    def between(self, after_s: float, until_s: float) -> list[float]:
        """When those known by now sound, after a time and before another."""
        first = bisect.bisect_right(self.heard, after_s, key=lambda one: one[0])
        near = itertools.takewhile(lambda one: one[0] < until_s, itertools.islice(self.heard, first, None))
        return [time_s for time_s, known_s in near if known_s <= self.now_s]

    def in_time(self, at_s: float, earliest_s: float, latest_s: float) -> float:
        """A moment between two others near the syllable that is next to `at_s`; that itself where none is known."""
        off_s = LOOSE_S * float(np.clip(self.random.normal(), -MOST_SDS, MOST_SDS))
        near = self.between(earliest_s, latest_s)
        if not near:
            return at_s
        return min(max(min(near, key=lambda time_s: abs(time_s - at_s)) + off_s, earliest_s), latest_s)

    def lasting(self, start_s: float, duration_s: float) -> float:
        """How long a slow movement takes so that it brakes on a syllable: about its usual duration, seconds."""
        brakes_s = SLOW_BRAKE * duration_s
        in_time_s = self.in_time(start_s + brakes_s, start_s + SHORTER * brakes_s, start_s + LONGER * brakes_s)
        return (in_time_s - start_s) / SLOW_BRAKE
