"""A trained EchoMask at work on a stream: token by token, each after its look-ahead.

What a network hears of a frame needs 0.1 s of the sound after it; the rest of the look-ahead is frames that the
generator hears beyond those it speaks.
"""

import math
from collections.abc import Iterator, Mapping

import numpy as np

from gesta.audio.encoders.make import NEED_NO_NETWORK
from gesta.audio.prosody import ProsodyAnalyser
from gesta.echomask.books import Books
from gesta.echomask.model import EchoMask
from gesta.echomask.speaker import EchoMaskSpeaker
from gesta.live.body import Heard
from gesta.live.idling import Idling
from gesta.live.mouth import LearnedMouth
from gesta.records import Motion, Prosody
from gesta.records.speech import LEAST_LOOK_AHEAD_S
from gesta.units import MOTION_FPS

ROUNDING = 1e-6


def frames_ahead(look_ahead_s: float) -> int | None:
    """How many frames a generator hears beyond those it speaks; None without end, where it speaks as for a file."""
    if math.isinf(look_ahead_s):
        return None
    return math.floor((look_ahead_s - LEAST_LOOK_AHEAD_S) * MOTION_FPS + ROUNDING)


class EchoMaskBody:
    """Hears and speaks.

    Args:
        speaker: at the start, with `frames_ahead` of the look-ahead.
        encoder: the kind of the speech encoder, one of NEED_NO_NETWORK.
        idling: who idles where nobody speaks, or None.
        mouth: what reads the mouth from the sound, or None where the speaker's own is kept.
    """

    def __init__(
        self,
        speaker: EchoMaskSpeaker,
        encoder: str,
        idling: Idling | None = None,
        mouth: LearnedMouth | None = None,
    ) -> None:
        self.speaker, self.idling, self.mouth = speaker, idling, mouth
        self.analyser, self.features = ProsodyAnalyser(LEAST_LOOK_AHEAD_S), NEED_NO_NETWORK[encoder].live()

    def hear(self, sound: np.ndarray) -> Heard:
        """Take (S,) samples; gives the frames that became final."""
        prosody = self._listened(self.analyser.push(sound))
        return self._heard(prosody, self.speaker.push(self.features.push(prosody)))

    def end(self) -> Heard:
        """The rest of the frames."""
        prosody = self._listened(self.analyser.finish())
        return self._heard(prosody, self.speaker.finish(self.features.push(prosody)))

    def _listened(self, prosody: Prosody) -> Prosody:
        """The next frames of the sound, told to everybody who follows it."""
        for listener in (self.mouth, self.idling):
            if listener is not None:
                listener.hear(prosody)
        return prosody

    def _heard(self, prosody: Prosody, motions: Iterator[Motion]) -> Heard:
        moved = [motion if self.mouth is None else self.mouth.into(motion) for motion in motions]
        return Heard([prosody], [], moved if self.idling is None else [self.idling.into(motion) for motion in moved])

    def outside(self) -> Mapping[str, object]:
        """The networks and all parts of them, and their codebooks, by name."""
        return outside_of(self.speaker.model, self.speaker.books)


def outside_of(model: EchoMask, books: Books) -> dict[str, object]:
    """What streams of a model hold and do not remember, by name."""
    return {**dict(model.named_modules()), "codebooks": books}
