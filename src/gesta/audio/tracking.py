"""One fundamental frequency per analysis frame out of YIN's candidates, without octave jumps.

Dynamic programming (Viterbi) over "unvoiced" and the candidates of each frame, with a fixed lag: a frame is decided
when LAG_FRAMES later ones have been seen, so a stream and a file give the same.
"""

from dataclasses import dataclass, field

import numba
import numpy as np

from gesta.audio.pitch import CANDIDATES, HIGHEST_F0_HZ, OCTAVE_BIAS

LAG_FRAMES = 5
"""Analysis frames that are seen beyond the one that is decided (42 ms)."""
STATES = CANDIDATES + 1
"""The last state is "unvoiced"."""
UNVOICED_COST = 0.47
"""A frame is rather unvoiced than as aperiodic as this."""
JUMP_COST = 1.0
"""Per octave between frames."""
SWITCH_COST = 0.4
"""Between voiced and unvoiced."""
VOICED_CONFIDENCE = 0.5
"""Confidence of voiced frames is at least this, of unvoiced ones at most."""
NOISE_APERIODICITY = 0.8
"""Frames at least as aperiodic have no confidence at all."""


@dataclass
class TrackerState:
    """Costs and ways back of the last frames, in rings.

    Attributes:
        seen: frames taken so far.
        costs: (STATES,) cost of the best path into each state of the last frame.
        frequencies: (LAG_FRAMES + 1, CANDIDATES) Hz.
        aperiodicity: (LAG_FRAMES + 1, CANDIDATES).
        back: (LAG_FRAMES + 1, STATES) the state before, on the best path.
    """

    seen: int = 0
    costs: np.ndarray = field(default_factory=lambda: np.zeros(STATES))
    frequencies: np.ndarray = field(default_factory=lambda: np.zeros((LAG_FRAMES + 1, CANDIDATES)))
    aperiodicity: np.ndarray = field(default_factory=lambda: np.ones((LAG_FRAMES + 1, CANDIDATES)))
    back: np.ndarray = field(default_factory=lambda: np.zeros((LAG_FRAMES + 1, STATES), np.int64))


def track(state: TrackerState, frequencies: np.ndarray, aperiodicity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take the candidates of N frames; give what is decided by them.

    Args:
        state: what went before; changed.
        frequencies: (N, CANDIDATES) Hz, 0 where there is none.
        aperiodicity: (N, CANDIDATES).

    Returns:
        F0 in Hz (0 where unvoiced) and voicing confidence 0 to 1 of the frames LAG_FRAMES earlier; none for those
        before the first.
    """
    count = len(frequencies)
    f0, voicing = np.zeros(count), np.zeros(count)
    _run(
        state.seen,
        state.costs,
        state.frequencies,
        state.aperiodicity,
        state.back,
        frequencies,
        aperiodicity,
        f0,
        voicing,
    )
    skipped = min(count, max(0, LAG_FRAMES - state.seen))
    state.seen += count
    return f0[skipped:], voicing[skipped:]


@numba.njit(cache=True)
def _run(
    seen: int,
    costs: np.ndarray,
    ring_frequencies: np.ndarray,
    ring_aperiodicity: np.ndarray,
    back: np.ndarray,
    frequencies: np.ndarray,
    aperiodicity: np.ndarray,
    f0: np.ndarray,
    voicing: np.ndarray,
) -> None:  # pragma: no cover - compiled
    for row in range(len(frequencies)):
        place = (seen + row) % (LAG_FRAMES + 1)
        before = (place - 1) % (LAG_FRAMES + 1)
        ring_frequencies[place] = frequencies[row]
        ring_aperiodicity[place] = aperiodicity[row]
        _step(costs, ring_frequencies[before], frequencies[row], aperiodicity[row], back[place], seen + row == 0)
        best = np.argmin(costs)
        for later in range(LAG_FRAMES):
            best = back[(place - later) % (LAG_FRAMES + 1), best]
        oldest = (place + 1) % (LAG_FRAMES + 1)
        dips = ring_aperiodicity[oldest]
        chosen = dips[best] if best < CANDIDATES else np.min(dips)
        confidence = min(max(1.0 - chosen / NOISE_APERIODICITY, 0.0), 1.0)
        if best < CANDIDATES:
            f0[row] = ring_frequencies[oldest, best]
            voicing[row] = max(confidence, VOICED_CONFIDENCE)
        else:
            voicing[row] = min(confidence, VOICED_CONFIDENCE)


@numba.njit(cache=True)
def _step(
    costs: np.ndarray,
    before: np.ndarray,
    frequencies: np.ndarray,
    aperiodicity: np.ndarray,
    back: np.ndarray,
    first: bool,
) -> None:  # pragma: no cover - compiled
    """Replace the costs by those of the next frame, and note the ways back."""
    updated = np.empty(STATES)
    for state in range(STATES):
        voiced = state < CANDIDATES
        if not voiced:
            local = UNVOICED_COST
        elif frequencies[state] > 0.0:
            local = aperiodicity[state] + OCTAVE_BIAS * np.log2(HIGHEST_F0_HZ / frequencies[state])
        else:
            local = np.inf
        best_cost, best_state = np.inf, CANDIDATES
        for previous in range(STATES):
            cost = costs[previous]
            if (previous < CANDIDATES) != voiced:
                cost += SWITCH_COST
            elif voiced and before[previous] > 0.0 and frequencies[state] > 0.0:
                cost += JUMP_COST * abs(np.log2(frequencies[state] / before[previous]))
            if cost < best_cost:
                best_cost, best_state = cost, previous
        updated[state] = local + (0.0 if first else best_cost)
        back[state] = best_state
    # Only differences matter; without this the costs of an hour would lose precision.
    costs[:] = updated - np.min(updated)
