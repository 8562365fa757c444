"""Never dead: the small motion that people's bodies make all the time, as a pure function of time.

Each channel is a sum of sinusoids whose frequencies have no common measure, so it never repeats; being a function of
time alone, a stream has what a file has. Its power is level up to a corner and falls with a power of the frequency
beyond, as measured on real speakers (docs/metrics.md): smooth, no tremor. Every name drifts on its own, so a neck is
not tied to its head, nor a left hand to the right one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gesta.randomness import generator

LOWEST_HZ, HIGHEST_HZ = 0.06, 6.5
"""Slower than this is a change of posture; faster than this is tremor, which healthy speakers do not show."""
SINUSOIDS = 22
"""How many make up a channel: three to an octave."""


@dataclass(frozen=True)
class Drift:
    """How much a kind of channel moves by itself, and how fast.

    Attributes:
        size: standard deviation, in the channel's unit.
        corner_hz: the power is level up to here.
        fall: it falls with this power of the frequency beyond.
    """

    size: float
    corner_hz: float
    fall: float


KINDS: Mapping[str, Drift] = {
    # Metres.
    "position": Drift(0.003, 0.8, 5.9),
    "pelvis": Drift(0.003, 0.2, 4.0),
    # Degrees.
    "collar": Drift(1.7, 0.6, 4.0),
    "swivel": Drift(5.0, 0.1, 4.0),
    "twist": Drift(4.0, 0.3, 4.0),
    # How a forearm's turn wanders between its two ends.
    "forearm": Drift(4.0, 0.5, 4.0),
    "bend": Drift(2.0, 0.5, 4.0),
    # For a joint of the trunk, to be scaled by each joint's own size.
    "turn": Drift(1.0, 0.55, 3.6),
    # How a joint of the trunk is pulled by a hand, to be scaled in the same way.
    "pull": Drift(1.0, 0.06, 4.0),
    # For each joint of a finger; what the hand does scales it.
    "knuckle": Drift(2.6, 1.0, 4.0),
    "thumb": Drift(3.2, 1.0, 4.0),
    # Share of a full curl.
    "fingers": Drift(0.04, 0.6, 4.0),
}
"""What moves by itself, at liveliness 1."""


def alive(names: Sequence[str], times_s: np.ndarray, seed: int, factor: float = 1.0) -> np.ndarray:
    """Motion that never stops and never repeats, one independent channel for each name.

    Args:
        names: what drifts, as "kind/anything", the kind one of KINDS: "turn/neck/yaw", "position/left/outward".
        times_s: (T,) seconds, of any stretch.
        seed: whose it is; another seed drifts otherwise.
        factor: how lively; scales the sizes.

    Returns:
        (T, N) values around 0 in the unit of each kind.

    Raises:
        KeyError: a kind that is not in KINDS.
    """
    rates, phases, sizes = _sinusoids(tuple(names), seed)
    values = np.zeros((len(times_s), len(names)))
    for rate, phase, size in zip(rates, phases, sizes, strict=True):
        values += np.sin(np.multiply.outer(times_s, rate) + phase) * size
    return factor * values


@lru_cache(maxsize=64)
def _sinusoids(names: tuple[str, ...], seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rates in radians a second, phases and sizes of each name's sinusoids: (SINUSOIDS, N) each."""
    edges = np.geomspace(LOWEST_HZ, HIGHEST_HZ, SINUSOIDS + 1)
    rates, phases, sizes = (np.empty((SINUSOIDS, len(names))) for _ in range(3))
    for column, name in enumerate(names):
        drift, random = KINDS[name.split("/")[0]], generator(seed, "procedural", "alive", name)
        # One frequency at random in each part of the band.
        hertz = edges[:-1] * (edges[1:] / edges[:-1]) ** random.random(SINUSOIDS)
        power = np.diff(edges) / (1.0 + (hertz / drift.corner_hz) ** drift.fall)
        rates[:, column], phases[:, column] = 2.0 * np.pi * hertz, random.uniform(0.0, 2.0 * np.pi, SINUSOIDS)
        sizes[:, column] = drift.size * np.sqrt(2.0 * power / power.sum())
    return rates, phases, sizes
