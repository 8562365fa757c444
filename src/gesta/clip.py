"""A clip: a film that can be made of one recording and one picture, and the files it is saved as."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from gesta.film.points import in_picture
from gesta.film.protocol import Film
from gesta.film.regions import region_frames
from gesta.film.strip import Strip
from gesta.keypoints.canvas import Canvas
from gesta.keypoints.files import write_keypoints
from gesta.locking import only_writer
from gesta.motion.writing_together import replacing_together
from gesta.records import Speech
from gesta.render.contact_sheet import write_picture
from gesta.render.video import VideoWriter
from gesta.reports import write_json
from gesta.units import VIDEO_FPS
from gesta.version import __version__
from gesta.writing import refused_as

COMMENT = f"Made with gesta {__version__} from a picture and a recording: a machine's film, not a person's"
"""What the file says of itself."""
REPORT, STRIP, POINTS, REGIONS = ".report.json", ".strip.png", ".points.npz", ".regions.mp4"
"""What files beside the film are called, after its own name."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Clip:
    """A film that can be made; nothing of it is, before it is saved or its frames are asked for.

    Attributes:
        film: how it is made.
        canvas: how the picture lies on the canvas of 512 pixels that keypoints are on.
        provenance: models, seed, licences and whatever else tells where it comes from.
        notes: sentences about what the film lacks, since the picture does not show it.
    """

    film: Film
    canvas: Canvas
    provenance: dict[str, Any]
    notes: tuple[str, ...] = ()

    @property
    def speech(self) -> Speech:
        """The recording."""
        return self.film.speech

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.film.size

    def foretold(self) -> str:
        """What it will take, in a sentence; tries a small part of the work."""
        return self.film.foretold()

    def save(
        self,
        path: str | PathLike[str],
        *,
        masks: bool = False,
        report: Callable[[], dict[str, Any]] | None = None,
        progress: Progress | None = None,
    ) -> list[Path]:
        """Make the film and write it with the recording's own sound; either every file is there in the end, or none.

        What is finished of it lies in a hidden folder beside it until then: if this is stopped or killed, the same
        call goes on from there.

        Args:
            path: of the film, an .mp4; files there are replaced.
            masks: also write the keypoints (npz) and a film of poses and regions.
            report: asked at the end for further entries of the report.
            progress: told how far it is.

        Returns:
            The files written: the film first.

        Raises:
            InputError: the recording has changed, or a model's files are missing.
            OutputError: the folder cannot be written, or the disk is full.
        """
        path, told = Path(path), progress or _told_nobody
        names = [path.name, path.stem + REPORT, path.stem + STRIP]
        if masks:
            names += [path.stem + POINTS, path.stem + REGIONS]
        with _unfinished(path) as finished, replacing_together(path.parent, names) as beside:
            strip = Strip(self.film.frame_count)
            self._write(beside / path.name, self.size, strip.watched(self.film.frames(finished, told)))
            write_picture(beside / (path.stem + STRIP), strip.picture())
            if masks:
                rows = self.film.rows(finished, told)
                write_keypoints(beside / (path.stem + POINTS), in_picture(rows, self.canvas))
                self._write(beside / (path.stem + REGIONS), self.canvas.cut_size, region_frames(rows, self.canvas))
            write_json(
                beside / (path.stem + REPORT), {**self.summary(), "files": names, **(report() if report else {})}
            )
        return [path.with_name(name) for name in names]

    def _write(self, path: Path, size: tuple[int, int], frames: Iterator[np.ndarray]) -> None:
        with VideoWriter(path, size, VIDEO_FPS, self.speech, own_sound=True, comment=COMMENT) as video:
            for stretch in frames:
                video.write(stretch)

    def summary(self) -> dict[str, Any]:
        """What the report says of the film itself."""
        speech, (width, height) = self.speech, self.size
        return {
            "speech": {"name": speech.name, "duration_s": speech.duration_s, "sha256": speech.sha256},
            "film": {
                "frames": self.film.frame_count,
                "frames_per_second": VIDEO_FPS,
                "width": width,
                "height": height,
                "comment": COMMENT,
            },
            **self.film.summary(),
            "notes": list(self.notes),
            "provenance": self.provenance,
        }


@contextmanager
def _unfinished(path: Path) -> Iterator[Path]:
    """The hidden folder in which a film's finished parts lie; it goes when the film is whole."""
    folder = path.with_name(f".{path.stem}.gesta-film")
    with refused_as(lambda why: f"The film cannot be made in '{path.parent}' ({why}): check the folder."):
        folder.mkdir(parents=True, exist_ok=True)
    with only_writer(folder, f"Another run is making '{path}'; wait for it, or choose another name."):
        yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _told_nobody(_what: str, _done: int, _of: int) -> None:
    """The progress of a film that nobody watches."""
