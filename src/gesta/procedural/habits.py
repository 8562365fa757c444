"""What stays the same about one speaker: the style, and how this seed differs from others of that style."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from gesta.procedural.families import Family, Rest, families, rests
from gesta.procedural.places import moved, within_reach
from gesta.procedural.style import Style
from gesta.randomness import generator
from gesta.records import HandPose

HANDS = ("left", "right")
HANDEDNESS_SD = 0.18
"""How far speakers of a style that prefers neither hand differ in the hand they prefer."""
TASTE_SD = 0.8
"""How far speakers differ in the families they like, as a logarithm."""
LIVELY_SIZE = 1.35
"""From this size of strokes on, a speaker likes what lively ones like; from its inverse down, what calm ones like."""
PLACE_SD_M = (0.02, 0.025, 0.015)
"""How far speakers differ in where they gesture: outward, up, forward."""
LOWER_M = 0.4
"""The hand that is not preferred gestures lower by this at most, where hands do not mirror each other at all."""
REST_SD_M = 0.014
"""Nobody rests quite alike on both sides."""


@dataclass(frozen=True)
class Habits:
    """One speaker's habits.

    Attributes:
        share: of the accents that get a stroke.
        size: of strokes, as a factor.
        tempo: of movements, as a factor.
        right_share: of one-handed gestures that the right hand makes.
        liking: for each family, as a factor of its likelihood.
        faithfulness: chance that a phrase goes on with the family of the one before.
        away: how far from the usual places gestures are made, (outward, up, forward), metres.
        lower_m: how much lower the hand that is not preferred gestures, metres.
        lesser: size of the movements of the hand that is not preferred, beside the other's.
        rests: where each hand rests.
        touching: whether a resting hand touches the other or the body, and so stays where it is.
    """

    share: float
    size: float
    tempo: float
    right_share: float
    liking: Mapping[str, float]
    faithfulness: float
    away: np.ndarray
    lower_m: float
    lesser: float
    rests: Mapping[str, HandPose]
    touching: bool

    @property
    def hands(self) -> tuple[str, str]:
        """The preferred hand, then the other."""
        return ("right", "left") if self.right_share > 0.5 else ("left", "right")


def habits_of(style: Style, seed: int) -> Habits:
    """The habits of the speaker that this seed makes of a style."""
    random = generator(seed, "procedural", "habits")
    spread = HANDEDNESS_SD * 4.0 * style.handedness * (1.0 - style.handedness)
    livelier = 1.0 + 0.25 * max(style.energy - 1.0, 0.0)
    rest = _rest(style, generator(seed, "procedural", "rest"))
    return Habits(
        share=min(1.0, style.strokes * min(style.energy, 1.0) ** 0.5 * livelier),
        size=style.size * style.energy**0.8 * random.lognormal(0.0, 0.08),
        tempo=style.tempo * (0.8 + 0.2 * style.energy) * random.lognormal(0.0, 0.05),
        right_share=float(np.clip(style.handedness + random.normal(0.0, spread), 0.0, 1.0)),
        away=np.array((style.outward_m, style.height_m, style.forward_m)) + random.normal(0.0, PLACE_SD_M),
        lesser=1.0 - (1.0 - style.symmetry) * random.uniform(0.3, 1.0),
        lower_m=(1.0 - style.symmetry) * generator(seed, "procedural", "lower").uniform(0.0, LOWER_M),
        faithfulness=random.uniform(0.1, 0.4),
        liking={name: random.lognormal(0.0, TASTE_SD) * _suits(one, style) for name, one in families().items()},
        rests=_rest_poses(rest, style, generator(seed, "procedural", "rest", "places")),
        touching=rest.touching and not (style.rest_left_m or style.rest_right_m),
    )


def _suits(family: Family, style: Style) -> float:
    """How well a family suits a style between calm and lively."""
    lively = float(np.clip(np.log(max(style.size, 0.1)) / np.log(LIVELY_SIZE), -1.0, 1.0))
    return float(family.lively**lively if lively > 0.0 else family.calm**-lively)


def _rest(style: Style, random: np.random.Generator) -> Rest:
    if style.rest:
        return rests()[style.rest]
    fitting = [one for one in rests().values() if one.seated == style.seated]
    chances = np.array([one.likelihood for one in fitting])
    return fitting[int(random.choice(len(fitting), p=chances / chances.sum()))]


def _rest_poses(rest: Rest, style: Style, random: np.random.Generator) -> dict[str, HandPose]:
    poses = {"left": rest.left, "right": rest.right}
    wanted = {"left": style.rest_left_m, "right": style.rest_right_m}
    palms = {"left": style.rest_left_palm, "right": style.rest_right_palm}
    for hand in HANDS:
        away = random.normal(0.0, REST_SD_M, 3)
        place = wanted[hand]
        if place is not None:
            poses[hand] = replace(poses[hand], position=within_reach(np.array(place)))
        elif not rest.touching:
            poses[hand] = moved(poses[hand], away)
        poses[hand] = replace(poses[hand], palm=palms[hand] or poses[hand].palm)
    return poses
