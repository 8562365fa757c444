"""EchoMask's generator at its official size: ours against the same weights executed in the published order.

The weights follow from their names, normal and scaled by fan-in, as nobody may ship trained ones. Timings alternate
between all ways, so that what else the machine does hits all alike.
"""

import copy
import statistics
import time
import zlib
from collections.abc import Callable, Mapping

import numpy as np
import torch
from published_order import PublishedOrder
from torch import Tensor, nn

from gesta.echomask.config import generator_config
from gesta.echomask.generator import Generator
from gesta.echomask.grouped import GroupedNorm
from gesta.echomask.model import by_part
from gesta.echomask.official import MOTION_CHANNELS
from gesta.echomask.precision import prepare
from gesta.echomask.who import Who
from gesta.motion.kinematics import forward
from gesta.motion.rotations import angle_between
from gesta.records import Motion
from gesta.tokenizer.config import tokenizer_config
from gesta.tokenizer.tokenizers import Tokenizers
from gesta.units import SAMPLE_RATE

THREADS = 2
REPEATS = 9
WINDOW_FRAMES, SPEECH_CHANNELS, SEED_FRAMES = 64, 256, 4
SPEECH_S = 5.0
SPEECH_REPEATS = 3
LARGE = {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096,
         "do_stable_layer_norm": True, "feat_extract_norm": "layer", "conv_bias": True}  # fmt: skip
"""What makes a HuBERT a large one."""
LOW_LAYER = 11
INTRODUCTION = f"""\
One window of {WINDOW_FRAMES} frames at official size (223 million parameters), from speech features to logits, batch 1,
{THREADS} threads. The baseline executes the same weights in the published order: PyTorch's own layers, one part after
another, attention weights computed (`benchmarks/published_order.py`). All ways alternate in one run, {REPEATS} times;
a ratio is the baseline's time over that of the line, from medians and from the best. Errors are against the baseline:
logits as a share of their deviation (root mean square, largest), the share of tokens whose likeliest code changes (base
level, all levels), and what that changes in the decoded motion (means over joints). Weights are random, so that many
tokens are nearly tied and codes stand for no real motion."""


def drawn(name: str, shape: tuple[int, ...]) -> Tensor:
    """Normal numbers that follow from a name."""
    chance = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode())))
    return torch.from_numpy(np.asarray(chance.standard_normal(shape, dtype=np.float32)))


@torch.no_grad()
def fill(network: nn.Module) -> None:
    """Weights from their names: matrices scaled by fan-in, scales about 1, shifts small."""
    for path, module in network.named_modules():
        # Stacks of matrices (groups, outputs, inputs) have the fan-in of one; a convolution's kernel counts.
        convolution = isinstance(module, nn.Conv1d)
        for name, values in module.named_parameters(recurse=False):
            numbers = drawn(f"{path}.{name}", tuple(values.shape))
            if "bias" not in name and values.dim() >= 2 and not isinstance(module, GroupedNorm):
                values.copy_(numbers / np.sqrt(values[0].numel() if convolution else values.shape[-1]))
            else:
                values.copy_(0.02 * numbers + values.mean() * ("bias" not in name))


