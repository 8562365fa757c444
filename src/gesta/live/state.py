"""All that a stream remembers, as one object that is saved to a file and loaded from it."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from gesta.errors import InputError
from gesta.live.snapshot import Snapshot, restored, taken
from gesta.live.stream import Stream
from gesta.motion.npz_members import NpzMembers, write_member
from gesta.version import __version__
from gesta.writing import replacing

FORMAT_VERSION = 1
HEAD, NODES, CONTENT = "head", "nodes", "content"
"""The arrays of a file: who saved it, as JSON; the table, as JSON; the numbers. All are bytes."""
MOST_BYTES: Mapping[str, int] = {HEAD: 100_000, NODES: 64 * 2**20, CONTENT: 256 * 2**20}
"""Larger ones are refused: a state has some hundred kilobytes."""


@dataclass(frozen=True)
class StreamState:
    """A stream at one moment: save it, load it elsewhere, and go on bit for bit with `model.resume(state)`.

    Attributes:
        model: the model's name.
        files: SHA-256 of the model's files, by name: only the same model can go on.
        snapshot: everything the stream remembers.
        gesta_version: that took it; others may remember other things.
    """

    model: str
    files: Mapping[str, str]
    snapshot: Snapshot
    gesta_version: str = field(default=__version__)

    @classmethod
    def of(cls, stream: Stream) -> Self:
        """The state of a stream, which goes on unchanged."""
        return cls(stream.model, dict(stream.files), taken(stream, stream.body.outside()))

    @property
    def size_bytes(self) -> int:
        """How much is remembered; it does not grow with time."""
        return len(self.snapshot.nodes) + len(self.snapshot.content)

    def save(self, path: str | PathLike[str]) -> None:
        """Write it to a file, an npz archive of bytes; an older file stays whole until the new one is.

        Raises:
            OutputError: it cannot be written.
        """
        head = {"format_version": FORMAT_VERSION, "model": self.model, "files": dict(self.files)}
        texts = {HEAD: json.dumps({**head, "gesta_version": self.gesta_version}), NODES: self.snapshot.nodes}
        members = {name: np.frombuffer(text.encode(), np.uint8) for name, text in texts.items()}
        with replacing(Path(path)) as beside, zipfile.ZipFile(beside, "w") as archive:
            for name, content in {**members, CONTENT: self.snapshot.content}.items():
                write_member(archive, name, content.shape, np.uint8, [content], pack=True)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read it from a file.

        Raises:
            InputError: it is missing, damaged, too large, no state of a stream, or another version's.
        """
        with NpzMembers(Path(path)) as members:
            found = {name: _bytes(members, name) for name in MOST_BYTES}
        head = _head(found[HEAD], Path(path))
        try:
            nodes = found[NODES].tobytes().decode()
        except UnicodeDecodeError:
            raise InputError(f"Cannot read {path}: it holds no state of a stream.") from None
        return cls(head["model"], head["files"], Snapshot(nodes, found[CONTENT]), head["gesta_version"])

    def stream(self, outside: Mapping[str, object], device: torch.device | None = None) -> Stream:
        """The stream, as it was; `resume` of a model calls this.

        Raises:
            InputError: the state was not taken from a stream.
        """
        try:
            found = restored(self.snapshot, outside, device)
        except ValueError as error:
            raise InputError(f"This state {error}; save it again.") from None
        if not isinstance(found, Stream):
            raise InputError("This state holds no state of a stream; save it again.")
        return found


def _bytes(members: NpzMembers, name: str) -> np.ndarray:
    """One of the arrays of a file: (N,) uint8."""
    if name not in members.names:
        raise InputError(f"Cannot read {members.path}: it holds no state of a stream.")
    header = members.header(name)
    if header.dtype != np.uint8 or len(header.shape) != 1 or header.shape[0] > MOST_BYTES[name]:
        raise InputError(f"Cannot read {members.path}: its '{name}' is not what a state of a stream has.")
    return np.concatenate([np.zeros(0, np.uint8), *members.rows(name)])


def _head(content: np.ndarray, path: Path) -> dict[str, Any]:
    """Who saved a state, checked."""
    try:
        head = json.loads(content.tobytes())
        texts = [head["model"], head["gesta_version"], *head["files"], *head["files"].values()]
        good = all(isinstance(text, str) for text in texts)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        good = False
    if not good:
        raise InputError(f"Cannot read {path}: it holds no state of a stream.")
    if head["format_version"] != FORMAT_VERSION or head["gesta_version"] != __version__:
        raise InputError(
            f"The state in {path} was saved by gesta {head['gesta_version']}, and this is {__version__}: what a "
            "stream remembers may differ, so start a new one."
        )
    return head
