"""Writing a data set of motion: rows of channels in shards, the truth beside them, the speech as FLAC."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gesta.data.card import CARD_FILE, card_text, hours_of
from gesta.data.encoding import EncodedClip, encoded
from gesta.data.growing import Form, GrowingSet
from gesta.data.manifest import (
    MOTION_FOLDER,
    TRUTH_FOLDER,
    ClipRecord,
    DatasetInfo,
    read_info,
    read_records,
    shard_path,
)
from gesta.data.plans import LoadedClip, PlannedClip
from gesta.data.rows import GrowingRows
from gesta.motion.representation import Representation
from gesta.writing import replacing

SHARD_FRAMES = 108_000
"""Rows in a file: an hour, 180 MB; a longer clip has a file of its own."""


class Building(GrowingSet[DatasetInfo, ClipRecord]):
    """A data set of motion that is being written, see `GrowingSet`."""

    def __init__(self, folder: Path, info: DatasetInfo, kept: Iterable[ClipRecord]) -> None:
        folders = (MOTION_FOLDER, *([TRUTH_FOLDER] if info.columns else []))
        super().__init__(folder, info, kept, folders, read_records)
        self._representation = Representation(info.face_basis)
        last = self.records[-1] if self.records else None
        self._open_shard(last.shard if last else 0, last.first_row + last.frames if last else 0)

    def __exit__(self, *_error: object) -> None:
        self._motion.close()
        if self._truth is not None:
            self._truth.close()

    def _written(self, clip: PlannedClip) -> ClipRecord:
        loaded: LoadedClip | EncodedClip = clip.load()
        coded = loaded if isinstance(loaded, EncodedClip) else encoded(loaded, self._representation, self.info.columns)
        if self._motion.rows and self._motion.rows + coded.frames > SHARD_FRAMES:
            self._next_shard()
        speech = self._brought_speech(clip, coded)
        shard, row = self._shard, self._motion.rows
        truth: list[np.ndarray] = []
        count = self._motion.append(_parted(coded, truth))
        if count != coded.frames:
            raise ValueError(f"{clip.id} gave {count} frames where {coded.frames} were announced")
        if self._truth is not None:
            self._truth.append(truth)
        said = {**coded.said, **coded.later}
        return ClipRecord(**self._listed(clip), **speech, frames=count, shard=shard, first_row=row, **said)

    def _brought_speech(self, clip: PlannedClip, coded: EncodedClip) -> dict[str, Any]:
        if isinstance(coded.speech, tuple):
            return self._add_speech(clip, *coded.speech)
        return self._take_speech(clip, coded.speech)

    def finish(self, skipped: Iterable[str]) -> DatasetInfo:
        """Write the card, and say in dataset.json that this is all."""
        if (hours := hours_of(self.records)) is not None:
            changes = {"distinct_speech_hours": hours.speech, "motion_hours": hours.motion}
            self.info = self.info.model_copy(update=changes)
            with replacing(self.folder / CARD_FILE) as temporary:
                temporary.write_text(card_text(self.info, self.records), encoding="utf-8")
        return super().finish(skipped)

    def _open_shard(self, number: int, rows: int) -> None:
        self._shard = number
        size, columns = sum(self.info.channels.values()), len(self.info.columns)
        truth = shard_path(self.folder, TRUTH_FOLDER, number)
        self._motion = GrowingRows(shard_path(self.folder, MOTION_FOLDER, number), size, rows)
        self._truth = GrowingRows(truth, columns, rows) if columns else None

    def _next_shard(self) -> None:
        self.__exit__()
        self._open_shard(self._shard + 1, 0)


def _parted(coded: EncodedClip, truth: list[np.ndarray]) -> Iterator[np.ndarray]:
    """The rows of channels; those of truth are put into `truth`."""
    for rows, true in coded.blocks:
        truth.append(true)
        yield rows


MOTION_FORM = Form(read_info, read_records, Building)
