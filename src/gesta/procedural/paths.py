"""No two movements of a hand are the same: how its path bends, where it ends, how its pose differs from the one meant.

A reach is made by joints that turn, so its path bulges as a turn about the elbow would make it, more for some than for
others, and it strays a little to one side; measured paths have a chord of 0.91 of their length. Palm, wrist and
fingers come out somewhat otherwise each time. Draws are made move by move, in the plan's order.
"""

from collections.abc import Mapping

import numpy as np

from gesta.procedural.hand_life import ELBOW_AT
from gesta.randomness import generator
from gesta.records import HandMove

TURN_RADIUS_M = 0.25
"""A forearm's length: a hand that turns about its elbow bulges by the square of its way over eight times this."""
BULGE_MEAN, BULGE_SD = 0.6, 0.5
"""Which share of that bulge paths have."""
STRAY = 0.07
"""Standard deviation of how far a path strays to one side, as a share of its length."""
MOST_BULGE = 0.3
"""No path bulges by more than this share of its length."""
OVERSHOOT_MEAN, OVERSHOOT_SD, AFTER_STRAY = 0.03, 0.03, 0.06
"""How far a hand goes beyond where it was going before it settles, and aside, as shares of the way."""
AFTER_SHARE, SHORTEST_AFTER_S = 1.2, 0.6
"""How long that takes, as a share of the move's duration."""
AFTER_BEGINS = 0.25
"""Share of it that lies before the move's end: the pulse is fastest as the hand arrives, so it runs on and rounds."""
LATEST_TURN_S, TURN_TAKES = 0.02, (0.7, 1.05)
"""A hand turns and changes its shape up to so much later than it sets out, in this share of the time it goes."""
BULGE_TAKES = 1.1
"""The bulge lasts so much longer than the move: a path that leaves the straight line quickly would be a jolt."""
TWIST_SD_DEG, WRIST_SD_DEG = 9.0, (4.0, 2.0)
PLACE_SD, MOST_AWAY_M = np.array((0.2, 0.08, 0.1)), 0.05
"""Standard deviations of how far outward, up and forward of the place meant a hand ends, as shares of its way, and how
far at most: two hands that do the same do not mirror each other."""
FINGERS_SD, FINGER_SD = 0.06, 0.035
"""All fingers together, and each by itself, as shares of a full curl."""
CURLS = 4


class Variety:
    """How each movement differs from the one planned.

    Args:
        seed: whose hands.
    """

    def __init__(self, seed: int) -> None:
        self.random = generator(seed, "procedural", "paths")

    def bulge(self, move: HandMove, start: np.ndarray) -> np.ndarray:
        """How far the path of a move that begins at `start` (3,) lies off the straight line half way: (3,) metres."""
        share, *sideways = self.random.normal((BULGE_MEAN, 0.0, 0.0, 0.0), (BULGE_SD, STRAY, STRAY, STRAY))
        way = np.array(move.pose.position) - start
        length = float(np.linalg.norm(way))
        along = way / max(length, 1e-6)
        outward = _across(start + 0.5 * way - ELBOW_AT, along)
        turning = share * length**2 / (8.0 * TURN_RADIUS_M) * outward / max(float(np.linalg.norm(outward)), 1e-6)
        # A family that has an arc of its own keeps it.
        found = np.array(move.arc) if any(move.arc) else turning
        found = found + length * _across(np.array(sideways), along)
        size = float(np.linalg.norm(found))
        return found * min(1.0, max(MOST_BULGE * length, float(np.linalg.norm(move.arc))) / max(size, 1e-6))

    def after(self, move: HandMove, start: np.ndarray) -> tuple[float, float, np.ndarray]:
        """What a hand does as a move ends: when that begins, how long it takes, and how far it goes: (3,) metres."""
        beyond, *sideways = self.random.normal(
            (OVERSHOOT_MEAN, 0.0, 0.0, 0.0), (OVERSHOOT_SD, AFTER_STRAY, AFTER_STRAY, AFTER_STRAY)
        )
        way = np.array(move.pose.position) - start
        length = float(np.linalg.norm(way))
        aside = length * _across(np.array(sideways), way / max(length, 1e-6))
        duration_s = max(SHORTEST_AFTER_S, AFTER_SHARE * move.duration_s)
        return move.end_s - AFTER_BEGINS * duration_s, duration_s, max(beyond, 0.0) * way + aside

    def turning(self, move: HandMove) -> tuple[float, float]:
        """How much later than the move the hand begins to turn and to change its shape, and how long that takes: s."""
        return self.random.uniform(0.0, LATEST_TURN_S), move.duration_s * self.random.uniform(*TURN_TAKES)

    def varied(self, values: Mapping[str, np.ndarray], way_m: float, finger_motion: float) -> dict[str, np.ndarray]:
        """The values of a pose by channel, as they come out this time, `way_m` from where the hand was."""
        away = MOST_AWAY_M * np.tanh(way_m * self.random.normal(0.0, PLACE_SD) / MOST_AWAY_M)
        twist, *wrist = self.random.normal(0.0, (TWIST_SD_DEG, *WRIST_SD_DEG))
        fingers = FINGERS_SD * self.random.normal() + FINGER_SD * self.random.normal(size=CURLS)
        shape = values["fingers"].copy()
        shape[:CURLS] += finger_motion * fingers
        found = {"position": values["position"] + away, "twist": values["twist"] + twist}
        return {**values, **found, "wrist": values["wrist"] + wrist, "fingers": shape}


def _across(vector: np.ndarray, along: np.ndarray) -> np.ndarray:
    """What of a vector (3,) is across a unit direction (3,)."""
    return vector - float(vector @ along) * along
