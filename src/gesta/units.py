"""Rates, counts and the one clock: every other file takes frame rates, sample rates and frame times from here.

Motion runs at 30 frames a second, video at 25, audio at 16,000 samples a second. Motion frame t is centred on
sample round(t * 16000 / 30); a take of S samples has round(S * 30 / 16000) frames, at least one.
"""

import numpy as np

MOTION_FPS = 30
VIDEO_FPS = 25
SAMPLE_RATE = 16_000
TOKEN_FRAMES = 4
"""Motion frames in one motion token (T / K)."""

MINIMUM_SPEECH_S = 0.1
"""Shorter recordings are refused."""


def frame_count(sample_count: int) -> int:
    """Number of motion frames T of a take of `sample_count` samples at 16 kHz."""
    return max(1, round(sample_count * MOTION_FPS / SAMPLE_RATE))


def frame_centres(start: int, stop: int) -> np.ndarray:
    """Sample index at the centre of each motion frame in [start, stop): (T,) int64."""
    return np.rint(np.arange(start, stop, dtype=np.float64) * (SAMPLE_RATE / MOTION_FPS)).astype(np.int64)


def frame_times(start: int, stop: int) -> np.ndarray:
    """Time in seconds of each motion frame in [start, stop): (T,) float64."""
    return np.arange(start, stop, dtype=np.float64) / MOTION_FPS


SLACK_SAMPLES = 16
"""A millisecond, which resampling may add to a recording; nobody misses a frame for it."""


def video_frame_count(sample_count: int) -> int:
    """Number of video frames F that cover `sample_count` samples at 16 kHz, to a millisecond."""
    return max(1, -(-(sample_count - SLACK_SAMPLES) * VIDEO_FPS // SAMPLE_RATE))
