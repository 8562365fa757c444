"""What the learned mouth is trained to do: be where the mouth was, move as it moved, shut where it was shut.

A captured face tells the rig's own shapes and some of the pose; known sounds of speech tell the pose by their visemes.
Lips that meet are a yes or a no, so they have log odds and a cross entropy; a squared error would only half shut them.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gesta.mouth.config import MouthConfig

POSE_SPREAD, SHAPE_SPREAD = 0.14, 0.075
"""About the standard deviations of poses and shapes, in which errors are counted."""


@dataclass(frozen=True)
class LossWeights:
    """How much each part counts.

    Attributes:
        shapes: of the rig's own mouth shapes.
        poses: of what the mouth does.
        motion: of the change from frame to frame, beside the values.
        lips: of the poses that are a yes or a no.
        shut: how much more a yes counts than a no.
    """

    shapes: float = 1.0
    poses: float = 1.0
    motion: float = 0.5
    lips: float = 0.5
    shut: float = 2.0


def mouth_losses(config: MouthConfig, told: Tensor, truth: Tensor, weights: LossWeights) -> dict[str, Tensor]:
    """Losses by name, "loss" being their weighted sum.

    Args:
        config: of the network.
        told: (B, T, O) what it gives.
        truth: (B, T, O) what is known, NaN where it is not.
        weights: of the parts.
    """
    lips = torch.tensor([name in config.logits for name in (*config.poses, *config.shapes)], device=told.device)
    posed = torch.arange(config.outputs, device=told.device) < len(config.poses)
    shut = _shutting(told[..., lips], truth[..., lips], weights.shut)
    result = {"lips": shut}
    total = weights.lips * shut
    for name, columns, spread in (("poses", posed & ~lips, POSE_SPREAD), ("shapes", ~posed, SHAPE_SPREAD)):
        error = (told[..., columns] - truth[..., columns]) / spread
        result[name] = _mean_square(error)
        result[f"{name}.motion"] = _mean_square(error.diff(dim=1))
        total = total + getattr(weights, name) * (result[name] + weights.motion * result[f"{name}.motion"])
    return {"loss": total, **result}


def _mean_square(error: Tensor) -> Tensor:
    """Mean of the squares of what is known; 0 where nothing is."""
    known = ~error.isnan()
    return error.nan_to_num().square().sum() / known.sum().clamp(min=1)


def _shutting(odds: Tensor, truth: Tensor, shut: float) -> Tensor:
    known = ~truth.isnan()
    wanted = truth.nan_to_num()
    each = nn.functional.binary_cross_entropy_with_logits(odds, wanted, reduction="none")
    return (each * (1.0 + (shut - 1.0) * wanted) * known).sum() / known.sum().clamp(min=1)
