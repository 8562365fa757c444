"""What the hands do while the speaker is silent."""

from dataclasses import dataclass

import numpy as np

from gesta.metrics.motion.envelope import ENVELOPE_RATE
from gesta.units import MOTION_FPS

LOUD_PERCENTILE = 95.0
SILENT_SHARE = 0.1
"""Under this share of the envelope's LOUD_PERCENTILE the speaker is silent (20 dB below loud speech)."""
SHORTEST_PAUSE_S = 0.3
AROUND_S = 0.2
"""Just before and just after a pause: so long."""


@dataclass(frozen=True)
class PauseBehaviour:
    """Hands in the pauses of speech; speeds as shares of the mean speed while speaking.

    Attributes:
        pauses: number of pauses.
        pause_share: share of time that is pause.
        speed_in_pause: mean wrist speed in pauses.
        speed_before: in the 0.2 s before a pause.
        speed_after: in the 0.2 s after one.
    """

    pauses: int
    pause_share: float
    speed_in_pause: float
    speed_before: float | None
    speed_after: float | None


def speech_pauses(envelope: np.ndarray) -> np.ndarray:
    """Pauses of at least SHORTEST_PAUSE_S in an (N,) envelope at 100 Hz: (M, 2) seconds, start and end."""
    if len(envelope) == 0:
        return np.zeros((0, 2))
    quiet = envelope < SILENT_SHARE * np.percentile(envelope, LOUD_PERCENTILE)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(np.int8), [0]]))).reshape(-1, 2) / ENVELOPE_RATE
    return edges[edges[:, 1] - edges[:, 0] >= SHORTEST_PAUSE_S]


def pause_behaviour(wrist_speeds: np.ndarray, envelope: np.ndarray) -> PauseBehaviour | None:
    """How fast (2, T - 1) wrist speeds are in and around the pauses of an (N,) envelope; None without pauses."""
    speed = wrist_speeds.mean(axis=0)
    times = (np.arange(len(speed)) + 0.5) / MOTION_FPS
    pauses = speech_pauses(envelope)
    inside, before, after = (np.zeros(len(speed), dtype=bool) for _ in range(3))
    for start, stop in pauses:
        inside |= (times >= start) & (times < stop)
        before |= (times >= start - AROUND_S) & (times < start)
        after |= (times >= stop) & (times < stop + AROUND_S)
    if not inside.any() or inside.all() or (base := speed[~inside].mean()) == 0.0:
        return None

    def ratio(chosen: np.ndarray) -> float | None:
        chosen = chosen & ~inside
        return float(speed[chosen].mean() / base) if chosen.any() else None

    return PauseBehaviour(
        len(pauses), float(inside.mean()), float(speed[inside].mean() / base), ratio(before), ratio(after)
    )
