"""Silence in a stream of a trained model: the body goes over into one that idles and listens, and back.

As `motion.cleanup.silence` does for recordings, but by what is known so far: the share of idling follows whether
anybody has spoken lately or is heard ahead, late and smoothly, so that neither place nor speed jumps.
"""

import numpy as np

from gesta.motion.cleanup.silence import QUIET, SilenceSettings, faded
from gesta.motion.cleanup.windows import joined
from gesta.procedural.speaker import ProceduralSpeaker
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
        held: frames of the idler that wait.
    """

    def __init__(self, idler: ProceduralSpeaker) -> None:
        self.idler = idler
        self.past = round(SilenceSettings().after_s * MOTION_FPS)
        self.spoken = np.zeros(self.past, bool)
        self.share = Follower(GOES_OVER_S)
        self.held: list[Motion] = []

    def hear(self, prosody: Prosody) -> None:
        """Take the next frames of the sound."""
        self.spoken = np.concatenate([self.spoken, prosody.activity >= QUIET])
        self.held += [stretch.motion for stretch in self.idler.push(prosody)]

    def end(self, prosody: Prosody) -> None:
        """Take the last frames of the sound."""
        self.spoken = np.concatenate([self.spoken, prosody.activity >= QUIET])
        self.held += [stretch.motion for stretch in self.idler.finish(prosody)]

    def into(self, motion: Motion) -> Motion:
        """The next frames of the stream with as much of the idler as is due; all of them have been heard."""
        frames = motion.frame_count
        idle = joined(self.held)
        self.held = [idle.frames(frames, idle.frame_count)] if idle.frame_count > frames else []
        share = self._due(frames)
        return faded(motion, idle.frames(0, frames), share) if share.any() else motion

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
