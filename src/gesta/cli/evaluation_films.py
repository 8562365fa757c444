"""Films that an evaluation compares, opened as data sets open them: without trusting the files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gesta.audio.read import open_speech
from gesta.cli.evaluation_files import FilePair
from gesta.data.film_reading import FilmHeader, film_header, pictures
from gesta.metrics.video.films import Film, FilmPair
from gesta.records import SampleSource, Speech
from gesta.units import SAMPLE_RATE


@dataclass(frozen=True)
class InStep:
    """A film's own sound as it is heard from the first picture on.

    Attributes:
        source: the sound.
        late: samples of silence before it; below 0, so many of it are left out.
    """

    source: SampleSource
    late: int

    def blocks(self) -> Iterator[np.ndarray]:
        """The sound as consecutive (S,) float32 blocks, 16 kHz mono in [-1, 1]."""
        if self.late > 0:
            yield np.zeros(self.late, np.float32)
        passed = max(0, -self.late)
        for block in self.source.blocks():
            if passed < len(block):
                yield block[passed:]
            passed = max(0, passed - len(block))


def opened(pair: FilePair, size: tuple[int, int] | None) -> FilmPair:
    """The films of a clip, ready to be watched.

    Args:
        pair: their files.
        size: (width, height) that both are brought to; None for their own.

    Raises:
        InputError: a film or recording cannot be used, or the films have two sizes.
    """
    headers = film_header(pair.generated), film_header(pair.real)
    generated, real = (
        _film(path, header, size) for path, header in zip((pair.generated, pair.real), headers, strict=True)
    )
    return FilmPair(pair.name, generated, real, _speech(pair, headers))


def _film(path: Path, header: FilmHeader, size: tuple[int, int] | None) -> Film:
    film = Film(str(path), header.size, lambda: pictures(path, header.start_s))
    return film if size is None else film.at_size(size)


def _speech(pair: FilePair, headers: tuple[FilmHeader, FilmHeader]) -> Speech | None:
    """The recording that was named, or the sound of one of the films, in step with its pictures."""
    if pair.speech is not None:
        return open_speech(pair.speech)
    for path, header in zip((pair.generated, pair.real), headers, strict=True):
        if header.sound_start_s is not None:
            heard = open_speech(path)
            late = round((header.sound_start_s - header.start_s) * SAMPLE_RATE)
            return Speech(heard.name, max(0, heard.sample_count + late), heard.sha256, InStep(heard.source, late))
    return None
