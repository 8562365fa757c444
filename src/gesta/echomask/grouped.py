"""Layers that hold the weights of several like networks and run them at once.

Every part of the body (G groups: face, hands, upper, lower) has networks of its own with the same shape. Their weights
stand side by side in one tensor, so that one batched product does what one product per part would do. With G = 1 these
are ordinary layers. The transformer layers compute what PyTorch's post-norm layers with ReLU compute.

G groups, B batch, T target positions, S memory positions, D width, H heads.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from torch import Tensor, nn
from torch.nn import functional

from gesta.echomask.dropout import Dropout, dropped

LEAK = 0.2
"""Slope of the leaky ReLU below zero."""
Product = Callable[[Tensor], Tensor]
"""What a matrix and a shift make of rows."""
KeysValues = tuple[Tensor, Tensor]
"""What attention reads: keys and values, each (G, B, H, S, D / H)."""


class GroupedLinear(nn.Module):
    """(G, ..., inputs) -> (G, ..., outputs), each group by its own matrix.

    Attributes:
        product: computes the same from weights in another form (gesta.echomask.precision), where there is one.
    """

    product: Product | None = None

    def __init__(self, groups: int, inputs: int, outputs: int) -> None:
        super().__init__()
        bound = 1.0 / math.sqrt(inputs)
        self.weight = nn.Parameter(torch.empty(groups, outputs, inputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(groups, outputs).uniform_(-bound, bound))

    def forward(self, values: Tensor) -> Tensor:
        """Apply the matrices."""
        if self.product is not None:
            return self.product(values)
        return grouped_product(values, self.weight, self.bias)


def grouped_product(values: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """(G, ..., I) times (G, O, I) plus (G, O): (G, ..., O)."""
    if len(weight) == 1:
        return functional.linear(values, weight[0], bias[0])
    rows = values.flatten(1, -2)
    product = torch.baddbmm(bias[:, None], rows, weight.transpose(1, 2))
    return product.view(*values.shape[:-1], weight.shape[1])


def attention_weights(queries: Tensor, keys: Tensor, mask: Tensor | None = None) -> Tensor:
    """Softmax of the scaled products of queries (..., T, E) and keys (..., S, E): (..., T, S)."""
    logits = (queries * keys.shape[-1] ** -0.5) @ keys.transpose(-1, -2)
    if mask is not None:
        logits = logits.masked_fill(~mask, -math.inf)
    return logits.softmax(dim=-1)


class GroupedNorm(nn.Module):
    """Layer normalisation with each group's own scale and shift."""

    def __init__(self, groups: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(groups, width))
        self.bias = nn.Parameter(torch.zeros(groups, width))

    def forward(self, values: Tensor) -> Tensor:
        """Normalise (G, B, T, D) along D."""
        if len(self.weight) == 1:
            return functional.layer_norm(values, values.shape[-1:], self.weight[0], self.bias[0])
        normal = functional.layer_norm(values, values.shape[-1:])
        return torch.addcmul(self.bias[:, None, None], normal, self.weight[:, None, None])


