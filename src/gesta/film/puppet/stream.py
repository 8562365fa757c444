"""A motion that comes in one piece or in blocks, as the film's frames need it: in even blocks, then at its rate."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from gesta.avatar.face_weights import arkit_weights
from gesta.motion.rotations import resample_rotations
from gesta.records import Motion
from gesta.units import MOTION_FPS

BLOCK = 60
"""Frames of a motion that are moved at once: always the same ones, however the motion comes."""
REST_BLOCKS = 10
"""So many blocks from the beginning, 20 seconds of our motion, say what a motion's resting pose is."""


class Stretch(NamedTuple):
    """Poses (T, 55, 3, 3) and ARKit weights (T, 52) of some frames."""

    rotations: np.ndarray
    face: np.ndarray


def even_blocks(motion: Motion | Iterable[Motion]) -> Iterator[Stretch]:
    """A motion in blocks of `BLOCK` frames; the last may be shorter."""
    parts = [motion] if isinstance(motion, Motion) else motion
    waiting: list[Stretch] = []
    count = 0
    for part in parts:
        for start in range(0, part.frame_count, BLOCK):
            some = part.frames(start, min(start + BLOCK, part.frame_count))
            waiting.append(Stretch(some.rotations, arkit_weights(some)))
            count += some.frame_count
            if count >= BLOCK:
                whole = _joined(waiting)
                yield Stretch(whole.rotations[:BLOCK], whole.face[:BLOCK])
                waiting, count = [Stretch(whole.rotations[BLOCK:], whole.face[BLOCK:])], count - BLOCK
    if count:
        yield _joined(waiting)


def _joined(parts: list[Stretch]) -> Stretch:
    return Stretch(np.concatenate([part.rotations for part in parts]), np.concatenate([part.face for part in parts]))


def at_rate(
    blocks: Iterable[Stretch], frame_rate: float, changed: Callable[[Stretch], Stretch], motion_rate: float = MOTION_FPS
) -> Iterator[Stretch]:
    """Frames at another rate, as stretches; frame n is at the moment n / frame_rate, the last source frame stands.

    Args:
        blocks: from `even_blocks`.
        frame_rate: frames a second that are wanted.
        changed: is applied to each block before; frames between two are half-way turns of what it gives.
        motion_rate: frames a second of the blocks.
    """
    step = motion_rate / frame_rate
    before, first, wanted = None, 0, 0
    for block in blocks:
        now = changed(block)
        whole = now if before is None else _joined([before, now])
        end = first + len(whole.rotations)
        count = _below(end - 1, step)
        if count > wanted:
            yield _between(whole, first, np.arange(wanted, count) * step)
            wanted = count
        before, first = Stretch(whole.rotations[-1:], whole.face[-1:]), end - 1
    if before is not None:
        count = max(1, round((first + 1) / step))
        if count > wanted:
            yield _between(before, first, np.full(count - wanted, float(first)))


def _below(last: int, step: float) -> int:
    """How many frames lie before source frame `last`."""
    return int(np.ceil(last / step - 1e-9))


def _between(whole: Stretch, first: int, positions: np.ndarray) -> Stretch:
    """A stretch whose first frame is source frame `first`, at other positions."""
    times = np.arange(first, first + len(whole.rotations))
    if len(times) == 1:
        return Stretch(
            np.repeat(whole.rotations, len(positions), axis=0), np.repeat(whole.face, len(positions), axis=0)
        )
    below = np.minimum(positions.astype(int) - first, len(times) - 2)
    share = (positions - first - below)[:, None].astype(whole.face.dtype)
    face = whole.face[below] * (1 - share) + whole.face[below + 1] * share
    return Stretch(resample_rotations(whole.rotations, times, positions), face)
