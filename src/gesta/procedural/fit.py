"""Style from an example: the settings with which the procedural speaker moves, in numbers, as somebody else did.

What can be read off directly is (which hand, where it rests); the rest is found in rounds: speak, measure as
`gesta.metrics.motion` does, and change each setting by what its own statistic is short of. Several seeds are spoken
in each round, since a style is what they have in common.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from gesta.audio.prosody import analyse
from gesta.audio.read import open_speech
from gesta.errors import InputError
from gesta.motion.reading import read_motion
from gesta.procedural.fit_rules import mean_numbers, nearer, read_off
from gesta.procedural.speaker import FRAMES_PER_BLOCK, ProceduralSpeaker
from gesta.procedural.style import Style, style_from
from gesta.procedural.traits import Traits, traits
from gesta.records import Events, Motion, Prosody
from gesta.units import MOTION_FPS

SHORTEST_S = 2.0
"""A shorter example is refused; one under 10 s says little about how often and how long."""
LONGEST_FRAMES = FRAMES_PER_BLOCK
"""No more than this much of an example, and of the speech it is tried on, is looked at."""
SUFFIXES = (".npz", ".bvh")
DEMO_VOICE = Path(__file__).parents[1] / "assets" / "demo_voice.flac"
ROUNDS, SEEDS = 10, (0, 1, 2)
FIRST_STEP, LAST_STEP = 0.8, 0.35
"""How much of what it is short of a setting makes up for in the first and in the last round."""
NEAR = math.log(1.25)
LEAST = 1e-3
FAR = 3.0
"""One statistic counts no more than if it were this many times as far off as is near."""


COMPARED = (
    *(f"speed_p{level}" for level in (25, 50, 75, 95, 99)),
    *("still_share", "left_peaks", "right_peaks"),
    *(f"{side}_height_p50" for side in ("left", "right")),
    *(f"{side}_elbow_deg_p50" for side in ("left", "right")),
    *(f"head_{axis}" for axis in ("pitch", "yaw", "roll")),
    *("head_speed_p50", "head_speed_p95"),
    *(f"spine_{axis}" for axis in ("pitch", "yaw", "roll")),
    *("jerk_p50", "jerk_p95"),
)
"""What a fit is judged by."""
ALLOWANCES = {
    "still_share": 0.08,
    "left_peaks": 6.0,
    "right_peaks": 6.0,
    "left_height_p50": 0.4,
    "right_height_p50": 0.4,
}
"""What is added to both sides before they are compared, where 0 is an ordinary value."""


@dataclass(frozen=True)
class Example:
    """A motion whose style is to be taken on, and the energy to do it with if not its own."""

    motion: Motion
    energy: float | None = None

    def style(self, prosody: Prosody | None = None) -> Style:
        """The style of the example, tried on this speech (see `style_of`)."""
        fitted = style_of(self.motion, prosody)
        return fitted if self.energy is None else Style(**fitted.model_dump() | {"energy": self.energy})


def style_or_example(text: str, energy: float | None = None) -> Style | Example:
    """A style by its name, numbers or file (see `style_from`), or an example: a motion in an .npz or .bvh file.

    Args:
        text: what the user wrote.
        energy: replaces the style's own energy.

    Raises:
        InputError: an unknown name or number, or an example that cannot be used.
    """
    usual = style_from(energy=energy)
    if not text.lower().endswith(SUFFIXES):
        return style_from(text, energy)
    return Example(read_example(text), None if energy is None else usual.energy)


def read_example(path: str | Path) -> Motion:
    """The beginning of a motion that a style is to be fitted to.

    Raises:
        InputError: it cannot be read, is too short, or has no arms.
    """
    motion = read_motion(path)
    if motion.duration_s < SHORTEST_S:
        raise InputError(f"{path} lasts {motion.duration_s:.1f} s; give a motion of 10 s or more to take a style from.")
    if "upper" not in motion.parts:
        raise InputError(f"{path} has no arms and head; a style cannot be read off it.")
    return motion.frames(0, LONGEST_FRAMES)


def style_of(motion: Motion, prosody: Prosody | None = None, rounds: int = ROUNDS) -> Style:
    """The style in which the procedural speaker comes nearest to a motion.

    Args:
        motion: the example, 10 s or more.
        prosody: of what is spoken in the rounds: best the example's own speech; the built-in recording if there is
            none.
        rounds: how often to try, 2 or more.
    """
    wanted = traits(motion)
    heard = beginning(prosody if prosody is not None else analyse(open_speech(DEMO_VOICE)))
    style = read_off(wanted)
    best, least = style, math.inf
    for turn in range(rounds):
        reached = spoken_traits(style, heard)
        if (off := distance(wanted.numbers, mean_numbers(reached))) < least:
            best, least = style, off
        style = nearer(style, wanted, reached, FIRST_STEP + (LAST_STEP - FIRST_STEP) * turn / (rounds - 1))
    return best


def spoken_traits(style: Style, prosody: Prosody, seeds: Sequence[int] = SEEDS) -> list[Traits]:
    """What the procedural speaker does in a style, for each of some seeds."""
    found = []
    for seed in seeds:
        (stretch,) = ProceduralSpeaker(style, seed, prosody.look_ahead_s).finish(prosody)
        found.append(traits(stretch.motion))
    return found


def distance(wanted: Mapping[str, float], reached: Mapping[str, float]) -> float:
    """How far off the compared statistics are, in the mean: 1 if each is off by a quarter."""
    names = [name for name in COMPARED if name in wanted and name in reached]
    return float(np.mean([min(abs(math.log(ratio(name, wanted, reached))) / NEAR, FAR) for name in names]))


def ratio(name: str, wanted: Mapping[str, float], reached: Mapping[str, float]) -> float:
    """How many times what is wanted a statistic has reached, with its allowance on both sides."""
    allowance = ALLOWANCES.get(name, 0.0)
    return max(reached[name] + allowance, LEAST) / max(wanted[name] + allowance, LEAST)


def beginning(prosody: Prosody, frames: int = LONGEST_FRAMES) -> Prosody:
    """The first frames of a recording's prosody, with the events in them, as if the recording ended there."""
    if prosody.frame_count <= frames:
        return prosody
    end_s = frames / MOTION_FPS
    held = {item.name: getattr(prosody, item.name) for item in fields(prosody)}
    changes: dict[str, Any] = {name: _before(value, end_s) for name, value in held.items() if isinstance(value, Events)}
    return replace(prosody.frames(0, frames), heard_s=end_s, ahead=None, **changes)


def _before(events: Events, end_s: float) -> Events:
    kept = events.times_s < end_s
    return Events(events.times_s[kept], events.strengths[kept], events.decided_s[kept])
