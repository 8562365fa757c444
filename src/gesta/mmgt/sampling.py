"""Denoises a film segment by segment: any length in the memory of one segment.

A segment is denoised to the end before the next one begins. The next one starts with the last frames of it, which are
in-painted: before each step they are the finished latents with as much noise as the others have, and the answer for
them is the one that leads there. What a frame's noise is depends on the seed and on the frame's number in the film
alone, so that neither segments nor a new start after a kill change it.
The network appears only as a function, `Predict`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gesta.mmgt.sampling_config import SamplingConfig
from gesta.mmgt.schedulers import Steps
from gesta.mmgt.windows import Windows, windows_of
from gesta.randomness import generator

Predict = Callable[[Tensor, int, np.ndarray], Tensor]
"""Takes noisy latents (W, c, n, h, w), the time, and which frames of the film each window shows, (W, n) int64; gives
velocities (W, c, n, h, w)."""


@dataclass(frozen=True)
class Span:
    """A segment: frames [begin, stop) of the film, of which the first `known` come from the segment before."""

    begin: int
    stop: int
    known: int

    @property
    def count(self) -> int:
        """Number of frames, known ones included."""
        return self.stop - self.begin


def spans(frame_count: int, config: SamplingConfig) -> Iterator[Span]:
    """The segments of a film of `frame_count` frames, in order."""
    done = 0
    while done < frame_count:
        known = min(done, config.carried)
        stop = min(frame_count, done - known + config.segment)
        yield Span(done - known, stop, known)
        done = stop


def calls_of(span: Span, config: SamplingConfig) -> int:
    """How often the network is called for a segment."""
    windows = len(windows_of(span.count, config.window, config.overlap, config.joining).frames)
    return -(-windows // config.windows_at_once) * config.steps


def call_count(frame_count: int, config: SamplingConfig) -> int:
    """How often the network is called for a film."""
    return sum(calls_of(span, config) for span in spans(frame_count, config))


def frame_noise(seed: int, frames: range, shape: tuple[int, int, int], use: str = "start") -> Tensor:
    """The noise of some frames of a film: (c, F, h, w) float32 on the CPU.

    Args:
        seed: the film's.
        frames: their numbers in the film.
        shape: (c, h, w) of a frame's latents.
        use: what it is for; each use has noise of its own.
    """
    drawn = np.empty((len(frames), *shape), np.float32)
    for place, frame in enumerate(frames):
        chance = generator(seed, "film", "noise", use, str(frame))
        drawn[place] = chance.standard_normal(shape, dtype=np.float32)
    return torch.from_numpy(drawn).transpose(0, 1).contiguous()


@torch.inference_mode()
def denoised(
    predict: Predict,
    steps: Steps,
    config: SamplingConfig,
    span: Span,
    carried: Tensor,
    seed: int,
    called: Callable[[], None] = lambda: None,
) -> Tensor:
    """Denoise one segment to the end.

    Args:
        predict: the network.
        steps: the scheduler; it begins anew.
        config: windows and how they are joined.
        span: which frames.
        carried: (c, known, h, w) finished latents of the frames that are known, float32, on the device to compute on.
        seed: the film's.
        called: is told after each call of the network.

    Returns:
        (c, F, h, w) float32 latents of the new frames alone.
    """
    shape = (carried.shape[0], *carried.shape[2:])
    windows = windows_of(span.count, config.window, config.overlap, config.joining)
    frames = range(span.begin, span.stop)
    noise = frame_noise(seed, frames, shape).to(carried.device)
    known = span.known
    latents = noise.clone()
    steps.begin()
    for step in range(steps.count):
        latents[:, :known] = steps.noised(step, carried, noise[:, :known])
        velocity = _joined(predict, latents, steps.times[step], windows, span.begin, config.windows_at_once, called)
        velocity[:, :known] = steps.velocity(step, carried, noise[:, :known])
        latents = steps.take(
            step, velocity, latents, lambda number: frame_noise(seed, frames, shape, f"step {number}").to(noise.device)
        )
    return latents[:, known:]


def _joined(
    predict: Predict,
    latents: Tensor,
    time: int,
    windows: Windows,
    begin: int,
    at_once: int,
    called: Callable[[], None],
) -> Tensor:
    """The network's answer for a whole segment (c, F, h, w), float32, from its answers for windows."""
    answer = torch.zeros_like(latents)
    for first in range(0, len(windows.frames), at_once):
        shown = windows.frames[first : first + at_once]
        seen = latents[:, torch.from_numpy(shown).to(latents.device)].transpose(0, 1)
        answers = predict(seen, time, begin + shown).float()
        weights = torch.from_numpy(windows.weights[first : first + at_once]).to(answers)
        for frames, weight, velocity in zip(shown, weights, answers, strict=True):
            # A window shows no frame twice, so that nothing is lost by adding this way.
            answer[:, torch.from_numpy(frames).to(answer.device)] += weight[:, None, None] * velocity
        called()
    return answer
