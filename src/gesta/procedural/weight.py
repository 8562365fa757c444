"""Plans where the weight is: shifts from leg to leg with hips and knees, and steps in styles that ask for them.

Where the weight goes, the hips go with it: the pelvis drops over the other leg, whose knee gives, and turns a little. A
step lifts a foot only after the weight has gone to the other one, over the toes, and puts it down over the heel. The
second foot often follows, but not always: people who talk stand with one foot before the other for a while.
"""

import math

from gesta.procedural.speaking import Speaking
from gesta.procedural.steps import Stance, Step
from gesta.procedural.style import Style
from gesta.randomness import generator
from gesta.records import BodyMove

PLACE_M = (0.038, 0.02)
"""Standard deviation of where the pelvis rests: sideways, forward."""
BETWEEN_FEET = 0.3
"""How far it goes towards the front or the back foot where one is before the other, at most."""
SEATED_SHARE = 0.35
HIPS_DEG = (2.0, 3.0, 0.8)
"""How the pelvis turns between shifts: pitch, yaw, roll; its drop over the leg without weight comes on top."""
DROP_DEG_PER_M, MOST_DROP_DEG = 75.0, 6.0
SINK_M = 0.009
"""Standard deviation of how far the knees let the pelvis down."""
SHIFT_S = (1.1, 2.4)
UNLOAD_S, UNLOAD_S_PER_M, OVER_FOOT_M, TOWARDS_STEP = (0.45, 0.65), 1.2, 0.06, 0.3
"""How long the weight takes to the foot that stays, more for each metre; how far beside and behind it is then."""
SETTLE_S = (0.7, 1.0)
ON_AFTER = 0.2
"""Share of a step's time after which the weight goes on to where the foot will come down."""
SINK_PER_M2 = 0.25
"""How far the knees let the pelvis down, so that a foot reaches the square of its distance from the other one."""


class WeightPlanner:
    """Decides moves of pelvis, hips, knees and feet."""

    def __init__(self, style: Style, seed: int, speaking: Speaking) -> None:
        self.style, self.speaking = style, speaking
        self.random = generator(seed, "procedural", "weight")
        self.size = style.torso * (0.5 + 0.5 * style.energy) * (SEATED_SHARE if style.seated else 1.0)
        self.stance = Stance(generator(seed, "procedural", "steps"))
        self.busy_until_s = 0.0

    def shift(self, now_s: float) -> tuple[list[BodyMove], float]:
        """Move the weight to another place over feet or seat; also says when the next shift may come."""
        random = self.random
        rate = self.style.weight_shifts_per_minute * (1.0 if self.speaking.at(now_s) else 0.7)
        if now_s < self.busy_until_s or rate <= 0.0:
            return [], max(self.busy_until_s, now_s + 1.0)
        sideways, forward = (random.normal(0.0, sd * self.size) for sd in PLACE_M)
        forward += random.uniform(-BETWEEN_FEET, BETWEEN_FEET) * abs(self.stance.apart_m)
        duration_s = random.uniform(*SHIFT_S)
        moves = self._rest(now_s, duration_s, sideways, forward)
        return moves, now_s + max(0.6 * duration_s, random.gamma(3.0, 60.0 / rate / 3.0))

    def step(self, now_s: float) -> tuple[list[BodyMove], float]:
        """Put a foot elsewhere, perhaps the other one after it; also says when the next step may come."""
        rate, random = self.style.steps_per_minute, self.random
        if rate <= 0.0 or self.style.seated:
            return [], math.inf
        if now_s < self.busy_until_s:
            return [], self.busy_until_s + 0.2
        moves, at_s, steps = [], now_s, self.stance.steps()
        for step in steps:
            unload_s = random.uniform(*UNLOAD_S) + UNLOAD_S_PER_M * math.dist(step.start, step.stays)
            moves += self._over(step, at_s, unload_s)
            lifts_s = at_s + 0.85 * unload_s
            moves += step.moves(lifts_s)
            at_s = lifts_s + ON_AFTER * step.duration_s
        self.busy_until_s = at_s + (1.1 - ON_AFTER) * steps[-1].duration_s
        sideways, forward = (random.normal(0.0, 0.5 * sd * self.size) for sd in PLACE_M)
        moves += self._rest(at_s, random.uniform(*SETTLE_S), sideways, forward)
        wait_s = len(steps) * random.gamma(2.5, 60.0 / rate / 2.5)
        return moves, max(now_s + wait_s, self.busy_until_s)

    def _over(self, step: Step, start_s: float, duration_s: float) -> list[BodyMove]:
        """The weight goes over the foot that stays."""
        side = -1.0 if step.foot == "left" else 1.0
        x, z = step.stays
        place = (x + side * OVER_FOOT_M, z + TOWARDS_STEP * (step.start[1] - z))
        sink_m = SINK_PER_M2 * math.dist(step.end, step.stays) ** 2
        hips = (0.0, self.stance.heading_deg, self._drop_deg(side * OVER_FOOT_M))
        return [
            BodyMove("pelvis", "to", start_s, duration_s, place, "weight on one foot"),
            BodyMove("hips", "to", start_s, duration_s, hips, "weight on one foot"),
            BodyMove("sink", "to", start_s, duration_s, (sink_m,), "weight on one foot"),
        ]

    def _rest(self, start_s: float, duration_s: float, sideways: float, forward: float) -> list[BodyMove]:
        """The pelvis goes so far from the middle of the feet, turned and let down anew."""
        random, (x, z) = self.random, self.stance.middle
        pitch, yaw, roll = (random.normal(0.0, sd * self.size) for sd in HIPS_DEG)
        turn = (pitch, yaw + self.stance.heading_deg, roll + self._drop_deg(sideways))
        late_s, sink_m = random.uniform(0.0, 0.25), random.normal(0.0, SINK_M * self.size)
        return [
            BodyMove("pelvis", "to", start_s, duration_s, (x + sideways, z + forward), "weight shift"),
            BodyMove("hips", "to", start_s + late_s, duration_s, turn, "weight shift"),
            BodyMove("sink", "to", start_s, duration_s, (sink_m,), "weight shift"),
        ]

    def _drop_deg(self, sideways: float) -> float:
        # The hip over the leg that carries stays up, the other one drops: to the right of a weight on the left.
        if self.style.seated:
            return 0.0
        return -MOST_DROP_DEG * math.tanh(DROP_DEG_PER_M * sideways / MOST_DROP_DEG)
