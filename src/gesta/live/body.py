"""What a stream needs of a model: a body that hears sound at 16 kHz, piece after piece, and moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gesta.records import Motion, Plan, Prosody


@dataclass(frozen=True)
class Heard:
    """What one piece of sound brought.

    Attributes:
        prosodies: the frames and events that became certain with it.
        plans: what was decided, where the model plans.
        motions: consecutive stretches of frames that became final; perhaps none.
    """

    prosodies: Sequence[Prosody]
    plans: Sequence[Plan]
    motions: Sequence[Motion]


class Body(Protocol):
    """A model at work on one stream."""

    def hear(self, sound: np.ndarray) -> Heard:
        """Take (S,) float32 samples at 16 kHz in [-1, 1]."""
        ...

    def end(self) -> Heard:
        """There is no more sound."""
        ...

    def outside(self) -> Mapping[str, object]:
        """What belongs to the model and not to the memory of the stream, by name."""
        ...
