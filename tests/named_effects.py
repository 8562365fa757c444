"""What some settings of a style name, seen in nothing but the motion, so that every model can be held to it.

A test gives a model's way of speaking, `speak(style, seed)`, and asks for each setting whether more of it is more of
what it names: `seen(speak, EFFECTS["size"])` are the numbers from little to much, means over seeds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gesta.metrics.motion import measure
from gesta.metrics.motion.posture import Spread
from gesta.metrics.motion.submovements import COLUMNS, submovements
from gesta.metrics.motion.tracks import Tracks
from gesta.records import Motion
from gesta.units import MOTION_FPS

Speak = Callable[[str, int], Motion]
"""Takes a style as the command line does, and a seed."""
MAIN_SEQUENCE = 0.62
"""People's peak speed grows with the length of a movement to this power (docs/metrics.md)."""


@dataclass(frozen=True)
class Effect:
    """A setting, and what more of it is more of.

    Attributes:
        name: of the setting.
        values: from little to much.
        measured: what it names.
    """

    name: str
    values: Sequence[float]
    measured: Callable[[Motion], float]


def hand_travel(motion: Motion) -> float:
    """Metres a second that a wrist goes against the pelvis."""
    steps = np.linalg.norm(np.diff(Tracks.of(motion).in_pelvis("wrist"), axis=0), axis=-1)
    return float(steps.mean() * MOTION_FPS)


def reach(motion: Motion) -> float:
    """Metres of the longer movements of the hands: the third quartile of submovements' paths."""
    return float(np.percentile(moves_of(motion)[:, COLUMNS.index("path_m")], 75))


def quickness(motion: Motion) -> float:
    """Peak speed of movements of the hands for their length, as a factor."""
    moves = moves_of(motion)
    path, peak = (moves[:, COLUMNS.index(name)] for name in ("path_m", "peak_speed_m_s"))
    return float(np.median(peak / path**MAIN_SEQUENCE))


def moving_share(motion: Motion) -> float:
    """Share of time in which a hand moves."""
    hands = measure(motion).hands
    assert hands is not None
    assert hands.activity is not None
    return 1.0 - hands.activity.still_share


def head_sway(motion: Motion) -> float:
    """How far the head turns against the chest, degrees."""
    trunk = measure(motion).trunk
    assert trunk is not None
    return length(trunk.head_sd_deg)


def trunk_sway(motion: Motion) -> float:
    """How far the chest turns against the pelvis, degrees."""
    trunk = measure(motion).trunk
    assert trunk is not None
    return length(trunk.spine_sd_deg)


def length(spread: Spread) -> float:
    return float(np.linalg.norm([spread.pitch, spread.yaw, spread.roll]))


def moves_of(motion: Motion) -> np.ndarray:
    """Submovements of both hands."""
    wrists = Tracks.of(motion).in_pelvis("wrist")
    return np.concatenate([submovements(wrists[:, side]) for side in range(2)])


EFFECTS = {
    effect.name: effect
    for effect in (
        Effect("energy", (0.25, 0.5, 1.0, 1.5), hand_travel),
        Effect("strokes", (0.1, 0.4, 0.9), moving_share),
        Effect("size", (0.5, 1.0, 1.8), reach),
        Effect("tempo", (0.7, 1.0, 1.5), quickness),
        Effect("head", (0.3, 1.0, 2.0), head_sway),
        Effect("torso", (0.3, 1.0, 2.0), trunk_sway),
    )
}


def seen(speak: Speak, effect: Effect, seeds: Sequence[int] = range(3)) -> list[float]:
    """What a setting names, for each of its values."""
    return [
        float(np.mean([effect.measured(speak(f"{effect.name}={value:g}", seed)) for seed in seeds]))
        for value in effect.values
    ]
