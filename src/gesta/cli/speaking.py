"""What `gesta speak` is asked for, checked, and one recording spoken as asked, in whatever process."""

import hashlib
import json
import os
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gesta.cli.console import Report, note, peak_memory_mb, say_cost, say_written
from gesta.cli.outputs import check_folder
from gesta.cli.recordings import Recording
from gesta.devices import DEVICES
from gesta.errors import InputError, unknown_name
from gesta.hashing import file_sha256
from gesta.settings import read_table
from gesta.version import __version__

if TYPE_CHECKING:
    from gesta.motion.keeping import Kept
    from gesta.records import Speech
    from gesta.take import Preview, Take

REPORT = "report.json"
SAMPLES = "samples"
"""Under this name report.json lists the takes, where there are several."""
OF_TAKE = ", take "
"""What stands between a stage and the number of a take, where there are several."""


@dataclass(frozen=True)
class Order:
    """What every recording of one call is to be given, as the user wrote it; other processes are sent it.

    Attributes:
        model, device, precision: who speaks, and where.
        style, energy, look_ahead_s, keep, decoding, words, lock, clean: how; see `gesta speak --help`.
        seed, samples: the first seed, and how many takes count it up.
        formats, look, preview: what is written of each take.
        again: whether takes are made anew that are there as they would be.
    """

    model: str
    device: str
    precision: str
    style: str
    energy: float | None
    look_ahead_s: float
    keep: str | None
    decoding: str | None
    words: str | None
    lock: tuple[str, ...]
    clean: bool | None
    seed: int
    samples: int
    formats: tuple[str, ...]
    look: str
    preview: "Preview | None"
    again: bool

    def told(self) -> dict[str, Any]:
        """What report.json says was asked for: everything that bears on the results."""
        said = {name: value for name, value in vars(self).items() if name not in ("device", "again", "preview")}
        said["look_ahead_s"] = str(self.look_ahead_s)
        said["formats"], said["lock"] = list(self.formats), list(self.lock)
        said["preview"] = None if self.preview is None else {**vars(self.preview), "size": list(self.preview.size)}
        return said


@dataclass(frozen=True)
class Made:
    """What has come of a recording.

    Attributes:
        recording: which one.
        files: of its takes.
        kept: whether they were there already.
        speech_s: how long it is.
        seconds: what its takes took in all.
        moving_s: what hearing, planning and moving took of that.
        peak_mb: most memory that the process had.
    """

    recording: Recording
    files: tuple[Path, ...]
    kept: bool
    speech_s: float
    seconds: float = 0.0
    moving_s: float = 0.0
    peak_mb: float = 0.0


