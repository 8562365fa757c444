"""Plans everything but the hands: nods, turns and leans, weight, gaze, blinks, brows, breath.

Rates and sizes are set to the measured speakers' (docs/metrics.md) and to the literature: blinks of about 0.2 s, more
of them at the ends of phrases; the head keeps time with the speech as the hands do and turns slowly between.
"""

from dataclasses import dataclass

from gesta.procedural.profiles import DECELERATION_PEAK
from gesta.procedural.style import Style
from gesta.randomness import generator
from gesta.records import BodyMove

NOD_SHARE = 0.6
"""Share of the strongest accents that the head nods with."""
NOD_DOWN_S, NOD_BACK_S = (0.24, 0.34), (0.45, 0.75)
NOD_DEGREES = (1.8, 5.5)
"""Depth of a nod for the weakest and for the strongest accent."""
HEAD_SD_DEGREES = (2.0, 5.0, 2.6)
TORSO_SD_DEGREES = (2.0, 1.8, 1.6)
"""How far head and torso turn between phrases: pitch, yaw, roll."""
TORSO_ACCENT_DEGREES = 1.3
HEAD_SWAY_DEGREES, HEAD_SWAY_S = (1.9, 3.4, 1.7), (0.45, 0.95)
TORSO_SWAY_DEGREES, TORSO_SWAY_S = (1.1, 1.2, 1.0), (0.9, 2.0)
"""Somebody who speaks never holds head and torso still: standard deviation and time of the next place they go to."""
IDLE_SWAY = 0.35
"""Share of the sway that is left while nobody speaks; it is slower, too."""
WEIGHT_M = (0.028, 0.012)
"""Standard deviation of where the pelvis rests: sideways, forward."""
BLINK_S = (0.17, 0.25)
BLINK_GAP_S = 3.6
BLINK_AT_END = 0.45
GLANCE_DEGREES = ((8.0, 18.0), (-3.0, 9.0))
"""How far the eyes turn aside, and up."""
BROWS_FROM_STRENGTH = 0.62
BREATH_S = (3.3, 4.6)
PURPOSES = ("phrases", "nods", "blinks", "weight", "breath", "head_sway", "torso_sway")
"""What draws random numbers of its own."""


@dataclass
class BodyState:
    """Everything the planner of the body remembers."""

    head: tuple[float, ...] = (0.0, 0.0, 0.0)
    torso: tuple[float, ...] = (0.0, 0.0, 0.0)
    nodding_until_s: float = -10.0
    lids_until_s: float = -10.0
    speaking: bool = False


