"""The mouth of the procedural speaker: from the sound alone, or from words where these are known; shut in silence.

The learned mouth (`gesta.mouth`) reads what is heard. Where words are known their visemes say what the mouth does, and
the sound how much of it. Each seed has a mouth of its own.
"""

import numpy as np

from gesta.mouth.heard import HeardMouth
from gesta.procedural.mouth_pose import EVERYBODY, POSE_INDEX, MouthHabits, arkit_of
from gesta.procedural.mouth_words import WordReader
from gesta.records import Prosody, Words
from gesta.units import MOTION_FPS

QUIET = 0.25
"""Share of a viseme's size that is left where nothing is heard."""
FULL_AT = 0.75
"""Loudness (0 to 1) at which visemes have their size."""


class MouthReader:
    """Turns stretches of prosody into ARKit weights of mouth and jaw, continuing where the last stretch stopped.

    Args:
        words: what is said in the whole recording, where it is known.
        seed: whose mouth it is; without one, everybody's.
    """

    def __init__(self, words: Words | None = None, seed: int | None = None) -> None:
        self.habits = EVERYBODY if seed is None else MouthHabits.drawn(seed)
        self.heard = HeardMouth()
        # Times that were only guessed are no guide for lips.
        self.words = WordReader(words) if words is not None and len(words) and not words.spread else None

    def push(self, prosody: Prosody) -> np.ndarray:
        """(T, 52) weights, 0 to 1, of the stretch's frames."""
        poses = self.heard.push(prosody)
        if self.words is not None:
            times_s = np.arange(prosody.start_frame, prosody.start_frame + prosody.frame_count) / MOTION_FPS
            poses = joined_poses(poses, spoken_loudness(prosody), *self.words.poses(times_s))
        return arkit_of(poses, self.habits)


def spoken_loudness(prosody: Prosody) -> np.ndarray:
    """How much is said how loudly: (T,) 0 where nobody speaks, 1 where somebody is loud, 1.2 at most."""
    loudness: np.ndarray = np.clip(prosody.loudness, 0.0, 1.2) * np.clip(prosody.activity, 0.0, 1.0)
    return loudness


def joined_poses(heard: np.ndarray, loudness: np.ndarray, spoken: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Poses from the sound, gone over into those from words as far as these are known: (T, P).

    Args:
        heard: (T, P) poses from the sound.
        loudness: (T,) how much sounds, 0 to 1.2: louder speech opens wider.
        spoken: (T, P) poses from words.
        known: (T,) 1 within words, 0 away from them.
    """
    size = np.clip(QUIET + (1.0 - QUIET) * loudness / FULL_AT, QUIET, 1.3)
    spoken = spoken.copy()
    for name in ("jaw", "bare", "wide"):
        spoken[:, POSE_INDEX[name]] *= size
    return heard + known[:, None] * (spoken - heard)
