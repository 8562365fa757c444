"""A film drawn by diffusion, the way of MMGT: keypoints from the speech, then pictures from keypoints, speech, picture.

Nothing is made before it is asked for, and everything is made stretch by stretch, so that any length can be filmed.
What is finished lies in a folder, from which a film that was stopped goes on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gesta.audio.video_features.protocol import VideoFeatures
from gesta.film.points import Report, SpokenPoints, keypoints_in
from gesta.film.size import resized
from gesta.keypoints.canvas import Canvas
from gesta.mmgt.cost import Progress
from gesta.mmgt.latent_cache import LatentCache
from gesta.mmgt.video_speaker import VideoSpeaker
from gesta.records import Speech


@dataclass(frozen=True)
class DiffusionFilm:
    """A film that can be made.

    Attributes:
        speaker: a trained video network.
        features: what it hears.
        speech: any length.
        picture: (side, side, 3) uint8, the person on the network's canvas.
        canvas: how the picture lies there.
        points: the keypoints, which stage 1 makes.
        seed: the same seed gives the same film.
        size: width and height of the film, pixels.
    """

    speaker: VideoSpeaker
    features: VideoFeatures
    speech: Speech
    picture: np.ndarray
    canvas: Canvas
    points: SpokenPoints
    seed: int
    size: tuple[int, int]

    @property
    def frame_count(self) -> int:
        """Frames of the film."""
        return self.speech.video_frame_count

    def foretold(self) -> str:
        """What the film will take, in words; one call of the network is tried."""
        return f"Drawing takes {self.speaker.foretold(self.frame_count)}."

    def rows(self, folder: Path, told: Report) -> np.ndarray:
        """The keypoints, (F, 402) rows as in `SpokenPoints.rows`."""
        return self.points.rows(folder, told)

    def frames(self, folder: Path, told: Report) -> Iterator[np.ndarray]:
        """The pictures of the film, as (n, H, W, 3) uint8 stretches.

        Args:
            folder: takes what is finished.
            told: how far it is.
        """

        rows = self.rows(folder, told)

        def report(progress: Progress) -> None:
            told("drawing", progress.calls, progress.all_calls)

        frames = self.speaker.frames(
            self.picture,
            keypoints_in(rows),
            self.features.stretches(self.speech),
            self.frame_count,
            seed=self.seed,
            cache=LatentCache(folder),
            report=report,
        )
        for stretch in frames:
            yield resized(self.canvas.cut(stretch), self.size)

    def summary(self) -> dict[str, Any]:
        """How the picture lies on the network's canvas."""
        return {"canvas": self.canvas.as_dict()}
