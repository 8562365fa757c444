"""The learned mouth on motion that another model has made: jaw, lips and tongue are read from the sound."""

import math
from dataclasses import replace

import numpy as np

from gesta.motion.face import ARKIT_NAMES
from gesta.procedural.mouth import MouthReader
from gesta.records import Motion, Prosody

KEPT = ("mouthSmileLeft", "mouthSmileRight")
"""A smile is the face's own and not the sound's."""
READ = np.array([
    index for index, name in enumerate(ARKIT_NAMES) if name.startswith(("jaw", "mouth", "tongue")) and name not in KEPT
])  # fmt: skip
"""The ARKit weights that are read from the sound."""


class LearnedMouth:
    """Puts the learned mouth into consecutive motion; faces in another basis than ARKit stay.

    Args:
        seed: whose mouth it is.
        look_ahead_s: how far ahead of a frame the sound has been heard when its motion comes.
    """

    def __init__(self, seed: int, look_ahead_s: float = math.inf) -> None:
        self.reader = MouthReader(seed=seed)
        self.look_ahead_s = look_ahead_s
        self.held: list[Prosody] = []

    def hear(self, prosody: Prosody) -> None:
        """Take the next frames of the sound."""
        if prosody.frame_count:
            self.held.append(replace(prosody, look_ahead_s=self.look_ahead_s, ahead=None))

    def into(self, motion: Motion) -> Motion:
        """The next frames, all of which have been heard, with the mouth in their faces."""
        joined, frames = Prosody.concatenate(self.held), motion.frame_count
        heard = joined.frames(0, frames)
        self.held = [joined.frames(frames, joined.frame_count)] if joined.frame_count > frames else []
        if motion.face_basis != "arkit52":
            return motion
        face = motion.face.copy()
        face[: heard.frame_count, READ] = self.reader.push(heard)[:, READ]
        return motion.replaced(face=face)
