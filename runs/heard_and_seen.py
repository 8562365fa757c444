"""What a generator in training makes of speech and of motion that it sees: its surprise at validation windows.

    python runs/heard_and_seen.py RECIPE [KEY=VALUE ...] [--windows N]

RECIPE and its changes are those of `gesta train motion`; the newest checkpoint in the folder of the training is looked
at, while it goes on or afterwards. The table has the mean cross-entropy of base tokens for each part: of the first
token after frames that are seen, and of all hidden ones, with the clip's own speech and with another clip's. Chance is
log(codes). Where another clip's speech changes nothing, nothing is heard; where seeing more changes nothing, nothing
is seen. What is said hardly tells which gesture comes, so that cross-entropy can fall little; but when it comes can be
heard. The last row has the area under the curve with which the first hidden token is expected to be another one than
the last that is seen, over all lengths of what is seen. Where a generator tells speeds (motion.losses.speed), the row
before has the share of the variance of hidden tokens' speeds that it tells, behind 24 frames that are seen.
"""

import argparse
from dataclasses import replace

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor
from torch.nn import functional

from gesta.echomask.objective import Clips, known_tokens
from gesta.echomask.parts import ALL_PARTS
from gesta.metrics.ranking import area_under_curve
from gesta.train import checkpoint
from gesta.train.frozen import load_changing
from gesta.train.motion_stage import MotionNetwork, MotionStage
from gesta.train.recipe import read_recipe
from gesta.train.stages import build_stage
from gesta.train.training import CHECKPOINTS, NETWORK
from gesta.units import TOKEN_FRAMES

SEEDS = (0, 4, 24, 40)
"""Frames that are seen."""


def latents(network: MotionNetwork, clips: Clips, seen: int) -> Tensor:
    """Base latents (G, B, K, C) behind `seen` frames."""
    generator = network.model.generator
    visible = torch.zeros_like(clips.real)
    visible[:, :seen] = True
    base, _ = generator.base(
        clips.motion,
        visible[..., None] & clips.known,
        generator.hear(clips.low, clips.high),
        clips.who,
        clips.valid,
        known=known_tokens(clips, [visible]),
    )
    return base[:, :, seen // TOKEN_FRAMES :]


def predicted(network: MotionNetwork, clips: Clips, seen: int) -> Tensor:
    """Logits of the base tokens (G, B, K, codes) behind `seen` frames."""
    return network.model.generator.classifier(latents(network, clips, seen)).float()


def told_speeds(network: MotionNetwork, clips: Clips, seen: int = 24) -> Tensor:
    """The share of the variance of speeds that is told, for each part (G,)."""
    tell = network.model.generator.speed
    assert tell is not None
    said = tell(latents(network, clips, seen))[..., 0]
    true = clips.speeds[..., seen // TOKEN_FRAMES :]
    return 1.0 - (said - true).square().mean(dim=(1, 2)) / true.var(dim=(1, 2), correction=0)


def surprise(logits: Tensor, clips: Clips) -> Tensor:
    """Cross-entropy of the last base tokens (G, B, K)."""
    codes = clips.codes[:, :, 0, -logits.shape[2] :]
    return functional.cross_entropy(logits.flatten(0, 2), codes.flatten(), reduction="none").view(codes.shape)


def expected_change(network: MotionNetwork, clips: Clips) -> tuple[Tensor, Tensor]:
    """Whether the first hidden token is another one than the last that is seen: how likely it is said to be, and truth.

    Returns:
        both (G, N), of all clips and lengths of what is seen.
    """
    said, true = [], []
    for seen in range(TOKEN_FRAMES, clips.real.shape[1], 2 * TOKEN_FRAMES):
        at = seen // TOKEN_FRAMES
        before, after = clips.codes[:, :, 0, at - 1], clips.codes[:, :, 0, at]
        stays = predicted(network, clips, seen)[:, :, 0].softmax(dim=-1).gather(-1, before[..., None])[..., 0]
        said.append(1.0 - stays)
        true.append(before != after)
    return torch.cat(said, dim=1), torch.cat(true, dim=1)


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
        own, other = (surprise(predicted(network, item, seen), item) for item in (clips, rolled(clips)))
        cells = (
            f"{mine[:, 0].mean():.2f} ({theirs[:, 0].mean():.2f}) / {mine.mean():.2f} ({theirs.mean():.2f})"
            for mine, theirs in zip(own, other, strict=True)
        )
        table.add_row(str(seen), *cells)
    if network.model.generator.speed is not None:
        shares = zip(*(told_speeds(network, item).tolist() for item in (clips, rolled(clips))), strict=True)
        table.add_row("speeds", *("{:.3f} ({:.3f})".format(*share) for share in shares))
    (said, true), (misled, _) = (expected_change(network, item) for item in (clips, rolled(clips)))
    cells = []
    for own, other, truth in zip(said.numpy(), misled.numpy(), true.numpy(), strict=True):
        areas = area_under_curve(own, truth), area_under_curve(other, truth)
        cells.append("-" if None in areas else "{:.3f} ({:.3f})".format(*areas))
    table.add_row("when", *cells)
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
