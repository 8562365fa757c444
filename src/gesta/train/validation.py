"""Looks at the validation windows: means over all of them, the same for any number of processes."""

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from gesta.train.chance import seed_torch
from gesta.train.machine import arithmetic, on_device
from gesta.train.settings import TrainingSettings
from gesta.train.stage import Stage

if TYPE_CHECKING:
    from accelerate import Accelerator


@torch.no_grad()
def validate(
    stage: Stage, network: nn.Module, settings: TrainingSettings, accelerator: "Accelerator"
) -> dict[str, float]:
    """Means of what the stage measures over its validation windows; empty where it has none.

    Every batch has chance of its own that is the same at every look, so that two looks differ by the weights alone.
    """
    size = stage.validation_size()
    length = max(1, settings.batch // (accelerator.num_processes * settings.accumulate))
    starts = list(range(0, size, length))
    if not starts:
        return {}
    was_training = network.training
    network.eval()
    own = starts[accelerator.process_index :: accelerator.num_processes]
    # A process without a batch looks at the first one for nothing, to know the names.
    looks = [(start, 1.0) for start in own] or [(starts[0], 0.0)]
    sums: dict[str, Tensor] = {}
    windows = torch.zeros((), dtype=torch.float64, device=accelerator.device)
    for start, weight in looks:
        indices = np.arange(start, min(start + length, size))
        seed_torch(settings.seed, stage.name, "validation", start)
        with arithmetic(settings, accelerator.device):
            batch = on_device(stage.batch("validation", indices), accelerator.device)
            found = stage.validate(network, batch)
        for name, value in found.items():
            sums[name] = sums.get(name, 0.0) + value.double() * (weight * len(indices))
        windows += weight * len(indices)
    network.train(was_training)
    totals = torch.stack([*sums.values(), windows])
    if accelerator.num_processes > 1:
        totals = accelerator.reduce(totals, "sum")
    *means, _ = (totals / totals[-1]).tolist()
    return dict(zip(sums, means, strict=True))
