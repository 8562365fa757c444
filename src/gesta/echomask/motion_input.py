"""How visible motion enters the generator: all parts side by side, or as joints in the skeleton's order.

The layout `joints` is the released network's: 55 joints in 6D, translation and contacts, without expressions; joints
that no part turns (the eyes) stand at rest. The layout `parts` holds every channel of every part, the face included.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from gesta.echomask.parts import ALL_PARTS
from gesta.motion.representation import SIX, Representation
from gesta.motion.skeleton import skeleton
from gesta.records import JOINT_COUNT

AT_REST = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
"""No rotation, in 6D."""


class MotionInput(nn.Module):
    """Joins the channels of all parts, (B, T, C) each, into the generator's (B, T, channels)."""

    source: Tensor
    rest: Tensor

    def __init__(self, representation: Representation, layout: str) -> None:
        """Prepare for one representation.

        Args:
            representation: whose parts these are.
            layout: "parts" or "joints".
        """
        super().__init__()
        joined = _joints(representation) if layout == "joints" else _parts(representation)
        self.channels = len(joined)
        self.register_buffer("source", torch.tensor(joined), persistent=False)
        self.register_buffer("rest", torch.tensor(AT_REST), persistent=False)

    def forward(self, parts: Mapping[str, Tensor]) -> Tensor:
        """(B, T, channels) from the channels of all parts."""
        joined = torch.cat([parts[part] for part in ALL_PARTS], dim=-1)
        rest = self.rest.to(joined.dtype).expand(*joined.shape[:-1], -1)
        return torch.cat([joined, rest], dim=-1)[..., self.source]

    def visible(self, frames: Tensor, valid: Mapping[str, Tensor]) -> Tensor:
        """(B, T, channels) bool: the channels of frames (B, T) that a clip really has (valid: (B, C) for each part)."""
        joined = torch.cat([valid[part] for part in ALL_PARTS], dim=-1)
        known = torch.cat([joined, joined.new_ones(len(joined), SIX)], dim=-1)[:, self.source]
        return frames[..., None] & known[:, None]


def _parts(representation: Representation) -> list[int]:
    return list(range(sum(representation.size(part) for part in ALL_PARTS)))


def _joints(representation: Representation) -> list[int]:
    """Where each channel of the joints' layout stands among all parts' channels, followed by AT_REST."""
    rest = sum(representation.size(part) for part in ALL_PARTS)
    turning = {number: list(range(rest, rest + SIX)) for number in range(JOINT_COUNT)}
    others: dict[str, list[int]] = {}
    start = 0
    for part in ALL_PARTS:
        for block in representation.parts[part]:
            if block.kind == "rotations":
                for place, joint in enumerate(skeleton().indices(block.joints)):
                    turning[int(joint)] = list(range(start + SIX * place, start + SIX * (place + 1)))
            else:
                others[block.kind] = list(range(start, start + block.size))
            start += block.size
    return [*(channel for joint in turning.values() for channel in joint), *others["translation"], *others["contacts"]]
