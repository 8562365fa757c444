"""The text of a BVH file, parsed with suspicion: what it says, and nothing about what it means."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np

from gesta.errors import InputError

MAXIMUM_BYTES = 4 * 1024**3
MAXIMUM_JOINTS = 1024
MAXIMUM_FRAMES = 6 * 3600 * 120
MAXIMUM_LINE = 65_536
"""Most characters of a line."""
LINES_PER_BLOCK = 512
LARGEST_NUMBER = 1e9
"""Degrees and lengths beyond this, infinities among them, are no motion."""
SHORTEST_NUMBER = 2
"""Bytes of the shortest number with what parts it from the next one."""
PLACES = ("Xposition", "Yposition", "Zposition")
TURNS = ("Xrotation", "Yrotation", "Zrotation")
CHANNEL_NAMES = {name.lower(): name for name in (*PLACES, *TURNS)}


@dataclass(frozen=True)
class BvhClip:
    """A BVH file: J joints in the file's order (parents first), C channels in all, T frames.

    Attributes:
        names: J joint names.
        parents: J parent indices, -1 for the root.
        offsets: (J, 3) from parent to joint, in the file's units.
        channels: for each joint its channel names, for example ("Zrotation", "Xrotation", "Yrotation").
        frame_time: seconds between frames.
        frames: (T, C) channel values in the file's order; degrees and the file's units.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: np.ndarray
    channels: tuple[tuple[str, ...], ...]
    frame_time: float
    frames: np.ndarray


@dataclass
class _Hierarchy:
    """The joints read so far."""

    names: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    offsets: list[list[float]] = field(default_factory=list)
    channels: list[tuple[str, ...]] = field(default_factory=list)


class _Lines:
    """The lines of a file with their numbers; errors name the file and the line."""

    def __init__(self, path: Path, file: TextIO) -> None:
        self.path, self.number, self._file = path, 0, file

    def next(self) -> list[str]:
        """The words of the next line that is not empty, braces apart from words; empty at the file's end."""
        while line := self._file.readline(MAXIMUM_LINE):
            self.number += 1
            if words := line.replace("{", " { ").replace("}", " } ").split():
                return words
        return []

    def error(self, reason: str) -> InputError:
        """The error for the line just read."""
        return InputError(f"Cannot read {self.path}: line {self.number}: {reason}.")

    def numbers(self, words: list[str], count: int) -> list[float]:
        """`count` numbers of a reasonable size out of as many words."""
        try:
            values = [float(word) for word in words]
        except ValueError:
            raise self.error("a number is needed") from None
        if len(values) != count or not np.all(np.abs(values) < LARGEST_NUMBER):
            raise self.error(f"{count} numbers are needed")
        return values

    def blocks(self, width: int) -> Iterator[np.ndarray]:
        """The rest of the file as (n, width) blocks of numbers, a row per line."""
        while lines := list(islice(self._file, LINES_PER_BLOCK)):
            rows = [row for row in map(str.split, lines) if row]
            try:
                block = np.array(rows, dtype=np.float64).reshape(-1, width)
                if len(block) != len(rows) or not np.all(np.abs(block) < LARGEST_NUMBER):
                    raise ValueError
            except ValueError:
                raise self._bad_row(lines, width) from None
            self.number += len(lines)
            yield block

    def _bad_row(self, lines: list[str], width: int) -> InputError:
        """The error for the first line among `lines` that is not `width` numbers."""
        for line in lines:
            self.number += 1
            if words := line.split():
                try:
                    self.numbers(words, width)
                except InputError as error:
                    return error
        return self.error(f"{width} numbers are needed")


