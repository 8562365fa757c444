"""Mouth and jaw from the spectrum: open with vowels, round or wide with them, closed in silence and on lip sounds.

What the ear uses to tell vowels apart (the first two formants) says how open and how round a mouth is: energy that
sits high within the first formant's range means an open jaw, energy low within the second's means rounded lips. In
people the jaw follows the logarithm of loudness best when loudness is taken one frame earlier (r = 0.77, measured).
"""

from dataclasses import dataclass

import numpy as np

from gesta.audio.spectrum import mel_centres_hz
from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.records import Prosody

FIRST_FORMANT_HZ = (250.0, 950.0)
SECOND_FORMANT_HZ = (950.0, 2800.0)
HISS_HZ = (3800.0, 8000.0)
MURMUR_HZ = (0.0, 500.0)
TAPS = np.array((0.50, 0.38, 0.12))
"""Weights of this frame, the last and the one before: nothing is heard ahead. On the recorded face these lag least."""
JAW_AT_LOUD = 0.36
"""jawOpen of a loud open vowel."""
SHUT_BELOW = 0.1
"""Below this share of the speaker's range of loudness the lips are together."""


@dataclass(frozen=True)
class Articulation:
    """What the spectrum says of the mouth, per frame, each 0 to 1: (T,)."""

    sound: np.ndarray
    openness: np.ndarray
    roundness: np.ndarray
    spread: np.ndarray
    hiss: np.ndarray
    murmur: np.ndarray


def articulation(prosody: Prosody) -> Articulation:
    """Read the mouth from the spectrum of each frame."""
    centres = mel_centres_hz()
    power = 10.0 ** (prosody.bands.astype(np.float64) / 10.0)
    whole = power.sum(axis=1) + 1e-12
    first = _centre_of(power, centres, FIRST_FORMANT_HZ)
    second = _centre_of(power, centres, SECOND_FORMANT_HZ)
    hiss = _share_of(power, whole, centres, HISS_HZ)
    murmur = _share_of(power, whole, centres, MURMUR_HZ)
    voiced = np.clip(prosody.voicing.astype(np.float64), 0.0, 1.0)
    sound = np.clip(prosody.loudness.astype(np.float64), 0.0, 1.2) * np.clip(
        prosody.activity.astype(np.float64), 0.0, 1.0
    )
    return Articulation(
        sound=sound,
        openness=np.clip((first - 0.15) / 0.5, 0.0, 1.0) * voiced,
        roundness=np.clip((0.46 - second) / 0.28, 0.0, 1.0) * voiced,
        spread=np.clip((second - 0.5) / 0.3, 0.0, 1.0) * voiced,
        hiss=np.clip((hiss - 0.25) / 0.5, 0.0, 1.0) * (1.0 - 0.7 * voiced),
        murmur=np.clip((murmur - 0.88) / 0.1, 0.0, 1.0) * voiced,
    )


def _centre_of(power: np.ndarray, centres_hz: np.ndarray, range_hz: tuple[float, float]) -> np.ndarray:
    """Where the energy within a range of frequency sits, 0 at its lower end and 1 at its upper: (T,)."""
    inside = (centres_hz >= range_hz[0]) & (centres_hz <= range_hz[1])
    place = (np.log(centres_hz[inside]) - np.log(range_hz[0])) / (np.log(range_hz[1]) - np.log(range_hz[0]))
    # The square root keeps one strong harmonic from deciding alone.
    weight = np.sqrt(power[:, inside]) + 1e-9
    return weight @ place / weight.sum(axis=1)


def _share_of(
    power: np.ndarray, whole: np.ndarray, centres_hz: np.ndarray, range_hz: tuple[float, float]
) -> np.ndarray:
    """Share of the power that lies within a range of frequency: (T,)."""
    inside = (centres_hz >= range_hz[0]) & (centres_hz <= range_hz[1])
    return power[:, inside].sum(axis=1) / whole


class MouthReader:
    """Turns stretches of prosody into ARKit weights of mouth and jaw, continuing where the last stretch stopped."""

    def __init__(self) -> None:
        self.before = np.zeros((len(TAPS) - 1, len(ARKIT_NAMES)))

    def push(self, prosody: Prosody) -> np.ndarray:
        """(T, 52) weights, 0 to 1, of the stretch's frames."""
        raw = np.concatenate((self.before, _weights(articulation(prosody))))
        frames = prosody.frame_count
        self.before = raw[len(raw) - len(self.before) :]
        count = len(TAPS)
        return sum(tap * raw[count - 1 - back : count - 1 - back + frames] for back, tap in enumerate(TAPS))


def _weights(heard: Articulation) -> np.ndarray:
    """ARKit weights before smoothing: (T, 52)."""
    weights = np.zeros((len(heard.sound), len(ARKIT_NAMES)))

    def put(value: np.ndarray, *names: str) -> None:
        for name in names:
            weights[:, ARKIT_INDEX[name]] = np.clip(value, 0.0, 1.0)

    apart = np.clip((heard.sound - SHUT_BELOW) / (1.0 - SHUT_BELOW), 0.0, 1.0)
    together = 1.0 - np.clip(heard.sound / (2.0 * SHUT_BELOW), 0.0, 1.0)
    lips_shut = heard.murmur * (1.0 - 0.6 * np.clip(heard.sound - 0.6, 0.0, 1.0))
    vowel = apart * (1.0 - lips_shut) * (1.0 - 0.75 * heard.hiss)
    jaw = JAW_AT_LOUD * vowel**1.3 * (0.35 + 0.9 * heard.openness)
    put(jaw, "jawOpen")
    # mouthClose brings the lips together against the jaw: at jawOpen x, weight x shuts them.
    put(jaw * lips_shut, "mouthClose")
    put(0.35 * lips_shut * (1.0 - together), "mouthPressLeft", "mouthPressRight", "mouthRollLower", "mouthRollUpper")
    put(0.55 * vowel * heard.roundness, "mouthPucker")
    put(0.30 * vowel * heard.roundness + 0.18 * apart * heard.hiss, "mouthFunnel")
    wide = vowel * heard.spread
    put(0.22 * wide, "mouthStretchLeft", "mouthStretchRight")
    put(0.12 * wide, "mouthSmileLeft", "mouthSmileRight")
    show = vowel * (0.04 + 0.14 * heard.spread) + 0.18 * apart * heard.hiss
    put(show, "mouthLowerDownLeft", "mouthLowerDownRight")
    put(0.5 * show, "mouthUpperUpLeft", "mouthUpperUpRight")
    return weights
