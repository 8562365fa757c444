"""Motion on paper: frames of a stretch in order of time, the paths of the hands, and how fast they go with the sound.

`blind_pairs.py` draws two motions on one sheet for somebody who cannot watch films.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gesta.metrics.motion.envelope import ENVELOPE_RATE
from gesta.metrics.motion.report import wrist_speeds
from gesta.metrics.motion.tracks import SIDES, Tracks
from gesta.records import Motion
from gesta.render.preview import frames
from gesta.units import MOTION_FPS, frame_times

TILE_PX = (190, 190)
TILES = 24
ROW_TILES = 8
CURVE_HEIGHT_PX, DPI = 430, 100
COLOURS = ("tab:blue", "tab:orange")
FASTEST_M_S = 1.6
SEEN_M = ((-0.65, 0.65), (-0.2, 0.75))


@dataclass(frozen=True)
class Sheet:
    """What is drawn of both motions.

    Attributes:
        sides: two motions of T frames.
        names: what they are called.
        envelope: (N,) of the speech, 100 a second.
    """

    sides: Sequence[Motion]
    names: Sequence[str]
    envelope: np.ndarray

    def draw(self) -> np.ndarray:
        """(H, W, 3) uint8: the frames of one motion, of the other, then their curves."""
        parts = [_named(self._tiles(motion), name) for motion, name in zip(self.sides, self.names, strict=True)]
        return np.concatenate([*parts, self._curves(parts[0].shape[1])])

    def _tiles(self, motion: Motion) -> np.ndarray:
        count = min(side.frame_count for side in self.sides)
        moments = np.linspace(0, count - 1, TILES).astype(int)
        pictures = frames(motion, moments, TILE_PX, "half")
        rows = [np.concatenate(list(pictures[at : at + ROW_TILES]), axis=1) for at in range(0, TILES, ROW_TILES)]
        return np.concatenate(rows)

    def _curves(self, width: int) -> np.ndarray:
        figure = Figure(figsize=(width / DPI, CURVE_HEIGHT_PX / DPI), dpi=DPI, layout="constrained")
        axes = figure.subplots(2, 2, width_ratios=(1, 4), squeeze=False)
        for row, (motion, name) in enumerate(zip(self.sides, self.names, strict=True)):
            tracks = Tracks.of(motion)
            _paths(axes[row, 0], tracks)
            _speeds(axes[row, 1], tracks, self.envelope, name)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def _named(pictures: np.ndarray, name: str) -> np.ndarray:
    """The same under a line with a name."""
    from PIL import Image, ImageDraw

    height = 18
    strip = Image.new("RGB", (pictures.shape[1], height), "white")
    ImageDraw.Draw(strip).text((4, 3), name, fill="black")
    return np.concatenate([np.asarray(strip), pictures])


def _paths(axes: Axes, tracks: Tracks) -> None:
    """Where both wrists go, seen from the front, against the pelvis."""
    for wrist, colour in zip(np.moveaxis(tracks.in_pelvis("wrist"), 1, 0), COLOURS, strict=True):
        axes.plot(wrist[:, 0], wrist[:, 1], color=colour, linewidth=0.8)
    # Who stands before us has his left on our right.
    axes.set(xlim=SEEN_M[0], ylim=SEEN_M[1], xticks=(), yticks=(), aspect="equal")


def _speeds(axes: Axes, tracks: Tracks, envelope: np.ndarray, name: str) -> None:
    """How fast both wrists go, before the envelope of the speech."""
    duration_s = tracks.pose.positions.shape[0] / MOTION_FPS
    loud = envelope / max(float(envelope.max(initial=0.0)), 1e-9)
    axes.fill_between(np.arange(len(loud)) / ENVELOPE_RATE, loud * FASTEST_M_S, color="0.85", linewidth=0)
    for speed, colour, side in zip(wrist_speeds(tracks), COLOURS, SIDES, strict=True):
        axes.plot(frame_times(0, len(speed)), speed, color=colour, linewidth=1.0, label=side)
    axes.set(xlim=(0, duration_s), ylim=(0, FASTEST_M_S), ylabel=f"{name}, m/s")
