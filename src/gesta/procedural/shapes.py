"""Hand shapes as a few numbers each, and the gesture families and rest poses that are made of them.

All positions are in metres from the shoulder, as (outward, up, forward) in the chest's frame, so that one table
serves both hands. The sizes of movements were set against the measured speakers' (paths of 0.07 to 0.3 m for most
strokes); what the families mean follows McNeill 1992 and Kendon 2004.
"""

from dataclasses import dataclass, fields

from gesta.records import HandPose

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class HandShape:
    """How far fingers are closed (0 straight, 1 in the palm) and spread, and where the thumb is.

    The thumb may lie across the palm (0 out, 1 in), be bent, and lie flat beside the hand (0 below the palm, 1 level).
    """

    index: float
    middle: float
    ring: float
    little: float
    spread: float
    thumb_across: float
    thumb_bend: float
    thumb_level: float

    def values(self) -> tuple[float, ...]:
        """The numbers, in the order of the fields."""
        return tuple(getattr(self, item.name) for item in fields(self))


HAND_SHAPES: dict[str, HandShape] = {
    "relaxed": HandShape(0.22, 0.28, 0.33, 0.36, 0.25, 0.30, 0.30, 0.5),
    "loose": HandShape(0.32, 0.38, 0.42, 0.45, 0.15, 0.35, 0.35, 0.45),
    "lifted": HandShape(0.05, 0.08, 0.14, 0.18, 0.35, 0.15, 0.20, 0.6),
    "open": HandShape(0.06, 0.09, 0.12, 0.14, 0.60, 0.05, 0.15, 0.75),
    "flat": HandShape(0.04, 0.04, 0.05, 0.06, 0.10, 0.15, 0.15, 0.95),
    "upright": HandShape(0.03, 0.03, 0.05, 0.07, 0.45, 0.05, 0.10, 0.9),
    "laid": HandShape(0.10, 0.12, 0.14, 0.16, 0.20, 0.15, 0.20, 0.85),
    "wrapped": HandShape(0.34, 0.38, 0.40, 0.40, 0.10, 0.35, 0.25, 0.5),
    "cupped": HandShape(0.20, 0.22, 0.25, 0.26, 0.45, 0.20, 0.30, 0.45),
    "holding": HandShape(0.22, 0.22, 0.24, 0.26, 0.85, 0.05, 0.20, 0.3),
    "pinch": HandShape(0.58, 0.42, 0.34, 0.28, 0.30, 0.69, 0.38, 0.16),
    "ring": HandShape(0.60, 0.20, 0.12, 0.10, 0.55, 0.67, 0.41, 0.17),
    "bunch": HandShape(0.48, 0.50, 0.50, 0.48, 0.05, 0.80, 0.35, 0.1),
    "pointing": HandShape(0.04, 0.72, 0.78, 0.80, 0.10, 0.60, 0.55, 0.2),
    "fist": HandShape(0.80, 0.84, 0.86, 0.86, 0.10, 0.70, 0.55, 0.2),
    "one": HandShape(0.03, 0.80, 0.85, 0.86, 0.10, 0.75, 0.60, 0.2),
    "two": HandShape(0.03, 0.04, 0.84, 0.86, 0.55, 0.80, 0.60, 0.2),
    "three": HandShape(0.03, 0.03, 0.05, 0.85, 0.55, 0.85, 0.60, 0.2),
    "four": HandShape(0.03, 0.03, 0.05, 0.08, 0.60, 0.90, 0.60, 0.2),
}
"""By name; families and rests name them."""


@dataclass(frozen=True)
class Family:
    """A kind of gesture.

    Attributes:
        before: where its stroke begins, from the place in space that the phrase uses.
        after: where its stroke ends.
        palm: where the palm faces at the end.
        flexion_deg: bend of the wrist towards the palm before and after the stroke.
        shape: the hand's shape.
        arc: bulge of the stroke's path.
        hands: how likely it is chosen for one hand, and for both.
        lift: how much higher than usual it is made, metres.
    """

    before: Triple
    after: Triple
    palm: Triple
    flexion_deg: tuple[float, float]
    shape: str
    arc: Triple
    hands: tuple[float, float]
    lift: float = 0.0


FAMILIES: dict[str, Family] = {
    "beat": Family(
        (0.0, 0.06, -0.02), (0.01, -0.05, 0.03), (-0.75, -0.45, 0.1), (-12, 8), "relaxed", (0, 0, 0.015), (3.0, 2.0)
    ),
    "present": Family(
        (-0.06, -0.03, -0.05), (0.08, 0.01, 0.06), (-0.25, 0.9, 0.2), (5, -8), "open", (0, -0.03, 0.02), (2.5, 2.5)
    ),
    "sweep": Family(
        (-0.10, 0.02, 0.0), (0.15, -0.02, 0.02), (0.0, -0.8, 0.45), (0, -14), "flat", (0, 0.01, 0.05), (1.5, 1.0)
    ),
    "chop": Family(
        (0.0, 0.09, -0.03), (0.0, -0.08, 0.05), (-1.0, -0.1, 0.0), (-4, 4), "flat", (0, 0, 0.02), (1.2, 0.8)
    ),
    "pinch": Family(
        (0.0, 0.06, -0.02), (-0.01, -0.05, 0.04), (-0.6, -0.5, 0.4), (-10, 10), "pinch", (0, 0, 0.01), (1.6, 0.3), 0.04
    ),
    "container": Family(
        (-0.03, 0.05, -0.01), (0.06, -0.04, 0.04), (-0.95, 0.15, 0.1), (0, 0), "cupped", (0, 0.01, 0.02), (0.0, 2.2)
    ),
    "point": Family(
        (0.0, 0.03, -0.08), (0.03, 0.02, 0.09), (-0.4, -0.8, 0.1), (-5, 5), "pointing", (0, 0.02, 0), (0.6, 0.0), 0.05
    ),
}

PLACE: Triple = (0.03, -0.205, 0.26)
"""Middle of the space in which people gesture: forearms a little above level, before the ribs."""

RESTS: dict[str, HandPose] = {
    "hanging": HandPose((0.085, -0.445, 0.055), (-0.9, 0.0, -0.25), 4.0, 4.0, "loose"),
    "before_belly": HandPose((-0.03, -0.34, 0.21), (-0.75, -0.25, -0.5), 6.0, 0.0, "relaxed"),
    "low_front": HandPose((0.015, -0.385, 0.165), (-0.85, -0.35, -0.3), 5.0, 3.0, "loose"),
}