class BodyPlanner:
    """Decides moves of head, torso, pelvis, eyes, brows and breath; see `Planner` for who calls it when."""

    def __init__(self, style: Style, seed: int) -> None:
        self.style = style
        self.energy = 0.35 + 0.65 * style.energy
        self.state = BodyState()
        self.random = {name: generator(seed, "procedural", name) for name in PURPOSES}

    def phrase_start(self, now_s: float, phrase_s: float) -> list[BodyMove]:
        """A new phrase: head and torso take up new places; now and then the eyes look aside to think."""
        random = self.random["phrases"]
        start_s = max(now_s, phrase_s - random.uniform(0.0, 0.35), 0.0)
        head_size, torso_size = self.style.head * self.energy, self.style.torso * self.energy
        moves = []
        yaw = random.choice((-1.0, 1.0)) * random.uniform(*GLANCE_DEGREES[0])
        pitch, hold_s = random.uniform(*GLANCE_DEGREES[1]), random.uniform(0.5, 1.1)
        head: tuple[float, ...] = tuple(random.normal(0.0, sd * head_size) for sd in HEAD_SD_DEGREES)
        if random.random() < self.style.gaze:
            moves.append(BodyMove("gaze", "to", start_s, 0.1, (yaw, pitch), "glance aside as a phrase begins"))
            moves.append(BodyMove("gaze", "to", start_s + hold_s, 0.1, (0.0, 0.0), "back to the listener"))
            head = (head[0], head[1] + 0.3 * yaw, head[2])
        torso = tuple(random.normal(0.0, sd * torso_size) for sd in TORSO_SD_DEGREES)
        moves.append(BodyMove("head", "to", start_s, random.uniform(0.7, 1.3), head, "phrase"))
        moves.append(BodyMove("torso", "to", start_s, random.uniform(1.1, 2.0), torso, "phrase"))
        smile = self.style.smile * random.uniform(0.4, 1.6)
        moves.append(BodyMove("smile", "to", start_s, 1.0, (smile,), "phrase"))
        self.state.head, self.state.torso, self.state.speaking = head, torso, True
        return moves

    def accent(self, now_s: float, accent_s: float, strength: float) -> list[BodyMove]:
        """An accent: perhaps a nod that ends on it, a slight lean, raised brows."""
        random = self.random["nods"]
        chance, down_s, back_s = random.random(), random.uniform(*NOD_DOWN_S), random.uniform(*NOD_BACK_S)
        turn, late_s, brows_s = random.normal(0.0, 0.35), random.normal(0.02, 0.04), random.uniform(0.35, 0.7)
        moves: list[BodyMove] = []
        start_s = accent_s + late_s - DECELERATION_PEAK * down_s
        if chance < NOD_SHARE * (0.5 + strength) and start_s >= max(now_s, self.state.nodding_until_s, 0.0):
            depth = (NOD_DEGREES[0] + (NOD_DEGREES[1] - NOD_DEGREES[0]) * strength) * self.style.head * self.energy
            pitch, yaw, roll = self.state.head
            nod = (pitch + depth, yaw + turn * depth, roll)
            moves.append(BodyMove("head", "to", start_s, down_s, nod, "nod on an accent"))
            moves.append(BodyMove("head", "to", start_s + down_s, back_s, self.state.head, "back from the nod"))
            self.state.nodding_until_s = start_s + down_s + 0.5 * back_s
            lean = (
                self.state.torso[0] + TORSO_ACCENT_DEGREES * strength * self.style.torso * self.energy,
                *self.state.torso[1:],
            )
            moves.append(BodyMove("torso", "to", start_s, 1.6 * down_s, lean, "lean on an accent"))
            moves.append(
                BodyMove("torso", "to", start_s + 1.6 * down_s, 1.5 * back_s, self.state.torso, "back from the lean")
            )
        if strength > BROWS_FROM_STRENGTH and (begin_s := accent_s - 0.45 * brows_s) >= max(now_s, 0.0):
            moves.append(BodyMove("brows", "pulse", begin_s, brows_s, (0.35 + 0.5 * strength,), "accent"))
        return moves

    def phrase_end(self, now_s: float, phrase_s: float) -> list[BodyMove]:
        """The end of a phrase: a likely moment for a blink."""
        self.state.speaking = False
        random = self.random["nods"]
        chance, late_s = random.random(), random.uniform(0.0, 0.25)
        start_s = max(now_s, phrase_s) + late_s
        return self._blink(start_s, "end of a phrase") if chance < BLINK_AT_END else []

    def blink(self, now_s: float) -> tuple[list[BodyMove], float]:
        """A blink in its own time; also says when the next may come."""
        random = self.random["blinks"]
        return self._blink(now_s, "its own time"), now_s + 0.6 + random.gamma(2.2, (BLINK_GAP_S - 0.6) / 2.2)

    def _blink(self, start_s: float, reason: str) -> list[BodyMove]:
        duration_s = self.random["blinks"].uniform(*BLINK_S)
        if start_s < self.state.lids_until_s:
            return []
        self.state.lids_until_s = start_s + duration_s
        return [BodyMove("lids", "pulse", start_s, duration_s, (1.0,), reason)]

    def shift_weight(self, now_s: float) -> tuple[list[BodyMove], float]:
        """Move the weight to another place over the feet; also says when the next shift may come."""
        random = self.random["weight"]
        size = self.style.torso * (0.5 + 0.5 * self.style.energy)
        sideways, forward = (random.normal(0.0, sd * size) for sd in WEIGHT_M)
        duration_s = random.uniform(1.4, 2.8)
        move = BodyMove("pelvis", "to", now_s, duration_s, (sideways, forward), "weight shift")
        return [move], now_s + duration_s + random.uniform(0.8, 5.0)

    def sway(self, channel: str, now_s: float) -> tuple[list[BodyMove], float]:
        """The next place that head or torso drifts to; also says when the one after it begins."""
        random = self.random[channel]
        head = channel == "head_sway"
        size = (
            (self.style.head if head else self.style.torso) * self.energy * (1.0 if self.state.speaking else IDLE_SWAY)
        )
        amount = tuple(random.normal(0.0, sd * size) for sd in (HEAD_SWAY_DEGREES if head else TORSO_SWAY_DEGREES))
        duration_s = random.uniform(*(HEAD_SWAY_S if head else TORSO_SWAY_S)) * (1.0 if self.state.speaking else 2.0)
        return [BodyMove(channel, "to", now_s, duration_s, amount, "sway")], now_s + 0.75 * duration_s

    def breathe(self, now_s: float) -> tuple[list[BodyMove], float]:
        """One breath; also says when the next begins."""
        duration_s = self.random["breath"].uniform(*BREATH_S)
        return [BodyMove("breath", "pulse", now_s, duration_s, (1.0,), "breath")], now_s + 0.97 * duration_s
