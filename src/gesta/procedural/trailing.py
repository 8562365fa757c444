"""What hangs on something that moves comes after it: hands drag behind forearms, fingers behind hands.

Two second-order systems, in discrete time by the bilinear transform, each a filter that carries its state from one
stretch to the next, so that a stream has what a file has:

* a `Pendulum` swings against the acceleration of what it hangs on, overshoots and settles;
* a `Follower` goes where it is led, a little later.
"""

import math
from functools import cache

import numpy as np
from scipy import signal

from gesta.units import MOTION_FPS


# Kept, since it takes as long as a second of speech does, and every speaker has the same ones.
@cache
def _in_frames(rise: tuple[float, ...], decay: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """A filter of continuous time as one that goes from frame to frame."""
    return signal.bilinear(rise, decay, MOTION_FPS)


class Filter:
    """A linear filter along time that goes on from stretch to stretch and begins at rest."""

    def __init__(self, rise: tuple[float, ...], decay: tuple[float, ...]) -> None:
        self.rise, self.decay = _in_frames(rise, decay)
        self.state: np.ndarray | None = None

    def push(self, values: np.ndarray) -> np.ndarray:
        """The next stretch: (T, C) in, (T, C) out."""
        if not len(values):
            return values
        if self.state is None:
            # As if the first values had been there for ever.
            self.state = signal.lfilter_zi(self.rise, self.decay)[:, None] * values[:1]
        passed, self.state = signal.lfilter(self.rise, self.decay, values, axis=0, zi=self.state)
        return passed


class Pendulum(Filter):
    """Angle in degrees of something that hangs on a joint, from the joint's position in metres.

    Args:
        length_m: from the joint to where its weight is.
        rate_hz: of its swing; muscles make it stiff.
        damping: 0 swings for ever, 1 does not overshoot.
    """

    def __init__(self, length_m: float, rate_hz: float, damping: float) -> None:
        rate = 2.0 * math.pi * rate_hz
        push = -math.degrees(1.0) / (length_m * rate**2)
        super().__init__((push, 0.0, 0.0), (rate**-2, 2.0 * damping / rate, 1.0))


class Rate(Filter):
    """How fast something changes, per second, averaged over about `over_s`."""

    def __init__(self, over_s: float) -> None:
        super().__init__((1.0, 0.0), (over_s**2 / 4.0, over_s, 1.0))


class Follower(Filter):
    """Something that follows without overshoot, later by `delay_s` for slow movements."""

    def __init__(self, delay_s: float) -> None:
        super().__init__((1.0,), (delay_s**2 / 4.0, delay_s, 1.0))