@dataclass
class Speaking:
    """A model that is loaded, with what it is asked for, checked.

    Args:
        order: as the user wrote it.

    Raises:
        InputError: the model, or something it is asked for, cannot be.
    """

    order: Order
    model: Any = field(init=False)
    how: dict[str, Any] = field(init=False)
    kept: "Kept | None" = field(init=False)

    def __post_init__(self) -> None:
        # Imported here so that `gesta --help` answers at once.
        from gesta.api import load
        from gesta.avatar.formats import check_formats
        from gesta.avatar.looks import look
        from gesta.motion.keeping import read_kept

        order = self.order
        if order.device not in DEVICES:
            raise unknown_name("device", order.device, DEVICES)
        self.model = load(order.model, device=order.device, precision=order.precision)
        look(order.look)
        check_formats(order.formats)
        self.how = {
            "style": self.model.checked_style(order.style, order.energy),
            "look_ahead_s": order.look_ahead_s,
            "lock": order.lock,
            "clean": order.clean,
        }
        if (decoding := self.model.checked_decoding(order.decoding)) is not None:
            self.how["decoding"] = decoding
        self.kept = None if order.keep is None else read_kept(order.keep)

    def made(self, recording: Recording, tell: Report) -> Made:
        """Speak a recording, unless that is done already.

        Raises:
            InputError: the recording cannot be used, or not with these words or kept seconds.
            OutputError: the results cannot be written.
        """
        from gesta.audio.read import open_speech
        from gesta.samples import save_ranked

        check_folder(recording.folder)
        if not self.order.again and (there := self.there(recording)) is not None:
            return there
        started = time.perf_counter()
        takes = _Takes(self, open_speech(recording.path), self.asked(recording), tell)
        if self.order.samples == 1:
            files = takes.save(takes.spoken(0), recording.folder)
        else:
            files = save_ranked(map(takes.spoken, range(self.order.samples)), recording.folder, takes.save)
        seconds, speech_s = time.perf_counter() - started, takes.speech.duration_s
        return Made(recording, tuple(files), False, speech_s, seconds, sum(takes.moving_s), peak_memory_mb())

    def asked(self, recording: Recording) -> dict[str, Any]:
        """What report.json says of how a take was made; its fingerprint says whether it would be made so again."""
        bundle = getattr(self.model, "bundle", None)
        everything = {
            "order": self.order.told(),
            "gesta_version": __version__,
            "model_files": {} if bundle is None else dict(bundle.config.files),
            "recording_sha256": file_sha256(recording.path),
            "files_sha256": {text: file_sha256(path) for text, path in self._files_named()},
        }
        text = json.dumps(everything, sort_keys=True, default=str)
        return {
            **self.order.told(),
            "fingerprint": hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest(),
        }

    def there(self, recording: Recording) -> Made | None:
        """What was made of a recording before, where it is whole and would be made so again."""
        try:
            found = read_table(recording.folder / REPORT, "report")
            if found["asked"]["fingerprint"] != self.asked(recording)["fingerprint"]:
                return None
            places = [sample["folder"] for sample in found.get(SAMPLES, [])] or ["."]
            files = tuple(recording.folder / place / name for place in places for name in found["files"])
            return (
                Made(recording, files, True, found["speech"]["duration_s"]) if all(map(Path.is_file, files)) else None
            )
        except (InputError, KeyError, TypeError):
            return None

    def _files_named(self) -> list[tuple[str, Path]]:
        """The files that the order names."""
        order = self.order
        texts = (order.style, order.words, None if order.keep is None else order.keep.rpartition("@")[0])
        # os.path.isfile, unlike Path.is_file, answers for settings that are too long to be a name.
        return [(text, Path(text)) for text in texts if text is not None and os.path.isfile(text)]  # noqa: PTH113


class _Takes:
    """The takes of one recording, spoken and saved one after the other."""

    def __init__(self, speaking: Speaking, speech: "Speech", asked: dict[str, Any], tell: Report) -> None:
        from gesta.cli.words import checked_words

        self.speaking, self.order, self.speech, self.asked, self.tell = speaking, speaking.order, speech, asked, tell
        self.how: dict[str, Any] = {**speaking.how, "keep": speaking.kept}
        if self.order.words is not None:
            self.how["words"] = checked_words(speaking.model, self.order.words, speech)
        if speaking.kept is not None:
            speaking.kept.check_fits(speech.frame_count)
        self.moving_s: list[float] = []

    def spoken(self, number: int) -> "Take":
        """The take with that number, from 0 on."""
        from gesta.cli.hearing import watched

        told, began = self._told(number), time.perf_counter()
        seed = self.order.seed + number
        take = self.speaking.model.speak(watched(self.speech, told), seed=seed, progress=told, **self.how)
        self.moving_s.append(time.perf_counter() - began)
        # From here on the recording is read again for the film, which has a progress of its own.
        return replace(take, speech=self.speech)

    def save(self, take: "Take", folder: Path) -> list[Path]:
        """Write the take that was spoken last."""
        return take.save(
            folder,
            formats=self.order.formats,
            preview=self.order.preview,
            look=self.order.look,
            report={"cost": _cost(self.moving_s[-1], self.speech.duration_s), "asked": self.asked},
            progress=self._told(len(self.moving_s) - 1),
        )

    def _told(self, number: int) -> Report:
        """Who is told of a take: where there are several, which one it is."""
        if self.order.samples == 1:
            return self.tell
        return lambda what, done, of: self.tell(f"{what}{OF_TAKE}{number + 1} of {self.order.samples}", done, of)


def _cost(seconds: float, speech_s: float) -> dict[str, Any]:
    return {
        "seconds": round(seconds, 3),
        "real_time_factor": round(seconds / speech_s, 5),
        "peak_memory_mb": round(peak_memory_mb(), 1),
        "note": "hearing, planning and moving, without measuring, writing and drawing",
    }


def say_made(made: Made) -> None:
    """Name the files of a recording, and say what they cost."""
    for file in made.files:
        say_written(file)
    name = made.recording.folder.name
    if made.kept:
        note(f"{name}: kept, since the same command made it before (--again makes it anew)")
        return
    moving = made.moving_s / made.speech_s
    say_cost(name, made.speech_s, made.seconds, f", motion alone {moving:.2f}", made.peak_mb)
