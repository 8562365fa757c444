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
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from gesta.units import MOTION_FPS

Speak = Callable[[str, int], Motion]
"""Takes a style as the command line does, and a seed."""
MAIN_SEQUENCE = 0.62
"""People's peak speed grows with the length of a movement to this power (docs/metrics.md)."""
MOVING_M_S = 0.15
FINGERS = ("index", "middle", "pinky", "ring", "thumb")


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
    steps = np.linalg.norm(np.diff(wrists(motion), axis=0), axis=-1)
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


def both_moving(motion: Motion) -> float:
    """Of the time in which a hand moves, the share in which both do."""
    moving = np.linalg.norm(np.diff(wrists(motion), axis=0), axis=-1) * MOTION_FPS > MOVING_M_S
    return float(moving.all(axis=1).sum() / moving.any(axis=1).sum())


def height(motion: Motion) -> float:
    """Metres of the wrists above the hips' joint, as far as they come up: means of the upper half."""
    above = wrists(motion)[..., 1]
    return float(above[above >= np.median(above)].mean())


def width(motion: Motion) -> float:
    """Metres of the wrists from the body's middle."""
    return float(np.abs(wrists(motion)[..., 0]).mean())


def advance(motion: Motion) -> float:
    """Metres of the wrists before the body."""
    return float(wrists(motion)[..., 2].mean())


def finger_speed(motion: Motion) -> float:
    """How much the fingers' joints turn from frame to frame, radians."""
    named = [number for number, name in enumerate(skeleton().names) if name.rstrip("123").endswith(FINGERS)]
    turns = np.swapaxes(motion.rotations[:-1, named], -1, -2) @ motion.rotations[1:, named]
    return float(np.arccos(((np.trace(turns, axis1=-2, axis2=-1) - 1.0) / 2.0).clip(-1.0, 1.0)).mean())


def pelvis_path(motion: Motion) -> float:
    """Metres a minute that the pelvis goes over the floor, trembling left out."""
    second = motion.translation[::MOTION_FPS, [0, 2]]
    return float(np.linalg.norm(np.diff(second, axis=0), axis=-1).mean() * 60.0)


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
    both = wrists(motion)
    return np.concatenate([submovements(both[:, side]) for side in range(2)])


def wrists(motion: Motion) -> np.ndarray:
    """(T, 2, 3) metres of the wrists in the pelvis' frame."""
    return Tracks.of(motion).in_pelvis("wrist")


EFFECTS = {
    effect.name: effect
    for effect in (
        Effect("energy", (0.25, 0.5, 1.0, 1.5), hand_travel),
        Effect("strokes", (0.1, 0.4, 0.9), moving_share),
        Effect("size", (0.5, 1.0, 1.8), reach),
        Effect("tempo", (0.7, 1.0, 1.5), quickness),
        Effect("head", (0.3, 1.0, 2.0), head_sway),
        Effect("torso", (0.3, 1.0, 2.0), trunk_sway),
        Effect("both_hands", (0.05, 0.95), both_moving),
        Effect("height_m", (-0.1, 0.15), height),
        Effect("outward_m", (-0.1, 0.15), width),
        Effect("forward_m", (-0.1, 0.1), advance),
        Effect("finger_motion", (0.3, 2.0), finger_speed),
        Effect("weight_shifts_per_minute", (2.0, 25.0), pelvis_path),
    )
}


def seen(speak: Speak, effect: Effect, seeds: Sequence[int] = range(3)) -> list[float]:
    """What a setting names, for each of its values."""
    return [
        float(np.mean([effect.measured(speak(f"{effect.name}={value:g}", seed)) for seed in seeds]))
        for value in effect.values
    ]
