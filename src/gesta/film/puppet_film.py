"""A film drawn with a puppet: the person of the picture, cut out and moved by gesta's own 3D motion."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from gesta.film.points import Report, rows_of
from gesta.film.puppet.puppet import Puppet
from gesta.keypoints.canvas import canvas_for
from gesta.records import Motion, Speech
from gesta.units import MOTION_FPS, VIDEO_FPS

FRAMES_AT_ONCE = 16
TRIED_FRAMES = 12


@dataclass(frozen=True)
class PuppetFilm:
    """A film that can be made.

    Attributes:
        puppet: the person.
        speech: any length.
        motion: what the person does, at least as long.
    """

    puppet: Puppet
    speech: Speech
    motion: Motion

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.puppet.size

    @property
    def frame_count(self) -> int:
        """Frames of the film."""
        return self.speech.video_frame_count

    @cached_property
    def _per_frame_s(self) -> float:
        """Seconds to draw a frame; some are drawn, the first of which readies the machine."""
        tried = self.motion.frames(0, min(self.motion.frame_count, TRIED_FRAMES * MOTION_FPS // VIDEO_FPS + 1))
        drawn = self.puppet.frames(tried, VIDEO_FPS)
        next(drawn, None)
        started = time.perf_counter()
        count = sum(1 for _ in drawn)
        return (time.perf_counter() - started) / max(1, count)

    def foretold(self) -> str:
        """What the film will take, in words; a few frames are tried."""
        seconds = self._per_frame_s * self.frame_count
        lasting = f"{seconds / 60.0:.0f} minutes" if seconds >= 100.0 else f"{max(1.0, seconds):.0f} s"
        return f"Drawing {self.frame_count} frames takes about {lasting}."

    def rows(self, folder: Path, told: Report) -> np.ndarray:
        """The keypoints that the fitted body has in the film, on the canvas of 512 pixels: (F, 402) rows."""
        del folder
        canvas, rows = canvas_for(self.size), []
        for keypoints in self.puppet.keypoints(self.motion, VIDEO_FPS):
            rows.append(rows_of(canvas.to_canvas(keypoints)))
            told("finding points", min(sum(map(len, rows)), self.frame_count), self.frame_count)
        return np.concatenate(rows)[: self.frame_count]

    def frames(self, folder: Path, told: Report) -> Iterator[np.ndarray]:
        """The pictures, as (n, H, W, 3) uint8 stretches; nothing of them is kept in the folder, as they are quick."""
        del folder
        drawn = islice(self.puppet.frames(self.motion, VIDEO_FPS), self.frame_count)
        done = 0
        while stretch := list(islice(drawn, FRAMES_AT_ONCE)):
            done += len(stretch)
            told("drawing", done, self.frame_count)
            yield np.stack(stretch)

    def summary(self) -> dict[str, Any]:
        """How well the puppet could follow."""
        return {"puppet": dict(self.puppet.report())}
