"""Plans what a speaker does who has fallen silent for long: another one has the word, and is listened to.

Small nods now and then, single or in twos, and eyes that hardly leave the other's face: listeners look at who speaks
about three quarters of the time or more (Argyle & Cook 1976, Gaze and Mutual Gaze), and nod several times a minute. How
often they do here is chosen, not measured. Nothing of it begins where speech is known to begin soon, and a nod is over
within a second.
"""

from gesta.procedural.head import HeadPlanner
from gesta.procedural.speaking import Speaking
from gesta.randomness import generator
from gesta.records import BodyMove

AFTER_S = 4.0
"""Who has been silent for so long listens; before, it is a pause of one's own."""
CALM_BEFORE_S = 1.0
"""No nod begins so soon before one's own words."""
GAP_S, GAP_EVENNESS = 6.5, 2.0
"""Mean time between nods, and the shape of its gamma distribution: 1 for pure chance."""
LEAST_GAP_S = 1.8
NOD_DEG, NOD_DOWN_S, NOD_BACK_S = (2.0, 4.5), (0.2, 0.3), (0.3, 0.5)
SECOND, SECOND_SIZE = 0.4, 0.6
"""How often a second nod follows, and its size as a share of the first."""
LOOKS_AWAY = 0.4
"""Share of the looks away that is left, of those of somebody who only pauses."""


class ListeningPlanner:
    """Decides when somebody listens, and what shows it.

    Args:
        seed: whose nods they are.
        speaking: when one speaks oneself.
        head: what nods.
        enabled: whether anybody listens at all; in recordings silence is only silence.
    """

    def __init__(self, seed: int, speaking: Speaking, head: HeadPlanner, enabled: bool) -> None:
        self.speaking, self.head, self.enabled = speaking, head, enabled
        self.random = generator(seed, "procedural", "listening")

    def at(self, now_s: float) -> bool:
        """Whether somebody listens at this time."""
        return self.enabled and not self.speaking.at(now_s) and now_s - max(self.speaking.ended_s, 0.0) > AFTER_S

    def nod(self, now_s: float) -> tuple[list[BodyMove], float]:
        """A nod or two, if somebody listens; also says when to ask again."""
        if not self.at(now_s) or self.speaking.next_after(now_s) < now_s + CALM_BEFORE_S:
            return [], now_s + LEAST_GAP_S
        random = self.random
        degrees, moves, start_s = random.uniform(*NOD_DEG), [], now_s
        for _ in range(1 + (random.random() < SECOND)):
            down_s, back_s = random.uniform(*NOD_DOWN_S), random.uniform(*NOD_BACK_S)
            moves += self.head.nod(start_s, down_s, back_s, degrees)
            start_s, degrees = start_s + down_s + 0.9 * back_s, SECOND_SIZE * degrees
        gap_s = random.gamma(GAP_EVENNESS, (GAP_S - LEAST_GAP_S) / GAP_EVENNESS)
        return moves, start_s + LEAST_GAP_S + gap_s
