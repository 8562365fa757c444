"""How much feet slide that are said to stand: the loss that keeps them in place."""

import torch
from torch import Tensor

from gesta.motion.representation import LOWER_JOINTS
from gesta.motion.skeleton import skeleton
from gesta.motion.torch_kinematics import chain
from gesta.tokenizer.comparing import weighted_mean

CERTAIN_CONTACT = 0.95
"""A sole that is on the floor with more certainty must not move (as in EchoMask's aelower_trainer, 1e86a4a)."""


def foot_slide(rotations: Tensor, translation: Tensor, contacts: Tensor, weight: Tensor) -> Tensor:
    """Mean absolute step from frame to frame, in metres, of soles that stand; those that do not count as still.

    Args:
        rotations: (B, T, 9, 3, 3) of the lower part's joints.
        translation: (B, T, 3) positions of the pelvis, metres.
        contacts: (B, T, 4) how certain each sole's contact is.
        weight: (B,) 1 for clips that count.
    """
    part = chain(LOWER_JOINTS, rotations.device)
    soles = [part.points.index(sole.name) for sole in skeleton().soles]
    steps = (part.positions(rotations)[..., soles, :] + translation[:, :, None]).diff(dim=1).abs()
    standing = (contacts[:, 1:] > CERTAIN_CONTACT).unsqueeze(-1)
    return weighted_mean(torch.where(standing, steps, 0.0), weight)
