"""A finished data set of any form, as it is opened for reading."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from gesta.audio.source import FileSource
from gesta.data.growing import Form
from gesta.data.listing import SPLITS, ClipLine, Line
from gesta.errors import InputError, unknown_name
from gesta.records import Speech


def read_finished(folder: Path, form: Form) -> tuple[Any, list[Any]]:
    """The description and the records of a data set.

    Raises:
        InputError: it is missing, not finished, of another form, or lacks clips.
    """
    info = form.read_info(folder)
    if not info.complete:
        raise InputError(f"The data set '{folder}' is not finished; run the gesta prepare that began it once more.")
    clips = [record for record, _ in form.read_records(folder, info)]
    if not clips or len(clips) != info.clips:
        raise InputError(f"The data set '{folder}' has {len(clips)} of its {info.clips} clips; prepare it again.")
    return info, clips


def clips_in(folder: Path, clips: Iterable[Line], splits: Sequence[str]) -> list[Line]:
    """The clips of some splits, in order.

    Raises:
        InputError: a name that is no split, or no clip is in them.
    """
    for name in splits:
        if name not in SPLITS:
            raise unknown_name("split", name, SPLITS)
    found = [clip for clip in clips if clip.split in splits]
    if not found:
        raise InputError(f"The data set '{folder}' has no clip for {' or '.join(splits)}.")
    return found


def speech_of(folder: Path, clip: ClipLine) -> Speech:
    """The recording of a clip; its file is opened when its samples are asked for."""
    path = folder / clip.speech
    return Speech(path.stem, clip.speech_samples, clip.speech_sha256, FileSource(path), path)
