"""Style from an example: the settings with which the procedural speaker moves, in numbers, as somebody else did.

What can be read off directly is (which hand, where it rests, how the trunk is held); the rest is found by trying: speak
what is to be spoken, measure as `gesta.metrics.motion` does, and change each setting by what its own statistic is short
of, in rounds; then by chance (`fit_search`). The fit is of one seed, since a style is to work with the habits and the
chances of whoever speaks.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from gesta.audio.prosody import analyse
from gesta.audio.read import open_speech
from gesta.errors import InputError
from gesta.motion.reading import read_motion
from gesta.procedural.fit_rules import nearer, read_off
from gesta.procedural.fit_search import search
from gesta.procedural.likeness import distance
from gesta.procedural.speaker import ProceduralSpeaker
from gesta.procedural.style import Style, style_from
from gesta.procedural.traits import Traits, traits
from gesta.randomness import generator
from gesta.records import Events, Motion, Prosody
from gesta.units import MOTION_FPS

Told = Callable[[str, int, int], None]
SHORTEST_S = 2.0
"""A shorter example is refused; one under 10 s says little about how often and how long."""
LONGEST_FRAMES = 1800
"""No more than this much of an example, and of the speech it is tried on, is looked at."""
SUFFIXES = (".npz", ".bvh")
DEMO_VOICE = Path(__file__).parents[1] / "assets" / "demo_voice.flac"
STARTS = ("calm", "neutral", "lively", "restless")
"""The presets whose nearest one a fit begins with."""
ROUNDS = 8
FIRST_STEP, LAST_STEP = 0.8, 0.35
"""How much of what it is short of a setting makes up for in the first and in the last round."""
FRAMES_TRIED, MOST_TRIALS, FEWEST_TRIALS = 36_000, 120, 30
"""After the rounds about so many frames are spoken in trials, in as many as these at most and at least."""
SHORTEST_SPEECH_FRAMES = 8 * MOTION_FPS
"""Where less than this is to be spoken, the built-in recording is tried on instead."""


@dataclass(frozen=True)
class Example:
    """A motion whose style is to be taken on, and the energy to do it with if not its own."""

    motion: Motion
    energy: float | None = None

    def style(self, prosody: Prosody | None = None, seed: int = 0, told: Told | None = None) -> Style:
        """The style of the example for a speaker, tried on this speech (see `style_of`)."""
        fitted = style_of(self.motion, prosody, seed, told=told)
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


@dataclass
class Rehearsal:
    """Speaks in one style after the other and says how the speaker did; somebody may be told how far it is.

    Attributes:
        heard: prosody of what is spoken.
        seed: who speaks.
        planned: how often it will be spoken.
        told: called with what is being done, how often it was spoken and how often it will be.
    """

    heard: Prosody
    seed: int
    planned: int
    told: Told | None = None
    spoken: int = 0

    def __call__(self, style: Style) -> Traits:
        """Speak once."""
        found = spoken_traits(style, self.heard, self.seed)
        self.spoken += 1
        if self.told:
            self.told("fitting the style", min(self.spoken, self.planned), self.planned)
        return found


def style_of(
    motion: Motion,
    prosody: Prosody | None = None,
    seed: int = 0,
    rounds: int = ROUNDS,
    trials: int | None = None,
    told: Told | None = None,
) -> Style:
    """The style in which the procedural speaker comes nearest to a motion.

    Args:
        motion: the example, 10 s or more.
        prosody: of what is spoken in the rounds: best what is to be spoken; the built-in recording if there is none
            or too little.
        seed: who speaks; a style is fitted for one speaker, whose habits and chances it is to work with.
        rounds: how often to follow the rules, 2 or more.
        trials: how often to try by chance after that; if not said, more often where less is spoken.
        told: see `Rehearsal`.
    """
    wanted, seconds = traits(motion), motion.duration_s
    long_enough = prosody is not None and prosody.frame_count >= SHORTEST_SPEECH_FRAMES
    heard = beginning(prosody if prosody is not None and long_enough else analyse(open_speech(DEMO_VOICE)))
    if trials is None:
        trials = min(max(FRAMES_TRIED // heard.frame_count, FEWEST_TRIALS), MOST_TRIALS)
    speak = Rehearsal(heard, seed, len(STARTS) + rounds + trials + 2, told)
    starts = [read_off(wanted, preset) for preset in STARTS]
    style = min(starts, key=lambda one: distance(wanted.numbers, speak(one).numbers, seconds))
    best, least = style, math.inf
    for turn in range(rounds):
        reached = speak(style)
        if (away := distance(wanted.numbers, reached.numbers, seconds)) < least:
            best, least = style, away
        style = nearer(style, wanted, reached, FIRST_STEP + (LAST_STEP - FIRST_STEP) * turn / (rounds - 1))
    return search(best, wanted, seconds, speak, trials, generator(seed, "procedural", "fit"))


def spoken_traits(style: Style, prosody: Prosody, seed: int) -> Traits:
    """What the procedural speaker does in a style."""
    (stretch,) = ProceduralSpeaker(style, seed, prosody.look_ahead_s).finish(prosody)
    return traits(stretch.motion)


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
