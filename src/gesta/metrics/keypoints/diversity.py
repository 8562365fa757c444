"""How different the movements of a set of films are: distances between windows of a second from anywhere in it.

The arms (elbows and wrists against the neck, in metres, see `pairs.metres_per_pixel`) are cut into windows of 1 s, half
overlapping. So that long films do not outweigh short ones, each gives the same number of windows at most, spread
evenly. The distance of two windows is the root mean square over time and points; those of one film that begin less
than 2 s apart are not compared.

A trembling hand is diverse, so this counts only beside the alignment and the real films' own number.
"""

from collections.abc import Iterable

import numpy as np

from gesta.keypoints.layout import body_index
from gesta.metrics.keypoints.pairs import metres_per_pixel
from gesta.metrics.keypoints.tracks import filled
from gesta.records import Keypoints
from gesta.units import VIDEO_FPS

ARMS = tuple(body_index(f"{side}_{joint}") for side in ("left", "right") for joint in ("elbow", "wrist"))
WINDOW_FRAMES, HOP_FRAMES = VIDEO_FPS, VIDEO_FPS // 2
APART_FRAMES = 2 * VIDEO_FPS
EACH = 24
"""Windows of a film."""
MOST = 1536
"""Windows of all films; more are thinned out evenly, which bounds time and memory."""
KEPT = 4 * MOST
"""Windows in memory; beyond this every second one of each film goes."""
LEAST_PAIRS = 10


class ArmWindows:
    """The windows of films, taken one film at a time; of many films fewer windows each are kept."""

    def __init__(self) -> None:
        self._step, self._count = 1, 0
        self._windows: list[np.ndarray] = []
        self._films: list[np.ndarray] = []
        self._starts: list[np.ndarray] = []

    def add(self, keypoints: Keypoints) -> None:
        """Take the windows of a film at 25 frames a second; none where its arms and shoulders are not seen."""
        metres = metres_per_pixel(keypoints)
        places, shares = filled(keypoints, (body_index("neck"), *ARMS))
        starts = np.arange(0, len(places) - WINDOW_FRAMES + 1, HOP_FRAMES)
        if metres is None or not shares.all() or not len(starts):
            return
        chosen = starts[_evenly(len(starts), EACH)][:: self._step]
        arms = ((places[:, 1:] - places[:, :1]) * metres).astype(np.float32)
        self._windows.append(np.stack([arms[start : start + WINDOW_FRAMES] for start in chosen]))
        self._films.append(np.full(len(chosen), len(self._films)))
        self._starts.append(chosen)
        self._count += len(chosen)
        if self._count > KEPT and self._step < EACH:
            self._step *= 2
            for rows in (self._windows, self._films, self._starts):
                rows[:] = [row[::2].copy() for row in rows]
            self._count = sum(map(len, self._windows))

    def diversity_m(self) -> float | None:
        """The median distance of two windows, metres; None where too few can be compared."""
        if not self._windows:
            return None
        kept = _evenly(sum(map(len, self._windows)), MOST)
        windows, films, starts = (np.concatenate(rows)[kept] for rows in (self._windows, self._films, self._starts))
        first, second = np.triu_indices(len(windows), 1)
        compared = (films[first] != films[second]) | (np.abs(starts[first] - starts[second]) >= APART_FRAMES)
        if compared.sum() < LEAST_PAIRS:
            return None
        # Distances from products, since a difference for each pair would take gigabytes.
        flat = windows.reshape(len(windows), -1).astype(np.float64)
        squares = (flat**2).sum(axis=1)
        squared = np.maximum(squares[:, None] + squares - 2.0 * flat @ flat.T, 0.0)[first[compared], second[compared]]
        return float(np.sqrt(np.median(squared) / (WINDOW_FRAMES * len(ARMS))))


def diversity_m(films: Iterable[Keypoints]) -> float | None:
    """The diversity of films at 25 frames a second, metres; None where too few windows can be compared."""
    windows = ArmWindows()
    for film in films:
        windows.add(film)
    return windows.diversity_m()


def _evenly(count: int, most: int) -> np.ndarray:
    """Up to `most` of `count` places, spread evenly: (n,) int."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))
