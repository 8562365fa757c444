"""Keypoints without their flicker, for any length: a film is smoothed stretch by stretch as if it were whole.

Found and generated points tremble by about half a pixel of a 512-pixel picture, and points near the limit of
visibility come and go, which makes masks flash. So:

* a point that hardly moves is averaged over 9 frames, one that moves fast is left as it is, since nobody sees it
  tremble and strokes must keep their speed; in between it is mixed, by the greatest speed within two frames;
* lips, whose syllables an average would wipe out, get a parabola through 5 frames instead of that average, and their
  speed is that from the frame before to the frame after;
* a point appears when its score, a median over 5 frames, reaches 0.35 and goes when it is below 0.25; scores are moved
  to the right side of 0.3 accordingly, and gaps of two frames are bridged by what is visible round them.

A frame is decided by 6 frames before and after it. The first and last frames keep their places. Frames are counted as
at 24 to 30 a second.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from gesta.keypoints.layout import LIPS, VISIBLE
from gesta.records import Keypoints
from gesta.units import VIDEO_FPS

LOOK_AHEAD_FRAMES = 6
"""How many frames after a frame must be known before it is smooth."""
STILL, MOVING = 0.5, 1.5
"""Pixels of a 512-pixel picture in 1/25 s: below the first a point rests, above the second it is left as it is."""
APPEAR, VANISH = 0.35, 0.25
"""Scores at which a hidden point appears and a visible one vanishes."""

_SIDE = 512.0
_REACH_MEAN, _REACH_GAP, _REACH_SLOPE, _REACH_FASTEST, _REACH_SCORE = 4, 2, 2, 2, 2
"""How many frames on each side the average, the bridge over gaps, slopes, the greatest speed and the median see."""
_SPREAD_FRAMES = 1.6
"""Standard deviation of the average's weights."""
_SLOPE = np.array([-2.0, -1.0, 0.0, 1.0, 2.0], dtype=np.float32) / 10.0
"""Weights of 5 frames that give the slope of the straight line nearest to them."""
_QUICK_SLOPE = np.array([0.0, -0.5, 0.0, 0.5, 0.0], dtype=np.float32)
_PARABOLA = np.array([-3.0, 12.0, 17.0, 12.0, -3.0], dtype=np.float32) / 35.0
"""Weights of 5 frames that give the middle of the parabola nearest to them."""
_MARGIN = 0.01
"""How far from VISIBLE scores are kept, so that rounding in a file or a vector does not turn them over."""
_FRAMES_PER_BLOCK = 1024


def smoothed(keypoints: Keypoints) -> Keypoints:
    """All frames of a film, smooth."""
    starts = range(0, keypoints.frame_count, _FRAMES_PER_BLOCK)
    parts = list(smoothed_stretches(keypoints.frames(start, start + _FRAMES_PER_BLOCK) for start in starts))
    points, scores = (np.concatenate([getattr(part, name) for part in parts]) for name in ("points", "scores"))
    return keypoints.replaced(points=points, scores=scores)


def smoothed_stretches(stretches: Iterable[Keypoints]) -> Iterator[Keypoints]:
    """The same frames, smooth, as soon as they can be; how the film is cut changes nothing.

    Args:
        stretches: consecutive frames of one film.

    Yields:
        Consecutive stretches, as many frames in all; the last 6 come when the film has ended.

    Raises:
        ValueError: the stretches are of pictures of several sizes.
    """
    film: _Film | None = None
    for stretch in stretches:
        film = film or _Film(stretch)
        yield from film.advance(stretch)
    if film is not None:
        yield from film.finish()


@dataclass(frozen=True)
class _Frames:
    """Consecutive frames: points (n, 134, 2), scores (n, 134), and whether a point was seen there (n, 134)."""

    points: np.ndarray
    scores: np.ndarray
    seen: np.ndarray

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, frames: slice) -> Self:
        return type(self)(self.points[frames], self.scores[frames], self.seen[frames])

    def followed_by(self, other: "_Frames") -> "_Frames":
        """Both, one after the other."""
        pairs = ((getattr(self, item.name), getattr(other, item.name)) for item in fields(self))
        return _Frames(*(np.concatenate(pair) for pair in pairs))

    def with_beginning(self) -> "_Frames":
        """With frames before the first that turn its movement round, so that the first keeps its place."""
        mirrored = np.minimum(np.arange(LOOK_AHEAD_FRAMES, 0, -1), len(self) - 1)
        before = _Frames(
            2.0 * self.points[:1] - self.points[mirrored],
            np.repeat(self.scores[:1], LOOK_AHEAD_FRAMES, axis=0),
            self.seen[:1] & self.seen[mirrored],
        )
        return before.followed_by(self)


