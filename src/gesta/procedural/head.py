"""Plans head and neck: places they turn to, nods on accents, and what the head does for what is said.

The head turns to a new place every second or two, often as the hands set out for theirs and a little after them, so
that half of its power lies below 0.25 Hz; it beats on some of the accents, mostly with a nod, sometimes with a turn or
a tilt; and it follows the eyes a little late. Neck and head share each movement in another way, and the head comes
after the neck, so that the two turn together no more than people's do.
"""

import math

from gesta.procedural.profiles import DECELERATION_PEAK
from gesta.procedural.speaking import Speaking
from gesta.procedural.style import Style
from gesta.randomness import generator
from gesta.records import BodyMove, HandMove

PLACE_SD_DEG = (3.7, 4.4, 2.5)
"""How far the head turns between places: pitch, yaw, roll."""
PLACE_S, NEXT_PLACE_S = (0.6, 1.2), (0.6, 2.2)
WITH_HANDS, AFTER_HANDS_S, LONGER_THAN_HANDS = 0.75, (0.02, 0.07), (1.1, 1.6)
"""How often the head goes elsewhere with a stroke, how long after it, and how much longer it takes."""
STAYS, LEAST_APART_S = 0.2, 0.45
"""What it keeps then of the place where it was, and the least time between two such turns."""
IDLE_SIZE, IDLE_PACE = 0.4, 0.5
"""What is left of size and pace while nobody speaks."""
BEAT_SHARE = 0.9
"""Share of the strongest accents that the head beats on."""
BEAT_DEG = (2.4, 6.5)
"""Size of a beat for the weakest and for the strongest accent."""
DOWN_S, BACK_S = (0.24, 0.36), (0.45, 0.85)
NECK_PLACES, NECK_BEATS = (0.2, 0.75), (0.1, 0.45)
"""Share of a movement that the neck makes."""
LATE_S = (0.02, 0.12)
"""The head comes this much after the neck."""
FOLLOWS_EYES, FOLLOWS_FROM_DEG, FOLLOWS_LATE_S = 0.42, 6.0, 0.07
"""Share of a look aside that the head turns, from which angle on, and how late."""
SHAKE_DEG, SHAKE_S, SHAKES = (4.0, 8.0), (0.26, 0.36), (2, 4)
TILT_DEG, TILT_S, TILT_HELD_S = (4.0, 8.0), (0.35, 0.55), (0.5, 1.1)
Turn = tuple[float, float, float]


