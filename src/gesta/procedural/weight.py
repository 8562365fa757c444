"""Plans where the weight is: shifts from leg to leg with hips and knees, and steps in styles that ask for them.

Where the weight goes, the hips go with it: the pelvis drops and turns a little, the knees give. A step lifts a foot
only after the weight has gone to the other one, and the second foot follows, so a stance stays a stance.
"""

import math

from gesta.procedural.speaking import Speaking
from gesta.procedural.style import Style
from gesta.randomness import generator
from gesta.records import BodyMove

PLACE_M = (0.032, 0.016)
"""Standard deviation of where the pelvis rests: sideways, forward."""
SEATED_SHARE = 0.35
HIPS_DEG = (2.2, 3.4, 1.2)
"""How the pelvis turns between shifts: pitch, yaw, roll; its drop over the leg without weight comes on top."""
DROP_DEG_PER_M = 55.0
SINK_M = 0.011
"""Standard deviation of how far the knees let the pelvis down."""
SHIFT_S = (1.1, 2.4)
WANDER_M, WANDER_DEG = (0.22, 0.2), 7.0
"""Standard deviation of where somebody who steps stands, sideways and forward, and of the feet's turn."""
LONGEST_STEP_M = 0.15
UNLOAD_S, STEP_S, LIFT_M = 0.7, (0.58, 0.74), 0.06
OVER_FOOT_M = 0.06
"""How far the pelvis goes to one side to free the other foot."""


class WeightPlanner:
    """Decides moves of pelvis, hips, knees and feet."""

    def __init__(self, style: Style, seed: int, speaking: Speaking) -> None:
        self.style, self.speaking = style, speaking
        self.random = generator(seed, "procedural", "weight")
        self.size = style.torso * (0.5 + 0.5 * style.energy) * (SEATED_SHARE if style.seated else 1.0)
        self.stand = (0.0, 0.0)
        self.busy_until_s = 0.0

    def shift(self, now_s: float) -> tuple[list[BodyMove], float]:
        """Move the weight to another place over feet or seat; also says when the next shift may come."""
        random = self.random
        rate = self.style.weight_shifts_per_minute * (1.0 if self.speaking.at(now_s) else 0.7)
        if now_s < self.busy_until_s or rate <= 0.0:
            return [], max(self.busy_until_s, now_s + 1.0)
        sideways, forward = (random.normal(0.0, sd * self.size) for sd in PLACE_M)
        duration_s = random.uniform(*SHIFT_S)
        moves = [*self._pelvis(now_s, duration_s, sideways, forward), *self._hips(now_s, duration_s, sideways)]
        return moves, now_s + max(0.6 * duration_s, random.gamma(3.0, 60.0 / rate / 3.0))

    def step(self, now_s: float) -> tuple[list[BodyMove], float]:
        """Step to another place, one foot after the other; also says when the next step may come."""
        rate, random = self.style.steps_per_minute, self.random
        if rate <= 0.0 or self.style.seated:
            return [], math.inf
        next_s = now_s + random.gamma(2.5, 60.0 / rate / 2.5)
        if now_s < self.busy_until_s:
            return [], self.busy_until_s + 0.2
        goal = [random.normal(0.0, sd) for sd in WANDER_M]
        way = [to - at for to, at in zip(goal, self.stand, strict=True)]
        shorter = min(1.0, LONGEST_STEP_M / max(math.hypot(*way), 1e-6))
        at = (self.stand[0] + shorter * way[0], self.stand[1] + shorter * way[1])
        first, second = ("left", "right") if way[0] > 0.0 else ("right", "left")
        moves, starts_s = [], now_s
        for foot, between in ((first, self.stand), (second, at)):
            duration_s, side = random.uniform(*STEP_S), -1.0 if foot == "left" else 1.0
            moves += [self._over(starts_s, UNLOAD_S, between[0] + side * OVER_FOOT_M, between[1])]
            moves += self._foot(foot, starts_s + 0.85 * UNLOAD_S, duration_s, at)
            starts_s += 0.85 * UNLOAD_S + 0.9 * duration_s
        self.stand, self.busy_until_s = at, starts_s + 0.3
        moves += self._pelvis(starts_s, random.uniform(0.6, 1.0), 0.0, 0.0)
        return moves, max(next_s, self.busy_until_s)

    def _foot(self, foot: str, start_s: float, duration_s: float, at: tuple[float, float]) -> list[BodyMove]:
        turn = self.random.normal(0.0, WANDER_DEG)
        # The foot is off the floor before it travels, and has arrived before it is down: it never slides.
        return [
            BodyMove(f"{foot}_lift", "pulse", start_s, duration_s, (LIFT_M,), "step"),
            BodyMove(f"{foot}_foot", "to", start_s + 0.24 * duration_s, 0.52 * duration_s, (*at, turn), "step"),
        ]

    def _over(self, start_s: float, duration_s: float, sideways: float, forward: float) -> BodyMove:
        return BodyMove("pelvis", "to", start_s, duration_s, (sideways, forward), "weight on one foot")

    def _pelvis(self, start_s: float, duration_s: float, sideways: float, forward: float) -> list[BodyMove]:
        place = (self.stand[0] + sideways, self.stand[1] + forward)
        return [BodyMove("pelvis", "to", start_s, duration_s, place, "weight shift")]

    def _hips(self, start_s: float, duration_s: float, sideways: float) -> list[BodyMove]:
        random = self.random
        pitch, yaw, roll = (random.normal(0.0, sd * self.size) for sd in HIPS_DEG)
        # The hip over the leg that carries stays up, the other one drops: to the right of a weight on the left.
        turn = (pitch, yaw, roll - (0.0 if self.style.seated else DROP_DEG_PER_M * sideways))
        late_s, sink_m = random.uniform(0.0, 0.25), random.normal(0.0, SINK_M * self.size)
        return [
            BodyMove("hips", "to", start_s + late_s, duration_s, turn, "weight shift"),
            BodyMove("sink", "to", start_s, duration_s, (sink_m,), "weight shift"),
        ]
