"""The learned mouth on motion that another model has made: jaw, lips and tongue are read from the sound."""

from collections.abc import Iterator

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


def with_mouth(stretches: Iterator[Motion], prosody: Prosody, seed: int) -> Iterator[Motion]:
    """The same stretches with the learned mouth in place of theirs; faces in another basis than ARKit stay.

    Args:
        stretches: consecutive motion from a recording's first frame on.
        prosody: of the whole recording.
        seed: whose mouth it is.
    """
    reader, start = MouthReader(seed=seed), 0
    for motion in stretches:
        heard = prosody.frames(start, start + motion.frame_count)
        start += motion.frame_count
        if motion.face_basis != "arkit52" or not heard.frame_count:
            yield motion
            continue
        face = motion.face.copy()
        face[: heard.frame_count, READ] = reader.push(heard)[:, READ]
        yield motion.replaced(face=face)
