"""What all models behind the public door share: what they take, and what is said of everything they make."""

from collections.abc import Callable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from gesta.audio.read import open_speech, speech_from_samples
from gesta.errors import InputError
from gesta.motion.keeping import Kept, read_kept
from gesta.records import Motion, Speech
from gesta.version import __version__

LICENCE = "Apache-2.0 (the motion is yours)"
USUAL_STYLE = "neutral"

Audio = str | PathLike[str] | np.ndarray | Speech
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many frames are done and how many there are."""


def reported(stretches: Iterator[Motion], speech: Speech, progress: Progress | None) -> Iterator[Motion]:
    """The same stretches, with somebody told of each."""
    done = 0
    for motion in stretches:
        done += motion.frame_count
        if progress:
            progress("moving", done, speech.frame_count)
        yield motion


def checked_kept(keep: str | Kept | None, speech: Speech) -> Kept | None:
    """What is to be kept, read and checked."""
    kept = read_kept(keep) if isinstance(keep, str) else keep
    if kept is not None:
        kept.check_fits(speech.frame_count)
    return kept


def provenance(model: str, speech: Speech, seed: int, licence: str, kept: Kept | None) -> dict[str, Any]:
    """What is said of every take."""
    told = {} if kept is None else {"kept": kept.told()}
    return told | {
        "model": model,
        "gesta_version": __version__,
        "seed": seed,
        "speech": speech.name,
        "audio_sha256": speech.sha256,
        "licence": licence,
    }


def as_speech(audio: Audio, sample_rate: int | None = None) -> Speech:
    """A `Speech` from whatever the caller has: a path, samples, or a `Speech` already.

    Raises:
        InputError: it cannot be used as a recording.
    """
    if isinstance(audio, Speech):
        return audio
    if isinstance(audio, np.ndarray):
        if sample_rate is None:
            raise InputError("Samples were given without their sample_rate; pass sample_rate=... in Hz.")
        return speech_from_samples(audio, sample_rate)
    return open_speech(Path(audio))
