"""The parts of the body in the order in which grouped layers hold them, and which of them move the body."""

ALL_PARTS = ("face", "hands", "upper", "lower")
BODY_PARTS = ("hands", "upper", "lower")
FACE, HANDS, UPPER, LOWER = range(4)
BODY = slice(1, 4)
"""Where the body's parts stand in ALL_PARTS."""
