"""One call of the video network's denoiser: beside its parts, and at official size beside what its GPU can multiply.

    python benchmarks/run.py denoiser

Small, on a processor: each layer is timed alone with what the whole call gives it, so that what the walk between layers
costs is seen. At official size, where there is a GPU: beside the time that the call's products would take at the rate
at which this GPU multiplies large bfloat16 matrices, for several clips at once, with torch.compile and without. Weights
are random, which changes no time.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from rows import alternating
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from gesta.keypoints.masks import REGIONS
from gesta.mmgt.conditions import Conditions
from gesta.mmgt.reference import References
from gesta.mmgt.video_config import VideoConfig, video_config
from gesta.mmgt.video_network import VideoNetwork

REPEATS = 9
CLIPS_AT_ONCE = (1, 2, 4)
MATRIX_SIDE = 8192
PRODUCTS = 20
NO_GPU = """\
At official size (2.3 billion weights, bfloat16) a call is measured where there is a GPU; where this page was written
there was none. `python benchmarks/run.py denoiser` adds the table there."""


@dataclass(frozen=True)
class Call:
    """A guided call of the denoiser, ready to be made.

    Attributes:
        network: random, on the device.
        latents: (2 B, c, F, h, w), both halves of the guidance.
        conditions: of both halves.
        references: of one picture.
    """

    network: VideoNetwork
    latents: Tensor
    conditions: Conditions
    references: References

    def __call__(self, denoise: Callable[..., Tensor] | None = None) -> Tensor:
        level = torch.tensor(500, device=self.latents.device)
        return (denoise or self.network.denoise)(self.latents, level, self.conditions, self.references)


def random_conditions(config: VideoConfig, clips: int = 1) -> Conditions:
    """Conditions of clips as long as a window, on torch's default device."""
    sizes, grid, frames = config.sizes, config.picture.grid, config.window
    levels = tuple(torch.rand(clips, frames, (grid >> halved) ** 2) for halved in range(len(sizes.widths)))
    return Conditions(
        image_token=torch.randn(clips, 1, sizes.image_token),
        pose=torch.randn(clips, sizes.widths[0], frames, grid, grid),
        audio=torch.randn(clips, frames, sizes.audio_tokens, sizes.audio_token),
        masks=dict.fromkeys(REGIONS, levels),
        referenced=torch.ones(clips, dtype=torch.bool),
    )


def guided_call(network: VideoNetwork, clips: int = 1) -> Call:
    """A guided call for clips of one picture, in the network's precision and where it is."""
    config, weight = network.config, next(network.parameters())
    grid, channels = config.picture.grid, config.picture.latent_channels
    with weight.device, precision(weight.dtype):
        latents = torch.randn(2 * clips, channels, config.window, grid, grid)
        told = random_conditions(config, clips).guided()
        picture, token = torch.randn(1, channels, grid, grid), torch.randn(1, 1, config.sizes.image_token)
        return Call(network, latents, told, network.read_reference(picture, token))


@contextmanager
def precision(kind: torch.dtype) -> Iterator[None]:
    """Make tensors of a kind where none is named."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(kind)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def layers_called(network: nn.Module, work: Callable[[], object]) -> list[Callable[[], object]]:
    """What modules inside a network did while it worked, each as a call of its own that does the same again.

    Modules inside of others that are noted are part of these.
    """
    calls: list[Callable[[], object]] = []
    depth = 0

    def before(module: nn.Module, given: tuple[object, ...], named: dict[str, object]) -> None:
        nonlocal depth
        if depth == 0:
            calls.append(lambda: module(*given, **named))
        depth += 1

    def after(*_: object) -> None:
        nonlocal depth
        depth -= 1

    inside = [module for module in network.modules() if module is not network]
    hooks = [module.register_forward_pre_hook(before, with_kwargs=True) for module in inside]
    hooks += [module.register_forward_hook(after) for module in inside]
    try:
        work()
    finally:
        for hook in hooks:
            hook.remove()
    return calls


def parts_lines() -> list[str]:
    """The small network on one thread: the whole call beside its layers alone."""
    network = VideoNetwork(video_config("small")).eval()
    call = guided_call(network)
    layers = layers_called(network.denoiser, call)

    def alone() -> None:
        for layer in layers:
            layer()

    whole, parts = alternating(call, alone, REPEATS, clock=time.process_time)
    return [
        f"Preset `small`, one thread, one guided call on {network.config.window} frames of "
        f"{network.config.picture.side} pixels, processor time, medians of {REPEATS} by turns: {whole:.2f} s.",
        f"Its {len(layers)} layers alone, each with what the call gives it: {parts:.2f} s. The whole takes "
        f"**{100 * (whole / parts - 1):.1f} % more than its parts**.",
    ]


def multiplied_a_second(device: torch.device) -> float:
    """Operations a second when large bfloat16 matrices are multiplied."""
    one, other = torch.randn(2, MATRIX_SIDE, MATRIX_SIDE, device=device, dtype=torch.bfloat16)
    seconds = time_on(device, lambda: [one @ other for _ in range(PRODUCTS)])
    return PRODUCTS * 2 * MATRIX_SIDE**3 / seconds


def time_on(device: torch.device, work: Callable[[], object]) -> float:
    """Median seconds of something on a GPU, after three runs that are not counted."""
    spent = []
    for repeat in range(REPEATS + 3):
        torch.cuda.synchronize(device)
        begin = time.perf_counter()
        work()
        torch.cuda.synchronize(device)
        if repeat >= 3:
            spent.append(time.perf_counter() - begin)
    return statistics.median(spent)


def operations(work: Callable[[], object]) -> int:
    """Operations of all products of something."""
    with FlopCounterMode(display=False) as counter:
        work()
    return int(counter.get_total_flops())


def official_lines(device: torch.device) -> list[str]:
    """The call at official size on a GPU."""
    with device, precision(torch.bfloat16):
        network = VideoNetwork(video_config("official")).eval()
    rate = multiplied_a_second(device)
    lines = [
        f"Official size, bfloat16, {torch.cuda.get_device_name(device)}: large matrices are multiplied at "
        f"{rate / 1e12:.0f} TFLOP/s. One guided call on {network.config.window} frames of "
        f"{network.config.picture.side} pixels; medians of {REPEATS}.",
        "",
        "| clips at once | compiled | ms a clip | TFLOP a clip | times what the rate allows | peak memory, GB |",
        "|---|---|---|---|---|---|",
    ]
    ways = {"no": network.denoise, "yes": torch.compile(network.denoise)}
    for clips in CLIPS_AT_ONCE:
        call = guided_call(network, clips)
        needed = operations(call)
        for compiled, denoise in ways.items():
            torch.cuda.reset_peak_memory_stats(device)
            seconds = time_on(device, lambda call=call, denoise=denoise: call(denoise))
            memory = torch.cuda.max_memory_allocated(device) / 1e9
            lines.append(
                f"| {clips} | {compiled} | {1e3 * seconds / clips:.0f} | {needed / clips / 1e12:.1f} "
                f"| {seconds * rate / needed:.2f} | {memory:.1f} |"
            )
    return lines


def denoiser_lines() -> list[str]:
    """The section of the page, without its title."""
    threads = torch.get_num_threads()
    with torch.inference_mode():
        torch.set_num_threads(1)
        small = parts_lines()
        torch.set_num_threads(threads)
        there = torch.cuda.is_available()
        official = official_lines(torch.device("cuda")) if there else NO_GPU.splitlines()
    return [*small, "", *official]
