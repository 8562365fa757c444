"""Adan (Xie et al., arXiv 2208.06677): a moment of the gradient, one of its change, and one of both, squared.

g_k is the gradient of step k and d_k = g_k - g_{k-1} its change, 0 in the first step.

m_k = (1 - b1) m_{k-1} + b1 g_k
v_k = (1 - b2) v_{k-1} + b2 d_k
n_k = (1 - b3) n_{k-1} + b3 (g_k + (1 - b2) d_k)^2
theta_k = (theta_{k-1} - rate (m_k + (1 - b2) v_k) / (sqrt(n_k) + eps)) / (1 + rate * decay)

As the moments begin at zero, each is divided by 1 - (1 - b)^k. The betas are the paper's: small ones remember long.
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

STEP, GRADIENT, CHANGE, SQUARE, BEFORE = "step", "gradient", "change", "square", "before"
"""Names of what is remembered of each weight: the count of steps, m, v, n and the last gradient."""
PUBLISHED_BETAS = (0.02, 0.08, 0.01)
EPSILON = 1e-8


class Adan(torch.optim.Optimizer):
    """The optimiser; everything it remembers is a tensor, so that it can be saved as such.

    Args:
        weights: tensors, or groups of them with settings of their own.
        lr: learning rate.
        betas: b1, b2, b3.
        eps: keeps the division finite.
        weight_decay: as in the last line above.
    """

    def __init__(
        self,
        weights: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float, float] = PUBLISHED_BETAS,
        eps: float = EPSILON,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(weights, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> None:
        """Make one step; weights without a gradient stay.

        Raises:
            ValueError: a closure is given, which is not supported.
        """
        if closure is not None:
            raise ValueError("Adan takes no closure")
        for group in self.param_groups:
            # Weights that were left out of some steps have a count of their own, and so another correction.
            by_count: dict[int, list[Tensor]] = {}
            for weight in group["params"]:
                if weight.grad is not None:
                    by_count.setdefault(self._begin_step(weight), []).append(weight)
            for count, weights in by_count.items():
                self._move(weights, count, group)

    def _begin_step(self, weight: Tensor) -> int:
        """Count a weight's step; what it remembers is made in the first one. Returns the count, from 1 on."""
        state = self.state[weight]
        if not state:
            # On the CPU, so that reading it does not make a GPU wait.
            state[STEP] = torch.zeros(())
            state |= {name: torch.zeros_like(weight) for name in (GRADIENT, CHANGE, SQUARE)}
            state[BEFORE] = weight.grad.clone()
        state[STEP] += 1
        return int(state[STEP])

    def _move(self, weights: list[Tensor], count: int, group: dict[str, Any]) -> None:
        """Move weights that have made equally many steps."""
        b1, b2, b3 = group["betas"]
        rate = group["lr"]
        now = [weight.grad for weight in weights]
        first, change, square, before = (
            [self.state[weight][name] for weight in weights] for name in (GRADIENT, CHANGE, SQUARE, BEFORE)
        )
        changed = torch._foreach_sub(now, before)
        torch._foreach_lerp_(first, now, b1)
        torch._foreach_lerp_(change, changed, b2)
        torch._foreach_mul_(square, 1.0 - b3)
        foreseen = torch._foreach_add(now, changed, alpha=1.0 - b2)
        torch._foreach_addcmul_(square, foreseen, foreseen, value=b3)
        torch._foreach_copy_(before, now)

        scale = torch._foreach_div(square, _begun(b3, count))
        torch._foreach_sqrt_(scale)
        torch._foreach_add_(scale, group["eps"])
        way = torch._foreach_div(first, _begun(b1, count))
        torch._foreach_add_(way, change, alpha=(1.0 - b2) / _begun(b2, count))
        torch._foreach_addcdiv_(weights, way, scale, value=-rate)
        torch._foreach_div_(weights, 1.0 + rate * group["weight_decay"])


def _begun(beta: float, count: int) -> float:
    """The share of a moment that the steps so far have filled."""
    return 1.0 - (1.0 - beta) ** count
