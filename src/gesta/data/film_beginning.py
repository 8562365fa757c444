"""Where a film begins that has pictures and sound, and which samples belong to which pictures."""

import math
from dataclasses import dataclass
from pathlib import Path

from gesta.audio.read import open_speech
from gesta.data.film_reading import FilmHeader, film_header
from gesta.errors import InputError
from gesta.records import Speech
from gesta.units import SAMPLE_RATE, VIDEO_FPS, video_frame_count

FRAME_SAMPLES = SAMPLE_RATE // VIDEO_FPS
ROUNDING = 1e-6


@dataclass(frozen=True)
class Beginning:
    """A film whose pictures and sound have been put in step.

    Attributes:
        header: of the film.
        speech: the recording.
        late_frames: pictures that are left out at the beginning, since the sound begins later.
        start_sample: where in the recording the first picture is that is not.
    """

    header: FilmHeader
    speech: Speech
    late_frames: int
    start_sample: int

    @property
    def start_s(self) -> float:
        """When the first picture is shown, on the file's clock."""
        return self.header.start_s + self.late_frames / VIDEO_FPS

    @property
    def most_frames(self) -> int:
        """Pictures that the sound is enough for."""
        return video_frame_count(self.speech.sample_count - self.start_sample)

    def samples(self, start: int, stop: int) -> tuple[int, int]:
        """The samples [start, stop) of the recording that last as long as some of the pictures that count."""
        first = self.start_sample + start * FRAME_SAMPLES
        return first, min(first + (stop - start) * FRAME_SAMPLES, self.speech.sample_count)


def beginning_of(film: Path, sound: Path | None) -> Beginning:
    """Look at a film and its sound.

    Args:
        film: the film.
        sound: a recording that begins with the first picture; none: the film's own sound.

    Raises:
        InputError: one of them cannot be used, or the film has no sound.
    """
    header = film_header(film)
    if sound is None and header.sound_start_s is None:
        raise InputError(f"'{film}' has no sound, and there is no {film.stem}.wav beside it.")
    speech = open_speech(sound or film)
    # Where the film's own sound begins later than its pictures, whole pictures are left out at the beginning.
    late_s = header.sound_start_s - header.start_s if sound is None and header.sound_start_s is not None else 0.0
    late = max(0, math.ceil(late_s * VIDEO_FPS - ROUNDING))
    start_sample = round((late / VIDEO_FPS - late_s) * SAMPLE_RATE)
    if start_sample >= speech.sample_count:
        raise InputError(f"The sound of '{film}' ends before its pictures begin; export it again.")
    return Beginning(header, speech, late, start_sample)
