"""What `align_speech.py` computes with: mel cepstra, dynamic time warping, and the likeliest way through states."""

import numpy as np
from scipy.fft import dct

from gesta.kernels import kernel
from gesta.units import SAMPLE_RATE

HOP, WINDOW, FFT = SAMPLE_RATE // 100, SAMPLE_RATE // 40, 512
BANDS, CEPSTRA = 32, 13


def cepstra(sound: np.ndarray) -> np.ndarray:
    """(N, 2 * CEPSTRA) mel cepstra and their changes every 10 ms, of zero mean and unit spread."""
    padded = np.pad(sound, (WINDOW // 2, WINDOW))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[: len(sound) : HOP] * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(frames, FFT)) ** 2
    log = np.log(power @ _mel_filters().T + 1e-7)
    rows = dct(log, axis=1, norm="ortho")[:, :CEPSTRA]
    rows = np.column_stack((rows, np.gradient(rows, axis=0)))
    result: np.ndarray = ((rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1e-6)).astype(np.float32)
    return result


def _mel_filters() -> np.ndarray:
    """(BANDS, FFT / 2 + 1) triangles, evenly apart in mel (O'Shaughnessy's formula)."""
    top = 2595.0 * np.log10(1.0 + SAMPLE_RATE / 2 / 700.0)
    edges_hz = 700.0 * (10.0 ** (np.linspace(60.0, top, BANDS + 2) / 2595.0) - 1.0)
    places = np.fft.rfftfreq(FFT, 1.0 / SAMPLE_RATE)
    rising = (places - edges_hz[:-2, None]) / (edges_hz[1:-1] - edges_hz[:-2])[:, None]
    falling = (edges_hz[2:, None] - places) / (edges_hz[2:] - edges_hz[1:-1])[:, None]
    return np.maximum(np.minimum(rising, falling), 0.0)


def warped(away: np.ndarray) -> np.ndarray:
    """For each row of distances (N, M) the column that it is laid on, by the cheapest path from corner to corner."""
    cost = np.full((away.shape[0] + 1, away.shape[1] + 1), np.inf)
    cost[0, 0] = 0.0
    result = np.zeros(len(away), np.int64)
    _warp(away.astype(np.float64), cost, result)
    return result


@kernel
def _warp(away: np.ndarray, cost: np.ndarray, result: np.ndarray) -> None:
    rows, columns = away.shape
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            here = away[row - 1, column - 1]
            best = cost[row - 1, column - 1] + 2.0 * here
            best = min(best, cost[row - 1, column] + here)
            cost[row, column] = min(best, cost[row, column - 1] + here)
    row, column = rows, columns
    while row > 0 and column > 0:
        result[row - 1] = column - 1
        here = away[row - 1, column - 1]
        if cost[row, column] == cost[row - 1, column - 1] + 2.0 * here:
            row, column = row - 1, column - 1
        elif cost[row, column] == cost[row - 1, column] + here:
            row -= 1
        else:
            column -= 1


def best_states(scores: np.ndarray, classes: np.ndarray, optional: np.ndarray) -> np.ndarray:
    """The likeliest way through states in order, of which the optional ones (silences) may be passed over.

    Args:
        scores: (N, C) of each class in each frame.
        classes: (S,) of the states.
        optional: (S,) bool; never two in a row.

    Returns:
        (N,) the state of each frame.
    """
    best = np.full((len(scores), len(classes)), -1e18)
    result = np.zeros(len(scores), np.int64)
    _walk(scores.astype(np.float64), classes, optional, best, np.zeros(best.shape, np.int8), result)
    return result


@kernel
def _walk(
    scores: np.ndarray,
    classes: np.ndarray,
    optional: np.ndarray,
    best: np.ndarray,
    came: np.ndarray,
    result: np.ndarray,
) -> None:
    frames, states = best.shape
    best[0, 0] = scores[0, classes[0]]
    if optional[0]:
        best[0, 1] = scores[0, classes[1]]
    for frame in range(1, frames):
        for state in range(states):
            value, step = best[frame - 1, state], 0
            if state > 0 and best[frame - 1, state - 1] > value:
                value, step = best[frame - 1, state - 1], 1
            if state > 1 and optional[state - 1] and best[frame - 1, state - 2] > value:
                value, step = best[frame - 1, state - 2], 2
            best[frame, state] = value + scores[frame, classes[state]]
            came[frame, state] = step
    state = states - 1
    if optional[state] and best[frames - 1, state - 1] > best[frames - 1, state]:
        state -= 1
    for frame in range(frames - 1, -1, -1):
        result[frame] = state
        state -= came[frame, state]
