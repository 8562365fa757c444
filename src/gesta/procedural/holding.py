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
    """A motion of one frame for each pair of a left and a right hand's pose.

    Args:
        hands: T pairs of poses.
        seated: whether the body sits; else it stands.
    """
    values = np.zeros((len(hands), CHANNEL_COUNT))
    for place, hand in enumerate(HANDS):
        for row, channels in zip(values, hand_values([pair[place] for pair in hands]), strict=True):
            for name, value in channels.items():
                row[LAYOUT[f"{hand}_{name}"]] = value
    targets = Targets(0, values, np.zeros((len(hands), len(ARKIT_NAMES))), np.zeros(len(hands)))
    return Animator(Style(seated=seated, alive=0.0, breath=0.0), 0).push(targets)
