"""Makes a trained network quick to run: its matrices are laid out for the processor, and rounded if that is wanted.

`float32` computes what the network computes. `bfloat16` keeps matrices with 8 significant bits and feeds them inputs
rounded alike; sums, normalisation, softmax and everything between the layers stay in float32. It needs half the memory
and is quick on processors that multiply bfloat16 (AVX512-BF16, AMX). What it changes is in docs/performance.md.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from gesta.echomask.grouped import GroupedAttention, GroupedDecoderLayer, GroupedEncoderLayer, GroupedLinear
from gesta.errors import unknown_name

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}
PACKED_ROWS = 64
"""Rows that the layout is chosen for; any number works."""


class LaidOut:
    """The product with matrices (G, O, I) and shifts (G, O) that are laid out once."""

    def __init__(self, weight: Tensor, bias: Tensor, dtype: torch.dtype) -> None:
        self.dtype = dtype
        weight, bias = (item.detach().to(self.dtype, copy=True).contiguous() for item in (weight, bias))
        self.packed = can_pack(weight)
        if self.packed:
            weight = [torch.ops.mkldnn._reorder_linear_weight(matrix, PACKED_ROWS) for matrix in weight]
        self.matrices, self.shifts = list(weight), list(bias)

    def __call__(self, values: Tensor) -> Tensor:
        """(G, ..., I) -> (G, ..., O), of the same type as the input."""
        given = values.to(self.dtype)
        rows = [self._one(*item) for item in zip(given, self.matrices, self.shifts, strict=True)]
        made = rows[0][None] if len(rows) == 1 else torch.stack(rows)
        return made.to(values.dtype)

    def _one(self, rows: Tensor, matrix: Tensor, shift: Tensor) -> Tensor:
        if self.packed:
            return torch.ops.mkldnn._linear_pointwise(rows, matrix, shift, "none", [], "")
        return functional.linear(rows, matrix, shift)


def can_pack(weight: Tensor) -> bool:
    """Whether this build of PyTorch can lay out matrices for oneDNN, which is quicker than its usual product."""
    return (
        weight.device.type == "cpu"
        and torch.backends.mkldnn.is_available()
        and hasattr(torch.ops.mkldnn, "_reorder_linear_weight")
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    )


def prepare(network: nn.Module, precision: str = "float32") -> None:
    """Lay out the matrices of all grouped layers of a network, in place.

    The network can then neither be trained nor saved, as the matrices' former copies are given up.

    Raises:
        InputError: no such precision.
    """
    if precision not in PRECISIONS:
        raise unknown_name("precision", precision, PRECISIONS)
    dtype = PRECISIONS[precision]
    for module in network.modules():
        if isinstance(module, GroupedLinear):
            module.product = LaidOut(module.weight, module.bias, dtype)
            del module.weight, module.bias
        if isinstance(module, GroupedEncoderLayer):
            _prepare_attention(module.own, ("all",), dtype)
        if isinstance(module, GroupedDecoderLayer):
            _prepare_attention(module.cross, ("queries", "memory"), dtype)


def _prepare_attention(attention: GroupedAttention, names: tuple[str, ...], dtype: torch.dtype) -> None:
    attention.products = {name: LaidOut(*attention.projection(name), dtype) for name in names}
    del attention.in_weight, attention.in_bias
