"""A clip as it is going to be written: rows of channels and of truth, and what its record says of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gesta.data.plans import LoadedClip, Piece
from gesta.data.speech_files import WrittenSpeech
from gesta.data.truth import STROKES
from gesta.motion.representation import Representation
from gesta.records import PARTS, Speech

Block = tuple[np.ndarray, np.ndarray]
"""(n, C) rows of channels and (n, columns) rows of truth."""


@dataclass(frozen=True)
class EncodedClip:
    """A clip in rows.

    Attributes:
        frames: how many rows come.
        speech: the recording, and which of its samples [start, stop) are used; or what is written of them already;
            None where another clip has brought it.
        said: what the record says that is known before the rows have been taken.
        later: what it says that is known when they have been.
        blocks: the rows, in order.
    """

    frames: int
    speech: tuple[Speech, int, int] | WrittenSpeech | None
    said: Mapping[str, Any]
    blocks: Iterable[Block]
    later: Mapping[str, Any] = field(default_factory=dict)


def encoded(loaded: LoadedClip, representation: Representation, columns: Sequence[str]) -> EncodedClip:
    """A clip that has been read, in rows of channels and of truth.

    Args:
        loaded: the clip; its pieces are taken one by one.
        representation: the layout of channels.
        columns: of truth; none where the data set has no truth.
    """
    pieces = iter(loaded.pieces)
    first = next(pieces)
    motion = first.motion
    said = {
        "parts": tuple(part for part in PARTS if part in motion.parts),
        "floor_known": motion.floor_known,
        "contacts_known": motion.contacts is not None or motion.floor_known,
        "lacking": tuple(motion.provenance.get("lacking", ())),
        "strokes": first.truth is not None and STROKES in columns,
        "notes": (*motion.provenance.get("notes", ()), *loaded.notes),
    }
    blocks = _blocks(first, pieces, loaded.frames, representation, len(columns))
    later = {"about": loaded.about, "labels": loaded.label_names}
    return EncodedClip(loaded.frames, (loaded.speech, *loaded.samples), said, blocks, later)


def _blocks(
    first: Piece, rest: Iterator[Piece], frames: int, representation: Representation, columns: int
) -> Iterator[Block]:
    """The rows of a clip's first `frames` frames."""
    piece: Piece | None = first
    while piece is not None and frames > 0:
        rows = np.concatenate(list(representation.encode(piece.motion).values()), axis=1)[:frames]
        truth = np.zeros((len(rows), columns), np.float32)
        if piece.truth is not None:
            truth[:, : piece.truth.shape[1]] = piece.truth[: len(rows)]
        frames -= len(rows)
        yield rows, truth
        piece = next(rest, None) if frames > 0 else None
