"""A film drawn with a puppet: the person of the picture, cut out and moved by motion in space or by points."""

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
from gesta.film.puppet_moves import TRIED_FRAMES, Moves
from gesta.keypoints.canvas import canvas_for
from gesta.records import Speech
from gesta.units import VIDEO_FPS

FRAMES_AT_ONCE = 16


@dataclass(frozen=True)
class PuppetFilm:
    """A film that can be made.

    Attributes:
        puppet: the person.
        speech: any length.
        moves: what the person does, at least as long.
    """

    puppet: Puppet
    speech: Speech
    moves: Moves

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
        """Seconds to move and draw a frame; some are drawn, the first of which readies the machine."""
        motion, moving = self.moves.tried()
        drawn = islice(self.puppet.frames(motion, VIDEO_FPS, self.moves.rate), TRIED_FRAMES)
        next(drawn, None)
        started = time.perf_counter()
        count = sum(1 for _ in drawn)
        return moving + (time.perf_counter() - started) / max(1, count)

    def foretold(self) -> str:
        """What the film will take, in words; a few frames are tried."""
        seconds = self._per_frame_s * self.frame_count
        lasting = f"{seconds / 60.0:.0f} minutes" if seconds >= 100.0 else f"{max(1.0, seconds):.0f} s"
        return f"Drawing {self.frame_count} frames takes about {lasting}."

    def rows(self, folder: Path, told: Report) -> np.ndarray:
        """The keypoints that the fitted body has in the film, on the canvas of 512 pixels: (F, 402) rows."""
        canvas, rows = canvas_for(self.size), []
        for keypoints in self.puppet.keypoints(self.moves.blocks(folder, told), VIDEO_FPS, self.moves.rate):
            rows.append(rows_of(canvas.to_canvas(keypoints)))
            told("finding points", min(sum(map(len, rows)), self.frame_count), self.frame_count)
        return np.concatenate(rows)[: self.frame_count]

    def frames(self, folder: Path, told: Report) -> Iterator[np.ndarray]:
        """The pictures, as (n, H, W, 3) uint8 stretches; nothing of them is kept in the folder, as they are quick."""
        moved = self.moves.blocks(folder, told)
        drawn = islice(self.puppet.frames(moved, VIDEO_FPS, self.moves.rate), self.frame_count)
        done = 0
        while stretch := list(islice(drawn, FRAMES_AT_ONCE)):
            done += len(stretch)
            told("drawing", done, self.frame_count)
            yield np.stack(stretch)

    def summary(self) -> dict[str, Any]:
        """How well the puppet could follow."""
        return {"puppet": dict(self.puppet.report())}
