"""Hand shapes as a few numbers each."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class HandShape:
    """How far fingers are closed (0 straight, 1 in the palm) and spread (0 side by side, 1 all they can).

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
    "relaxed": HandShape(0.22, 0.28, 0.33, 0.36, 0.12, 0.30, 0.30, 0.5),
    "loose": HandShape(0.32, 0.38, 0.42, 0.45, 0.08, 0.35, 0.35, 0.45),
    "lifted": HandShape(0.08, 0.11, 0.16, 0.20, 0.20, 0.15, 0.20, 0.6),
    "open": HandShape(0.10, 0.13, 0.16, 0.18, 0.40, 0.08, 0.18, 0.75),
    "flat": HandShape(0.07, 0.08, 0.09, 0.10, 0.05, 0.18, 0.18, 0.95),
    "upright": HandShape(0.06, 0.07, 0.09, 0.11, 0.25, 0.10, 0.14, 0.9),
    "laid": HandShape(0.14, 0.17, 0.19, 0.21, 0.12, 0.18, 0.22, 0.85),
    "draped": HandShape(0.36, 0.31, 0.24, 0.18, 0.15, 0.35, 0.30, 0.5),
    "wrapped": HandShape(0.34, 0.38, 0.40, 0.40, 0.06, 0.35, 0.25, 0.5),
    "cupped": HandShape(0.20, 0.22, 0.25, 0.26, 0.30, 0.20, 0.30, 0.45),
    "holding": HandShape(0.22, 0.22, 0.24, 0.26, 0.60, 0.05, 0.20, 0.3),
    "pinch": HandShape(0.58, 0.42, 0.34, 0.28, 0.20, 0.69, 0.38, 0.16),
    "ring": HandShape(0.60, 0.20, 0.12, 0.10, 0.40, 0.67, 0.41, 0.17),
    "bunch": HandShape(0.48, 0.50, 0.50, 0.48, 0.00, 0.80, 0.35, 0.1),
    "pointing": HandShape(0.06, 0.72, 0.78, 0.80, 0.05, 0.60, 0.55, 0.2),
    "fist": HandShape(0.80, 0.84, 0.86, 0.86, 0.00, 0.70, 0.55, 0.2),
    "one": HandShape(0.05, 0.80, 0.85, 0.86, 0.05, 0.75, 0.60, 0.2),
    "two": HandShape(0.05, 0.06, 0.84, 0.86, 0.45, 0.80, 0.60, 0.2),
    "three": HandShape(0.05, 0.05, 0.07, 0.85, 0.45, 0.85, 0.60, 0.2),
    "four": HandShape(0.05, 0.05, 0.07, 0.10, 0.45, 0.90, 0.60, 0.2),
}
"""By name; families and rests name them. Hands of films rest, and gesture, with curls of 0.2 to 0.4 (arm_poses.csv)."""
