"""Writing a data set clip by clip, so that a run that was stopped at any moment goes on where it was.

A clip counts once its line is in the manifest, which is written last, after all its files are on the disk. Whatever
stands behind the last line was left by a killed run: it is cut off and made again, to the same bytes.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Self

from gesta.data.listing import INFO_FILE, MANIFEST_FILE, SPEECH_FOLDER, ClipLine, Info, Line, SetInfo
from gesta.data.plans import PlannedClip
from gesta.data.speech_files import SUFFIX, WrittenSpeech, cut, write_speech
from gesta.errors import InputError, OutputError, reason_of
from gesta.locking import only_writer
from gesta.records import Speech
from gesta.writing import replacing

TEMPORARY = ".*.part.*"
"""Files that `gesta.writing` had not finished when a run was killed."""


@contextmanager
def written_to(folder: Path) -> Iterator[None]:
    """The folder of a data set, made if need be, while no other run writes to it.

    Raises:
        OutputError: it cannot be made, or another run is writing there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = reason_of(error)
        raise OutputError(f"The folder '{folder}' cannot be made ({reason}); choose another one.") from error
    with only_writer(folder, f"Another run is writing to '{folder}'; wait for it or choose another folder."):
        yield


class GrowingSet(Generic[Info, Line]):
    """A data set that is being written; use it in a `with` block.

    Args:
        folder: is there, and no other process writes to it.
        info: the description, not complete yet.
        kept: the clips that are finished, see `kept_records`.
        folders: of files that belong to clips, beside the speech's.
        read: gives the records in the folder with the bytes at which their lines end.
    """

    def __init__(
        self,
        folder: Path,
        info: Info,
        kept: Iterable[Line],
        folders: tuple[str, ...],
        read: Callable[[Path, Info], Iterator[tuple[Line, int]]],
    ) -> None:
        self.folder, self.info, self.records = folder, info, list(kept)
        self._speech = {record.speech: (record.speech_samples, record.speech_sha256) for record in self.records}
        try:
            for place in ("", SPEECH_FOLDER, *folders):
                for left in folder.joinpath(place).glob(TEMPORARY):
                    left.unlink()
            self._write_info(info)
            for name in (SPEECH_FOLDER, *folders):
                (folder / name).mkdir(exist_ok=True)
            self._cut_manifest(read)
        except OSError as error:
            raise self._refusal(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Let go of open files."""

    def add(self, clip: PlannedClip) -> Line:
        """Load a clip and write it; when this returns it is finished for good.

        Raises:
            InputError: the clip cannot be used; nothing of it stays but files that no line names.
            OutputError: the disk is full or gone.
        """
        record = self._written(clip)
        self._append(MANIFEST_FILE, record.line())
        self.records.append(record)
        return record

    def _append(self, name: str, lines: str) -> None:
        """Add lines to a file of the data set; when this returns they are on the disk."""
        try:
            with (self.folder / name).open("ab") as file:
                file.write(lines.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._refusal(error) from error

    def _written(self, clip: PlannedClip) -> Line:
        """Load a clip, write its files and return its record."""
        raise NotImplementedError

    def finish(self, skipped: Iterable[str]) -> Info:
        """Say in dataset.json that this is all; `skipped` names the clips that could not be used."""
        frames = sum(record.frames for record in self.records)
        changes = {"complete": True, "clips": len(self.records), "frames": frames, "skipped": tuple(skipped)}
        self.info = self.info.model_copy(update=changes)
        self._write_info(self.info)
        return self.info

    def _listed(self, clip: PlannedClip) -> dict[str, Any]:
        """What a record says of any clip, out of its plan."""
        return {
            "id": clip.id,
            "split": clip.split,
            "speaker": clip.speaker,
            "speaker_index": self.info.speakers.index(clip.speaker),
            "source": clip.source,
            "licence": self.info.licence,
        }

    def _add_speech(self, clip: PlannedClip, speech: Speech, start: int, stop: int) -> dict[str, Any]:
        """Write the samples [start, stop) of a clip's sound, unless an earlier clip brought it; what a record says."""
        name = f"{SPEECH_FOLDER}/{clip.speech_name}{SUFFIX}"
        if name not in self._speech:
            self._speech[name] = write_speech(self.folder / name, cut(speech.source.blocks(), start, stop))
        return self._speech_record(name)

    def _take_speech(self, clip: PlannedClip, written: WrittenSpeech | None) -> dict[str, Any]:
        """As `_add_speech`, for sound that another process has written already; None where a clip before brought it."""
        name = f"{SPEECH_FOLDER}/{clip.speech_name}{SUFFIX}"
        if written is not None and name not in self._speech:
            written.path.replace(self.folder / name)
            self._speech[name] = (written.samples, written.sha256)
        return self._speech_record(name)

    def _speech_record(self, name: str) -> dict[str, Any]:
        samples, sha256 = self._speech[name]
        return {"speech": name, "speech_samples": samples, "speech_sha256": sha256}

    def _cut_manifest(self, read: Callable[[Path, Info], Iterator[tuple[Line, int]]]) -> None:
        """Cut off the half line that a killed run may have left."""
        path = self.folder / MANIFEST_FILE
        if path.is_file():
            end = max((end for _, end in read(self.folder, self.info)), default=0)
            with path.open("r+b") as file:
                file.truncate(end)

    def _write_info(self, info: Info) -> None:
        with replacing(self.folder / INFO_FILE) as temporary:
            temporary.write_text(info.text(), encoding="utf-8")

    def _refusal(self, error: OSError) -> OutputError:
        reason = reason_of(error)
        return OutputError(f"The data set '{self.folder}' cannot be written ({reason}): check its free space.")


@dataclass(frozen=True)
class Form:
    """One form of data set: how its description and its lines are read, and what writes it."""

    read_info: Callable[[Path], SetInfo]
    read_records: Callable[[Path, Any], Iterator[tuple[ClipLine, int]]]
    building: Callable[[Path, Any, Iterable[Any]], GrowingSet[Any, Any]]


def kept_records(folder: Path, wanted: SetInfo, form: Form) -> list[ClipLine]:
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
    found = form.read_info(folder)
    names = ("kind", "source", "gesta_version", "settings", "licence", "plan_sha256")
    for name in names:
        if (was := getattr(found, name)) != (now := getattr(wanted, name)):
            raise InputError(
                f"'{folder}' holds a data set with another {_difference(name, was, now)}; choose another folder, or "
                "prepare it as before."
            )
    if not (folder / MANIFEST_FILE).is_file():
        return []
    return [record for record, _ in form.read_records(folder, found)]


def _difference(name: str, was: object, now: object) -> str:
    """What differs, in words."""
    if name == "plan_sha256":
        return "list of clips: the files of its source have changed"
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        key = next(key for key in sorted({*was, *now}) if was.get(key) != now.get(key))
        return f"{key} ({was.get(key)!r}, not {now.get(key)!r})"
    return f"{name.replace('_', ' ')} ({was!r}, not {now!r})"
