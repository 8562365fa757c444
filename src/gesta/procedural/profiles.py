"""Minimum-jerk movement in time, and how long a reach of a given length takes.

Flash & Hogan 1985 (J. Neuroscience 5:1688): the smoothest reach follows s(u) = 10 u^3 - 15 u^4 + 6 u^5. Movements that
overlap add up (Flash & Henis 1991), which lets one begin before the last has ended, as people's do.
"""

import numpy as np

ACCELERATION_PEAK = (3.0 - np.sqrt(3.0)) / 6.0
"""Share of the duration at which a minimum-jerk reach accelerates most: 0.211."""
DECELERATION_PEAK = 1.0 - ACCELERATION_PEAK
"""Share of the duration at which it decelerates most: 0.789. This is the moment that meets an accent."""

# Main sequence of the wrist as measured on a real speaker between minima of speed: 0.35 s for 0.1 m, 0.57 s for 0.3 m,
# power 0.43. Reaches that overlap last longer than what is seen of each between its neighbours.
REFERENCE_REACH_M = 0.3
REFERENCE_DURATION_S = 0.8
DURATION_POWER = 0.43
SHORTEST_MOVE_S = 0.2


def step(share: np.ndarray) -> np.ndarray:
    """Minimum-jerk way from 0 to 1; `share` of the duration passed, clipped to [0, 1]."""
    u = np.clip(share, 0.0, 1.0)
    return u * u * u * (10.0 + u * (6.0 * u - 15.0))


def bump(share: np.ndarray) -> np.ndarray:
    """There and back: 0 at both ends with no speed or acceleration there, 1 half way."""
    u = np.clip(share, 0.0, 1.0)
    return 64.0 * (u * (1.0 - u)) ** 3


def reach_duration(length_m: float, tempo: float = 1.0) -> float:
    """Seconds a reach of this length takes at this tempo (1 = the measured speaker's)."""
    return max(SHORTEST_MOVE_S, REFERENCE_DURATION_S * (length_m / REFERENCE_REACH_M) ** DURATION_POWER / tempo)
