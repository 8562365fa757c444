"""What a mouth does in few words, and as ARKit weights of one person: nobody's two sides do quite the same.

A pose is a row of eight numbers, 0 to 1: how far the jaw drops, how much the lips round, spread, part, press together,
how much the lower lip goes under the teeth, how much lips push forward for sh, and how much of the tongue shows.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.randomness import generator

POSE_NAMES = ("jaw", "round", "wide", "bare", "closed", "teeth", "push", "tongue")
"""The columns of (T, P) poses; jaw is jawOpen itself, the others are shares of the most."""
POSE_INDEX: dict[str, int] = {name: column for column, name in enumerate(POSE_NAMES)}
CLOSED_JAW = 0.35
"""A closed mouth keeps this share of the jaw's opening: lips and not teeth shut it."""


@dataclass(frozen=True)
class MouthHabits:
    """How one person's mouth differs from another's, as factors around 1 or weights around 0.

    Attributes:
        opening: of the jaw.
        lips: of how much the lips do.
        left: of the left side; the right side has 2 minus it.
        smiling: weight of the corners that spread vowels bring.
        aside: weight of the mouth drawn to the left (positive) or right while it speaks.
    """

    opening: float = 1.0
    lips: float = 1.0
    left: float = 1.0
    smiling: float = 0.1
    aside: float = 0.0

    @classmethod
    def drawn(cls, seed: int) -> Self:
        """The habits of the person that a seed is."""
        random = generator(seed, "mouth")
        return cls(
            opening=float(np.clip(random.normal(1.0, 0.08), 0.82, 1.18)),
            lips=float(np.clip(random.normal(1.0, 0.1), 0.75, 1.25)),
            left=float(np.clip(random.normal(1.0, 0.1), 0.75, 1.25)),
            smiling=float(random.uniform(0.05, 0.18)),
            aside=float(np.clip(random.normal(0.0, 0.025), -0.06, 0.06)),
        )


EVERYBODY = MouthHabits()


def arkit_of(poses: np.ndarray, habits: MouthHabits = EVERYBODY) -> np.ndarray:
    """(T, P) poses as (T, 52) ARKit weights, 0 to 1."""
    weights = np.zeros((len(poses), len(ARKIT_NAMES)))
    pose = {name: np.clip(poses[:, column], 0.0, 1.0) for name, column in POSE_INDEX.items()}
    sides = {"Left": habits.left, "Right": 2.0 - habits.left}

    def put(name: str, value: np.ndarray) -> None:
        weights[:, ARKIT_INDEX[name]] = np.clip(value, 0.0, 1.0)

    def put_both(name: str, value: np.ndarray) -> None:
        for side, share in sides.items():
            put(name + side, share * value)

    apart, speaking = 1.0 - pose["closed"], np.minimum(pose["jaw"] / 0.2, 1.0)
    jaw = habits.opening * pose["jaw"] * (1.0 - (1.0 - CLOSED_JAW) * pose["closed"]) * (1.0 - 0.5 * pose["teeth"])
    lips = habits.lips
    put("jawOpen", jaw)
    # mouthClose brings the lips together against the jaw: at jawOpen x, weight x shuts them.
    put("mouthClose", jaw * np.maximum(pose["closed"], 0.2 * pose["teeth"]))
    put("mouthPucker", lips * (0.62 * pose["round"] * (0.4 + 0.6 * apart)))
    put("mouthFunnel", lips * apart * (0.30 * pose["round"] + 0.30 * pose["push"]))
    put("mouthRollLower", 0.25 * pose["closed"] + 0.65 * pose["teeth"])
    put("mouthRollUpper", 0.20 * pose["closed"])
    put_both("mouthPress", 0.40 * pose["closed"])
    put_both("mouthStretch", lips * 0.26 * pose["wide"] * apart)
    put_both("mouthSmile", habits.smiling * pose["wide"])
    put_both("mouthDimple", 0.10 * pose["wide"] * apart)
    bare = apart * lips * pose["bare"]
    put_both("mouthLowerDown", 0.36 * bare * (1.0 - 0.8 * pose["teeth"]))
    put_both("mouthUpperUp", 0.18 * bare + 0.42 * pose["teeth"])
    put("tongueOut", 0.4 * pose["tongue"] * apart)
    put("mouthLeft", np.maximum(habits.aside, 0.0) * speaking)
    put("mouthRight", np.maximum(-habits.aside, 0.0) * speaking)
    return weights
