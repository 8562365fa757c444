"""The planner's agenda: what there is to decide, in time order, and what the planner remembers."""

import math
from dataclasses import dataclass, field

from gesta.procedural.content import ContentEvent
from gesta.records import BodyMove, HandMove

# At the same moment a phrase comes before its accents, and what is heard before what comes by itself.
KINDS = (
    "phrase_start",
    "said",
    "content",
    "accent",
    "hold",
    "phrase_end",
    "idle",
    "settle",
    "rest",
    "fidget",
    "recur",
)


@dataclass(order=True)
class Item:
    """Something to be decided at a time, about a hand or a kind of thing; all that order may depend on is compared."""

    decide_s: float
    rank: int
    event_s: float
    strength: float
    about: str = ""
    said: ContentEvent | None = field(default=None, compare=False)


@dataclass
class PlannerState:
    """The agenda and how far the sound has been heard; since when speech pauses, infinite while it does not."""

    agenda: list[Item] = field(default_factory=list)
    heard_s: float = 0.0
    pausing_since_s: float = math.inf
    free_s: dict[str, float] = field(default_factory=dict)
    hand_moves: list[HandMove] = field(default_factory=list)
    body_moves: list[BodyMove] = field(default_factory=list)
