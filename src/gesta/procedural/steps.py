"""Where the feet stand, and single steps: which foot goes, where to, and how it rolls over toes and heel.

Measured on the one standing speaker (docs/metrics.md): steps of 0.1 to 0.6 m, mostly forward and back; the feet lift by
0.05 to 0.13 m; in a minute the pelvis goes 0.6 m sideways and 1.3 m forward and back.
"""

import math
from dataclasses import dataclass

import numpy as np

from gesta.records import BodyMove

Place = tuple[float, float]
WANDER_M, WANDER_DEG = (0.26, 0.36), (7.0, 4.0)
"""Standard deviation of where somebody who steps stands, sideways and forward; of how all of him turns, and a foot."""
STRIDE_M, CROSSED_M, ASTRIDE_M = 0.36, 0.04, 0.16
"""How far a foot goes beyond the other one at most: forward or back, to the inside, and to the outside."""
SHORTEST_M = 0.07
FOLLOWS, BESIDE_M, TOO_FAR_M = 0.6, (0.02, 0.05), 0.26
"""How often the other foot follows, how nearly it comes beside the first, and from which way on it always does."""
STEP_S, S_PER_M = (0.52, 0.66), 0.7
LIFT_M, LIFT_PER_M, MOST_LIFT_M = 0.035, 0.15, 0.09
TOES_DEG, TOES_DEG_PER_M, HEEL_DEG_PER_M = 7.0, 50.0, 45.0
"""How far a foot tilts over its toes before it leaves the floor, and over its heel as it comes down."""
ROLL_OFF_S, ROLL_DOWN_S = 0.3, 0.26
TRAVELS = (0.21, 0.79)
"""Part of a step's time in which the foot travels. It is off the floor before and arrives before it is down."""


@dataclass(frozen=True)
class Step:
    """One foot goes elsewhere: offsets from where feet stand at first, metres sideways and forward; degrees."""

    foot: str
    start: Place
    end: Place
    turn_deg: float
    stays: Place
    duration_s: float

    def moves(self, start_s: float) -> list[BodyMove]:
        """Lift, way and tilt of the foot, which leaves the floor at this time."""
        length = math.dist(self.start, self.end)
        lift_m = min(LIFT_M + LIFT_PER_M * length, MOST_LIFT_M)
        leaves_s, travels_s = start_s + TRAVELS[0] * self.duration_s, (TRAVELS[1] - TRAVELS[0]) * self.duration_s
        return [
            BodyMove(f"{self.foot}_lift", "pulse", start_s, self.duration_s, (lift_m,), "step"),
            BodyMove(f"{self.foot}_foot", "to", leaves_s, travels_s, (*self.end, self.turn_deg), "step"),
            *self._tilts(start_s, length),
        ]

    def _tilts(self, start_s: float, length: float) -> list[BodyMove]:
        off = TOES_DEG + TOES_DEG_PER_M * length
        # Who steps back comes down on the toes, who steps forward on the heel.
        down = -HEEL_DEG_PER_M * (self.end[1] - self.start[1])
        name, ends_s = f"{self.foot}_tilt", start_s + self.duration_s
        return [
            BodyMove(name, "to", start_s - ROLL_OFF_S, ROLL_OFF_S + 0.3 * self.duration_s, (off,), "off the toes"),
            BodyMove(name, "to", start_s + 0.15 * self.duration_s, 0.85 * self.duration_s, (down,), "step"),
            BodyMove(name, "to", ends_s - 0.05, ROLL_DOWN_S, (0.0,), "foot comes down"),
        ]


class Stance:
    """Where both feet stand.

    Args:
        random: where steps go.
    """

    def __init__(self, random: np.random.Generator) -> None:
        self.random = random
        self.feet: dict[str, Place] = {"left": (0.0, 0.0), "right": (0.0, 0.0)}
        self.heading_deg = 0.0

    @property
    def middle(self) -> Place:
        """Between the feet."""
        (left_x, left_z), (right_x, right_z) = self.feet["left"], self.feet["right"]
        return 0.5 * (left_x + right_x), 0.5 * (left_z + right_z)

    @property
    def apart_m(self) -> float:
        """How far the left foot is before the right one."""
        return self.feet["left"][1] - self.feet["right"][1]

    def steps(self) -> list[Step]:
        """The next step or two towards another place to stand; the feet count as being there from now on."""
        random = self.random
        goal_x, goal_z = (random.normal(0.0, sd) for sd in WANDER_M)
        self.heading_deg = random.normal(0.0, WANDER_DEG[0])
        follows, first = random.random(), self._first(goal_x, goal_z)
        steps = [self._step(first, goal_x, goal_z)]
        if follows < FOLLOWS or abs(self.apart_m) > TOO_FAR_M:
            x, z = self.feet[first]
            beside_x, beside_z = (random.normal(0.0, sd) for sd in BESIDE_M)
            steps.append(self._step(_other(first), x + beside_x, z + beside_z))
        return steps

    def _first(self, x: float, z: float) -> str:
        """The foot on the side of a place, or the one that is further from it where it lies ahead or behind."""
        way_x, way_z = x - self.middle[0], z - self.middle[1]
        if abs(way_x) > abs(way_z):
            return "left" if way_x > 0.0 else "right"
        return "left" if self.apart_m * way_z < 0.0 or (self.apart_m == 0.0 and self.random.random() < 0.5) else "right"

    def _step(self, foot: str, x: float, z: float) -> Step:
        stays, start = self.feet[_other(foot)], self.feet[foot]
        out = 1.0 if foot == "left" else -1.0
        beyond = out * min(max(out * (x - stays[0]), -CROSSED_M), ASTRIDE_M)
        end = (stays[0] + beyond, stays[1] + min(max(z - stays[1], -STRIDE_M), STRIDE_M))
        turn_deg = self.heading_deg + self.random.normal(0.0, WANDER_DEG[1])
        if (length := math.dist(start, end)) < SHORTEST_M:
            # Too near to be a step: a little further forward or back, so that it is one.
            end = (end[0], start[1] + math.copysign(SHORTEST_M, end[1] - start[1] or 1.0))
        self.feet[foot] = end
        return Step(foot, start, end, turn_deg, stays, self.random.uniform(*STEP_S) + S_PER_M * length)


def _other(foot: str) -> str:
    return "right" if foot == "left" else "left"
