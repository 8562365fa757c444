"""Measure motion files: `python -m gesta.metrics.motion MOTION[=SPEECH]...` writes a Markdown table."""

import sys
from collections.abc import Sequence
from pathlib import Path

from gesta.audio.read import open_speech
from gesta.errors import GestaError
from gesta.metrics.motion.report import measure
from gesta.metrics.motion.table import markdown_table
from gesta.motion.reading import read_motion

BAD_INPUT = 2


def main(arguments: Sequence[str]) -> int:
    """Measure each MOTION against its SPEECH and write the table to standard output; returns the exit status."""
    if not arguments:
        sys.stderr.write("Give motion files, each with its speech: MOTION=SPEECH.\n")
        return BAD_INPUT
    reports = {}
    try:
        for argument in arguments:
            motion, _, speech = argument.partition("=")
            # Two takes of one name must not hide one another.
            name = Path(motion).stem if Path(motion).stem not in reports else motion
            reports[name] = measure(read_motion(motion), open_speech(speech) if speech else None)
    except GestaError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    sys.stdout.write(markdown_table(reports))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