class GroupedAttention(nn.Module):
    """Multi-head attention; queries, keys and values come from one weight (G, 3 D, D), as in PyTorch's layer.

    Attributes:
        products: by a projection's name, what computes the same from weights in another form
            (gesta.echomask.precision), where there is one.
    """

    products: Mapping[str, Product] = MappingProxyType({})

    def __init__(self, groups: int, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"a width of {width} cannot be shared among {heads} heads")
        bound = math.sqrt(6.0 / (4.0 * width))
        self.in_weight = nn.Parameter(torch.empty(groups, 3 * width, width).uniform_(-bound, bound))
        self.in_bias = nn.Parameter(torch.zeros(groups, 3 * width))
        self.out = GroupedLinear(groups, width, width)
        nn.init.zeros_(self.out.bias)
        self.heads, self.dropout = heads, dropout

    def keys_values(self, memory: Tensor) -> KeysValues:
        """What attention reads from a memory (G, B, S, D)."""
        keys, values = self._projected("memory", memory).chunk(2, dim=-1)
        return self._split(keys), self._split(values)

    def forward(self, target: Tensor, memory: KeysValues, mask: Tensor | None = None) -> Tensor:
        """Attend from a target (G, B, T, D).

        Args:
            target: where the queries come from.
            memory: keys and values; a batch of 1 serves all.
            mask: (T, S) bool, true where a position may be seen; all may if not given.
        """
        keys, values = (self._for_batch(item, target.shape[1]) for item in memory)
        return self.out(self._mixed(self._split(self._projected("queries", target)), keys, values, mask))

    def with_weights(self, target: Tensor, memory: KeysValues, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """As `forward`, written out, with the attention weights (G, B, T, S) averaged over the heads."""
        keys, values = (self._for_batch(item, target.shape[1]) for item in memory)
        weights = attention_weights(self._split(self._projected("queries", target)), keys, mask)
        mixed = dropped(weights, self.dropout, self.training) @ values
        return self.out(self._join(mixed)), weights.mean(dim=2)

    def to_itself(self, values: Tensor, mask: Tensor | None = None) -> Tensor:
        """Self-attention of (G, B, T, D), all three projections in one product."""
        queries, keys, content = (self._split(item) for item in self._projected("all", values).chunk(3, dim=-1))
        return self.out(self._mixed(queries, keys, content, mask))

    def _mixed(self, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None) -> Tensor:
        """What (G, B, H, T, D / H) queries find: (G, B, T, D)."""
        drop = self.dropout if self.training else 0.0
        if queries.device.type == "cpu" and (drop or torch.is_grad_enabled()):
            # On a CPU PyTorch has no fused attention with dropout, and its gradient takes ten times as long.
            return self._join(dropped(attention_weights(queries, keys, mask), drop, True) @ values)
        # PyTorch's fused attention takes four axes only.
        asked, seen, told = (item.flatten(0, 1) for item in (queries, keys, values))
        mixed = functional.scaled_dot_product_attention(asked, seen, told, mask, drop)
        return self._join(mixed.unflatten(0, (len(queries), -1)))

    def projection(self, name: str) -> tuple[Tensor, Tensor]:
        """Weight (G, O, D) and shift (G, O) of the projection to "queries", to "memory" (keys, values) or "all"."""
        width = self.in_weight.shape[-1]
        rows = {"queries": slice(width), "memory": slice(width, None), "all": slice(None)}[name]
        return self.in_weight[:, rows], self.in_bias[:, rows]

    def _projected(self, name: str, values: Tensor) -> Tensor:
        if name in self.products:
            return self.products[name](values)
        return grouped_product(values, *self.projection(name))

    def _split(self, values: Tensor) -> Tensor:
        """(G, B, T, D) -> (G, B, H, T, D / H)."""
        return values.unflatten(-1, (self.heads, -1)).transpose(2, 3)

    @staticmethod
    def _join(values: Tensor) -> Tensor:
        """(G, B, H, T, D / H) -> (G, B, T, D)."""
        return values.transpose(2, 3).flatten(-2)

    @staticmethod
    def _for_batch(values: Tensor, batch: int) -> Tensor:
        """(G, b, ...) repeated along the batch until there are B: b divides B."""
        times = batch // values.shape[1]
        return values if times == 1 else values.repeat(1, times, 1, 1, 1)


class GroupedEncoderLayer(nn.Module):
    """Self-attention, then feed-forward; each with a shortcut and a normalisation after it."""

    def __init__(self, groups: int, width: int, heads: int, feed_forward: int, dropout: float) -> None:
        super().__init__()
        self.own = GroupedAttention(groups, width, heads, dropout)
        self.norm_own = GroupedNorm(groups, width)
        self.inner = GroupedLinear(groups, width, feed_forward)
        self.outer = GroupedLinear(groups, feed_forward, width)
        self.norm_outer = GroupedNorm(groups, width)
        self.drop = Dropout(dropout)

    def forward(self, values: Tensor, mask: Tensor | None = None) -> Tensor:
        """(G, B, T, D) -> (G, B, T, D); mask (T, T) is true where a position may be seen."""
        return self._feed(self.norm_own(self.drop.onto(values, self.own.to_itself(values, mask))))

    def _feed(self, values: Tensor) -> Tensor:
        inner = self.drop(functional.relu(self.inner(values)))
        return self.norm_outer(self.drop.onto(values, self.outer(inner)))


class GroupedDecoderLayer(GroupedEncoderLayer):
    """Self-attention, attention to a memory, feed-forward; each with a shortcut and a normalisation after it."""

    def __init__(self, groups: int, width: int, heads: int, feed_forward: int, dropout: float) -> None:
        super().__init__(groups, width, heads, feed_forward, dropout)
        self.cross = GroupedAttention(groups, width, heads, dropout)
        self.norm_cross = GroupedNorm(groups, width)

    def forward(  # type: ignore[override]
        self,
        values: Tensor,
        memory: Tensor | KeysValues,
        own_mask: Tensor | None = None,
        cross_mask: Tensor | None = None,
    ) -> Tensor:
        """(G, B, T, D) with a memory (G, B, S, D), or its keys and values -> (G, B, T, D)."""
        values = self.norm_own(self.drop.onto(values, self.own.to_itself(values, own_mask)))
        seen = self.cross.keys_values(memory) if isinstance(memory, Tensor) else memory
        values = self.norm_cross(self.drop.onto(values, self.cross(values, seen, cross_mask)))
        return self._feed(values)

    def with_weights(
        self, values: Tensor, memory: KeysValues, own_mask: Tensor | None = None, cross_mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """As `forward`, with the weights (G, B, T, S) of the attention to the memory."""
        values = self.norm_own(self.drop.onto(values, self.own.to_itself(values, own_mask)))
        mixed, weights = self.cross.with_weights(values, memory, cross_mask)
        return self._feed(self.norm_cross(self.drop.onto(values, mixed))), weights


class GroupedPerceptron(nn.Module):
    """Two layers with a leaky ReLU (0.2) between."""

    def __init__(self, groups: int, inputs: int, inner: int, outputs: int) -> None:
        super().__init__()
        self.inner = GroupedLinear(groups, inputs, inner)
        self.outer = GroupedLinear(groups, inner, outputs)

    def forward(self, values: Tensor) -> Tensor:
        """(G, ..., inputs) -> (G, ..., outputs)."""
        return self.outer(functional.leaky_relu(self.inner(values), LEAK))


class GroupedHalving(nn.Module):
    """A convolution of kernel 2 and stride 2 along time: (G, B, T, C) -> (G, B, T / 2, D)."""

    def __init__(self, groups: int, inputs: int, outputs: int) -> None:
        super().__init__()
        self.mix = GroupedLinear(groups, 2 * inputs, outputs)

    def forward(self, values: Tensor) -> Tensor:
        """Halve the rate."""
        return self.mix(values.unflatten(2, (-1, 2)).flatten(-2))
