"""What a hand does on top of its moves: it never stops, it drags behind the arm, its fingers come after it.

A moving hand hangs on its wrist: it bends back as the arm speeds up, and on as the arm brakes, overshoots and settles.
Fingers give way with it, and each follows where it is led a little later than its neighbour (people's fingers come
up to 50 ms after the shoulder). All of it hangs on the past alone.
"""

from collections.abc import Mapping

import numpy as np

from gesta.procedural.alive import alive
from gesta.procedural.arms import unit
from gesta.procedural.fingers import FINGER_JOINTS, FINGERS
from gesta.procedural.trailing import Follower, Pendulum, Rate

AXES = ("outward", "up", "forward")
HAND_LENGTH_M, SWING_HZ, SWING_DAMPING = 0.1, 4.5, 0.6
MOST_DRAG_DEG = 16.0
"""Drag grows with acceleration up to about this."""
ELBOW_AT = np.array((0.06, -0.24, -0.03))
"""Where an elbow usually is, from its shoulder: outward, up, forward, metres; tells which way a forearm points."""
CURL_PER_DEGREE = np.array((0.008, 0.01, 0.012, 0.014, 0.0, 0.0, 0.006, 0.0))
"""How far each number of a hand shape gives way for each degree of the hand's drag."""
FINGERS_AFTER_HAND_S = 0.02
DELAYS_S = (0.006, 0.012, 0.018, 0.026, 0.015, 0.006, 0.006, 0.006)
"""How late each number of a hand shape follows."""
CURLS = len(FINGERS)
"""The first of a hand shape's numbers are the curls of four fingers."""
ALONE = 0.6
"""Share of a curl's small motion that is the finger's own; the rest is all fingers' together."""
NEIGHBOURS_R = 0.65
"""How alike neighbouring fingers' joints stray; tendons tie them, and the further apart the less."""
TIES = np.linalg.cholesky(NEIGHBOURS_R ** np.abs(np.subtract.outer(np.arange(CURLS), np.arange(CURLS))))
BUSY_OVER_S, BUSY_M_S, FINGERS_BUSY, ARM_BUSY = 0.15, 0.4, (0.6, 1.0), (0.25, 1.0)
"""Fingers and the arm above the hand stray by the first share in a still hand, and by up to so much more in one that is
fast beside this speed."""
LYING = 0.3
"""What is left of the small motion in a hand that lies on something."""
SHARED = np.array((-1.0, 1.0, 1.0))
"""Hands that lie on each other go on moving together: what is inward for one is outward for the other."""


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
        self.rate, self.busy = Rate(BUSY_OVER_S), Follower(BUSY_OVER_S)
        self.followers = [Follower(delay_s) for delay_s in DELAYS_S]

    def push(
        self,
        channels: Mapping[str, np.ndarray],
        times_s: np.ndarray,
        liveliness: float,
        finger_motion: float,
        tempo: float = 1.0,
    ) -> None:
        """Bring the next stretch to life, in place.

        Args:
            channels: the hand's values by channel (T, size): position, palm, twist, wrist, fingers, loose, as planned,
                and swivel, forearm, collar and knuckles, which are set here.
            times_s: (T,) of the frames.
            liveliness: of the small motion, as a factor.
            finger_motion: of the fingers' small motion, as a further factor.
            tempo: of the small motion but that of fingers, as a factor.
        """
        loose = LYING + (1.0 - LYING) * channels["loose"]
        busy = self._busy(channels["position"])
        drift = self._drift(channels, tempo * times_s, liveliness)
        drift["position"] *= channels["loose"]
        drift["position"] += (1.0 - channels["loose"]) * self._drift_together(tempo * times_s, liveliness)
        channels["position"][:] += drift["position"]
        for name in ("twist", "swivel", "forearm", "collar"):
            channels[name][:] += loose * (ARM_BUSY[0] + ARM_BUSY[1] * busy) * drift[name]
        dragged = loose * self._drag(channels["position"], channels["palm"])
        channels["wrist"][:] += loose * drift["wrist"] + dragged
        shape = channels["fingers"]
        for number, follower in enumerate(self.followers):
            shape[:, number : number + 1] = follower.push(shape[:, number : number + 1])
        shape += self.give.push(dragged[:, :1]) * CURL_PER_DEGREE
        stray = loose * (FINGERS_BUSY[0] + FINGERS_BUSY[1] * busy) * finger_motion
        shape[:, :CURLS] += stray * self._drift_of_curls(times_s, liveliness)
        channels["knuckles"][:] += stray * self._drift_of_joints(times_s, liveliness)

    def _drift(
        self, channels: Mapping[str, np.ndarray], times_s: np.ndarray, liveliness: float
    ) -> dict[str, np.ndarray]:
        kinds = {"position": "position", "twist": "twist", "wrist": "bend",
                 **{name: name for name in ("swivel", "forearm", "collar")}}  # fmt: skip
        names = [(name, f"{kind}/{self.hand}/{axis}") for name, kind in kinds.items()
                 for axis in AXES[: channels[name].shape[1]]]  # fmt: skip
        values = alive([name for _, name in names], times_s, self.seed, liveliness)
        return {name: values[:, [place for place, (of, _) in enumerate(names) if of == name]] for name in kinds}

    def _drift_together(self, times_s: np.ndarray, liveliness: float) -> np.ndarray:
        """How both hands move (T, 3) where they lie on something, metres."""
        moved = LYING * alive([f"position/both/{axis}" for axis in AXES], times_s, self.seed, liveliness)
        return moved if self.hand == "left" else moved * SHARED

    def _drift_of_curls(self, times_s: np.ndarray, liveliness: float) -> np.ndarray:
        """Curls (T, 4), together and each alone."""
        curls = alive([f"fingers/{self.hand}/{number}" for number in range(CURLS + 1)], times_s, self.seed, liveliness)
        return ALONE * curls[:, :CURLS] + (1.0 - ALONE**2) ** 0.5 * curls[:, CURLS:]

    def _drift_of_joints(self, times_s: np.ndarray, liveliness: float) -> np.ndarray:
        """Flexion (T, 15) in degrees of the fingers' joints and the thumb's."""
        fingers = CURLS * 3
        kinds = ["knuckle"] * fingers + ["thumb"] * (FINGER_JOINTS - fingers)
        names = [f"{kind}/{self.hand}/{number}" for number, kind in enumerate(kinds)]
        values = alive(names, times_s, self.seed, liveliness)
        tied = np.einsum("fg,tgs->tfs", TIES, values[:, :fingers].reshape(len(values), CURLS, 3))
        values[:, :fingers] = tied.reshape(len(values), fingers)
        return values

    def _busy(self, position: np.ndarray) -> np.ndarray:
        """How busy a hand is (T, 1) that goes this way (T, 3): 0 where it is still, nearly 1 where it is fast."""
        speed = self.busy.push(np.linalg.norm(self.rate.push(position), axis=-1, keepdims=True))
        return speed / (speed + BUSY_M_S)

    def _drag(self, position: np.ndarray, palm: np.ndarray) -> np.ndarray:
        """Flexion and deviation (T, 2) in degrees by which the hand lags behind its wrist."""
        swing = self.swing.push(position)
        swing = MOST_DRAG_DEG * np.tanh(swing / MOST_DRAG_DEG)
        # A palm that turns over has no direction half way: unscaled, it fades.
        facing, along = palm, unit(position - ELBOW_AT)
        return np.stack([np.sum(swing * way, axis=-1) for way in (facing, np.cross(along, facing))], axis=-1)
