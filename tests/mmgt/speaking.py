"""A made person, her movements and her speech, for films by a video network even smaller than the preset `mini`."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from gesta.mmgt.autoencoders import make_autoencoder
from gesta.mmgt.image_token import make_image_token
from gesta.mmgt.sampling_config import SamplingConfig, sampling_config
from gesta.mmgt.video_config import VideoSizes, video_config
from gesta.mmgt.video_network import VideoNetwork
from gesta.mmgt.video_speaker import VideoSpeaker
from gesta.records import KEYPOINT_COUNT, Keypoints
from tests.mmgt.video_scenes import mini_network

FRAMES = 26
SIDE = 32
SIZES = video_config("mini").sizes
PICTURE = np.random.default_rng(5).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
SHORT: dict[str, Any] = {
    "scheduler": "unipc",
    "steps": 2,
    "window": 6,
    "overlap": 2,
    "segment": 12,
    "carried": 4,
    "faded": 2,
}
"""Three segments for FRAMES frames."""


def tiny_network() -> VideoNetwork:
    """Every weight filled; never change it."""
    picture = video_config("mini").picture
    return mini_network(picture=picture.model_copy(update={"side": SIDE}))


def features(sizes: VideoSizes = SIZES, frames: int = FRAMES) -> np.ndarray:
    """Speech features (F, L, C)."""
    shape = (frames, sizes.audio_layers, sizes.audio_channels)
    return np.random.default_rng(6).standard_normal(shape, dtype=np.float32)


def keypoints(frames: int = FRAMES, side: int = 512) -> Keypoints:
    """Points that wander about a canvas."""
    drawn = np.random.default_rng(7)
    places = drawn.uniform(0.2, 0.8, (KEYPOINT_COUNT, 2)) + 0.01 * drawn.standard_normal((frames, KEYPOINT_COUNT, 2))
    return Keypoints(places * side, np.ones((frames, KEYPOINT_COUNT)), (side, side))


def stretches(points: Keypoints, length: int) -> Iterator[Keypoints]:
    """The same keypoints in pieces."""
    for start in range(0, points.frame_count, length):
        yield points.frames(start, start + length)


def speaker(**changes: Any) -> VideoSpeaker:
    """A speaker with the smallest network, every weight filled."""
    return speaker_with(sampling_config(**SHORT | changes))


def speaker_with(config: SamplingConfig) -> VideoSpeaker:
    """The same with given settings."""
    network = tiny_network()
    return VideoSpeaker(
        network,
        make_autoencoder(network.config.picture),
        make_image_token(network.config),
        config,
        device="cpu",
        identity="mini",
    )


def filmed(made: VideoSpeaker, frames: int = FRAMES, **how: Any) -> np.ndarray:
    """A whole film (F, H, W, 3)."""
    picture = how.pop("picture", PICTURE)
    heard = how.pop("features", features(frames=frames))
    return np.concatenate(
        list(made.frames(picture, stretches(keypoints(frames), 11), iter([heard]), frames, **{"seed": 3} | how))
    )
