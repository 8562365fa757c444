"""The BEAT2 data set: its folder layout and its takes.

A take is `smplxflame_30/<id>.npz` with the speech in `wave16k/<id>.wav`, words in `textgrid/<id>.TextGrid` and the
split in `train_test_split.csv`. The face is FLAME's (100 expressions and the jaw joint), fingers are offsets from
SMPL-X's mean hand. BEAT2 is for non-commercial research.

Speakers are numbered from 1 to 30 with gaps. EchoMask's released code (dataloaders, commit 1e86a4a) folds the 25 of
them into 0 to 24 by moving 30 to the place of 8, 28 to that of 14 and 27 to that of 19.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gesta.errors import InputError
from gesta.motion.npz_read import read_npz
from gesta.motion.npz_write import FLAME
from gesta.records import Motion

SPLIT_FILE = "train_test_split.csv"
NUMBERS = (*range(1, 8), *range(9, 14), *range(15, 19), *range(20, 26), 27, 28, 30)
"""The speakers."""
MOVED = {30: 8, 28: 14, 27: 19}
"""Numbers beyond 25 take the place of one that is missing."""
MOTION_FOLDER, SPEECH_FOLDER, WORDS_FOLDER = "smplxflame_30", "wave16k", "textgrid"


@dataclass(frozen=True)
class Beat2Take:
    """Files of one take; `motion` and `words` are None where they are absent."""

    name: str
    split: str
    speech: Path
    motion: Path | None
    words: Path | None

    @property
    def speaker(self) -> int:
        """The speaker's number, 1 to 30."""
        return int(self.name.split("_", 1)[0])


def speaker_index(number: int) -> int:
    """The place of a speaker's number, 1 to 30, among the 25: 0 to 24."""
    return MOVED.get(number, number) - 1


def beat2_takes(root: str | Path) -> Iterator[Beat2Take]:
    """The takes in a BEAT2 folder that have speech, by name; the split is "" where the table does not name them.

    Raises:
        InputError: the folder is not laid out like BEAT2.
    """
    root = Path(root)
    if not (root / SPEECH_FOLDER).is_dir() or not (root / MOTION_FOLDER).is_dir():
        raise InputError(f"{root} is not a BEAT2 folder: it needs {MOTION_FOLDER} and {SPEECH_FOLDER} inside.")
    splits = {}
    if (root / SPLIT_FILE).is_file():
        with (root / SPLIT_FILE).open(encoding="utf-8", newline="") as file:
            splits = {row.get("id", ""): row.get("type", "") for row in csv.DictReader(file)}
    for speech in sorted((root / SPEECH_FOLDER).glob("*.wav")):
        motion = root / MOTION_FOLDER / f"{speech.stem}.npz"
        words = root / WORDS_FOLDER / f"{speech.stem}.TextGrid"
        yield Beat2Take(
            speech.stem,
            splits.get(speech.stem) or "",
            speech,
            motion if motion.is_file() else None,
            words if words.is_file() else None,
        )


def read_beat2(path: str | Path, *, mean_hands: np.ndarray | None = None) -> Motion:
    """Read a BEAT2 take's npz: `npz_read.read_npz`, and refuse a file without FLAME expressions."""
    motion = read_npz(path, mean_hands=mean_hands)
    if motion.face_basis != FLAME or "face" not in motion.parts:
        raise InputError(f"Cannot read {path} as BEAT2: it has no FLAME expressions.")
    return motion
