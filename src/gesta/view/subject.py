"""What a page is made of: a motion and its recording, wherever that is found, become a body and a page's contents."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gesta.audio.read import open_speech
from gesta.avatar.figure import figure
from gesta.avatar.glb.write import glb_bytes
from gesta.avatar.looks import DEFAULT_LOOK, look
from gesta.errors import InputError
from gesta.motion.reading import read_motion
from gesta.records import Motion, Speech
from gesta.render.preview import on_the_floor
from gesta.render.seat import seat_of
from gesta.render.views import lowered
from gesta.units import MOTION_FPS
from gesta.view.contents import Contents, asked_of, sound_of
from gesta.view.glb_check import read_fit_glb

GLB_SUFFIX = ".glb"
PLAIN_STEMS = ("motion",)
"""Files of this name are called after their folder, which has the recording's name."""
SAME_LENGTH_S = 0.2
"""The sound of a film that lies beside a motion is used if both are equally long to this."""
TOLD = {"model": "Model", "style": "Style", "seed": "Seed", "source": "File", "licence": "Licence"}
"""What of a motion's provenance is shown, and how it is called."""


@dataclass(frozen=True)
class Subject:
    """What a page shows.

    Attributes:
        glb: the body, a GLB file's bytes.
        contents: everything else.
        notes: what the user should know of how it was made, a sentence each.
    """

    glb: bytes
    contents: Contents
    notes: list[str]

    @property
    def duration_s(self) -> float:
        """How long the page plays, as far as it is known; at least a frame."""
        counted = (self.contents.frame_count or 1) / MOTION_FPS
        return max(counted, self.contents.sound.duration_s if self.contents.sound else 0.0)


def subject_of(path: Path, wears: str | None = None, speech: Path | None = None, beside: Path | None = None) -> Subject:
    """Make ready what a page shows of a file.

    Args:
        path: a motion (.npz, .bvh) or a GLB.
        wears: the look of the body that a motion is put on.
        speech: the recording.
        beside: a film that may lie beside the file, whose sound is taken if no recording is named.

    Raises:
        InputError: a file cannot be used, or a look was named for a GLB.
    """
    heard = open_speech(speech) if speech is not None else None
    if path.suffix.lower() == GLB_SUFFIX:
        if wears is not None:
            raise InputError(f"'{path}' has a body of its own, so --look changes nothing; leave it out.")
        return _of_glb(path, heard, beside)
    return _of_motion(path, wears, heard, beside)


def _of_glb(path: Path, heard: Speech | None, beside: Path | None) -> Subject:
    fit = read_fit_glb(path)
    heard, notes = (heard, []) if heard is not None else _found(beside, fit.duration_s)
    facts = [("File", path.name), *_about_sound(heard)]
    sound = None if heard is None else sound_of(heard)
    contents = Contents(_title(path), facts, sound=sound, own_body=fit.own)
    return Subject(fit.content, contents, notes)


def _of_motion(path: Path, wears: str | None, heard: Speech | None, beside: Path | None) -> Subject:
    motion = on_the_floor(read_motion(path))
    if heard is None:
        heard, notes = _found(beside, motion.duration_s)
    else:
        notes = _compared(motion, heard)
    worn = wears or DEFAULT_LOOK
    glb = glb_bytes(motion, look(worn), heard)
    facts = [*_about_motion(motion), ("Look", worn), *_about_sound(heard)]
    sound = None if heard is None else sound_of(heard)
    seat = seat_of(figure(look(worn)), motion)
    contents = Contents(
        _title(path), facts, motion.frame_count, sound, asked_of(motion), seat=seat, lowered_m=lowered(motion)
    )
    return Subject(glb, contents, notes)


def _found(film: Path | None, duration_s: float) -> tuple[Speech | None, list[str]]:
    """The sound of a film beside the file, if there is one that fits, and what is to be said about it."""
    if film is None or not film.is_file():
        return None, ["No recording was named (--speech FILE) and none lies beside the file: the page is silent."]
    try:
        heard = open_speech(film)
    except InputError:
        return None, [f"'{film}' has no sound that can be used: the page is silent."]
    if abs(heard.duration_s - duration_s) > SAME_LENGTH_S:
        said = f"'{film}' lasts {heard.duration_s:.1f} s and the motion {duration_s:.1f} s"
        return None, [f"{said}, so its sound is left out; name the recording with --speech."]
    return heard, []


def _compared(motion: Motion, heard: Speech) -> list[str]:
    """What is to be said where a recording is not the one that a motion was made for."""
    made_for = motion.provenance.get("audio_sha256")
    if made_for is None or made_for == heard.sha256:
        return []
    return [f"'{heard.path}' is not the very recording that this motion was made for; they may not fit."]


def _title(path: Path) -> str:
    folder = path.absolute().parent.name
    return folder if path.stem in PLAIN_STEMS and folder else path.stem


def _about_motion(motion: Motion) -> list[tuple[str, str]]:
    """Pairs of words about a motion."""
    told = motion.provenance
    named = [(name, _in_words(told[key])) for key, name in TOLD.items() if told.get(key) not in (None, "")]
    length = f"{motion.frame_count} frames at {MOTION_FPS} a second, {motion.duration_s:.2f} s"
    face = {"arkit52": "52 ARKit weights", "flame100": "the jaw only; FLAME's expressions are not drawn"}
    return [("Motion", length), *named, ("Face", face[motion.face_basis])]


def _in_words(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_in_words(one)}" for name, one in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)


def _about_sound(heard: Speech | None) -> list[tuple[str, str]]:
    return [("Sound", "none" if heard is None else f"{heard.name}, {heard.duration_s:.2f} s")]
