"""Faults that can be planted in takes, to see whether the judge sees them: `judge_default.py --fault NAME`."""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import signal

from gesta.motion.rotations import matrix_from_axis_angle
from gesta.randomness import generator
from gesta.records import Motion
from gesta.units import MOTION_FPS

LATE_S, SLUGGISH_HZ, TREMBLE_DEG, GLIDE_M_S, FROZEN_S = 0.4, 1.0, 0.5, 0.02, 1.0


def late(motion: Motion) -> Motion:
    """Everything comes too late for its word; the end is cut off."""
    frames = np.maximum(np.arange(motion.frame_count) - int(LATE_S * MOTION_FPS), 0)
    return _taken(motion, frames)


def frozen(motion: Motion) -> Motion:
    """Every other second stands still."""
    at = np.arange(motion.frame_count)
    length = int(FROZEN_S * MOTION_FPS)
    return _taken(motion, np.where(at // length % 2 == 1, at - at % length, at))


def sluggish(motion: Motion) -> Motion:
    """All quick movement is gone."""
    sections = signal.butter(2, SLUGGISH_HZ, fs=MOTION_FPS, output="sos")
    smooth = signal.sosfiltfilt(sections, motion.rotations.astype(np.float64), axis=0)
    left, _, right = np.linalg.svd(smooth)
    return motion.replaced(rotations=(left @ right).astype(np.float32))


def trembling(motion: Motion) -> Motion:
    """Every joint trembles."""
    noise = generator(0, "judge", "trembling").normal(0.0, np.radians(TREMBLE_DEG), (motion.frame_count, 55, 3))
    turned = motion.rotations @ matrix_from_axis_angle(noise)
    return motion.replaced(rotations=turned.astype(np.float32))


def gliding(motion: Motion) -> Motion:
    """The body glides sideways over the floor."""
    way = np.zeros((motion.frame_count, 3), np.float32)
    way[:, 0] = np.arange(motion.frame_count) * GLIDE_M_S / MOTION_FPS
    return motion.replaced(translation=motion.translation + way)


def _taken(motion: Motion, frames: np.ndarray) -> Motion:
    """A motion of some frames of another."""
    names = ("rotations", "translation", "face", "contacts", "attention")
    kept = {name: values[frames] for name in names if (values := getattr(motion, name)) is not None}
    return motion.replaced(**kept)


FAULTS: Mapping[str, Callable[[Motion], Motion]] = {
    "late": late,
    "frozen": frozen,
    "sluggish": sluggish,
    "trembling": trembling,
    "gliding": gliding,
}
