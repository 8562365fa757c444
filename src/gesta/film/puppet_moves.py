"""What moves a puppet: a motion that is there, or points that a trained SMGA makes of the speech, followed in space.

Points are followed by the fitted body (`keypoints.bridge.follow`); what was found lies in the film's folder, so that a
film that was stopped goes on, and memory does not grow with its length.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch

from gesta.audio.row_cache import RowCache
from gesta.errors import OutputError
from gesta.film.points import UNLIMITED, Report, SpokenPoints, keypoints_in
from gesta.film.puppet.puppet import Puppet
from gesta.keypoints.bridge.follow import Followed, followed
from gesta.keypoints.bridge.pose_numbers import NUMBERS, rotations_of
from gesta.keypoints.bridge.sequence import STRETCH
from gesta.keypoints.canvas import canvas_for
from gesta.mmgt.latent_cache import fingerprint
from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.records import Keypoints, Motion
from gesta.units import MOTION_FPS, VIDEO_FPS

TRIED_FRAMES = 12
TRIED_SWAY = 0.02
"""How far points move while following is tried, in widths of the picture."""
PLACE = 3
COLUMNS = NUMBERS + PLACE + len(ARKIT_NAMES)
BLINKS, WIDE = (
    [NUMBERS + PLACE + ARKIT_INDEX[f"{lids}{side}"] for side in ("Left", "Right")] for lids in ("eyeBlink", "eyeWide")
)
LIDS = [*BLINKS, *WIDE]
LOOKED_AT = 2000
"""Frames that say how lids are at rest."""
AWAKE = 0.95
"""Lids that are closed all the time are taken for open ones that were not found well."""


class Moves(Protocol):
    """What the person does."""

    @property
    def rate(self) -> float:
        """Frames a second."""
        ...

    def blocks(self, folder: Path, told: Report) -> Iterable[Motion]:
        """All of it, in pieces that follow each other.

        Args:
            folder: takes what is finished.
            told: how far it is.
        """
        ...

    def tried(self) -> tuple[Motion, float]:
        """Some frames, at least `TRIED_FRAMES` of the film, and the seconds that one of the film's takes to be made."""
        ...


@dataclass(frozen=True)
class GivenMoves:
    """A motion that is there; at 30 frames a second."""

    motion: Motion

    @property
    def rate(self) -> float:
        """Frames a second."""
        return MOTION_FPS

    def blocks(self, folder: Path, told: Report) -> Iterable[Motion]:
        """All of it."""
        del folder, told
        return (self.motion,)

    def tried(self) -> tuple[Motion, float]:
        """Its beginning, which takes no time."""
        return self.motion.frames(0, min(self.motion.frame_count, TRIED_FRAMES * MOTION_FPS // VIDEO_FPS + 1)), 0.0


@dataclass(frozen=True)
class SpokenMoves:
    """What SMGA makes of the speech.

    Attributes:
        points: made of the speech, on the canvas of 512 pixels.
        puppet: who follows them.
        picture: the person's points in the picture, one frame, in pixels of the film.
    """

    points: SpokenPoints
    puppet: Puppet
    picture: Keypoints

    @property
    def rate(self) -> float:
        """Frames a second."""
        return VIDEO_FPS

    def blocks(self, folder: Path, told: Report) -> Iterator[Motion]:
        """All of it; the fitted body follows the points where that has not been done yet."""
        made = self.points.rows(folder, told)
        fit, speech = self.puppet.fit, self.points.speech
        key = fingerprint(
            followed=self.points.key, size=self.puppet.size, picture=self.picture.points, scores=self.picture.scores,
            pose=fit.numbers.numpy(), place=fit.pelvis.numpy(), build=fit.sizes.numpy(), focal=fit.focal,
        )  # fmt: skip
        shape = (len(made), COLUMNS)
        rows = RowCache(folder, UNLIMITED).rows(key, speech.sha256, shape, lambda: self._followed(made, told))
        if rows is None:
            raise OutputError(f"The motion cannot be written to '{folder}': check the folder and its free space.")
        some = np.unique(np.linspace(0, len(rows) - 1, LOOKED_AT).astype(int))
        rest = np.median(rows[some][:, LIDS], axis=0)
        for start in range(0, len(rows), STRETCH):
            yield _motion(_awake(np.array(rows[start : start + STRETCH]), rest))

    def _followed(self, made: np.ndarray, told: Report) -> Iterator[np.ndarray]:
        canvas, done = canvas_for(self.puppet.size), 0
        told("following", 0, len(made))
        parts = map(canvas.to_picture, keypoints_in(made))
        for part in followed(parts, self.picture, self.puppet.fit):
            done += len(part.numbers)
            told("following", done, len(made))
            yield _rows(part)

    def tried(self) -> tuple[Motion, float]:
        """The person of the picture, who sways a little; of the speech, one step is tried."""
        started = time.perf_counter()
        sway = np.sin(np.arange(STRETCH) / VIDEO_FPS)[:, None, None] * (TRIED_SWAY * self.puppet.size[0])
        points = (self.picture.points + sway).astype(np.float32)
        swaying = self.picture.replaced(points=points, scores=np.repeat(self.picture.scores, STRETCH, axis=0))
        part = next(iter(followed([swaying], self.picture, self.puppet.fit)))
        following = (time.perf_counter() - started) / STRETCH
        return _motion(_rows(part)), following + self.points.per_frame_s()


def _rows(part: Followed) -> np.ndarray:
    return torch.cat([part.numbers, part.pelvis, part.face], dim=1).numpy()


def _awake(rows: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """The same rows with lids that are as in the picture when at rest, by weights (L,): what leaves that is a blink.

    Eyes are a few points of a picture; what a network says of them is off by more than lids usually move. So blinks
    are what both eyes do.
    """
    rest = np.minimum(rest, AWAKE)
    rows[:, LIDS] = np.clip((rows[:, LIDS] - rest) / (1.0 - rest), 0.0, 1.0)
    rows[:, BLINKS] = rows[:, BLINKS].min(axis=1, keepdims=True)
    return rows


def _motion(rows: np.ndarray) -> Motion:
    """The motion that rows (F, COLUMNS) hold, a frame for each."""
    rotations = rotations_of(torch.from_numpy(rows[:, :NUMBERS])).numpy()
    return Motion(rotations, rows[:, NUMBERS : NUMBERS + PLACE], rows[:, NUMBERS + PLACE :])