def alternating(ways: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Seconds of several runs of each way, in turn, after one round that is not counted."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(repeats + 1):
        for name, work in ways.items():
            start = time.perf_counter()
            work()
            if number:
                spent[name].append(time.perf_counter() - start)
    return spent


def moved(tokenizers: Tokenizers, codes: Tensor) -> Motion:
    """The motion that codes (G, B, Q, K) stand for."""
    parts = tokenizers.decode(by_part(codes))
    return tokenizers.representation.decode({part: values[0].numpy() for part, values in parts.items()})


def apart(expected: Motion, found: Motion) -> tuple[float, float]:
    """Mean distance of joints, pelvises laid upon each other, in millimetres, and mean angle of joints in degrees."""
    angles = angle_between(expected.rotations, found.rotations)
    here, there = (forward(item.rotations, np.zeros_like(item.translation)).positions for item in (expected, found))
    return float(np.linalg.norm(there - here, axis=-1).mean()) * 1000.0, float(np.degrees(angles).mean())


def window_lines() -> list[str]:
    """One window of 64 frames, from speech features to logits."""
    torch.manual_seed(0)
    config = generator_config("official")
    plain = Generator(config, MOTION_CHANNELS).eval()
    fill(plain)
    published = PublishedOrder(plain)
    tokenizers = Tokenizers(tokenizer_config("official"), "flame100").eval()
    fill(tokenizers)
    low, high = (drawn(level, (1, WINDOW_FRAMES, SPEECH_CHANNELS)) for level in ("low", "high"))
    motion, speakers = drawn("motion", (1, WINDOW_FRAMES, MOTION_CHANNELS)), torch.zeros(1, dtype=torch.long)
    visible = torch.zeros(1, WINDOW_FRAMES, 1, dtype=torch.bool)
    visible[:, :SEED_FRAMES] = True

    def ours(generator: Generator) -> Tensor:
        return generator(motion, visible, generator.hear(low, high), Who(speakers)).logits

    ways: dict[str, Callable[[], Tensor]] = {
        "published order, float32": lambda: published(low, high, motion, visible, speakers),
        "ours, float32, parts batched": lambda: ours(plain),
    }
    for precision in ("float32", "bfloat16"):
        quick = copy.deepcopy(plain)
        prepare(quick, precision)
        ways[f"ours, {precision}, laid out by `gesta.load`"] = lambda quick=quick: ours(quick)
    spent = alternating(ways, REPEATS)
    first = next(iter(ways))
    expected = ways[first]()
    motion_expected = moved(tokenizers, expected.argmax(dim=-1))
    lines = []
    for name, work in ways.items():
        found = work()
        off = (found - expected) / expected.std()
        changed = (found.argmax(dim=-1) != expected.argmax(dim=-1)).float()
        distance, angle = apart(motion_expected, moved(tokenizers, found.argmax(dim=-1)))
        median, best = statistics.median(spent[name]), min(spent[name])
        ratios = statistics.median(spent[first]) / median, min(spent[first]) / best
        lines.append(
            f"| {name} | {median:.3f} | {best:.3f} | {ratios[0]:.2f} | {ratios[1]:.2f} | "
            f"{float(off.square().mean().sqrt()):.1e} | {float(off.abs().max()):.1e} | "
            f"{100 * float(changed[:, :, 0].mean()):.1f} % | {100 * float(changed.mean()):.1f} % | "
            f"{distance:.2f} mm, {angle:.2f} deg |"
        )
    return lines


def speech_lines() -> list[str]:
    """HuBERT-large at random weights: both levels from one forward, and from two as published."""
    from transformers import HubertConfig, HubertModel

    network = HubertModel(HubertConfig(**LARGE)).eval()
    sound = drawn("sound", (1, int(SPEECH_S * SAMPLE_RATE)))

    def twice() -> list[Tensor]:
        last = network(sound).last_hidden_state
        return [network(sound, output_hidden_states=True).hidden_states[LOW_LAYER], last]

    def once() -> list[Tensor]:
        said = network(sound, output_hidden_states=True)
        return [said.hidden_states[LOW_LAYER], said.last_hidden_state]

    spent = alternating({"twice": twice, "once": once}, SPEECH_REPEATS)
    two, one = (statistics.median(spent[name]) for name in ("twice", "once"))
    same = all(torch.equal(first, second) for first, second in zip(twice(), once(), strict=True))
    return [
        f"HuBERT-large, random weights, {SPEECH_S:.0f} s of sound: both levels from one forward {one:.2f} s, from the "
        f"published two {two:.2f} s, {two / one:.2f} times as long; the same numbers: {'yes' if same else 'NO'}."
    ]


@torch.inference_mode()
def echomask_lines() -> list[str]:
    """The section of the page, without its title."""
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        windows, speech = window_lines(), speech_lines()
    finally:
        torch.set_num_threads(before)
    return [
        *INTRODUCTION.splitlines(),
        "",
        "| way | median s | best s | faster, median | best | logits rms | largest | base tokens | all | motion |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *windows,
        "",
        *speech,
    ]
