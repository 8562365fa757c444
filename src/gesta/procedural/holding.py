"""Bodies that hold their hands in given poses and do nothing else: to look at the tables of poses, and to fit them."""

from collections.abc import Sequence

import numpy as np

from gesta.motion.face import ARKIT_NAMES
from gesta.procedural.animator import Animator
from gesta.procedural.habits import HANDS
from gesta.procedural.style import Style
from gesta.procedural.targets import CHANNEL_COUNT, LAYOUT, Targets, hand_values
from gesta.records import HandPose, Motion


def holding(hands: Sequence[tuple[HandPose, HandPose]], seated: bool = False) -> Motion:
    """A motion of one frame for each pair of a left and a right hand's pose, all of them long held.

    Args:
        hands: pairs of poses.
        seated: whether the body sits; else it stands.
    """
    style = Style(seated=seated, alive=0.0, breath=0.0)
    held = [Animator(style, 0).push(_targets(pair)) for pair in hands]
    return Motion(
        np.concatenate([one.rotations for one in held]),
        np.concatenate([one.translation for one in held]),
        np.zeros((len(held), len(ARKIT_NAMES)), np.float32),
    )


def _targets(pair: tuple[HandPose, HandPose]) -> Targets:
    values = np.zeros((1, CHANNEL_COUNT))
    for hand, channels in zip(HANDS, hand_values(pair), strict=True):
        for name, value in channels.items():
            values[0, LAYOUT[f"{hand}_{name}"]] = value
    return Targets(0, values, np.zeros((1, len(ARKIT_NAMES))), np.zeros(1))
