"""What is seen of the person in a picture, and what there is to say about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from gesta.keypoints.estimators.embedded.body import Body
from gesta.keypoints.estimators.embedded.face import Face
from gesta.keypoints.estimators.embedded.hands import Hand
from gesta.keypoints.layout import HANDS


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
        found = []
        if self.persons > 1:
            found.append(f"There are {self.persons} persons in the picture; the large one in the middle speaks.")
        if self.face is None:
            found.append("The face cannot be read: mouth and eyes stay as they are.")
        hidden = [name.replace("_", " ") for name in HANDS if name not in self.hands]
        if hidden:
            found.append(f"The {' and the '.join(hidden)} cannot be seen in the picture.")
        return found
