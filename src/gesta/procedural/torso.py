"""Plans the back: places it leans and turns to, and a slight lean on strong accents.

Each of its three joints takes a share of its own in every movement and comes a little later than the one below.
"""

from gesta.procedural.head import Turn
from gesta.procedural.speaking import Speaking
from gesta.procedural.style import Style
from gesta.randomness import generator
from gesta.records import BodyMove

PLACE_SD_DEG = (3.6, 1.7, 2.0)
"""How far the back leans and turns between places: pitch, yaw, roll, three joints together."""
PLACE_S, NEXT_PLACE_S = (0.8, 1.8), (1.2, 4.5)
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
        self.beats_from_s = 0.0

    def lean(self, now_s: float) -> tuple[list[BodyMove], float]:
        """Go to another place; also says when to go on from there."""
        random, speaking = self.places, self.speaking.at(now_s)
        size, pace = (1.0, 1.0) if speaking else (IDLE_SIZE, IDLE_PACE)
        place = [random.normal(0.0, sd * size * factor) for sd, factor in zip(PLACE_SD_DEG, self.size, strict=True)]
        duration_s, start_s = random.uniform(*PLACE_S) / pace, now_s
        moves = []
        for joint, share in SHARES.items():
            pitch, yaw, roll = (share * random.lognormal(0.0, SHARE_SD) * degrees for degrees in place)
            self.goals[joint] = (pitch, yaw, roll)
            moves.append(BodyMove(joint, "to", start_s, duration_s, self.goals[joint], "another place"))
            start_s += random.uniform(0.0, LATE_S)
        return moves, now_s + random.uniform(*NEXT_PLACE_S) / pace

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
