"""What known words say of the mouth: visemes in time that run into each other.

Every viseme pulls the mouth toward its pose with a weight that is full while it sounds and fades before and after, and
a pose is the weighted mean of all that pull: the idea of dominance functions by Cohen and Massaro (1993, Modeling
coarticulation in synthetic visual speech), with raised cosines. The lips are early by LEAD_S, as people's are.
"""

from dataclasses import dataclass

import numpy as np

from gesta.procedural.mouth_pose import POSE_INDEX, POSE_NAMES
from gesta.procedural.mouth_visemes import SILENT, Alphabet, alphabet_of, long_visemes, spelt, table, visemes_of
from gesta.records import Word, Words

LEAD_S = 0.02
"""Lips are where they should be this much before the sound is."""
REST_WEIGHT = 0.05
"""What pulls toward no pose at all, so that gaps between words are calm."""
KNOWN_REACH_S = 0.1
"""Poses from words fade into those from the sound over this time around a word."""
LONGEST_REACH_S = 0.3
MUST = (POSE_INDEX["closed"], POSE_INDEX["teeth"])
"""What is reached in full whatever is around."""


@dataclass(frozen=True)
class Timed:
    """Visemes in time: all arrays (N,) but `poses` (N, P), in order of their beginnings."""

    starts_s: np.ndarray
    ends_s: np.ndarray
    poses: np.ndarray
    firm: np.ndarray
    reach_s: np.ndarray
    silent: np.ndarray


class WordReader:
    """Gives poses at any times from the words of a whole recording."""

    def __init__(self, words: Words) -> None:
        self.timed = timed_visemes(words)
        # Visemes do not overlap much: an end's running maximum lets a search find all that reach a time.
        self.latest_s = np.maximum.accumulate(self.timed.ends_s) if len(self.timed.ends_s) else self.timed.ends_s

    def poses(self, times_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(T, P) poses, and (T,) how much they are to be trusted: 1 within words, 0 away from them."""
        poses, known = np.zeros((len(times_s), len(POSE_NAMES))), np.zeros(len(times_s))
        if not len(times_s):
            return poses, known
        first = int(np.searchsorted(self.latest_s, times_s[0] - LONGEST_REACH_S))
        last = int(np.searchsorted(self.timed.starts_s, times_s[-1] + LONGEST_REACH_S))
        near = slice(first, max(first, last))
        timed = self.timed
        # How far each time is outside each viseme: (T, N), 0 inside.
        times = (times_s + LEAD_S)[:, None]
        outside_s = np.maximum(np.maximum(timed.starts_s[near] - times, times - timed.ends_s[near]), 0.0)
        nearness = _fade(outside_s / timed.reach_s[near])
        pull = timed.firm[near] * nearness
        poses = pull @ timed.poses[near] / (pull.sum(axis=1) + REST_WEIGHT)[:, None]
        for column in MUST:
            # No neighbour may hold lips apart that have to meet.
            poses[:, column] = (nearness * timed.poses[near, column]).max(axis=1, initial=0.0)
        sounding = _fade(outside_s / KNOWN_REACH_S) * ~timed.silent[near]
        return poses, sounding.max(axis=1, initial=0.0)


def _fade(share: np.ndarray) -> np.ndarray:
    """1 at 0, falling to 0 at 1 without a corner."""
    faded: np.ndarray = 0.5 + 0.5 * np.cos(np.pi * np.clip(share, 0.0, 1.0))
    return faded


def timed_visemes(words: Words) -> Timed:
    """The visemes of all words: from their phones where these are known, else from their letters."""
    alphabet = alphabet_of(phone.label for word in words.words for phone in word.phones)
    parts = [part for word in words.words for part in _of_word(word, words.language, alphabet)]
    known = table().visemes
    poses = np.array([known[name].pose() for name, _, _ in parts]).reshape(-1, len(POSE_NAMES))
    return Timed(
        starts_s=np.array([start for _, start, _ in parts]),
        ends_s=np.array([end for _, _, end in parts]),
        poses=poses,
        firm=np.array([known[name].firm for name, _, _ in parts]),
        reach_s=np.array([known[name].reach_s for name, _, _ in parts]),
        silent=np.array([name == SILENT for name, _, _ in parts], dtype=bool),
    )


def _of_word(word: Word, language: str, alphabet: Alphabet) -> list[tuple[str, float, float]]:
    """Name, start and end of each viseme of a word."""
    if word.phones:
        return [
            part
            for phone in word.phones
            for part in _spread(visemes_of(phone.label, alphabet), phone.start_s, phone.end_s)
        ]
    return _spread(spelt(word.text, language), word.start_s, word.end_s, long_visemes(language))


def _spread(
    names: tuple[str, ...], start_s: float, end_s: float, long: tuple[str, ...] = ()
) -> list[tuple[str, float, float]]:
    """Visemes one after the other over a time, some of them twice as long."""
    if not names:
        return []
    bounds = np.cumsum([0.0, *(2.0 if name in long else 1.0 for name in names)])
    times = start_s + (end_s - start_s) * bounds / bounds[-1]
    return [(name, float(times[index]), float(times[index + 1])) for index, name in enumerate(names)]
