"""What the sound says of the mouth, frame by frame: vowels by their formants, hiss, murmur, and the spectrum's shape.

The first two formants tell vowels apart: energy that sits high within the first one's range means an open jaw, energy
low within the second's rounded lips. Hiss shows teeth, a murmur below everything else may be lips that are shut.
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from scipy.fft import dct
from scipy.signal import lfilter

from gesta.audio.spectrum import mel_centres_hz
from gesta.records import Prosody
from gesta.units import MOTION_FPS

FIRST_FORMANT_HZ = (250.0, 950.0)
SECOND_FORMANT_HZ = (950.0, 2800.0)
HISS_HZ = (3800.0, 8000.0)
MURMUR_HZ = (0.0, 500.0)
SHAPES = 8
"""Cosine components of the spectrum's shape."""
HEARD = (
    *("sound", "loud", "active", "voiced", "openness", "roundness", "spread", "hiss", "murmur"),
    *(f"shape{number}" for number in range(SHAPES)),
)
"""The columns of what is heard, each about 0 to 1."""
MEMORY_S = 10.0
"""The mean spectrum that shapes are taken against forgets at this rate."""
PRIOR_S = 2.0
"""So many seconds of speech the usual spectrum counts for."""
SHAPE_RANGE_DB = (-50.0, 10.0)
SHAPE_UNIT_DB = 20.0


@dataclass
class Ear:
    """Listens to consecutive stretches and forgets what the voice's spectrum was like long ago.

    Attributes:
        usual: (SHAPES,) mean shape of anybody's speech.
        memory: (1, SHAPES + 1) filter state: the sum of shapes and the weight of what was heard.
    """

    usual: np.ndarray = field(default_factory=lambda: np.zeros(SHAPES))
    memory: np.ndarray = field(default_factory=lambda: np.zeros((1, SHAPES + 1)))

    def listen(self, prosody: Prosody) -> np.ndarray:
        """(T + A, H) what is heard in the T frames of a stretch and in the A frames ahead of them; see HEARD."""
        ahead = prosody.ahead if prosody.frames_ahead else None
        rows, self.memory = self._heard(prosody, self.memory)
        return rows if ahead is None else np.concatenate((rows, self._heard(ahead, self.memory)[0]))

    def _heard(self, prosody: Prosody, memory: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        active = np.clip(prosody.activity.astype(np.float64), 0.0, 1.0)
        shapes = _shapes(prosody)
        keep = np.exp(-1.0 / (MEMORY_S * MOTION_FPS))
        sums = np.column_stack((active[:, None] * shapes, active))
        if len(sums):
            sums, memory = lfilter((1.0,), (1.0, -keep), sums, axis=0, zi=memory)
        prior = PRIOR_S * MOTION_FPS
        mean = (sums[:, :SHAPES] + prior * self.usual) / (sums[:, SHAPES:] + prior)
        return np.column_stack((_named(prosody, active), active[:, None] * (shapes - mean))), memory


def raw_shapes(prosody: Prosody) -> np.ndarray:
    """(SHAPES,) mean shape of the speech of a recording: what `Ear.usual` is the mean of."""
    active = np.clip(prosody.activity.astype(np.float64), 0.0, 1.0)
    mean: np.ndarray = active @ _shapes(prosody) / max(active.sum(), 1.0)
    return mean


def _shapes(prosody: Prosody) -> np.ndarray:
    """Cosine components of the bands relative to the level: (T, SHAPES)."""
    level_db = np.maximum(prosody.level_db.astype(np.float64), -60.0)[:, None]
    relative = np.clip(prosody.bands - level_db, *SHAPE_RANGE_DB) / SHAPE_UNIT_DB
    shapes: np.ndarray = dct(relative, axis=1, norm="ortho")[:, 1 : SHAPES + 1]
    return shapes


def _named(prosody: Prosody, active: np.ndarray) -> np.ndarray:
    """The columns of HEARD before the shapes: (T, 9)."""
    power = 10.0 ** (prosody.bands.astype(np.float64) / 10.0)
    first, second = (_centre_of(power, band) for band in (FIRST_FORMANT_HZ, SECOND_FORMANT_HZ))
    whole = power.sum(axis=1) + 1e-12
    hiss, murmur = (power[:, _within(band)].sum(axis=1) / whole for band in (HISS_HZ, MURMUR_HZ))
    voiced = np.clip(prosody.voicing.astype(np.float64), 0.0, 1.0) * active
    sound = np.clip(prosody.loudness.astype(np.float64), 0.0, 1.2) * active
    return np.column_stack(
        (
            sound,
            sound**3,
            active,
            voiced,
            np.clip((first - 0.15) / 0.5, 0.0, 1.0) * voiced,
            np.clip((0.46 - second) / 0.28, 0.0, 1.0) * voiced,
            np.clip((second - 0.5) / 0.3, 0.0, 1.0) * voiced,
            np.clip((hiss - 0.25) / 0.5, 0.0, 1.0) * (1.0 - 0.7 * voiced) * np.minimum(sound / 0.3, 1.0),
            np.clip((murmur - 0.88) / 0.1, 0.0, 1.0) * voiced,
        )
    )


def _centre_of(power: np.ndarray, range_hz: tuple[float, float]) -> np.ndarray:
    """Where the energy within a range of frequency sits, 0 at its lower end and 1 at its upper: (T,)."""
    inside = _within(range_hz)
    place = np.log(mel_centres_hz()[inside] / range_hz[0]) / np.log(range_hz[1] / range_hz[0])
    # The square root keeps one strong harmonic from deciding alone.
    weight = np.sqrt(power[:, inside]) + 1e-9
    centre: np.ndarray = weight @ place / weight.sum(axis=1)
    return centre


@cache
def _within(range_hz: tuple[float, float]) -> np.ndarray:
    """Which bands have their centre in a range of frequency: (M,) bool."""
    centres = mel_centres_hz()
    return (centres >= range_hz[0]) & (centres <= range_hz[1])
