"""The teacher: a copy of the generator that follows it slowly and says which frames the speech asks for."""

import copy

import torch
from torch import Tensor, nn

from gesta.echomask.config import Masking
from gesta.echomask.generator import Generator


class Teacher(nn.Module):
    """A moving average of a generator; never trained itself, and saved with what is trained."""

    steps: Tensor

    def __init__(self, generator: Generator, masking: Masking) -> None:
        super().__init__()
        self.generator = copy.deepcopy(generator).eval().requires_grad_(False)
        self.masking = masking
        self.register_buffer("steps", torch.zeros((), dtype=torch.long))

    def train(self, mode: bool = True) -> "Teacher":
        """Set the mode; the teacher's own network stays in evaluation mode."""
        super().train(mode)
        self.generator.eval()
        return self

    @torch.no_grad()
    def follow(self, generator: Generator) -> None:
        """Take in the weights that a training step has left."""
        kept = self.masking.teacher_decay
        if self.masking.teacher_warm_up:
            done = int(self.steps)
            kept = min(kept, (1.0 + done) / (10.0 + done))
        torch._foreach_lerp_(list(self.generator.parameters()), list(generator.parameters()), 1.0 - kept)
        self.steps += 1

    @torch.no_grad()
    def scores(
        self, motion: Tensor, visible: Tensor, low: Tensor, high: Tensor, speakers: Tensor, valid: Tensor
    ) -> Tensor:
        """How much the speech asks of each frame: (B, T); see `Generator.scores`."""
        return self.generator.scores(motion, visible, self.generator.hear(low, high), speakers, valid)
