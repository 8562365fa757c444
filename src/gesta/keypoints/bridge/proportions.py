"""How a person's build may differ from our body's: bones longer or shorter in groups, the same left and right.

A size of 1 is our body's. Nobody is larger or smaller as a whole: a picture cannot tell that from the distance.

J joints.
"""

from collections.abc import Mapping
from functools import cache

import torch
from torch import Tensor

from gesta.motion.skeleton import skeleton

MOST = 0.15
"""Bones differ from the body's by no more than this share."""
GROUPS: Mapping[str, tuple[str, ...]] = {
    "trunk": ("spine1", "spine2", "spine3"),
    "hips": ("hip",),
    "shoulders": ("collar", "shoulder"),
    "neck": ("neck", "head"),
    "upper_arms": ("elbow",),
    "forearms": ("wrist",),
    "thighs": ("knee",),
    "shins": ("ankle",),
    "feet": ("foot",),
}
"""The bones, by the joints at their ends, that grow together; sides are left out."""
HEAD = ("jaw", "eye_smplhf")
"""Joints within the head, which grows as one; it and the hands are not bones but wholes."""
NAMES = (*GROUPS, "head", "hands")
"""All sizes, in the order of the numbers that stand for them."""


def sizes(numbers: Tensor) -> Tensor:
    """Sizes (..., N) of any numbers (..., N): 0 is 1, and none leaves 1 - `MOST` to 1 + `MOST`."""
    return 1.0 + MOST * torch.tanh(numbers / MOST)


def numbers_of_sizes(found: Tensor) -> Tensor:
    """The numbers (..., N) of sizes (..., N): the inverse of `sizes`."""
    within = 1.0 - torch.finfo(found.dtype).eps
    return MOST * torch.atanh(((found - 1.0) / MOST).clamp(-within, within))


def bone_sizes(found: Tensor) -> Tensor:
    """The size of the bone that ends in each joint: (..., N) to (..., J)."""
    return found[..., groups_of_bones()]


def flesh_sizes(found: Tensor) -> Tensor:
    """The size of what each joint carries, a head, a hand or a foot: (..., N) to (..., J)."""
    return found[..., groups_of_flesh()]


@cache
def groups_of_bones() -> Tensor:
    """Which size is that of the bone that ends in each joint: (J,)."""
    return torch.tensor([NAMES.index(_bone_group(name)) for name in skeleton().names])


@cache
def groups_of_flesh() -> Tensor:
    """Which size is that of what each joint carries: (J,)."""
    return torch.tensor([NAMES.index(_flesh_group(name)) for name in skeleton().names])


def _bone_group(joint: str) -> str:
    side, _, rest = joint.partition("_")
    name = rest if side in ("left", "right") else joint
    if name in HEAD:
        return "head"
    found = [group for group, ends in GROUPS.items() if name in ends]
    # The pelvis ends no bone; fingers belong to the hand.
    return found[0] if found else ("trunk" if joint == "pelvis" else "hands")


def _flesh_group(joint: str) -> str:
    side, _, rest = joint.partition("_")
    name = rest if side in ("left", "right") else joint
    if name in ("head", *HEAD):
        return "head"
    if name in ("ankle", "foot"):
        return "feet"
    own = _bone_group(joint)
    return "hands" if own in ("hands", "forearms") else own
