"""The learned mouth over a recording, stretch by stretch: any stretches give the same poses.

stream = MouthStream()
for features in encoder.stretches(speech):
    poses = stream.push(features)       # of the frames that are heard far enough ahead
poses = stream.finish()
"""

import numpy as np

from gesta.audio.encoders.spectral_scales import LOW
from gesta.errors import InputError
from gesta.mouth.folder import packaged_mouth
from gesta.mouth.network import MouthNetwork
from gesta.records import SpeechFeatures

CLOSING_FROM, CLOSED_FROM = 0.2, 0.5
"""Chances from which lips begin to meet and have met: a chance is half a doubt, and lips do not half meet."""

SPOKEN_BEFORE = 4
"""Lips go on for so many frames after the last sound."""
SPEAKING_FRAMES = 2.0
"""So many frames of speech around one open the mouth in full."""
ACTIVITY = list(LOW).index("activity")


class MouthStream:
    """Reads poses of the mouth from the features of one recording.

    Args:
        ahead: frames ahead of each that it waits for, 0 to the network's; the network's if not given.
        network: a trained mouth; the one that gesta comes with if not given.

    Raises:
        InputError: it cannot hear so far ahead.
    """

    def __init__(self, ahead: int | None = None, network: MouthNetwork | None = None) -> None:
        # The packaged network is looked up and not kept, so that a stream's state is small.
        self._given = network
        config = self.network.config
        self.ahead = config.sizes.ahead if ahead is None else ahead
        if not 0 <= self.ahead <= config.sizes.ahead:
            raise InputError(f"This mouth hears at most {config.sizes.ahead} frames ahead, not {self.ahead}.")
        self._before = np.zeros((config.sizes.before, config.inputs), np.float32)
        self._inner = np.zeros((config.sizes.memory - 1, config.sizes.width))
        self._heard = 0
        self._waiting = np.zeros((0, config.inputs), np.float32)

    @property
    def network(self) -> MouthNetwork:
        """The network that is used."""
        return packaged_mouth() if self._given is None else self._given

    def push(self, features: SpeechFeatures) -> np.ndarray:
        """(T', P) poses of the frames that have been heard far enough ahead, in the order of the config's poses.

        Raises:
            InputError: the features are another encoder's.
        """
        rows = np.concatenate([self._waiting, self.rows_of(features)])
        ready = max(len(rows) - self.ahead, 0)
        self._waiting = rows[ready:]
        return self.poses(rows[:ready], self._waiting)

    def finish(self) -> np.ndarray:
        """(T', P) poses of the frames that are left, with nothing after them."""
        rows, self._waiting = self._waiting, self._waiting[:0]
        return self.poses(rows, self._waiting)

    def rows_of(self, features: SpeechFeatures) -> np.ndarray:
        """(T, C) what the network hears."""
        if features.encoder != self.network.config.encoder:
            raise InputError(
                f"The mouth hears by '{self.network.config.encoder}', and these features are '{features.encoder}'."
            )
        return np.concatenate([features.low, features.high], axis=1)

    def poses(self, rows: np.ndarray, following: np.ndarray) -> np.ndarray:
        """(T, P) poses of frames, 0 to 1.

        Args:
            rows: (T, C) what is heard in frames that follow those of the last call.
            following: (up to `ahead`, C) what is heard after them; fewer only at a recording's end.
        """
        sounding = self._sounding(rows, following)
        told = self.told(rows, following)
        names = self.network.config.poses
        poses = np.clip(told[:, : len(names)] * [self.network.config.gains.get(name, 1.0) for name in names], 0.0, 1.0)
        for name in self.network.config.logits:
            column = names.index(name)
            chance = 1.0 / (1.0 + np.exp(-np.clip(told[:, column].astype(np.float64), -50.0, 50.0)))
            poses[:, column] = np.clip((chance - CLOSING_FROM) / (CLOSED_FROM - CLOSING_FROM), 0.0, 1.0)
        gated: np.ndarray = poses * sounding[:, None]
        return gated

    def _sounding(self, rows: np.ndarray, following: np.ndarray) -> np.ndarray:
        """(T,) 1 where somebody speaks in a frame, has just spoken or is about to, falling to 0 in silence."""
        before = self._before[max(len(self._before) - SPOKEN_BEFORE, 0) :]
        centre, scale = LOW["activity"]
        around = np.concatenate([before, rows, following])[:, ACTIVITY].astype(np.float64) * scale + centre
        active = np.clip(around, 0.0, 1.0)
        # Rows before a recording begins are no speech, whatever zeros mean as features.
        active[: min(max(len(before) - self._heard, 0), len(before))] = 0.0
        active = np.concatenate([active, np.zeros(self.ahead - len(following))])
        # One frame after the other and not by sums of sums, so that any stretches give the same bits.
        total = np.zeros(len(rows))
        for offset in range(len(before) + 1 + self.ahead):
            total += active[offset : offset + len(rows)]
        sounding: np.ndarray = np.clip(total / SPEAKING_FRAMES, 0.0, 1.0)
        return sounding

    def told(self, rows: np.ndarray, following: np.ndarray) -> np.ndarray:
        """(T, O) what the network says of frames, as it says it; arguments as of `poses`."""
        network, sizes = self.network, self.network.config.sizes
        if not len(rows):
            return np.zeros((0, network.config.outputs), np.float32)
        beyond = np.zeros((sizes.ahead - len(following), rows.shape[1]))
        inner = network.inner(np.concatenate([self._before, rows, following, beyond]), self.ahead)
        remembered = np.concatenate([self._inner, inner])
        self._before = np.concatenate([self._before, rows])[len(rows) :]
        self._heard += len(rows)
        self._inner = remembered[len(inner) :]
        return network.outputs(remembered)
