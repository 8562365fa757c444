"""The recordings that nothing trains on: which they are in a folder of speech, and how long.

    python runs/held_out.py SPEECH [--list runs/held_out_speech.txt]

The list names paths below SPEECH, one a line, with * for anything and # before comments.
"""

import argparse
import sys
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from gesta.audio.read import open_speech
from gesta.data.files import SOUND_SUFFIXES, find_files
from gesta.settings import read_list

LIST = Path(__file__).with_name("held_out_speech.txt")
MINUTE_S = 60.0


def held_out(folder: Path, listed: Path = LIST) -> list[Path]:
    """The recordings of a folder that the list names, sorted.

    Raises:
        SystemExit: there is none.
    """
    patterns = read_list(listed, "list of held-out recordings")
    paths = [path for path in find_files(folder, SOUND_SUFFIXES) if named(path.as_posix(), patterns)]
    if not paths:
        raise SystemExit(f"{folder} has no recording that {listed} names.")
    return [folder / path for path in paths]


def named(path: str, patterns: Sequence[str]) -> bool:
    """Whether a path below the folder of speech is on the list."""
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def main() -> None:
    """Print each recording's length and all of them together."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("speech", type=Path)
    parser.add_argument("--list", type=Path, default=LIST)
    options = parser.parse_args()
    lengths = {path: open_speech(path).duration_s for path in held_out(options.speech, options.list)}
    for path, seconds in lengths.items():
        sys.stdout.write(f"{seconds:7.1f} s  {path.relative_to(options.speech)}\n")
    sys.stdout.write(f"{sum(lengths.values()) / MINUTE_S:.1f} minutes in {len(lengths)} recordings\n")


if __name__ == "__main__":
    main()
