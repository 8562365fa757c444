"""What the denoiser is told of a segment of a film: poses drawn, region masks, audio tokens, for any of its windows."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gesta.errors import InputError
from gesta.mmgt.audio_tokens import audio_windows
from gesta.mmgt.latent_cache import fingerprint
from gesta.mmgt.pose_inputs import drawn_poses, region_masks
from gesta.mmgt.rows import Rows
from gesta.mmgt.sampling import Span
from gesta.mmgt.video_config import VideoSizes
from gesta.mmgt.video_network import Conditions, VideoNetwork
from gesta.records import Keypoints
from gesta.units import VIDEO_FPS


@dataclass(frozen=True)
class Given:
    """What a segment of F frames is made of.

    Attributes:
        keypoints: on the canvas.
        heard: (F, S, L, C) float32, the speech around each frame.
    """

    keypoints: Keypoints
    heard: np.ndarray

    def key(self, before: str, segment: Span) -> str:
        """A fingerprint of the segment: `before` is that of the segment before, or of the film."""
        points = self.keypoints
        return fingerprint(
            before=before,
            begin=segment.begin,
            carried=segment.carried,
            heard=self.heard,
            points=points.points,
            scores=points.scores,
            size=points.size,
        )


class FilmReader:
    """Gives each segment's keypoints and speech, reading both streams forward.

    Args:
        keypoints: consecutive stretches on the square canvas, 25 frames a second.
        features: consecutive (f, L, C) stretches.
        frame_count: frames of the film.
        sizes: the network's.
    """

    def __init__(
        self, keypoints: Iterator[Keypoints], features: Iterator[np.ndarray], frame_count: int, sizes: VideoSizes
    ) -> None:
        self._size = (0, 0)
        self._sizes = sizes
        self._points = Rows(self._checked_points(keypoints), frame_count, "keypoints")
        self._features = Rows(self._checked_features(features), frame_count, "speech features")

    def _checked_points(self, keypoints: Iterator[Keypoints]) -> Iterator[np.ndarray]:
        """Points and scores side by side, (f, 134, 3)."""
        for stretch in keypoints:
            if stretch.size[0] != stretch.size[1] or stretch.fps != VIDEO_FPS:
                raise InputError(
                    f"Keypoints for a film must be on a square canvas at {VIDEO_FPS} frames a second, but these are on "
                    f"{stretch.size[0]} x {stretch.size[1]} pixels at {stretch.fps:g}; place and resample them first."
                )
            self._size = stretch.size
            yield np.concatenate([stretch.points, stretch.scores[..., None]], axis=-1)

    def _checked_features(self, features: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
        wanted = (self._sizes.audio_layers, self._sizes.audio_channels)
        for stretch in features:
            if stretch.shape[1:] != wanted:
                raise InputError(
                    f"The speech features have {stretch.shape[1]} layers of {stretch.shape[2]} channels, but the video "
                    f"network hears {wanted[0]} of {wanted[1]}; use the features it was trained with."
                )
            yield stretch

    def read(self, segment: Span) -> Given:
        """What segment `segment` is made of; segments come in order.

        Raises:
            InputError: a stream ends too early, or keypoints are not on a square canvas at 25 frames a second.
        """
        rows = self._points.between(segment.begin, segment.stop)
        hears = self._sizes.audio_span
        around = hears // 2
        first = max(segment.begin - around, 0)
        features = self._features.between(first, segment.stop + around)
        heard = audio_windows(features, segment.begin - first, segment.stop - first, hears)
        return Given(Keypoints(rows[..., :2], rows[..., 2], self._size), heard)


class SegmentConditions:
    """The conditions of a segment, computed once, on the network's device and in its precision.

    Args:
        network: the video network.
        given: what the segment is made of.
        image_token: (1, 1, E) of the person's picture.
        at_once: frames whose drawings are in memory together.
    """

    def __init__(self, network: VideoNetwork, given: Given, image_token: Tensor, at_once: int) -> None:
        config, frames = network.config, given.keypoints.frame_count
        like = next(network.pose_guider.parameters())
        parts = []
        for start in range(0, frames, at_once):
            few = given.keypoints.frames(start, min(start + at_once, frames))
            drawn = torch.from_numpy(drawn_poses(few, config)).to(like.device)
            parts.append(network.pose_features(drawn.permute(3, 0, 1, 2)[None].to(like.dtype) / 255.0))
        masks = region_masks(given.keypoints, config)
        self._pose = torch.cat(parts, dim=2)
        self._audio = network.audio_tokens(torch.from_numpy(given.heard)[None].to(like))
        self._masks = {
            region: tuple(torch.from_numpy(level).to(like) for level in levels) for region, levels in masks.items()
        }
        self._image_token = image_token.to(like)

    def of(self, frames: np.ndarray) -> Conditions:
        """The conditions of windows, (W, n) frames counted from the segment's first."""
        places = torch.from_numpy(frames).to(self._pose.device)
        count = len(frames)
        return Conditions(
            image_token=self._image_token.expand(count, -1, -1),
            pose=self._pose[0][:, places].transpose(0, 1),
            audio=self._audio[0][places],
            masks={region: tuple(level[places] for level in levels) for region, levels in self._masks.items()},
            referenced=torch.ones(count, dtype=torch.bool, device=places.device),
        )
