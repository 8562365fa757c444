"""The teacher: a copy of the generator that follows it slowly and says which frames the speech asks for."""

import copy

import torch
from torch import Tensor, nn

from gesta.averaging import follow, kept_share
from gesta.echomask.config import Masking
from gesta.echomask.generator import Generator
from gesta.echomask.who import Who


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
        how = self.masking
        kept = kept_share(how.teacher_decay, int(self.steps), warm_up=how.teacher_warm_up)
        follow(self.generator.parameters(), generator.parameters(), kept)
        self.steps += 1

    @torch.no_grad()
    def scores(self, motion: Tensor, visible: Tensor, low: Tensor, high: Tensor, who: Who, valid: Tensor) -> Tensor:
        """How much the speech asks of each frame: (B, T); see `Generator.scores`."""
        return self.generator.scores(motion, visible, self.generator.hear(low, high), who, valid)
