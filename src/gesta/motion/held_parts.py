"""Parts of a body that hold one pose throughout a take while the others move: what `--lock` asks for.

A locked part holds the pose of the take's first frame; where frames of another motion are kept, that of the first of
them. A locked face is at rest, with its mouth closed and its eyes open. Locked legs hold the pelvis too, its place on
the floor and its turn, so that whoever moves the character through its world can use legs of their own; the lower sole
is put on the floor. Joints are held against their parents, so a locked hand still goes with its arm, and locked arms go
with the hips.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from gesta.errors import InputError, unknown_name
from gesta.motion.keeping import JOINTS_OF_PART, Draft, Kept
from gesta.motion.kinematics import sole_positions
from gesta.motion.skeleton import skeleton
from gesta.records import FACE_CHANNELS, Motion

LOCKABLE = tuple(JOINTS_OF_PART)
LOW_M = 0.02
"""A sole point of a held foot that is no higher stands."""


@dataclass(frozen=True)
class HeldPose:
    """What is held: one frame of everything, of which the locked parts count.

    Attributes:
        rotations: (55, 3, 3).
        translation: (3,).
        face: (C,) at rest.
        contacts: (4,).
    """

    rotations: np.ndarray
    translation: np.ndarray
    face: np.ndarray
    contacts: np.ndarray

    @classmethod
    def of(cls, motion: Motion, face_basis: str) -> "HeldPose":
        """The pose of a motion's first frame."""
        translation = np.array(motion.translation[0], np.float32)
        heights = sole_positions(motion.rotations[:1], motion.translation[:1])[0, :, 1]
        if motion.floor_known:
            translation[1] -= heights.min()
        face = np.zeros(FACE_CHANNELS[face_basis], np.float32)
        return cls(motion.rotations[0], translation, face, (heights - heights.min() <= LOW_M).astype(np.float32))


class HeldParts:
    """Holds parts of a motion that comes in stretches.

    Args:
        parts: names in LOCKABLE.
        kept: frames of another motion that the take keeps.
    """

    def __init__(self, parts: Iterable[str], kept: Kept | None = None) -> None:
        self.parts, self.kept = frozenset(parts), kept
        self.poses: dict[str, HeldPose] = {}

    def of(self, stretches: Iterator[Motion]) -> Iterator[Motion]:
        """The same stretches with the parts held, so that clean-up sees what will be."""
        if not self.parts:
            yield from stretches
            return
        for motion in stretches:
            if not self.poses:
                self.poses = {part: self._pose(part, motion) for part in self.parts}
            draft = _copied(motion)
            self.set_in(draft)
            changed = {"rotations": draft.rotations, "translation": draft.translation, "face": draft.face}
            yield motion.replaced(**changed, contacts=None if motion.contacts is None else draft.contacts)

    def set_in(self, draft: Draft) -> None:
        """Hold the parts in a whole motion, in place, once its first stretch has passed `of`."""
        for part, pose in self.poses.items():
            joints = skeleton().indices(JOINTS_OF_PART[part])
            # Jaw and eyes rest with the face.
            draft.rotations[:, joints] = np.eye(3) if part == "face" else pose.rotations[joints]
            if part == "face":
                draft.face[:] = pose.face
            if part == "lower":
                draft.translation[:], draft.contacts[:] = pose.translation, pose.contacts

    def told(self) -> dict[str, list[str]]:
        """What a motion's provenance says of locked parts."""
        return {"locked": sorted(self.parts)} if self.parts else {}

    def _pose(self, part: str, first: Motion) -> HeldPose:
        """What a part holds; a motion that is kept gives it where it has it."""
        kept, needed = self.kept, {"lower", "translation"} if part == "lower" else {part}
        if kept is None or not needed <= kept.motion.parts or (part == "lower" and not kept.motion.floor_known):
            return HeldPose.of(first, first.face_basis)
        start = kept.spans[0][0]
        return HeldPose.of(kept.motion.frames(start, start + 1), first.face_basis)


def checked_parts(wanted: str | Iterable[str] | None) -> frozenset[str]:
    """The parts that somebody wants locked, from names or text with commas between.

    Raises:
        InputError: one is no part, or nothing would be left to move.
    """
    texts = [wanted] if isinstance(wanted, str) else list(wanted or ())
    names = [name.strip() for text in texts for name in text.split(",") if name.strip()]
    for name in names:
        if name not in LOCKABLE:
            raise unknown_name("part to lock", name, LOCKABLE)
    if set(names) >= set(LOCKABLE):
        raise InputError("With upper, hands, lower and face locked nothing would move; leave one of them free.")
    return frozenset(names)


def _copied(motion: Motion) -> Draft:
    """A motion's arrays, to be changed."""
    contacts = np.zeros((motion.frame_count, 4)) if motion.contacts is None else motion.contacts
    arrays = (motion.rotations, motion.translation, motion.face)
    rotations, translation, face = (np.array(array) for array in arrays)
    return Draft(rotations, translation, face, motion.face_basis, np.array(contacts))
