"""Writing a data set clip by clip, so that a run that was stopped at any moment goes on where it was.

A clip counts once its line is in the manifest, which is written last, after its rows and its speech are on the disk.
Whatever stands behind the last line was left by a killed run: it is cut off and made again, to the same bytes.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from gesta.data.manifest import (
    INFO_FILE,
    MANIFEST_FILE,
    MOTION_FOLDER,
    SPEECH_FOLDER,
    TRUTH_FOLDER,
    ClipRecord,
    DatasetInfo,
    read_info,
    read_records,
    shard_path,
)
from gesta.data.plans import LoadedClip, Piece, PlannedClip
from gesta.data.rows import GrowingRows
from gesta.data.speech_files import SUFFIX, cut, write_speech
from gesta.errors import InputError, OutputError, reason_of
from gesta.motion.representation import Representation
from gesta.records import PARTS
from gesta.writing import replacing

SHARD_FRAMES = 108_000
"""Rows in a file: an hour, 180 MB; a longer clip has a file of its own."""

TEMPORARY = ".*.part.*"
"""Files that `gesta.writing` had not finished when a run was killed."""


def kept_records(folder: Path, wanted: DatasetInfo) -> list[ClipRecord]:
    """The clips that an earlier run has finished in a folder; a folder that is not there or empty has none.

    Raises:
        InputError: the folder holds a data set made from something else or otherwise, or a broken one.
        OutputError: it holds other files.
    """
    if not (folder / INFO_FILE).is_file():
        # A run that was killed before its first file was whole leaves a hidden one.
        if folder.exists() and not (folder.is_dir() and all(path.match(TEMPORARY) for path in folder.iterdir())):
            raise OutputError(f"'{folder}' is there and holds no prepared data set; choose an empty or new folder.")
        return []
    found = read_info(folder)
    names = ("kind", "source", "gesta_version", "settings", "licence", "plan_sha256")
    for name in names:
        if (was := getattr(found, name)) != (now := getattr(wanted, name)):
            raise InputError(
                f"'{folder}' holds a data set with another {_difference(name, was, now)}; choose another folder, or "
                "prepare it as before."
            )
    if not (folder / MANIFEST_FILE).is_file():
        return []
    return [record for record, _ in read_records(folder, found)]


def _difference(name: str, was: object, now: object) -> str:
    """What differs, in words."""
    if name == "plan_sha256":
        return "list of clips: the files of its source have changed"
    if isinstance(was, dict) and isinstance(now, dict):
        key = next(key for key in sorted({*was, *now}) if was.get(key) != now.get(key))
        return f"{key} ({was.get(key)!r}, not {now.get(key)!r})"
    return f"{name.replace('_', ' ')} ({was!r}, not {now!r})"


class Building:
    """A data set that is being written; use it in a `with` block.

    Args:
        folder: is there, and no other process writes to it.
        info: the description, not complete yet.
        kept: the clips that are finished, see `kept_records`.
    """

    def __init__(self, folder: Path, info: DatasetInfo, kept: Iterable[ClipRecord]) -> None:
        self.folder, self.info, self.records = folder, info, list(kept)
        self._representation = Representation(info.face_basis)
        self._speech = {record.speech: (record.speech_samples, record.speech_sha256) for record in self.records}
        try:
            for left in (*folder.glob(TEMPORARY), *folder.glob(f"{SPEECH_FOLDER}/{TEMPORARY}")):
                left.unlink()
            self._write_info(info)
            for name in (MOTION_FOLDER, SPEECH_FOLDER, *([TRUTH_FOLDER] if info.strokes else [])):
                (folder / name).mkdir(exist_ok=True)
            self._cut_manifest()
        except OSError as error:
            raise self._refusal(error) from error
        last = self.records[-1] if self.records else None
        self._open_shard(last.shard if last else 0, last.first_row + last.frames if last else 0)

    def __enter__(self) -> "Building":
        return self

    def __exit__(self, *_error: object) -> None:
        self._motion.close()
        if self._truth is not None:
            self._truth.close()

    def add(self, clip: PlannedClip) -> ClipRecord:
        """Load a clip and write it; when this returns it is finished for good.

        Raises:
            InputError: the clip cannot be used; nothing of it stays but perhaps its sound.
            OutputError: the disk is full or gone.
        """
        loaded = clip.load()
        if self._motion.rows and self._motion.rows + loaded.frames > SHARD_FRAMES:
            self._next_shard()
        pieces = iter(loaded.pieces)
        first = next(pieces)
        speech, samples, sha256 = self._add_speech(clip, loaded)
        shard, row = self._shard, self._motion.rows
        truth: list[np.ndarray] = []
        count = self._motion.append(self._rows(first, pieces, loaded.frames, truth))
        if count != loaded.frames:
            raise ValueError(f"{clip.id} gave {count} frames where {loaded.frames} were announced")
        if self._truth is not None:
            self._truth.append(truth)
        motion = first.motion
        record = ClipRecord(
            id=clip.id,
            split=clip.split,
            speaker=clip.speaker,
            speaker_index=self.info.speakers.index(clip.speaker),
            frames=count,
            shard=shard,
            first_row=row,
            parts=tuple(part for part in PARTS if part in motion.parts),
            floor_known=motion.floor_known,
            contacts_known=motion.contacts is not None or motion.floor_known,
            lacking=tuple(motion.provenance.get("lacking", ())),
            strokes=first.strokes is not None,
            speech=speech,
            speech_samples=samples,
            speech_sha256=sha256,
            source=clip.source,
            notes=(*motion.provenance.get("notes", ()), *loaded.notes),
            licence=self.info.licence,
        )
        self._add_line(record)
        return record

    def finish(self, skipped: Iterable[str]) -> DatasetInfo:
        """Say in dataset.json that this is all; `skipped` names the clips that could not be used."""
        frames = sum(record.frames for record in self.records)
        changes = {"complete": True, "clips": len(self.records), "frames": frames, "skipped": tuple(skipped)}
        self.info = self.info.model_copy(update=changes)
        self._write_info(self.info)
        return self.info

    def _add_speech(self, clip: PlannedClip, loaded: LoadedClip) -> tuple[str, int, str]:
        """Write a clip's sound, unless an earlier clip brought it; its path in the folder, samples and hash."""
        name = f"{SPEECH_FOLDER}/{clip.speech_name}{SUFFIX}"
        if name not in self._speech:
            blocks = cut(loaded.speech.source.blocks(), *loaded.samples)
            self._speech[name] = write_speech(self.folder / name, blocks)
        return (name, *self._speech[name])

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

    def _add_line(self, record: ClipRecord) -> None:
        try:
            with (self.folder / MANIFEST_FILE).open("ab") as file:
                file.write(record.line().encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._refusal(error) from error
        self.records.append(record)

    def _cut_manifest(self) -> None:
        """Cut off the half line that a killed run may have left."""
        path = self.folder / MANIFEST_FILE
        if path.is_file():
            end = max((end for _, end in read_records(self.folder, self.info)), default=0)
            with path.open("r+b") as file:
                file.truncate(end)

    def _write_info(self, info: DatasetInfo) -> None:
        with replacing(self.folder / INFO_FILE) as temporary:
            temporary.write_text(info.text(), encoding="utf-8")

    def _refusal(self, error: OSError) -> OutputError:
        reason = reason_of(error)
        return OutputError(f"The data set '{self.folder}' cannot be written ({reason}): check its free space.")
