"""Candidates for the fundamental frequency of each analysis frame, by YIN.

A. de Cheveigne and H. Kawahara, "YIN, a fundamental frequency estimator for speech and music", JASA 111 (2002): the
difference function (their equation 6, here through the FFT), its cumulative mean normalisation (equation 8) and
parabolic interpolation. Instead of their absolute threshold, the deepest dips become candidates, among which
`tracking` chooses.
"""

import numba
import numpy as np
from scipy import fft

from gesta.audio.framing import HALF_WINDOW
from gesta.units import SAMPLE_RATE

LOWEST_F0_HZ = 60.0
HIGHEST_F0_HZ = 500.0
SHORTEST_LAG = int(SAMPLE_RATE / HIGHEST_F0_HZ)
LONGEST_LAG = int(SAMPLE_RATE / LOWEST_F0_HZ) + 1
INTEGRATION_SAMPLES = 512
"""Samples that are compared with themselves a lag later (32 ms)."""
FFT_SAMPLES = 1024
CANDIDATES = 4
"""Dips kept per frame."""
OCTAVE_BIAS = 0.03
"""Aperiodicity forgiven per octave: multiples of the true period fit as well as the period itself."""
HIDDEN_POWER = 1e-7
"""Mean square (-70 dB) of the noise imagined under every sound: what is weaker has no pitch."""
NO_CANDIDATE = 2.0
"""Aperiodicity of an unused place; real ones hardly exceed 1."""


def pitch_candidates(windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The best candidates of N frames.

    Args:
        windows: (N, 2 HALF_WINDOW) float32 samples.

    Returns:
        (N, CANDIDATES) frequencies in Hz (0 where there is none) and their aperiodicity: the normalised difference
        d'(lag), 0 for a perfectly periodic frame, about 1 for noise.
    """
    head = fft.rfft(windows[:, :INTEGRATION_SAMPLES], n=FFT_SAMPLES, axis=1)
    whole = fft.rfft(windows[:, : INTEGRATION_SAMPLES + LONGEST_LAG + 1], n=FFT_SAMPLES, axis=1)
    correlation = fft.irfft(np.conj(head) * whole, n=FFT_SAMPLES, axis=1)[:, : LONGEST_LAG + 2]
    frequencies = np.zeros((len(windows), CANDIDATES))
    aperiodicity = np.full((len(windows), CANDIDATES), NO_CANDIDATE)
    _find_dips(np.ascontiguousarray(windows), correlation, frequencies, aperiodicity)
    return frequencies, aperiodicity


assert INTEGRATION_SAMPLES + LONGEST_LAG + 1 <= 2 * HALF_WINDOW
assert 2 * HALF_WINDOW <= FFT_SAMPLES


@numba.njit(cache=True)
def _find_dips(
    windows: np.ndarray, correlation: np.ndarray, frequencies: np.ndarray, aperiodicity: np.ndarray
) -> None:  # pragma: no cover - compiled
    normalised, ranks = np.empty(LONGEST_LAG + 2), np.empty(CANDIDATES)
    for row in range(len(windows)):
        _normalise(windows[row], correlation[row], normalised)
        ranks[:] = NO_CANDIDATE
        for lag in range(SHORTEST_LAG, LONGEST_LAG + 1):
            middle = normalised[lag]
            left, right = normalised[lag - 1], normalised[lag + 1]
            if middle > left or middle >= right:
                continue
            curvature = left - 2.0 * middle + right
            shift = 0.5 * (left - right) / curvature if curvature > 0.0 else 0.0
            depth = middle - 0.25 * (left - right) * shift
            worst = np.argmax(ranks)
            rank = max(depth, 0.0) + OCTAVE_BIAS * np.log2(lag / SHORTEST_LAG)
            if rank < ranks[worst]:
                ranks[worst] = rank
                aperiodicity[row, worst] = max(depth, 0.0)
                frequencies[row, worst] = SAMPLE_RATE / (lag + shift)


@numba.njit(cache=True)
def _normalise(window: np.ndarray, correlation: np.ndarray, normalised: np.ndarray) -> None:  # pragma: no cover
    """Fill in d'(lag) for lags 0 to LONGEST_LAG + 1."""
    hidden = 2.0 * HIDDEN_POWER * INTEGRATION_SAMPLES
    first_energy = 0.0
    for index in range(INTEGRATION_SAMPLES):
        first_energy += float(window[index]) * float(window[index])
    shifted_energy, total = first_energy, 0.0
    normalised[0] = 1.0
    for lag in range(1, LONGEST_LAG + 2):
        leaving, entering = float(window[lag - 1]), float(window[lag - 1 + INTEGRATION_SAMPLES])
        shifted_energy += entering * entering - leaving * leaving
        difference = max(first_energy + shifted_energy - 2.0 * correlation[lag], 0.0) + hidden
        total += difference
        normalised[lag] = difference * lag / total
