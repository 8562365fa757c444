"""What is seen of the person in a picture, and what there is to say about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gesta.keypoints.estimators.embedded.body import Body
from gesta.keypoints.estimators.embedded.face import Face
from gesta.keypoints.estimators.embedded.hands import Hand
from gesta.keypoints.layout import HANDS

SMALL_FACE_PX = 48.0
"""Faces that are less wide have lips that are found roughly; docs/mmgt.md has the numbers."""
NO_FACE = "The face cannot be read: mouth and eyes stay as they are."


@dataclass(frozen=True)
class Seen:
    """A person in a picture.

    Attributes:
        body: theirs.
        face: theirs; None where it cannot be read, as from behind.
        hands: those that are seen, by "left_hand" and "right_hand", the person's own.
        persons: how many persons there are in the picture.
    """

    body: Body
    face: Face | None
    hands: Mapping[str, Hand]
    persons: int

    def notes(self) -> list[str]:
        """Sentences about what a film of this person will lack."""
        width = self.face_width_px()
        hidden = tuple(name for name in HANDS if name not in self.hands)
        return notes_of(self.persons, self.face is not None, hidden, SMALL_FACE_PX if width is None else width)

    def face_width_px(self) -> float | None:
        """How wide the face is, in pixels of the picture; None where there is none."""
        return None if self.face is None else float(np.ptp(self.face.mesh[:, 0]))


def notes_of(persons: int, face: bool, hidden: Sequence[str], face_width_px: float) -> list[str]:
    """Sentences about what a film will lack.

    Args:
        persons: how many there are in the picture.
        face: whether the face can be read.
        hidden: the hands that are not seen, of "left_hand" and "right_hand".
        face_width_px: how wide the face is.
    """
    found = []
    if persons > 1:
        found.append(f"There are {persons} persons in the picture; the large one in the middle speaks.")
    if not face:
        found.append(NO_FACE)
    elif face_width_px < SMALL_FACE_PX:
        found.append(
            f"The face is only {face_width_px:.0f} pixels wide: lips are found roughly; a larger picture does better."
        )
    if hidden:
        found.append(hidden_hands(hidden))
    return found


def hidden_hands(names: Sequence[str]) -> str:
    """A sentence about hands that are not seen, some of "left_hand" and "right_hand"."""
    return f"The {' and the '.join(name.replace('_', ' ') for name in names)} cannot be seen in the picture."
