"""Writing a data set of motion: rows of channels in shards, the truth beside them, the speech as FLAC."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

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
from gesta.data.plans import LoadedClip, Piece, PlannedClip
from gesta.data.rows import GrowingRows
from gesta.motion.representation import Representation
from gesta.records import PARTS

SHARD_FRAMES = 108_000
"""Rows in a file: an hour, 180 MB; a longer clip has a file of its own."""


class Building(GrowingSet[DatasetInfo, ClipRecord]):
    """A data set of motion that is being written, see `GrowingSet`."""

    def __init__(self, folder: Path, info: DatasetInfo, kept: Iterable[ClipRecord]) -> None:
        folders = (MOTION_FOLDER, *([TRUTH_FOLDER] if info.strokes else []))
        super().__init__(folder, info, kept, folders, read_records)
        self._representation = Representation(info.face_basis)
        last = self.records[-1] if self.records else None
        self._open_shard(last.shard if last else 0, last.first_row + last.frames if last else 0)

    def __exit__(self, *_error: object) -> None:
        self._motion.close()
        if self._truth is not None:
            self._truth.close()

    def _written(self, clip: PlannedClip) -> ClipRecord:
        loaded: LoadedClip = clip.load()
        if self._motion.rows and self._motion.rows + loaded.frames > SHARD_FRAMES:
            self._next_shard()
        pieces = iter(loaded.pieces)
        first = next(pieces)
        speech = self._add_speech(clip, loaded.speech, *loaded.samples)
        shard, row = self._shard, self._motion.rows
        truth: list[np.ndarray] = []
        count = self._motion.append(self._rows(first, pieces, loaded.frames, truth))
        if count != loaded.frames:
            raise ValueError(f"{clip.id} gave {count} frames where {loaded.frames} were announced")
        if self._truth is not None:
            self._truth.append(truth)
        motion = first.motion
        return ClipRecord(
            **self._listed(clip),
            **speech,
            frames=count,
            shard=shard,
            first_row=row,
            parts=tuple(part for part in PARTS if part in motion.parts),
            floor_known=motion.floor_known,
            contacts_known=motion.contacts is not None or motion.floor_known,
            lacking=tuple(motion.provenance.get("lacking", ())),
            strokes=first.strokes is not None,
            notes=(*motion.provenance.get("notes", ()), *loaded.notes),
        )

    def _rows(self, first: Piece, rest: Iterator[Piece], frames: int, truth: list[np.ndarray]) -> Iterator[np.ndarray]:
        """(n, C) rows of a clip's first `frames` frames; what is true of them is put into `truth`."""
        piece: Piece | None = first
        while piece is not None and frames > 0:
            parts = self._representation.encode(piece.motion)
            rows = np.concatenate(list(parts.values()), axis=1)[:frames]
            strokes = np.zeros(len(rows)) if piece.strokes is None else piece.strokes[: len(rows)]
            truth.append(strokes.astype(np.float32)[:, None])
            frames -= len(rows)
            yield rows
            piece = next(rest, None) if frames > 0 else None

    def _open_shard(self, number: int, rows: int) -> None:
        self._shard = number
        size = sum(self.info.channels.values())
        self._motion = GrowingRows(shard_path(self.folder, MOTION_FOLDER, number), size, rows)
        self._truth = GrowingRows(shard_path(self.folder, TRUTH_FOLDER, number), 1, rows) if self.info.strokes else None

    def _next_shard(self) -> None:
        self.__exit__()
        self._open_shard(self._shard + 1, 0)


MOTION_FORM = Form(read_info, read_records, Building)
