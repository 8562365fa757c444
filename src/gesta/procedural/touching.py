"""Which poses lie on something: the other hand or the body. There a hand does not move by itself."""

from functools import cache

from gesta.procedural.families import families, rests
from gesta.records import HandMove, HandPose

TIGHT_SCATTER = 0.2
"""Families whose places vary no more than this touch something with the stroke."""


def touches(hand: str, pose: HandPose) -> bool:
    """Whether this is how a "left" or "right" hand lies in a resting pose that touches."""
    return pose in _touching(hand)


def arrives_touching(move: HandMove) -> bool:
    """Whether the hand lies on something when the move ends."""
    tight = move.family in families() and families()[move.family].scatter <= TIGHT_SCATTER
    return (tight and move.phase != "preparation") or touches(move.hand, move.pose)


@cache
def _touching(hand: str) -> tuple[HandPose, ...]:
    # A hand that hangs beside the one that lies on a hip hangs as hands do.
    found = [(rest.left if hand == "left" else rest.right, rest.touching) for rest in rests().values()]
    free = [pose for pose, touching in found if not touching]
    return tuple(pose for pose, touching in found if touching and pose not in free)
