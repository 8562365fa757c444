"""Points for a film: those of the person in the picture, and those that the speech moves, kept on disk meanwhile."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from gesta.audio.row_cache import RowCache
from gesta.audio.video_features.protocol import VideoFeatures
from gesta.errors import InputError, OutputError
from gesta.keypoints.canvas import Canvas
from gesta.keypoints.estimators.embedded.estimator import Embedded
from gesta.keypoints.estimators.make import make_estimator
from gesta.keypoints.layout import VISIBLE, body_index
from gesta.keypoints.smoothing import smoothed_stretches
from gesta.keypoints.vectors import VALUES_PER_POINT, VECTOR_SIDE, VECTOR_SIZE
from gesta.mmgt.keypoint_speaker import KeypointSpeaker
from gesta.mmgt.latent_cache import fingerprint
from gesta.records import KEYPOINT_COUNT, Keypoints, Speech

Report = Callable[[str, int, int], None]
FRAMES_AT_ONCE = 500
UNLIMITED = 2**62
NEEDED = ("nose", "neck", "right_shoulder", "left_shoulder")
"""Body points of which one at least must be seen."""


@dataclass(frozen=True)
class PicturePoints:
    """The person in a picture.

    Attributes:
        points: theirs, one frame, in the picture's pixels.
        notes: sentences about what a film of them will lack.
    """

    points: Keypoints
    notes: tuple[str, ...] = ()


def points_of(picture: np.ndarray, given: str | PathLike[str] | None, folder: Path | None = None) -> PicturePoints:
    """The points of the person in a picture.

    Args:
        picture: (H, W, 3) uint8.
        given: the file that holds them, or a folder with the two files of DWPose, which finds them; none: `folder`.
        folder: where DWPose's files are if nothing is given; none: the networks that ship find the points.

    Raises:
        InputError: the file or DWPose's files cannot be used, or nobody is found.
    """
    notes: list[str] = []
    if given is not None and not Path(given).is_dir():
        found = make_estimator("given", Path(given)).picture(picture)
    elif given is None and folder is None:
        found, notes = Embedded().noted(picture)
    else:
        found = make_estimator("dwpose", folder if given is None else Path(given)).picture(picture)
    if not (found.scores[0, [body_index(name) for name in NEEDED]] >= VISIBLE).any():
        raise InputError("No head and shoulders are seen in the picture; take another one, or give other points.")
    return PicturePoints(found, tuple(notes))


@dataclass(frozen=True)
class SpokenPoints:
    """The keypoints of a film as stage 1 makes them of speech.

    Attributes:
        speaker: a trained SMGA.
        features: what it hears.
        speech: any length.
        initial: one frame, on the canvas of 512 pixels.
        seed: the same seed gives the same points.
        identity: tells the speaker's weights and settings from all others.
        smooth: take away the tremble of predicted points.
    """

    speaker: KeypointSpeaker
    features: VideoFeatures
    speech: Speech
    initial: Keypoints
    seed: int
    identity: str
    smooth: bool = True

    @property
    def key(self) -> str:
        """Tells them from all others of the same speech."""
        return fingerprint(
            identity=self.identity, hears=self.features.fingerprint, seed=self.seed, smooth=self.smooth,
            points=self.initial.points, scores=self.initial.scores,
        )  # fmt: skip

    def per_frame_s(self) -> float:
        """Seconds to make a frame, of which one step is tried."""
        return self.speaker.per_frame_s(self.initial)

    def rows(self, folder: Path, told: Report) -> np.ndarray:
        """All of them as (F, 402) rows of x, y, score, memory-mapped from a file in a folder; made if it is not there.

        Raises:
            OutputError: the file cannot be written.
        """
        shape = (self.speech.video_frame_count, VECTOR_SIZE)
        rows = RowCache(folder, UNLIMITED).rows(self.key, self.speech.sha256, shape, lambda: self._made(told))
        if rows is None:
            raise OutputError(f"The points cannot be written to '{folder}': check the folder and its free space.")
        return rows

    def _made(self, told: Report) -> Iterator[np.ndarray]:
        done, count = 0, self.speech.video_frame_count
        told("moving", 0, count)
        made = self.speaker.stretches(self.features, self.speech, self.initial, seed=self.seed)
        for stretch in smoothed_stretches(made) if self.smooth else made:
            done += stretch.frame_count
            told("moving", done, count)
            yield rows_of(stretch)


def rows_of(keypoints: Keypoints) -> np.ndarray:
    """Keypoints on the canvas of 512 pixels as (F, 402) rows of x, y, score."""
    return np.concatenate([keypoints.points, keypoints.scores[..., None]], axis=-1).reshape(-1, VECTOR_SIZE)


def keypoints_in(rows: np.ndarray) -> Iterator[Keypoints]:
    """The keypoints on the canvas of 512 pixels that rows hold, stretch by stretch."""
    for start in range(0, len(rows), FRAMES_AT_ONCE):
        yield _keypoints(np.array(rows[start : start + FRAMES_AT_ONCE]))


def in_picture(rows: np.ndarray, canvas: Canvas) -> Keypoints:
    """All keypoints of a film in the pixels of the picture."""
    return canvas.to_picture(_keypoints(rows))


def _keypoints(rows: np.ndarray) -> Keypoints:
    values = rows.reshape(-1, KEYPOINT_COUNT, VALUES_PER_POINT)
    return Keypoints(values[..., :2], values[..., 2], (VECTOR_SIDE, VECTOR_SIDE))
