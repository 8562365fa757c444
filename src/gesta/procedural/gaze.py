"""Plans where the eyes look: at the listener most of the time, aside to think, at one's own hands now and then.

While speaking people look at the listener 60 to 70 % of the time; phrases tend to begin with a look aside (Kendon
1967, Acta Psychologica 26:22). What is planned is the place in space that is looked at: the eyes keep to it while the
head moves (the animator turns them against the head).
"""

import math

from gesta.procedural.listening import LOOKS_AWAY, ListeningPlanner
from gesta.procedural.speaking import Speaking
from gesta.procedural.style import Style
from gesta.randomness import generator
from gesta.records import BodyMove, HandMove

ASIDE_DEG, UP_DEG = (7.0, 19.0), (-5.0, 9.0)
"""How far aside and up a look away from the listener goes."""
FACE_SD_DEG, NEAR_SD_DEG = (1.3, 1.0), (3.5, 2.0)
"""Fixations on the listener's face, and small changes while looking away: standard deviations of yaw and pitch."""
AWAY_S, FACE_S = (0.25, 0.75), (0.35, 1.3)
"""Durations of single fixations."""
BACK_CHANCE = 0.45
"""That a fixation away is the last one before the eyes come back."""
SACCADE_S, SACCADE_PER_DEG_S = 0.03, 0.0022
"""Duration of a saccade: 2.2 ms a degree on top of about 25 ms (Bahill, Clark & Stark 1975)."""
IDLE_AWAY = 0.6
"""Share of the looks away that is left while nobody speaks."""
AT_HANDS, AT_HAND_AROUND_S = 0.12, (0.3, 0.35)
"""How often the eyes mean to go along with a stroke, and how long before its start and after it they still would."""
EYES_FROM_SHOULDER_M, SIDE_M, LOWEST_DEG, FURTHEST_DEG = 0.27, 0.17, -32.0, 16.0
"""Where eyes are over the shoulder, how far it is aside, and how far down and aside a look at a hand goes at most."""


class GazePlanner:
    """Decides where the eyes look."""

    def __init__(self, style: Style, seed: int, speaking: Speaking, listening: ListeningPlanner | None = None) -> None:
        self.listening = listening
        self.speaking, self.random = speaking, generator(seed, "procedural", "gaze")
        self.style = style
        self.away = False
        self.at = (0.0, 0.0)
        self.aside_next = False
        self.chances = generator(seed, "procedural", "gaze", "hands")
        self.hand: tuple[float, tuple[float, float]] | None = None

    def stroke(self, move: HandMove) -> None:
        """A hand strokes: people look at what their own hands do now and then."""
        if self.chances.random() < AT_HANDS:
            outward, up, forward = move.pose.position
            side = 1.0 if move.hand == "left" else -1.0
            yaw = math.degrees(math.atan2(side * (SIDE_M + outward), forward))
            pitch = math.degrees(math.atan2(up - EYES_FROM_SHOULDER_M, math.hypot(SIDE_M + outward, forward)))
            goal = (min(max(yaw, -FURTHEST_DEG), FURTHEST_DEG), max(pitch, LOWEST_DEG))
            self.hand = (move.start_s, goal)

    def begin_aside(self) -> None:
        """A phrase is about to begin: the next look is more likely to be aside."""
        self.aside_next = True

    def fixate(self, now_s: float) -> tuple[list[BodyMove], float]:
        """The next fixation; also says when it ends."""
        random = self.random
        chance, held = random.random(), random.random()
        at_hand = self.hand is not None and -AT_HAND_AROUND_S[0] < now_s - self.hand[0] < AT_HAND_AROUND_S[1]
        if self.hand is not None and at_hand:
            self.away, goal, self.hand = True, self.hand[1], None
        elif self.away and chance > BACK_CHANCE:
            goal = (self.at[0] + random.normal(0.0, NEAR_SD_DEG[0]), self.at[1] + random.normal(0.0, NEAR_SD_DEG[1]))
        elif self.away or chance > self._leaving(now_s):
            self.away = False
            goal = (random.normal(0.0, FACE_SD_DEG[0]), random.normal(0.0, FACE_SD_DEG[1]))
        else:
            self.away, self.aside_next = True, False
            goal = (random.choice((-1.0, 1.0)) * random.uniform(*ASIDE_DEG), random.uniform(*UP_DEG))
        jump = max(abs(goal[0] - self.at[0]), abs(goal[1] - self.at[1]))
        self.at = goal
        low_s, high_s = AWAY_S if self.away else FACE_S
        reason = "own hand" if at_hand else "aside" if self.away else "face"
        move = BodyMove("gaze", "to", now_s, SACCADE_S + SACCADE_PER_DEG_S * jump, goal, reason)
        return [move], now_s + low_s + held * (high_s - low_s)

    def _leaving(self, now_s: float) -> float:
        """Chance that a fixation on the listener is the last before a look aside."""
        share = min(self.style.gaze_away, 0.9) * (1.0 if self.speaking.at(now_s) else IDLE_AWAY)
        if self.listening is not None and self.listening.at(now_s):
            share *= LOOKS_AWAY
        away_s = sum(AWAY_S) / 2.0 / BACK_CHANCE
        chance = sum(FACE_S) / 2.0 * share / (away_s * (1.0 - share))
        return min(1.0, chance * (1.8 if self.aside_next else 0.9))
