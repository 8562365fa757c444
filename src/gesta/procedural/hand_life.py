"""What a hand does on top of its moves: it never stops, it drags behind the arm, its fingers come after it.

A moving hand hangs on its wrist: it bends back as the arm speeds up, and on as the arm brakes, overshoots and settles.
Fingers give way with it, and each follows where it is led a little later than its neighbour (people's fingers come
up to 50 ms after the shoulder). All of it hangs on the past alone.
"""

from collections.abc import Mapping

import numpy as np

from gesta.procedural.alive import alive
from gesta.procedural.arms import unit
from gesta.procedural.trailing import Follower, Pendulum

AXES = ("outward", "up", "forward")
HAND_LENGTH_M, SWING_HZ, SWING_DAMPING = 0.1, 3.2, 0.6
MOST_DRAG_DEG = 22.0
"""Drag grows with acceleration up to about this."""
ELBOW_AT = np.array((0.06, -0.24, -0.03))
"""Where an elbow usually is, from its shoulder: outward, up, forward, metres; tells which way a forearm points."""
CURL_PER_DEGREE = np.array((0.004, 0.005, 0.006, 0.007, 0.0, 0.0, 0.003, 0.0))
"""How far each number of a hand shape gives way for each degree of the hand's drag."""
FINGERS_AFTER_HAND_S = 0.035
DELAYS_S = (0.012, 0.02, 0.03, 0.042, 0.025, 0.012, 0.012, 0.012)
"""How late each number of a hand shape follows."""
CURLS = 4
"""The first of a hand shape's numbers are the curls of four fingers."""
ALONE = 0.6
"""Share of a finger's small motion that is its own; the rest is all fingers' together."""


class HandLife:
    """One hand's small motion, drag and trailing fingers; stretches are pushed one after the other.

    Args:
        hand: "left" or "right".
        seed: whose hand.
    """

    def __init__(self, hand: str, seed: int) -> None:
        self.hand, self.seed = hand, seed
        self.swing = Pendulum(HAND_LENGTH_M, SWING_HZ, SWING_DAMPING)
        self.give = Follower(FINGERS_AFTER_HAND_S)
        self.followers = [Follower(delay_s) for delay_s in DELAYS_S]

    def push(
        self, channels: Mapping[str, np.ndarray], times_s: np.ndarray, liveliness: float, finger_motion: float
    ) -> None:
        """Bring the next stretch to life, in place.

        Args:
            channels: the hand's values by channel (T, size): position, palm, twist, wrist, fingers, as planned, and
                swivel, collar and knuckles, which are set here.
            times_s: (T,) of the frames.
            liveliness: of the small motion, as a factor.
            finger_motion: of the fingers' small motion, as a further factor.
        """
        drift = self._drift(channels, times_s, liveliness)
        fingers = self._drift_of_fingers(times_s, liveliness * finger_motion)
        for name in ("position", "twist", "wrist", "swivel", "collar"):
            channels[name][:] += drift[name]
        channels["knuckles"][:] += fingers["knuckles"]
        dragged = self._drag(channels["position"], channels["palm"])
        channels["wrist"][:] += dragged
        shape = channels["fingers"]
        for number, follower in enumerate(self.followers):
            shape[:, number : number + 1] = follower.push(shape[:, number : number + 1])
        shape += self.give.push(dragged[:, :1]) * CURL_PER_DEGREE
        shape[:, :CURLS] += fingers["curls"]

    def _drift(
        self, channels: Mapping[str, np.ndarray], times_s: np.ndarray, liveliness: float
    ) -> dict[str, np.ndarray]:
        kinds = {"position": "position", "twist": "twist", "wrist": "bend", "swivel": "swivel", "collar": "collar"}
        names = [(name, f"{kind}/{self.hand}/{axis}") for name, kind in kinds.items()
                 for axis in AXES[: channels[name].shape[1]]]  # fmt: skip
        values = alive([name for _, name in names], times_s, self.seed, liveliness)
        return {name: values[:, [place for place, (of, _) in enumerate(names) if of == name]] for name in kinds}

    def _drift_of_fingers(self, times_s: np.ndarray, liveliness: float) -> dict[str, np.ndarray]:
        """Curls (T, 4), together and each alone, and knuckles (T, 8) in degrees."""
        curls = alive([f"fingers/{self.hand}/{number}" for number in range(CURLS + 1)], times_s, self.seed, liveliness)
        knuckles = alive(
            [f"knuckle/{self.hand}/{number}" for number in range(2 * CURLS)], times_s, self.seed, liveliness
        )
        return {"curls": ALONE * curls[:, :CURLS] + (1.0 - ALONE**2) ** 0.5 * curls[:, CURLS:], "knuckles": knuckles}

    def _drag(self, position: np.ndarray, palm: np.ndarray) -> np.ndarray:
        """Flexion and deviation (T, 2) in degrees by which the hand lags behind its wrist."""
        swing = self.swing.push(position)
        swing = MOST_DRAG_DEG * np.tanh(swing / MOST_DRAG_DEG)
        # A palm that turns over has no direction half way: unscaled, it fades.
        facing, along = palm, unit(position - ELBOW_AT)
        return np.stack([np.sum(swing * way, axis=-1) for way in (facing, np.cross(along, facing))], axis=-1)
