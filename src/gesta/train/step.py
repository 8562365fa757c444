"""One step of a training."""

import math
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from gesta.errors import InputError
from gesta.train.batches import Pieces
from gesta.train.chance import seed_torch
from gesta.train.machine import arithmetic, on_device
from gesta.train.schedule import learning_rate
from gesta.train.settings import TrainingSettings
from gesta.train.stage import LOSS, Stage
from gesta.train.training import Training

if TYPE_CHECKING:
    from accelerate import Accelerator


@dataclass(frozen=True)
class StepDone:
    """What a step has found, still on the device: asking for numbers would make it wait.

    Attributes:
        losses: scalar means over this process's share of the batch.
        gradient_norm: before clipping.
        learning_rate: it was made with.
    """

    losses: dict[str, Tensor]
    gradient_norm: Tensor
    learning_rate: float


def make_step(
    stage: Stage, training: Training, network: nn.Module, pieces: Pieces, step: int, accelerator: "Accelerator"
) -> StepDone:
    """Make one step: losses, backward, clip, step, moving average, and what the stage does afterwards.

    Args:
        stage: whose training it is.
        training: is changed.
        network: the training's, perhaps wrapped for many processes.
        pieces: this process's share of the batch, on the CPU.
        step: from 0 on.
        accelerator: of this process.
    """
    settings = training.settings
    progress = step / settings.steps
    seed_torch(settings.seed, stage.name, "step", step, accelerator.process_index)
    losses = _backward(network, pieces, progress, settings, accelerator)
    norm = nn.utils.clip_grad_norm_(training.network.parameters(), settings.gradient_clip or math.inf)
    rate = learning_rate(settings, step)
    for group in training.optimiser.param_groups:
        group["lr"] = rate
    training.optimiser.step()
    training.optimiser.zero_grad()
    with torch.no_grad():
        stage.after_step(training.network, progress)
    if training.average is not None:
        training.average.update(training.network, step)
    return StepDone(losses, norm, rate)


def _backward(
    network: nn.Module, pieces: Pieces, progress: float, settings: TrainingSettings, accelerator: "Accelerator"
) -> dict[str, Tensor]:
    """Add up the gradients of all pieces, each weighted so that they make the gradient of the batch's mean."""
    share = 1.0 / len(pieces)
    totals: dict[str, Tensor] = {}
    for number, piece in enumerate(pieces, start=1):
        batch = on_device(piece, accelerator.device)
        # Processes exchange gradients once, with the last piece.
        with nullcontext() if number == len(pieces) else accelerator.no_sync(network):
            with arithmetic(settings, accelerator.device):
                losses = network(batch, progress)
            accelerator.backward(losses[LOSS] * share)
        for name, value in losses.items():
            totals[name] = totals.get(name, 0.0) + value.detach().float() * share
    return totals


def numbers(done: StepDone, step: int) -> dict[str, float]:
    """What a step has found, as numbers for the log.

    Raises:
        InputError: the loss or the gradient is no finite number, so that the weights are spoilt.
    """
    found = {name: float(value) for name, value in done.losses.items()}
    found |= {"learning_rate": done.learning_rate, "gradient_norm": float(done.gradient_norm)}
    if not (math.isfinite(found[LOSS]) and math.isfinite(found["gradient_norm"])):
        raise InputError(
            f"The loss of step {step} is {found[LOSS]:g} with a gradient of {found['gradient_norm']:g}: lower the "
            "learning rate or lengthen the warm-up, then start again; it goes on from the last good checkpoint."
        )
    return found
