"""How scripts print: at once, so that who waits sees how far they are."""

import sys


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
