"""What a generator in training makes of speech and of motion that it sees: its surprise at validation windows.

    python runs/heard_and_seen.py RECIPE [KEY=VALUE ...] [--windows N]

RECIPE and its changes are those of `gesta train motion`; the newest checkpoint in the folder of the training is looked
at, while it goes on or afterwards. The table has the mean cross-entropy of base tokens for each part: of the first
token after frames that are seen, and of all hidden ones, with the clip's own speech and with another clip's. Chance is
log(codes). Where another clip's speech changes nothing, nothing is heard; where seeing more changes nothing, nothing
is seen.
"""

import argparse
from dataclasses import replace

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor
from torch.nn import functional

from gesta.echomask.objective import Clips
from gesta.echomask.parts import ALL_PARTS
from gesta.echomask.token_reader import KnownTokens
from gesta.train import checkpoint
from gesta.train.frozen import load_changing
from gesta.train.motion_stage import MotionNetwork, MotionStage
from gesta.train.recipe import read_recipe
from gesta.train.stages import build_stage
from gesta.train.training import CHECKPOINTS, NETWORK
from gesta.units import TOKEN_FRAMES

SEEDS = (0, 4, 24, 40)
"""Frames that are seen."""


def surprise(network: MotionNetwork, clips: Clips, seen: int) -> Tensor:
    """Cross-entropy of the base tokens (G, B, K) behind `seen` frames."""
    generator = network.model.generator
    visible = torch.zeros_like(clips.real)
    visible[:, :seen] = True
    there = torch.zeros_like(clips.codes[:, :, 0], dtype=torch.bool)
    there[..., : seen // TOKEN_FRAMES] = True
    base, _ = generator.base(
        clips.motion,
        visible[..., None] & clips.known,
        generator.hear(clips.low, clips.high),
        clips.who,
        clips.valid,
        known=KnownTokens(clips.latents.sum(dim=2), there),
    )
    logits = generator.classifier(base)[:, :, seen // TOKEN_FRAMES :]
    codes = clips.codes[:, :, 0, seen // TOKEN_FRAMES :]
    return functional.cross_entropy(logits.flatten(0, 2).float(), codes.flatten(), reduction="none").view(codes.shape)


def rolled(clips: Clips) -> Clips:
    """The clips, each with the speech of the one before it."""
    return replace(clips, low=clips.low.roll(1, dims=0), high=clips.high.roll(1, dims=0))


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe")
    parser.add_argument("changes", nargs="*")
    parser.add_argument("--windows", type=int, default=128)
    given = parser.parse_args()
    recipe = read_recipe(given.recipe, given.changes)
    stage = build_stage("motion", recipe)
    assert isinstance(stage, MotionStage)
    network = stage.network.eval()
    assert isinstance(network, MotionNetwork)
    folder = recipe.stage_folder("motion") / CHECKPOINTS
    place = checkpoint.saved(folder, checkpoint.LATEST)[0]
    load_changing(network, checkpoint.read(place).tensors[NETWORK], str(place))

    torch.manual_seed(0)
    indices = np.linspace(0, stage.validation_size() - 1, given.windows).astype(int)
    clips = network.clips(stage.batch("validation", indices))
    table = Table(title=f"{place.name}: the first hidden token / all of them (with another clip's speech)")
    table.add_column("frames seen")
    for part in ALL_PARTS:
        table.add_column(part, justify="right")
    for seen in SEEDS:
        own, other = (surprise(network, item, seen) for item in (clips, rolled(clips)))
        cells = (
            f"{mine[:, 0].mean():.2f} ({theirs[:, 0].mean():.2f}) / {mine.mean():.2f} ({theirs.mean():.2f})"
            for mine, theirs in zip(own, other, strict=True)
        )
        table.add_row(str(seen), *cells)
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