def parse_bvh(path: str | Path) -> BvhClip:
    """Parse a BVH file.

    Raises:
        InputError: the file is missing, too large or malformed; the message names the line.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise InputError(f"Cannot read {path}: it is larger than {MAXIMUM_BYTES // 1024**3} GiB.")
        with path.open(encoding="utf-8", errors="replace") as file:
            lines = _Lines(path, file)
            hierarchy = _hierarchy(lines)
            frame_time, frames = _motion(lines, sum(map(len, hierarchy.channels)))
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.") from error
    return BvhClip(
        tuple(hierarchy.names),
        tuple(hierarchy.parents),
        np.array(hierarchy.offsets, dtype=np.float64),
        tuple(hierarchy.channels),
        frame_time,
        frames,
    )


def _hierarchy(lines: _Lines) -> _Hierarchy:
    """Read from HIERARCHY up to, and with, the word MOTION."""
    if [word.upper() for word in lines.next()] != ["HIERARCHY"]:
        raise lines.error("a BVH file begins with HIERARCHY")
    found = _Hierarchy()
    # Open joints from the root inwards; None stands for an end site, whose offset says nothing about joints.
    stack: list[int | None] = []
    opening: int | None = None
    while words := lines.next():
        # A brace may share a line with what it follows.
        tail = [word for word in words if word in "{}"]
        words = [word for word in words if word not in "{}"]
        match words[0].upper() if words else "":
            case "MOTION":
                if stack or not found.names:
                    raise lines.error("the hierarchy is not complete")
                return found
            case "ROOT" | "JOINT":
                opening = _add_joint(lines, found, words, stack)
            case "END":
                opening = None
            case "OFFSET" | "CHANNELS":
                _describe(lines, found, words, stack)
            case "":
                pass
            case _:
                raise lines.error(f"'{words[0][:40]}' is not a word of BVH")
        for brace in tail:
            if brace == "{":
                stack.append(opening)
            elif stack:
                stack.pop()
            else:
                raise lines.error("a brace closes nothing")
    raise lines.error("the file ends before its MOTION")


def _add_joint(lines: _Lines, found: _Hierarchy, words: list[str], stack: list[int | None]) -> int:
    """Begin a joint and return its index."""
    parent = stack[-1] if stack else -1
    if len(words) < 2 or parent is None or (parent < 0) != (not found.names):
        raise lines.error("a joint needs a name and a place in the one hierarchy")
    if len(found.names) == MAXIMUM_JOINTS:
        raise lines.error(f"there are more than {MAXIMUM_JOINTS} joints")
    found.names.append(" ".join(words[1:]))
    found.parents.append(parent)
    found.offsets.append([0.0, 0.0, 0.0])
    found.channels.append(())
    return len(found.names) - 1


def _describe(lines: _Lines, found: _Hierarchy, words: list[str], stack: list[int | None]) -> None:
    """Take in the OFFSET or CHANNELS of the joint that is open; those of end sites are skipped."""
    if not stack:
        raise lines.error(f"{words[0]} stands outside of a joint")
    if (joint := stack[-1]) is None:
        return
    if words[0].upper() == "OFFSET":
        found.offsets[joint] = lines.numbers(words[1:], 3)
        return
    names = [CHANNEL_NAMES.get(word.lower()) for word in words[2:]]
    if None in names or not words[1:2] or words[1] != str(len(names)) or len(set(names)) != len(names):
        raise lines.error("CHANNELS needs a count and as many names, each once")
    found.channels[joint] = tuple(name for name in names if name)


def _motion(lines: _Lines, width: int) -> tuple[float, np.ndarray]:
    """Read what follows MOTION: seconds between frames, and the (T, width) channel values."""
    words = lines.next()
    if len(words) != 2 or words[0].lower() != "frames:" or not words[1].isdecimal():
        raise lines.error("'Frames:' and a count are needed")
    count = int(words[1])
    if not 1 <= count <= MAXIMUM_FRAMES:
        raise lines.error(f"there must be 1 to {MAXIMUM_FRAMES} frames")
    words = lines.next()
    if len(words) != 3 or [word.lower() for word in words[:2]] != ["frame", "time:"]:
        raise lines.error("'Frame Time:' and the seconds are needed")
    (frame_time,) = lines.numbers(words[2:], 1)
    if frame_time <= 0.0:
        raise lines.error("the frame time must be more than 0")
    if width == 0:
        raise lines.error("no joint has a channel")
    if count * width * SHORTEST_NUMBER > lines.path.stat().st_size:
        raise lines.error(f"{count} frames are announced, but the file is too short for them")
    frames, held = np.empty((count, width)), 0
    for block in lines.blocks(width):
        frames[held : held + len(block)] = block[: count - held]
        held += len(block)
        if held > count:
            break
    if held != count:
        raise lines.error(f"{count} frames are announced, but {'more' if held > count else held} are there")
    return frame_time, frames
