"""The learned mouth from stretches of prosody, as the speakers of bodies and live streams have them."""

import copy

import numpy as np

from gesta.audio.encoders.spectral import SpectralStream
from gesta.mouth.network import MouthNetwork
from gesta.mouth.stream import MouthStream
from gesta.records import Prosody


class HeardMouth:
    """Turns consecutive stretches of prosody into poses of the mouth, a pose for every frame at once.

    What a stretch knows of the frames after it (`Prosody.ahead`) is heard, so a look-ahead of 0.2 s and more reads
    lips better than one of 0.1 s.

    Args:
        network: a trained mouth; the one that gesta comes with if not given.
    """

    def __init__(self, network: MouthNetwork | None = None) -> None:
        self._given = network
        self._spectral = SpectralStream()
        self._stream: MouthStream | None = None

    def push(self, prosody: Prosody) -> np.ndarray:
        """(T, P) poses of the stretch's frames, 0 to 1, in the order of the network's poses."""
        if self._stream is None:
            most = MouthStream(network=self._given).ahead
            self._stream = MouthStream(min(prosody.frames_ahead, most), self._given)
        stream = self._stream
        rows = stream.rows_of(self._spectral.push(prosody))
        following = rows[:0]
        if stream.ahead and prosody.ahead is not None:
            # These frames come again as frames of their own, so what they change is forgotten.
            coming = copy.deepcopy(self._spectral).push(prosody.ahead)
            following = stream.rows_of(coming)[: stream.ahead]
        return stream.poses(rows, following)
