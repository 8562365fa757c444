"""A stream: sound in as it comes, frames out as they become final.

stream = gesta.load("procedural").stream(look_ahead=0.4, sample_rate=48_000)
for block in microphone:
    motion = stream.push(block)    # None while nothing is ready
rest = stream.finish()
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gesta.audio.live_resample import LiveResampler
from gesta.audio.resample import mix
from gesta.errors import InputError
from gesta.live.body import Body, Heard
from gesta.live.grains import SoundGrains
from gesta.live.settings import StreamSettings
from gesta.motion.cleanup.windows import joined
from gesta.records import Motion


class Stream:
    """One live speaker. What has been given out is never changed, and how the sound is cut makes no difference.

    Args:
        body: the model at work.
        settings: what it was opened with.
        provenance: what is said of every motion; its "model" names the model, its "model_files" the hashes of the
            model's files where it has some.

    Attributes:
        given: motion frames given out so far; the next motion's first frame has this number.
        ended: whether `finish` was called.
    """

    def __init__(self, body: Body, settings: StreamSettings, provenance: Mapping[str, Any]) -> None:
        self.body, self.settings = body, settings
        self.provenance = {**provenance, **settings.told()}
        self.resampler = LiveResampler(settings.sample_rate)
        self.grains = SoundGrains(settings.look_ahead_s, settings.block_frames)
        self.given = 0
        self.ended = False

    @property
    def model(self) -> str:
        """The name of the model at work."""
        return str(self.provenance["model"])

    @property
    def files(self) -> Mapping[str, str]:
        """SHA-256 of the model's files, by name."""
        found: Mapping[str, str] = self.provenance.get("model_files", {})
        return found

    @property
    def latency_s(self) -> float:
        """Look-ahead and block together: how old the sound of a frame is at most when it comes out, seconds."""
        return self.settings.latency_s + self.resampler.delay_s

    def push(self, samples: np.ndarray) -> Motion | None:
        """Hear more sound.

        Args:
            samples: (S,) or (S, channels) at the stream's sample rate, float in [-1, 1] or any integer type; of any
                length, nothing too.

        Returns:
            the motion frames that became final, or None where none did.

        Raises:
            InputError: these are no samples, or the stream has ended.
        """
        return self._given(list(self.hear(samples)))

    def idle(self, seconds: float) -> Motion | None:
        """Go on where no sound came in time, as if so many seconds of silence had been heard.

        The body falls silent, idles, and at last listens; sound that comes later goes on from there without a jump.
        """
        return self.push(np.zeros(max(0, round(seconds * self.settings.sample_rate)), np.float32))

    def finish(self) -> Motion | None:
        """End the stream; gives the rest of its frames, or None where none is left."""
        return self._given(list(self.end()))

    def hear(self, samples: np.ndarray) -> Iterator[Heard]:
        """As `push`, piece after piece, with all that was heard and decided."""
        if self.ended:
            raise InputError("This stream has ended; open another one for more sound.")
        for sound in self.grains.push(self.resampler.push(_mono(samples))):
            yield self.body.hear(sound)

    def end(self) -> Iterator[Heard]:
        """As `finish`, with all that was heard and decided."""
        if self.ended:
            return
        for sound in self.grains.push(self.resampler.finish()):
            yield self.body.hear(sound)
        self.ended = True
        if len(left := self.grains.rest()):
            yield self.body.hear(left)
        if self.grains.taken:
            yield self.body.end()

    def _given(self, heard: Sequence[Heard]) -> Motion | None:
        motions = [motion for news in heard for motion in news.motions]
        if not motions:
            return None
        motion = joined(motions).replaced(provenance=self.provenance)
        self.given += motion.frame_count
        return motion


def _mono(samples: np.ndarray) -> np.ndarray:
    """Samples of any kind as (S,) float32.

    Raises:
        InputError: they are none.
    """
    array = np.asarray(samples)
    if array.ndim not in (1, 2) or array.dtype.kind not in "fiu":
        raise InputError(f"A stream hears arrays (S,) or (S, channels) of floats or integers, not {array.shape}.")
    if not np.isfinite(array).all():
        raise InputError("A stream was given samples that are not finite (NaN or infinity); clean them first.")
    return np.clip(mix(array[np.newaxis] if array.ndim == 1 else array.T), -1.0, 1.0)