class HeadPlanner:
    """Decides moves of neck and head; places follow each other in time, beats come on top of them."""

    def __init__(self, style: Style, seed: int, speaking: Speaking) -> None:
        self.style, self.speaking = style, speaking
        size = style.head * (0.35 + 0.65 * style.energy)
        self.size: Turn = (size * style.head_pitch, size * style.head_yaw, size * style.head_roll)
        self.places, self.beats = generator(seed, "procedural", "head"), generator(seed, "procedural", "nods")
        self.beside = generator(seed, "procedural", "head", "with hands")
        self.neck: Turn = (0.0, 0.0, 0.0)
        self.head: Turn = (0.0, 0.0, 0.0)
        self.place: Turn = (0.0, 0.0, 0.0)
        self.look: Turn = (0.0, 0.0, 0.0)
        self.free_s = self.beats_from_s = self.next_s = 0.0
        self.went_s = -math.inf

    def turn(self, now_s: float) -> tuple[list[BodyMove], float]:
        """Go to another place; also says when to go on from there."""
        if now_s < (free_s := max(self.free_s, self.next_s)):
            return [], free_s
        random, speaking = self.places, self.speaking.at(now_s)
        size, pace = (1.0, self.style.head_tempo) if speaking else (IDLE_SIZE, IDLE_PACE * self.style.head_tempo)
        pitch, yaw, roll = (random.normal(0.0, sd * size) for sd in PLACE_SD_DEG)
        self.place = (pitch * self.size[0], yaw * self.size[1], roll * self.size[2])
        duration_s = random.uniform(*PLACE_S) / pace
        moves = self._go(now_s, duration_s, "another place")
        return moves, now_s + random.uniform(*NEXT_PLACE_S) / pace

    def stroke(self, now_s: float, move: HandMove) -> list[BodyMove]:
        """A hand strokes: perhaps the head goes elsewhere with it, a little later."""
        random = self.beside
        chance, start_s = random.random(), move.start_s + random.uniform(*AFTER_HANDS_S)
        longer, next_s = random.uniform(*LONGER_THAN_HANDS), random.uniform(*NEXT_PLACE_S)
        if chance > WITH_HANDS or start_s < max(now_s, self.free_s, self.went_s + LEAST_APART_S):
            return []
        fresh = math.sqrt(1.0 - STAYS**2)
        pitch, yaw, roll = (
            STAYS * at + fresh * random.normal(0.0, sd * size)
            for at, sd, size in zip(self.place, PLACE_SD_DEG, self.size, strict=True)
        )
        self.place, self.went_s = (pitch, yaw, roll), start_s
        self.next_s = start_s + next_s / self.style.head_tempo
        return self._go(start_s, longer * move.duration_s, "with a hand")

    def follow(self, now_s: float, yaw: float, pitch: float) -> list[BodyMove]:
        """The eyes went to (yaw, pitch): the head follows if it is far, late and only part of the way."""
        share = FOLLOWS_EYES * min(self.style.head, 1.3) if max(abs(yaw), abs(pitch)) > FOLLOWS_FROM_DEG else 0.0
        look = (-0.6 * share * pitch, share * yaw, 0.0)
        if look == self.look:
            return []
        self.look = look
        start_s = max(now_s + FOLLOWS_LATE_S, self.free_s)
        self.free_s = start_s
        return self._go(start_s, self.places.uniform(0.4, 0.7), "after the eyes")

    def accent(self, now_s: float, accent_s: float, strength: float) -> list[BodyMove]:
        """Perhaps a beat that ends on the accent: a nod, a turn or a tilt."""
        random = self.beats
        chance, kind, scale = random.random(), random.random(), random.lognormal(0.0, 0.35)
        down_s, back_s, late_s = random.uniform(*DOWN_S), random.uniform(*BACK_S), random.normal(0.0, 0.03)
        side, aside = random.choice((-1.0, 1.0)), random.normal(0.0, 0.3)
        start_s = accent_s + late_s - DECELERATION_PEAK * down_s
        if chance > BEAT_SHARE * (0.5 + strength) or start_s < max(now_s, self.beats_from_s, 0.0):
            return []
        degrees = scale * self.style.nods * (BEAT_DEG[0] + (BEAT_DEG[1] - BEAT_DEG[0]) * strength)
        if kind < 0.68:
            way = (degrees, aside * degrees, 0.3 * aside * degrees)
        elif kind < 0.86:
            way = (0.3 * degrees, side * degrees, 0.3 * aside * degrees)
        else:
            way = (0.3 * degrees, aside * degrees, 0.8 * side * degrees)
        self.beats_from_s = start_s + down_s + 0.5 * back_s
        return self._beat(start_s, down_s, back_s, self._sized(way), "beat on an accent")

    def gesture(self, kind: str, start_s: float, strength: float = 1.0) -> list[BodyMove]:
        """A head shake, a tilt or a nod that belongs to what is said or to what the hands do."""
        random = self.beats
        start_s = max(start_s, self.beats_from_s)
        side = random.choice((-1.0, 1.0))
        if kind == "shake":
            each_s, degrees = random.uniform(*SHAKE_S), random.uniform(*SHAKE_DEG) * strength
            moves: list[BodyMove] = []
            for number in range(int(random.integers(*SHAKES))):
                way = (0.0, side * degrees * 0.75**number, 0.0)
                moves += self._beat(start_s, each_s, each_s, self._sized(way), "shake")
                start_s, side = start_s + 0.95 * each_s, -side
            self.beats_from_s = start_s + each_s
            return moves
        up_s, back_s = random.uniform(*TILT_S), random.uniform(*TILT_S)
        held_s, degrees = random.uniform(*TILT_HELD_S), random.uniform(*TILT_DEG) * strength
        way = (0.2 * degrees, 0.0, side * degrees) if kind == "tilt" else (degrees, 0.0, 0.0)
        held_s = held_s if kind == "tilt" else 0.0
        self.beats_from_s = start_s + up_s + held_s + 0.5 * back_s
        return self._beat(start_s, up_s, back_s, self._sized(way), kind, held_s)

    def nod(self, start_s: float, down_s: float, back_s: float, degrees: float) -> list[BodyMove]:
        """A nod of somebody who listens."""
        start_s = max(start_s, self.beats_from_s)
        self.beats_from_s = start_s + down_s + 0.5 * back_s
        return self._beat(start_s, down_s, back_s, self._sized((degrees, 0.0, 0.0)), "nod of a listener")

    def _sized(self, way: Turn) -> Turn:
        return (way[0] * self.size[0], way[1] * self.size[1], way[2] * self.size[2])

    def _go(self, start_s: float, duration_s: float, reason: str) -> list[BodyMove]:
        """Move neck and head to the place with the look on top, shared anew."""
        random = self.places
        goal = [at + look for at, look in zip(self.place, self.look, strict=True)]
        shares = [random.uniform(*NECK_PLACES) for _ in goal]
        pitch, yaw, roll = (share * degrees for share, degrees in zip(shares, goal, strict=True))
        self.neck, self.head = (pitch, yaw, roll), (goal[0] - pitch, goal[1] - yaw, goal[2] - roll)
        late_s, longer = random.uniform(*LATE_S), random.uniform(0.85, 1.25)
        return [
            BodyMove("neck", "to", start_s, duration_s, self.neck, reason),
            BodyMove("head", "to", start_s + late_s, longer * duration_s, self.head, reason),
        ]

    def _beat(
        self, start_s: float, there_s: float, back_s: float, way: Turn, reason: str, held_s: float = 0.0
    ) -> list[BodyMove]:
        """There and back on top of wherever neck and head are going."""
        share, late_s = self.beats.uniform(*NECK_BEATS), self.beats.uniform(0.0, 0.05)
        moves = []
        for channel, goal, part, late in (("neck", self.neck, share, 0.0), ("head", self.head, 1.0 - share, late_s)):
            there = tuple(at + part * change for at, change in zip(goal, way, strict=True))
            begin_s, turn_s = start_s + late, start_s + late + there_s + held_s
            moves.append(BodyMove(channel, "to", begin_s, there_s, there, reason))
            moves.append(BodyMove(channel, "to", turn_s, back_s, goal, f"back from the {reason}"))
        return moves
