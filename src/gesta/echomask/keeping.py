"""Frames that the caller keeps, as the generator sees them."""

import numpy as np

from gesta.echomask.speaker import Given
from gesta.motion.keeping import Kept
from gesta.motion.representation import Representation
from gesta.records import FACE_CHANNELS


def given_from(kept: Kept, representation: Representation) -> Given:
    """Kept frames as visible ones; a face in another basis than the model's stays unseen."""
    motion = kept.motion
    if motion.face_basis != representation.face_basis:
        blank = np.zeros((motion.frame_count, FACE_CHANNELS[representation.face_basis]), np.float32)
        motion = motion.replaced(face=blank, face_basis=representation.face_basis, parts=motion.parts - {"face"})
    return Given(representation.encode(motion), representation.valid(motion), kept.frames(motion.frame_count))
