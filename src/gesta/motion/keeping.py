"""Frames of another motion that a new one keeps as they are, set in with soft seams.

Around a kept span the new motion goes over into the old one: rotations on the shortest way, everything else in a
straight line, with a weight that rises smoothly over some frames. The new path of the pelvis is moved along the floor
so that it meets the old one: as a whole before the first span and after the last one, gradually between two.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gesta.errors import InputError
from gesta.motion.contacts import contacts
from gesta.motion.face_joints import FACE_JOINTS
from gesta.motion.reading import read_motion
from gesta.motion.representation import HAND_JOINTS, LOWER_JOINTS, UPPER_JOINTS
from gesta.motion.rotations import between
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from gesta.units import MOTION_FPS

BLEND_FRAMES = 8
"""Frames on either side of a kept span over which a motion goes over into it, if nobody says otherwise."""
FLOOR = [0, 2]
"""x and z among the axes of a position."""
JOINTS_OF_PART = {
    "upper": UPPER_JOINTS,
    "hands": HAND_JOINTS,
    "lower": LOWER_JOINTS,
    "face": FACE_JOINTS,
}
_NUMBER = r"\d+(?:\.\d*)?|\.\d+"
_SPAN = re.compile(rf"\s*({_NUMBER})\s*-\s*({_NUMBER})\s*")


@dataclass(frozen=True)
class Kept:
    """Frames that stay.

    Attributes:
        motion: what they are taken from; its frame t is frame t of the new motion.
        spans: frames [start, stop) that stay, in order, none touching another.
        name: of the file, for the sentence of an error.
    """

    motion: Motion
    spans: tuple[tuple[int, int], ...]
    name: str

    def check_fits(self, frame_count: int) -> None:
        """Raise InputError if frames are to be kept that a take of `frame_count` frames does not have."""
        last = self.spans[-1][1]
        if last > frame_count:
            raise InputError(
                f"'{self.name}' is to be kept until {last / MOTION_FPS:g} s, but the recording is only "
                f"{frame_count / MOTION_FPS:.2f} s long."
            )

    def told(self) -> dict[str, Any]:
        """What a motion's provenance says of what was kept: from which file, and which seconds."""
        spans = [[start / MOTION_FPS, stop / MOTION_FPS] for start, stop in self.spans]
        return {"file": Path(self.name).name, "spans_s": spans, "from": dict(self.motion.provenance)}

    def frames(self, frame_count: int) -> np.ndarray:
        """(T,) bool: which of so many frames stay."""
        result = np.zeros(frame_count, bool)
        for start, stop in self.spans:
            result[start:stop] = True
        return result


@dataclass(frozen=True)
class Draft:
    """The arrays of a motion that is being made, as in `records.Motion`; they are changed in place."""

    rotations: np.ndarray
    translation: np.ndarray
    face: np.ndarray
    face_basis: str
    contacts: np.ndarray


def read_kept(text: str) -> Kept:
    """What stays, from MOTION.npz@a-b,c-d with seconds from the beginning.

    Raises:
        InputError: it is not written so, the file is no motion, or the file ends before a span does.
    """
    name, at, listed = text.rpartition("@")
    if not at or not name:
        raise InputError(f"'{text}' does not say what to keep: write MOTION.npz@a-b with seconds, e.g. take.npz@1.5-3.")
    spans = _joined([_span(part, text) for part in listed.split(",")])
    motion = read_motion(Path(name))
    if spans[-1][1] > motion.frame_count:
        raise InputError(f"'{name}' is {motion.duration_s:.2f} s long, so {listed} cannot be kept of it.")
    return Kept(motion, spans, name)


