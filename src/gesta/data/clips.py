"""A prepared data set, read: any stretch of any clip without loading more than that."""

from collections.abc import Sequence
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np

from gesta.data.building import MOTION_FORM
from gesta.data.finished import clips_in, read_finished, speech_of
from gesta.data.manifest import MOTION_FOLDER, TRUTH_FOLDER, ClipRecord, DatasetInfo, shard_path
from gesta.data.rows import open_rows
from gesta.data.truth import labels_from
from gesta.errors import InputError
from gesta.motion.representation import Parts, Representation
from gesta.records import Motion, Speech


class Dataset:
    """A prepared data set, open for reading; its rows are memory-mapped.

    Attributes:
        folder: where it is.
        info: what it says of itself.
        clips: every clip, in the order of the rows.
        representation: the layout of its channels.
    """

    def __init__(self, folder: Path, info: DatasetInfo, clips: Sequence[ClipRecord]) -> None:
        """Use `Dataset.open`, which checks what it reads."""
        self.folder, self.info, self.clips = folder, info, tuple(clips)
        self.representation = Representation(info.face_basis)
        self._slices, start = {}, 0
        for part, size in info.channels.items():
            self._slices[part] = slice(start, start + size)
            start += size
        shards = sorted({clip.shard for clip in self.clips})
        self._motion = {number: open_rows(shard_path(folder, MOTION_FOLDER, number), start) for number in shards}
        self._truth = {
            number: open_rows(shard_path(folder, TRUTH_FOLDER, number), len(info.columns))
            for number in shards
            if info.columns
        }
        self._check_rows()

    @classmethod
    def open(cls, folder: str | PathLike[str]) -> Self:
        """Open a data set after checking its description, its manifest and the sizes of its files.

        Raises:
            InputError: it is missing, not finished, or its files do not fit each other.
        """
        folder = Path(folder)
        return cls(folder, *read_finished(folder, MOTION_FORM))

    def __reduce__(self) -> tuple[Any, ...]:
        # A worker process opens the files itself, instead of getting a copy of everything in them.
        return type(self).open, (self.folder,)

    def _check_rows(self) -> None:
        for clip in self.clips:
            stop = clip.first_row + clip.frames
            rows = [shards[clip.shard] for shards in (self._motion, self._truth) if shards]
            if any(stop > len(held) for held in rows):
                raise InputError(f"The data set '{self.folder}' lacks rows of the clip '{clip.id}'; prepare it again.")

    def split(self, *names: str) -> list[ClipRecord]:
        """The clips of some splits, in order.

        Raises:
            InputError: a name that is no split, or no clip is in them.
        """
        return clips_in(self.folder, self.clips, names)

    def rows(self, clip: ClipRecord) -> np.ndarray:
        """(T, C) float32 channels of all parts of a clip, memory-mapped, read-only."""
        return self._motion[clip.shard][clip.first_row : clip.first_row + clip.frames]

    def slice(self, part: str) -> slice:
        """Where the channels of a part stand in a row."""
        return self._slices[part]

    def window(self, clip: ClipRecord, start: int, length: int) -> tuple[Parts, np.ndarray]:
        """Some frames of a clip; behind its end the last frame is repeated.

        Returns:
            for each part (length, C) float32, and (length,) bool: which frames are real.
        """
        chosen, real = padded(self.rows(clip), start, length)
        return {part: np.ascontiguousarray(chosen[:, place]) for part, place in self._slices.items()}, real

    def valid(self, clip: ClipRecord) -> dict[str, np.ndarray]:
        """Which channels mean something in a clip: for each part (C,) bool, read-only."""
        return _valid(self.representation, frozenset(clip.parts), clip.contacts_known, clip.lacking)

    def strokes(self, clip: ClipRecord) -> np.ndarray:
        """(T,) float32, 1 in a stroke; zeros where nobody knows (`clip.strokes` is false)."""
        if not clip.strokes:
            return np.zeros(clip.frames, dtype=np.float32)
        return self._truth[clip.shard][clip.first_row : clip.first_row + clip.frames, 0]

    def truth_rows(self, clip: ClipRecord) -> np.ndarray:
        """(T, len(info.columns)) float32 what is known of a clip's frames, memory-mapped; NaN where it is not known."""
        return self._truth[clip.shard][clip.first_row : clip.first_row + clip.frames]

    def truth(self, clip: ClipRecord, column: str) -> np.ndarray:
        """(T,) float32 one of the columns of `truth_rows`, by its name in `info.columns`."""
        return self.truth_rows(clip)[:, self.info.columns.index(column)]

    def labels(self, clip: ClipRecord) -> dict[str, np.ndarray]:
        """What each hand does and why: "left_phase", "left_family", "left_cause", and of the right one, (T,) strings.

        "" where a hand makes no movement; no entry at all where the source plans nothing (`clip.labels` is empty).

        Raises:
            InputError: a number in the truth stands for nothing.
        """
        if not clip.labels:
            return {}
        rows = self._truth[clip.shard][clip.first_row : clip.first_row + clip.frames]
        return labels_from(rows, clip.labels, f"'{clip.id}'")

    def speech(self, clip: ClipRecord) -> Speech:
        """The recording of a clip; its file is opened when its samples are asked for."""
        return speech_of(self.folder, clip)

    def motion(self, clip: ClipRecord) -> Motion:
        """A whole clip as a motion; what its channels do not hold (the eyes) is at rest."""
        rows = self.rows(clip)
        motion = self.representation.decode({part: rows[:, place] for part, place in self._slices.items()})
        return motion.replaced(
            parts=frozenset(clip.parts),
            floor_known=clip.floor_known,
            contacts=motion.contacts if clip.contacts_known else None,
            provenance={"data_set": self.info.kind, "clip": clip.id, "lacking": list(clip.lacking)},
        )


def padded(rows: np.ndarray, start: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows [start, start + length) of (T, C) rows, the last one repeated behind the end, and which are real.

    Raises:
        ValueError: `start` is not one of the rows.
    """
    if not 0 <= start < len(rows):
        raise ValueError(f"a window cannot begin at {start} of {len(rows)} frames")
    real = np.arange(start, start + length) < len(rows)
    chosen = np.asarray(rows[start : start + length])
    if len(chosen) < length:
        chosen = np.concatenate([chosen, np.repeat(chosen[-1:], length - len(chosen), axis=0)])
    return chosen, real


@lru_cache(maxsize=256)
def _valid(
    representation: Representation, parts: frozenset[str], contacts_known: bool, lacking: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """Most clips of a data set have the same channels, so they share the arrays."""
    channels = representation.valid_channels(parts, contacts_known, lacking)
    for flags in channels.values():
        flags.setflags(write=False)
    return channels
