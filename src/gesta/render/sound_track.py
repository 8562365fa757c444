"""Sound in files: a recording encoded as AAC, as the sound of a film or as a file of its own."""

from collections.abc import Mapping
from fractions import Fraction
from io import BytesIO

import av
import numpy as np

from gesta.audio.own_sound import HeardSound, Sound, own_sound
from gesta.records import Speech

SOUND_RATE = 48_000
SOUND_BITS_PER_SECOND: Mapping[int, int] = {1: 128_000, 2: 192_000}
LAYOUTS = {1: "mono", 2: "stereo"}
"""By number of channels."""


def encoded_sound(speech: Speech, bits_per_second: Mapping[int, int] = SOUND_BITS_PER_SECOND) -> bytes:
    """A recording's own sound as an MP4 with nothing else in it (.m4a).

    Args:
        speech: the recording; what the body hears of it where there is no file.
        bits_per_second: by number of channels.
    """
    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        SoundTrack(container, speech, own=True, bits_per_second=bits_per_second).finish()
    return file.getvalue()


class SoundTrack:
    """The speech in a file that is being written, encoded as far as it is asked for.

    Args:
        container: the file.
        speech: the recording.
        own: write the sound of the recording's file as it is, not what the body hears of it.
        bits_per_second: by number of channels.
    """

    def __init__(
        self,
        container: av.container.OutputContainer,
        speech: Speech,
        own: bool,
        bits_per_second: Mapping[int, int] = SOUND_BITS_PER_SECOND,
    ) -> None:
        self.duration_s = speech.duration_s
        self._container = container
        self._sound: Sound = own_sound(speech) if own else HeardSound(speech.source)
        self._rate = self._sound.rate if own else SOUND_RATE
        self._layout = LAYOUTS[self._sound.channels]
        self._track = container.add_stream("aac", rate=self._rate, layout=self._layout)
        self._track.bit_rate = bits_per_second[self._sound.channels]
        self._resampler = av.AudioResampler(format="fltp", layout=self._layout, rate=self._rate)
        self._blocks = self._sound.blocks()
        self._read = 0
        self._written = 0

    def advance(self, until_s: float) -> None:
        """Encode the sound up to a time in seconds, or its end."""
        while self._read < until_s * self._sound.rate:
            block = next(self._blocks, None)
            if block is None:
                return
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block, np.float32), "fltp", self._layout)
            frame.sample_rate, frame.time_base = self._sound.rate, Fraction(1, self._sound.rate)
            frame.pts = self._read
            self._read += block.shape[1]
            self._encode(frame)

    def finish(self) -> None:
        """Encode what is left."""
        self.advance(float("inf"))
        self._encode(None)
        self._container.mux(self._track.encode(None))

    def _encode(self, frame: av.AudioFrame | None) -> None:
        for resampled in self._resampler.resample(frame):
            resampled.time_base, resampled.pts = Fraction(1, self._rate), self._written
            self._written += resampled.samples
            self._container.mux(self._track.encode(resampled))