class _Film:
    """The frames that are still needed: those to come out next, and LOOK_AHEAD_FRAMES before them."""

    def __init__(self, like: Keypoints) -> None:
        self._like = like
        self._kept: _Frames | None = None
        self._begun = False
        self._visible: np.ndarray | None = None

    def advance(self, stretch: Keypoints) -> Iterator[Keypoints]:
        """Take frames in, and give those that are decided."""
        if stretch.size != self._like.size:
            raise ValueError(f"stretches of one film have one size, not {self._like.size} and {stretch.size}")
        new = _Frames(stretch.points, stretch.scores, stretch.scores >= VISIBLE)
        self._kept = new if self._kept is None else self._kept.followed_by(new)
        if not self._begun and len(self._kept) > LOOK_AHEAD_FRAMES:
            self._kept, self._begun = self._kept.with_beginning(), True
        if self._begun:
            yield from self._decided()

    def finish(self) -> Iterator[Keypoints]:
        """Give the last frames."""
        assert self._kept is not None
        if not self._begun:
            self._kept = self._kept.with_beginning()
        self._kept = self._kept[::-1].with_beginning()[::-1]
        yield from self._decided()

    def _decided(self) -> Iterator[Keypoints]:
        """The frames that have LOOK_AHEAD_FRAMES on both sides."""
        assert self._kept is not None
        count = len(self._kept) - 2 * LOOK_AHEAD_FRAMES
        if count <= 0:
            return
        kept, self._kept = self._kept, self._kept[count:]
        scores = self._steady_scores(_middle(kept.scores, _REACH_SCORE, count))
        unit = max(self._like.size) / _SIDE * VIDEO_FPS / self._like.fps
        yield self._like.replaced(points=_steady_points(kept, unit), scores=scores)

    def _steady_scores(self, scores: np.ndarray) -> np.ndarray:
        """Medians over 5 of (n + 4, 134) scores, on the side of VISIBLE that the point's history puts them."""
        windows = np.lib.stride_tricks.sliding_window_view(scores, 2 * _REACH_SCORE + 1, axis=0)
        medians = np.median(windows, axis=-1).astype(np.float32)
        if self._visible is None:
            self._visible = medians[0] >= VISIBLE
        # Between the two limits a point stays what it was when it was last beyond them.
        frames = np.arange(1, len(medians) + 1)[:, None]
        beyond = (medians >= APPEAR) | (medians < VANISH)
        latest = np.maximum.accumulate(np.where(beyond, frames, 0), axis=0)
        history = np.concatenate([self._visible[None], medians >= APPEAR])
        visible = np.take_along_axis(history, latest, axis=0)
        self._visible = visible[-1]
        return np.where(visible, np.maximum(medians, VISIBLE + _MARGIN), np.minimum(medians, VISIBLE - _MARGIN))


def _middle(values: np.ndarray, reach: int, count: int) -> np.ndarray:
    """The frames that come out, and so many more on both sides."""
    first = LOOK_AHEAD_FRAMES - reach
    return values[first : first + count + 2 * reach]


def _steady_points(frames: _Frames, unit: float) -> np.ndarray:
    """(n - 12, 134, 2) smooth points of n frames.

    Args:
        frames: those that come out, with LOOK_AHEAD_FRAMES on both sides.
        unit: how many pixels in a frame are one pixel of a 512-pixel picture in 1/25 s.
    """
    count = len(frames) - 2 * LOOK_AHEAD_FRAMES
    weights = np.exp(-(np.arange(-_REACH_MEAN, _REACH_MEAN + 1) ** 2) / (2.0 * _SPREAD_FRAMES**2)).astype(np.float32)
    near = slice(_REACH_MEAN - _REACH_GAP, _REACH_MEAN + _REACH_GAP + 1)
    inner = slice(_REACH_GAP, len(frames) - _REACH_GAP)
    bridged = np.where(frames.seen[inner, :, None], frames.points[inner], _average(frames, weights[near]))
    calm = _average(frames, weights)[LOOK_AHEAD_FRAMES - _REACH_MEAN :][:count]
    outer = LOOK_AHEAD_FRAMES - _REACH_GAP
    around = slice(outer - _REACH_SLOPE, len(bridged) - outer + _REACH_SLOPE)
    calm[:, LIPS] = _weighted(bridged[around, LIPS], _PARABOLA)
    slopes = _weighted(bridged, _SLOPE)
    slopes[:, LIPS] = _weighted(bridged[:, LIPS], _QUICK_SLOPE)
    speeds = np.linalg.norm(slopes, axis=-1) / unit
    windows = np.lib.stride_tricks.sliding_window_view(speeds, 2 * _REACH_FASTEST + 1, axis=0)
    share = np.clip((windows.max(axis=-1) - STILL) / (MOVING - STILL), 0.0, 1.0)[..., None]
    return calm + share * share * (3.0 - 2.0 * share) * (bridged[outer:-outer] - calm)


def _average(frames: _Frames, weights: np.ndarray) -> np.ndarray:
    """Weighted means of the points seen, or the points themselves where none is: fewer frames by len(weights) - 1."""
    seen = frames.seen.astype(np.float32)[..., None]
    total, share = _weighted(frames.points * seen, weights), _weighted(seen, weights)
    reach = len(weights) // 2
    alone = frames.points[reach : len(frames) - reach]
    return np.where(share > 0.0, total / np.where(share > 0.0, share, 1.0), alone)


def _weighted(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Sums over each frame and those round it, of which there must be enough: fewer frames by len(weights) - 1."""
    count = len(values) - len(weights) + 1
    total = np.zeros((count, *values.shape[1:]), dtype=np.float32)
    for step, weight in enumerate(weights):
        total += weight * values[step : step + count]
    return total
