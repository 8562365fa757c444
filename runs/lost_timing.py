"""Where a trained model's sense of time is lost: in its codes, in its residual levels, or in the base tokens it draws.

    python runs/lost_timing.py RECORDINGS --model FOLDER [--seconds 30] [--style neutral] [--workers 1]
        [--decoding "iterative,steps=4,temperature=1,past=16,residuals=expected"] [--list runs/held_out_speech.txt]

The teacher, which is the procedural speaker with seed 0, speaks the first --seconds of each recording on the list. Its
take goes through the model's codes; through the first of their levels alone; through its own base tokens with the
residual levels as the model would have them; then the model draws all tokens of each window, first with the teacher's
take before every window ("led"), then on its own. All are cleaned up as `gesta speak` does it for their model, and
measured as runs/judge_default.py does it.
Prints Markdown: normalised margin of hands and head, weighted by their events, wrist jerk, and how far hands go.
"""

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from held_out import LIST, held_out
from judge_codes import decoded
from judge_measures import measured
from judge_pooled import weighted
from judge_report import table
from judge_takes import loaded
from procedural_floor import beginning
from torch import Tensor

from gesta.api import load
from gesta.audio.encoders.protocol import SpeechEncoder
from gesta.echomask.blocks import Block
from gesta.echomask.config import Decoding, Residuals
from gesta.echomask.decoding import Show, Window
from gesta.echomask.model import by_part, stacked
from gesta.echomask.speaker import EchoMaskSpeaker
from gesta.models.echomask import EchoMaskModel
from gesta.models.manner import who_of
from gesta.records import Motion, Speech
from gesta.units import TOKEN_FRAMES

LEVELS_KEPT = (1, 2, 4)
HEAD = ("take", "margin of hands", "of head", "wrist jerk 50 / 95 %", "hand travel, m a minute")


class Led(EchoMaskSpeaker):
    """A speaker that sees a given take before every window, whatever it chose itself, which `own` keeps.

    Args:
        take: (G, 1, Q, K) codes of the take.
        levels: how residual levels follow the take's own base tokens; None where base tokens are drawn, too.
    """

    def __init__(self, *, take: Tensor, levels: Residuals | None, **settings: Any) -> None:
        super().__init__(**settings)
        self.take, self.levels = take, levels
        self.own: list[Tensor] = []

    def chosen(self, block: Block, window: Window, show: Show) -> Tensor:
        """The take's tokens; what would have been said goes into `own`."""
        tokens = np.arange(block.begin // TOKEN_FRAMES, block.stop // TOKEN_FRAMES)
        take = self.take[..., np.minimum(tokens, self.take.shape[-1] - 1)]
        if self.levels is None:
            own = super().chosen(block, window, show)
        else:
            generator, base = self.model.generator, window.base(self.model.generator)
            own = generator.choose(base, take[:, :, 0], window.queries, self.model, self.levels, window.known)
        begin, spoken, until = (frame // TOKEN_FRAMES for frame in (block.begin, block.spoken, block.until))
        self.own.append(own[..., spoken - begin : until - begin])
        return take

    def spoken_codes(self, speech: Speech, encoder: SpeechEncoder) -> Tensor:
        """What it would have said of a recording: (G, 1, Q, K), as long as the take."""
        for features in encoder.stretches(speech):
            list(self.push(features))
        list(self.finish())
        return torch.cat(self.own, dim=-1)[..., : self.take.shape[-1]]


def takes(model: EchoMaskModel, speech: Speech, style: str, how: Decoding) -> Iterator[tuple[str, Motion]]:
    """All ways of moving to a recording, by name."""
    network = model.bundle.model
    tokenizers = network.tokenizers
    teacher = load("procedural").speak(speech, style=style).motion
    teacher = teacher.frames(0, teacher.frame_count // TOKEN_FRAMES * TOKEN_FRAMES)
    codes = tokenizers.encode_motion(teacher)

    yield "the teacher's", teacher
    yield "through all levels of its codes", decoded(tokenizers, codes, teacher)
    for kept in LEVELS_KEPT:
        yield (
            f"through {kept} of them",
            decoded(tokenizers, {part: levels[:, :kept] for part, levels in codes.items()}, teacher),
        )
    take = stacked({part: torch.from_numpy(np.asarray(levels))[None] for part, levels in codes.items()})
    settings = {"model": network, "who": who_of(model.bundle, model.checked_style(style)), "decoding": how}
    led: dict[str, Residuals | None] = {
        "its base tokens, likeliest residuals": "likeliest",
        "its base tokens, expected residuals": "expected",
        "drawn by the model, led": None,
    }
    for name, levels in led.items():
        said = Led(take=take, levels=levels, **settings).spoken_codes(speech, model.encoder)
        yield name, decoded(tokenizers, {part: tokens[0].numpy() for part, tokens in by_part(said).items()}, teacher)
    yield "drawn by the model", model.speak(speech, style=style, decoding=how).motion


def numbers(recording: Path, model: str, seconds: float, style: str, decoding: str) -> dict[str, dict[str, Any]]:
    """What is measured of each way of moving."""
    torch.set_num_threads(1)
    speech, found = beginning(recording, seconds), loaded(model)
    assert isinstance(found, EchoMaskModel)
    ways = takes(found, speech, style, found.checked_decoding(decoding))
    return {name: measured([motion], speech)["takes"][0] for name, motion in ways}


def row(name: str, found: list[dict[str, Any]]) -> list[str]:
    """A line of the table."""

    def margin(part: str) -> str:
        values, events = (np.array([take[part][key] for take in found], float) for key in ("margin", "events"))
        return f"{weighted(values, events):.3f}"

    jerk = [np.mean([take["jerk"][level] for take in found]) for level in ("p50", "p95")]
    travel = np.mean([take["travel_m_per_minute"] for take in found])
    return [name, margin("hands"), margin("head"), f"{jerk[0]:.1f} / {jerk[1]:.0f}", f"{travel:.1f}"]


def main() -> None:
    """Speak, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--model", required=True)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--style", default="neutral")
    parser.add_argument("--decoding", default="iterative,steps=4,temperature=1,past=16,residuals=expected")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--list", type=Path, default=LIST)
    given = parser.parse_args()
    work = partial(numbers, model=given.model, seconds=given.seconds, style=given.style, decoding=given.decoding)
    with ProcessPoolExecutor(given.workers, get_context("spawn")) as pool:
        found = list(pool.map(work, held_out(given.recordings, given.list)))
    sys.stdout.write(table(HEAD, [row(name, [takes[name] for takes in found]) for name in found[0]]) + "\n")


if __name__ == "__main__":
    main()
