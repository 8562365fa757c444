"""The procedural speaker at work on a stream."""

from collections.abc import Iterator, Mapping

import numpy as np

from gesta.audio.prosody import ProsodyAnalyser
from gesta.live.body import Heard
from gesta.procedural.speaker import ProceduralSpeaker, Stretch
from gesta.procedural.style import Style
from gesta.records import Prosody, Words


class ProceduralBody:
    """Hears, plans and moves.

    Args:
        style: who is speaking.
        seed: the same seed gives the same motion.
        look_ahead_s: how far ahead of a frame the sound is heard.
        words: of the whole stream, where they are known beforehand (a voice that is synthesised).
        listening: whether who has been silent for long listens to somebody.
    """

    def __init__(
        self, style: Style, seed: int, look_ahead_s: float, words: Words | None = None, listening: bool = True
    ) -> None:
        self.analyser = ProsodyAnalyser(look_ahead_s)
        self.speaker = ProceduralSpeaker(style, seed, look_ahead_s, words, listening)

    def hear(self, sound: np.ndarray) -> Heard:
        """Take (S,) samples; gives the frames that became final."""
        prosody = self.analyser.push(sound)
        return _heard(prosody, self.speaker.push(prosody))

    def end(self) -> Heard:
        """The rest of the frames."""
        prosody = self.analyser.finish()
        return _heard(prosody, self.speaker.finish(prosody))

    def outside(self) -> Mapping[str, object]:
        """Nothing: all of it is memory."""
        return {}


def _heard(prosody: Prosody, stretches: Iterator[Stretch]) -> Heard:
    moved = list(stretches)
    return Heard([prosody], [stretch.plan for stretch in moved], [stretch.motion for stretch in moved])
