"""Silence in a stream of a trained model: the body goes over into one that idles and listens, and back.

As `motion.cleanup.silence` does for recordings, but by what is known so far: the share of idling follows whether
anybody has spoken lately or is heard ahead, late and smoothly, so that neither place nor speed jumps.
"""

import numpy as np

from gesta.motion.cleanup.silence import QUIET, SilenceSettings, faded
from gesta.procedural.speaker import ProceduralSpeaker
from gesta.procedural.targets import Targets
from gesta.procedural.trailing import Follower
from gesta.records import Motion, Prosody
from gesta.units import MOTION_FPS

GOES_OVER_S = 0.3
"""How late the share follows: nearly all of the way is gone in two and a half times as long."""
NONE = 1e-3
"""A smaller share is none, a larger one than all but this is all: the follower only comes near to both."""


class Idling:
    """Mixes a body that idles into a stream.

    Args:
        idler: who idles; hears the same sound.

    Attributes:
        spoken: (N,) bool for each frame heard and not yet given, and for those before that still count: whether
            somebody spoke.
        held: what the idler is asked to do in frames that wait; it does so only where it shows, which saves most of
            its work while somebody speaks.
    """

    def __init__(self, idler: ProceduralSpeaker) -> None:
        self.idler = idler
        self.past = round(SilenceSettings().after_s * MOTION_FPS)
        self.spoken = np.zeros(self.past, bool)
        self.share = Follower(GOES_OVER_S)
        self.held: list[Targets] = []

    def hear(self, prosody: Prosody) -> None:
        """Take the next frames of the sound."""
        self.spoken = np.concatenate([self.spoken, prosody.activity >= QUIET])
        self.held += self.idler.targets(prosody)

    def into(self, motion: Motion) -> Motion:
        """The next frames of the stream with as much of the idler as is due; all of them have been heard."""
        share, asked = self._due(motion.frame_count), self._asked(motion.frame_count)
        return faded(motion, self.idler.animator.push(asked), share) if share.any() else motion

    def _asked(self, frames: int) -> Targets:
        """What the idler is asked to do in the next frames."""
        parts = []
        while frames > 0:
            first = self.held.pop(0)
            parts.append(first.frames(0, frames))
            if first.frame_count > frames:
                self.held.insert(0, first.frames(frames, first.frame_count))
            frames -= parts[-1].frame_count
        rows = (np.concatenate([getattr(part, name) for part in parts]) for name in ("values", "mouth", "stroke"))
        return Targets(parts[0].start_frame, *rows)

    def _due(self, frames: int) -> np.ndarray:
        """Share of the next frames: (T,) 0 to 1."""
        so_far = np.cumsum(np.concatenate([[0], self.spoken]))
        # Whoever spoke `past` frames ago or less, or is heard ahead, is not idle.
        ahead = len(self.spoken) - self.past - frames
        first = np.arange(frames)
        busy = so_far[first + self.past + ahead + 1] > so_far[first]
        self.spoken = self.spoken[frames:]
        share = self.share.push(1.0 - busy[:, np.newaxis].astype(float))[:, 0]
        return np.where(share < NONE, 0.0, np.where(share > 1.0 - NONE, 1.0, share))
