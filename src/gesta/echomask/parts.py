"""The parts of the body in the order in which grouped layers hold them, and which of them move the body."""

from gesta.tokenizer.channels import PART_ORDER

ALL_PARTS = PART_ORDER
BODY_PARTS = ("hands", "upper", "lower")
FACE, HANDS, UPPER, LOWER = range(4)
BODY = slice(1, 4)
"""Where the body's parts stand in ALL_PARTS."""