def _span(part: str, text: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(part)
    if not found:
        raise InputError(f"In '{text}', '{part}' is no span of seconds such as 1.5-3.")
    start, stop = (round(float(number) * MOTION_FPS) for number in found.groups())
    if stop <= start:
        raise InputError(f"In '{text}', the span {part} holds no frame: it must end later than it begins.")
    return start, stop


def _joined(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The same frames as spans in order that do not touch."""
    result: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(stop, result[-1][1]))
        else:
            result.append((start, stop))
    return tuple(result)


def set_in(draft: Draft, kept: Kept, blend_frames: int = BLEND_FRAMES) -> None:
    """Put kept frames into a new motion, with soft seams.

    What the old motion does not have (parts; a face in another basis) stays as the new one made it.

    Args:
        draft: the new motion, at least as long as the last span; changed in place.
        kept: what stays.
        blend_frames: how many frames before and after each span go over into it.
    """
    if _has_place(kept.motion):
        _meet(draft.translation, kept)
    joints = _real_joints(kept.motion, draft.face_basis)
    standing = contacts(kept.motion) if kept.motion.contacts is None else kept.motion.contacts
    for start, stop in kept.spans:
        draft.rotations[start:stop, joints] = kept.motion.rotations[start:stop, joints]
    frames, weights = _seams(kept, len(draft.rotations), blend_frames)
    old = np.minimum(frames, kept.motion.frame_count - 1)
    grid, old_grid = np.ix_(frames, np.array(joints)), np.ix_(old, np.array(joints))
    draft.rotations[grid] = between(draft.rotations[grid], kept.motion.rotations[old_grid], weights[:, None])
    for mine, theirs in _plain(draft, kept.motion):
        for start, stop in kept.spans:
            mine[start:stop] = theirs[start:stop]
        mine[frames] += weights[:, None] * (theirs[old] - mine[frames])
    if standing is not None and "lower" in kept.motion.parts:
        for start, stop in kept.spans:
            draft.contacts[start:stop] = standing[start:stop]
        # A foot on its way from one place to another stands on neither.
        draft.contacts[frames] = np.minimum(draft.contacts[frames], standing[old])


def _real_joints(motion: Motion, face_basis: str) -> list[int]:
    """Indices of the joints that can be taken from a motion."""
    parts = [part for part in JOINTS_OF_PART if part in motion.parts]
    if motion.face_basis != face_basis and "face" in parts:
        parts.remove("face")
    return [index for part in parts for index in skeleton().indices(JOINTS_OF_PART[part])]


def _has_place(motion: Motion) -> bool:
    """Whether the pelvis' position means something: it is there, and the floor is known."""
    return motion.floor_known and "translation" in motion.parts


def _plain(draft: Draft, motion: Motion) -> list[tuple[np.ndarray, np.ndarray]]:
    """What goes over in a straight line: pairs of new and old arrays (T, C)."""
    pairs = []
    if _has_place(motion):
        pairs.append((draft.translation, motion.translation))
    if "face" in motion.parts and motion.face_basis == draft.face_basis:
        pairs.append((draft.face, motion.face))
    return pairs


def _meet(translation: np.ndarray, kept: Kept) -> None:
    """Move a path (T, 3) along the floor, in place, so that it meets every kept span where that begins and ends."""
    edges = np.array([edge for start, stop in kept.spans for edge in (start, stop - 1)])
    apart = kept.motion.translation[edges][:, FLOOR] - translation[edges][:, FLOOR]
    frames = np.arange(len(translation))
    for number, axis in enumerate(FLOOR):
        translation[:, axis] += np.interp(frames, edges, apart[:, number])


def _seams(kept: Kept, frame_count: int, blend_frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Frames (N,) near a span but in none, and how much of the old motion (N,) each takes: 0 to 1."""
    frames = np.arange(frame_count)
    distance = np.full(frame_count, np.iinfo(np.int64).max)
    for start, stop in kept.spans:
        near = slice(max(0, start - blend_frames), min(frame_count, stop + blend_frames))
        to_span = np.maximum(start - frames[near], frames[near] - (stop - 1))
        distance[near] = np.minimum(distance[near], np.maximum(to_span, 0))
    chosen = (distance > 0) & (distance <= blend_frames)
    rising = 1.0 - distance[chosen] / (blend_frames + 1)
    return frames[chosen], (rising * rising * (3.0 - 2.0 * rising)).astype(np.float32)
