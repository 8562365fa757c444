"""A speaker's network whose answers are exact: smooth random motion, of which it knows the whole distribution.

Every number of a pose is a Gaussian process in time around a mean that the speech moves, given its first frame. The
mean of clean poses, given noisy ones, then has a formula, and no training is needed to test what is built upon it.
"""

from collections.abc import Iterator
from functools import cache
from typing import cast

import numpy as np
import torch
from torch import Tensor

from gesta.audio.video_features.protocol import VideoFeatures
from gesta.mmgt.diffusion import CosineSchedule
from gesta.mmgt.displacement import diffused, undiffused
from gesta.mmgt.keypoint_speaker import KeypointSpeaker
from gesta.mmgt.smga import Heard, Smga
from gesta.mmgt.smga_config import SmgaConfig, smga_config
from gesta.records import KEYPOINT_COUNT, Keypoints, Speech
from gesta.units import SAMPLE_RATE, VIDEO_FPS

SPREAD = 0.05
"""Standard deviation of a coordinate, about 25 pixels."""
BEND_FRAMES = 8.0
"""How long motion remembers."""
RESIDUE = 1e-6
"""Share of the variance that is not smooth, so that matrices can be inverted."""


class SmoothPoses:
    """Stands in for `Smga`: the mean of clean poses given noisy ones, and given the known ones if it may see them."""

    device = torch.device("cpu")

    def __init__(self, config: SmgaConfig) -> None:
        self.config = config
        frames = np.arange(config.sizes.frames)
        apart = (frames[:, None] - frames[None]) / BEND_FRAMES
        self.covariance = SPREAD**2 * (np.exp(-0.5 * apart**2) + RESIDUE * np.eye(len(frames)))
        self.signal = torch.from_numpy(CosineSchedule(config.diffusion).signal)

    @cache  # noqa: B019
    def given(self, known: int) -> tuple[Tensor, Tensor, Tensor]:
        """How all frames follow from the first ones: (F, K); variances (F,) and axes (F, F) of what is left open."""
        every = self.covariance
        follows = np.linalg.solve(every[:known, :known], every[:known]).T
        variances, axes = np.linalg.eigh(every - follows @ every[:known])
        return torch.from_numpy(follows), torch.from_numpy(variances.clip(min=0.0)), torch.from_numpy(axes)

    def hear(self, audio: Tensor) -> Heard:
        return Heard(audio, audio.mean(dim=1))

    def silence(self, clips: int) -> Heard:
        empty = torch.zeros(clips, self.config.sizes.frames, self.config.audio_size)
        return Heard(empty, empty[:, 0])

    def clear(self, noisy: Tensor, initial_pose: Tensor, heard: Heard, timesteps: Tensor, known: Tensor) -> Tensor:
        rest = heard.tokens[..., :1].double()
        count = int(known[0].sum())
        first = noisy[:, :count] if count else initial_pose[:, None]
        follows, variances, axes = self.given(first.shape[1])
        if count:
            first = undiffused(first, initial_pose, self.config)
        mean = diffused(rest + follows @ (first - rest[:, : first.shape[1]]), initial_pose.double(), self.config)
        units = diffused(torch.ones(1, 1, noisy.shape[2]), torch.zeros(1, noisy.shape[2]), self.config).double()
        signal = self.signal[timesteps][:, None, None]
        spread = variances[:, None] * units**2
        gain = signal.sqrt() * spread / (signal * spread + 1.0 - signal)
        return (mean + axes @ (gain * (axes.T @ (noisy - signal.sqrt() * mean)))).float()


class Rows:
    """Video features that are given: (F, A), as stretches of some frames."""

    name = fingerprint = "rows"
    layers = 1

    def __init__(self, rows: np.ndarray, at_once: int = 7) -> None:
        self.rows, self.at_once, self.size = rows.astype(np.float32), at_once, rows.shape[1]
        self.given = 0

    def stretches(self, speech: Speech) -> Iterator[np.ndarray]:
        for start in range(0, speech.video_frame_count, self.at_once):
            stop = min(start + self.at_once, speech.video_frame_count)
            self.given = stop
            yield self.rows[start:stop, None]


class _Unheard:
    def blocks(self) -> Iterator[np.ndarray]:
        raise AssertionError("the sound itself is not needed")


def speech_of(frames: int) -> Speech:
    """A recording of so many video frames whose sound nobody hears."""
    return Speech("made", frames * SAMPLE_RATE // VIDEO_FPS, "0" * 64, _Unheard())


def slow_rows(frames: int, size: int = 4) -> np.ndarray:
    """(F, A) speech that moves poses by a few pixels, slowly."""
    times = np.arange(frames)[:, None] / VIDEO_FPS
    return 0.01 * np.sin(times * (1.0 + np.arange(size)))


def smooth_speaker(preset: str = "gesta", **changes: object) -> KeypointSpeaker:
    """A speaker on exact answers, hearing 4 numbers a frame."""
    # What is exact is so for numbers that noise covers one by one.
    plain = {} if preset == "official" else {"diffused": "displacements"}
    config = smga_config(preset, audio_size=4, **(plain | changes))
    return KeypointSpeaker(cast(Smga, SmoothPoses(config)))


def first_pose(seen: bool = True) -> Keypoints:
    """A pose on the canvas, all its points there or none."""
    chance = np.random.default_rng(3)
    points = chance.uniform(200.0, 400.0, (1, KEYPOINT_COUNT, 2))
    return Keypoints(points, np.full((1, KEYPOINT_COUNT), float(seen)), (512, 512))


def take(speaker: KeypointSpeaker, rows: np.ndarray, frames: int, **options: object) -> Keypoints:
    """A whole take."""
    features = cast(VideoFeatures, Rows(rows))
    parts = list(speaker.stretches(features, speech_of(frames), first_pose(), **options))  # type: ignore[arg-type]
    points, scores = (np.concatenate([getattr(part, name) for part in parts]) for name in ("points", "scores"))
    return parts[0].replaced(points=points, scores=scores)
