"""Where a training runs: one CPU, one GPU, or the many processes that `accelerate launch -m gesta train` starts."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from gesta.devices import torch_device
from gesta.extras import extra_module
from gesta.train.adan import Adan
from gesta.train.settings import TrainingSettings

if TYPE_CHECKING:
    from accelerate import Accelerator


def start_accelerator(settings: TrainingSettings) -> "Accelerator":
    """The accelerator that knows this process's device and its companions.

    Raises:
        InputError: accelerate is not installed, or there is no GPU where one was asked for.
    """
    accelerate = extra_module("accelerate", "Training")
    torch_device(settings.device)
    # Passes of a step may leave weights out (no audio, one part only), which DDP has to be told.
    unused = accelerate.DistributedDataParallelKwargs(find_unused_parameters=True)
    # Precision is the recipe's business alone, so that a launcher's setting changes no result.
    return accelerate.Accelerator(cpu=settings.device == "cpu", mixed_precision="no", kwargs_handlers=[unused])


def arithmetic(settings: TrainingSettings, device: torch.device) -> AbstractContextManager:
    """The precision in which networks compute."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=settings.precision == "bfloat16")


def on_device(batch: Mapping[str, Tensor], device: torch.device) -> dict[str, Tensor]:
    """A batch beside the network."""
    return {name: values.to(device, non_blocking=True) for name, values in batch.items()}


def agreed(accelerator: "Accelerator", wish: bool) -> bool:
    """Whether any process wishes it; all of them get the same answer."""
    if accelerator.num_processes == 1:
        return wish
    return bool(accelerator.reduce(torch.tensor(float(wish), device=accelerator.device), "sum").item() > 0)


def make_optimiser(network: nn.Module, settings: TrainingSettings) -> torch.optim.Optimizer:
    """AdamW (Loshchilov and Hutter 2019) or Adan; weights with fewer than two axes, such as biases, do not decay."""
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    groups = [
        {"params": [weight for weight in weights if weight.ndim >= 2], "weight_decay": settings.weight_decay},
        {"params": [weight for weight in weights if weight.ndim < 2], "weight_decay": 0.0},
    ]
    if settings.optimiser == "adan":
        b1, b2, b3 = settings.betas
        return Adan(groups, lr=settings.learning_rate, betas=(b1, b2, b3))
    return torch.optim.AdamW(groups, lr=settings.learning_rate, betas=settings.betas, fused=True)
