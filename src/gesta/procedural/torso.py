"""Plans the back: places it leans and turns to, and a slight lean on strong accents.

Each of its three joints takes a share of its own in every movement and comes a little later than the one below.
"""

import math

import numpy as np

from gesta.procedural.head import Turn
from gesta.procedural.speaking import Speaking
from gesta.procedural.style import Style
from gesta.randomness import generator
from gesta.records import BodyMove, HandMove

PLACE_SD_DEG = (3.2, 1.0, 1.5)
"""How far the back leans and turns between places: pitch, yaw, roll, three joints together."""
PLACE_S, NEXT_PLACE_S = (0.8, 1.8), (1.2, 4.5)
WITH_HANDS, LONGER_THAN_HANDS, LEAST_APART_S = 0.6, (1.2, 2.0), 0.7
"""How often the back goes elsewhere with a stroke, how much longer it takes, the least time between two of these."""
STAYS = 0.7
"""What it keeps then of the place where it was."""
SHARES = {"spine1": 0.42, "spine2": 0.36, "spine3": 0.22}
SHARE_SD, LATE_S = 0.45, 0.06
"""How much a joint's share varies, as a factor, and how much later each joint comes than the one below, at most."""
ACCENT_DEG, ACCENT_FROM = 1.6, 0.45
IDLE_SIZE, IDLE_PACE = 0.4, 0.5
SEATED_SIZE = 0.8


class TorsoPlanner:
    """Decides moves of the three joints of the back."""

    def __init__(self, style: Style, seed: int, speaking: Speaking) -> None:
        self.speaking = speaking
        size = style.torso * (0.35 + 0.65 * style.energy) * (SEATED_SIZE if style.seated else 1.0)
        self.size: Turn = (size * style.torso_pitch, size * style.torso_yaw, size * style.torso_roll)
        self.places, self.beats = generator(seed, "procedural", "torso"), generator(seed, "procedural", "leans")
        self.goals: dict[str, Turn] = dict.fromkeys(SHARES, (0.0, 0.0, 0.0))
        self.place: Turn = (0.0, 0.0, 0.0)
        self.beats_from_s, self.next_s, self.went_s = 0.0, 0.0, -math.inf
        self.beside = generator(seed, "procedural", "torso", "with hands")

    def lean(self, now_s: float) -> tuple[list[BodyMove], float]:
        """Go to another place; also says when to go on from there."""
        if now_s < self.next_s:
            return [], self.next_s
        random, speaking = self.places, self.speaking.at(now_s)
        size, pace = (1.0, 1.0) if speaking else (IDLE_SIZE, IDLE_PACE)
        pitch, yaw, roll = (random.normal(0.0, sd * size) for sd in PLACE_SD_DEG)
        self.place = (pitch * self.size[0], yaw * self.size[1], roll * self.size[2])
        duration_s = random.uniform(*PLACE_S) / pace
        moves = self._go(random, now_s, duration_s, "another place")
        return moves, now_s + random.uniform(*NEXT_PLACE_S) / pace

    def stroke(self, now_s: float, move: HandMove) -> list[BodyMove]:
        """A hand strokes: perhaps the back goes elsewhere with it."""
        random = self.beside
        chance, longer, next_s = random.random(), random.uniform(*LONGER_THAN_HANDS), random.uniform(*NEXT_PLACE_S)
        if chance > WITH_HANDS or move.start_s < max(now_s, self.went_s + LEAST_APART_S):
            return []
        fresh = math.sqrt(1.0 - STAYS**2)
        pitch, yaw, roll = (
            STAYS * at + fresh * random.normal(0.0, sd * size)
            for at, sd, size in zip(self.place, PLACE_SD_DEG, self.size, strict=True)
        )
        self.place, self.went_s, self.next_s = (pitch, yaw, roll), move.start_s, move.start_s + next_s
        return self._go(random, move.start_s, longer * move.duration_s, "with a hand")

    def _go(self, random: np.random.Generator, start_s: float, duration_s: float, reason: str) -> list[BodyMove]:
        """Move the three joints to the place, shared anew, one after the other."""
        moves = []
        for joint, share in SHARES.items():
            pitch, yaw, roll = (share * random.lognormal(0.0, SHARE_SD) * degrees for degrees in self.place)
            self.goals[joint] = (pitch, yaw, roll)
            moves.append(BodyMove(joint, "to", start_s, duration_s, self.goals[joint], reason))
            start_s += random.uniform(0.0, LATE_S)
        return moves

    def accent(self, now_s: float, accent_s: float, strength: float) -> list[BodyMove]:
        """Perhaps a slight lean that ends about on the accent."""
        random = self.beats
        chance, there_s, back_s = random.random(), random.uniform(0.35, 0.55), random.uniform(0.6, 1.1)
        start_s = accent_s - 0.75 * there_s
        if strength < ACCENT_FROM or chance > 0.6 or start_s < max(now_s, self.beats_from_s, 0.0):
            return []
        self.beats_from_s = start_s + there_s + 0.5 * back_s
        degrees, moves = random.normal(0.7, 0.6) * ACCENT_DEG * strength * self.size[0], []
        for joint in SHARES:
            goal, part = self.goals[joint], random.uniform(0.1, 0.6)
            there = (goal[0] + part * degrees, *goal[1:])
            moves.append(BodyMove(joint, "to", start_s, there_s, there, "lean on an accent"))
            moves.append(BodyMove(joint, "to", start_s + there_s, back_s, goal, "back from the lean"))
        return moves
