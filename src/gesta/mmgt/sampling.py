"""Denoises a film segment by segment: any length in the memory of one segment.

A segment is denoised to the end before the next one begins, which starts with the last frames of it. The first of
these carried frames are in-painted: before each step they are the finished latents with as much noise as the others
have, and the answer for them is the one that leads there. The last of them are made again, and the old ones fade into
the new ones, which are close: what a frame's noise is depends on the seed and on the frame's number in the film alone.
(In-painting alone leaves a jump where it ends, as the network sees only noise there when it decides the coarse course;
measured in the tests with a network whose best answer is known.) For the same reason neither segments nor a new start
after a kill change the noise.
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
    """A segment of the film.

    Attributes:
        begin, stop: it shows the frames [begin, stop).
        carried: of them, the first that the segment before has made.
        faded: of the carried ones, the last that are made again.
        kept_back: its last frames, which the next segment makes again; 0 in the last segment.
    """

    begin: int
    stop: int
    carried: int
    faded: int
    kept_back: int

    @property
    def count(self) -> int:
        """Number of frames, carried ones included."""
        return self.stop - self.begin

    @property
    def painted(self) -> int:
        """Carried frames that stay as they are."""
        return self.carried - self.faded

    @property
    def made(self) -> int:
        """Frames that are new or made again."""
        return self.count - self.painted


def spans(frame_count: int, config: SamplingConfig) -> Iterator[Span]:
    """The segments of a film of `frame_count` frames, in order."""
    done = 0
    while done < frame_count:
        carried = min(done, config.carried)
        stop = min(frame_count, done - carried + config.segment)
        kept_back = min(config.faded, stop) if stop < frame_count else 0
        yield Span(done - carried, stop, carried, min(config.faded, carried), kept_back)
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
        carried: (c, carried, h, w) latents from the segment before, float32, on the device to compute on.
        seed: the film's.
        called: is told after each call of the network.

    Returns:
        (c, made, h, w) float32 latents: of the frames that are new or made again.
    """
    shape = (carried.shape[0], *carried.shape[2:])
    windows = windows_of(span.count, config.window, config.overlap, config.joining)
    frames, painted = range(span.begin, span.stop), span.painted
    noise = frame_noise(seed, frames, shape).to(carried.device)
    finished, its_noise = carried[:, :painted], noise[:, :painted]
    latents = noise.clone()
    steps.begin()
    for step in range(steps.count):
        latents[:, :painted] = steps.noised(step, finished, its_noise)
        velocity = _joined(predict, latents, steps.times[step], windows, span.begin, config.windows_at_once, called)
        velocity[:, :painted] = steps.velocity(step, finished, its_noise)
        latents = steps.take(
            step, velocity, latents, lambda number: frame_noise(seed, frames, shape, f"step {number}").to(noise.device)
        )
    made = latents[:, painted:].clone()
    share = torch.arange(1, span.faded + 1, device=made.device)[:, None, None] / (span.faded + 1)
    made[:, : span.faded] = torch.lerp(carried[:, painted:], made[:, : span.faded], share)
    return made


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
