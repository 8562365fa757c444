"""Generated points beside the true ones of the same speech, brought to one frame rate, one size and one length.

F frames.
"""

from dataclasses import dataclass

import numpy as np

from gesta.errors import InputError
from gesta.keypoints.layout import VISIBLE, body_index
from gesta.keypoints.resampling import resampled
from gesta.metrics.lengths import shared_frames
from gesta.metrics.motion.envelope import envelope_of
from gesta.motion.skeleton import skeleton
from gesta.records import Keypoints, Speech
from gesta.units import VIDEO_FPS

SHAPES_APART = 0.01
"""Share by which the shapes of the pictures may differ."""
SHOULDERS = (body_index("left_shoulder"), body_index("right_shoulder"))


@dataclass(frozen=True)
class PointPair:
    """The points of one clip, generated and real: F frames each, at 25 a second, in pixels of the real one's picture.

    Attributes:
        name: of the clip.
        generated, real: the points.
        envelope: (N,) of the speech at 100 Hz, see `gesta.metrics.motion.envelope`; None where it is not known.
    """

    name: str
    generated: Keypoints
    real: Keypoints
    envelope: np.ndarray | None = None

    @classmethod
    def of(
        cls, name: str, generated: Keypoints, real: Keypoints, speech: Speech | np.ndarray | None = None
    ) -> "PointPair":
        """Points of any frame rate and size, made comparable.

        Args:
            name: of the clip.
            generated, real: the points.
            speech: what is said, or its envelope; None where it is not known.

        Raises:
            InputError: they are not points of pictures of one shape, or not equally long.
        """
        generated, real = resampled(generated, VIDEO_FPS), resampled(real, VIDEO_FPS)
        frames = shared_frames(name, generated.frame_count, real.frame_count, VIDEO_FPS)
        factor = np.asarray(real.size) / np.asarray(generated.size)
        if abs(factor[0] / factor[1] - 1.0) > SHAPES_APART:
            shapes = " and ".join(f"{width} x {height}" for width, height in (generated.size, real.size))
            raise InputError(f"'{name}' has points of pictures of two shapes, {shapes}; bring them to one canvas.")
        generated = generated.replaced(points=generated.points * factor.astype(np.float32), size=real.size)
        return cls(name, generated.frames(0, frames), real.frames(0, frames), envelope_of(speech))

    @property
    def frame_count(self) -> int:
        """Number of frames F."""
        return self.real.frame_count

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frame_count / VIDEO_FPS


def shoulder_width_px(keypoints: Keypoints) -> float | None:
    """The median distance between the shoulders, pixels; None where they are never both seen."""
    return median_distance_px(keypoints, *SHOULDERS)


def median_distance_px(keypoints: Keypoints, first: int, second: int) -> float | None:
    """The median distance of two points over the frames in which both are seen, pixels; None without one, or if 0."""
    seen = (keypoints.scores[:, (first, second)] >= VISIBLE).all(axis=1)
    if not seen.any():
        return None
    points = keypoints.points[seen].astype(np.float64)
    return float(np.median(np.linalg.norm(points[:, first] - points[:, second], axis=-1))) or None


def metres_per_pixel(keypoints: Keypoints) -> float | None:
    """What a pixel is in metres if the shoulders are as wide as our own body's and seen from the front.

    A rough measure, since a picture does not tell how large anything is; but one in which the numbers of films stand
    beside those of 3D motion. None where the shoulders are never both seen.
    """
    width = shoulder_width_px(keypoints)
    return None if width is None else own_shoulders_m() / width


def own_shoulders_m() -> float:
    """The distance between our own body's shoulder joints, metres."""
    places = skeleton().rest_positions()[skeleton().indices(("left_shoulder", "right_shoulder"))]
    return float(np.linalg.norm(places[0] - places[1]))
