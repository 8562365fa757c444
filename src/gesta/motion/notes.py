"""What a reader has to say about a file: kept with the motion, and logged once."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

logger = logging.getLogger("gesta")

APPROXIMATE_FINGERS = (
    "fingers are approximate: the file stores offsets from SMPL-X's mean hand, and no SMPL-X model was given"
)


def provenance(path: Path, source: str, notes: Sequence[str]) -> dict[str, Any]:
    """Where a motion that was read comes from; each note is also logged as a warning.

    Args:
        path: the file; only its name is kept.
        source: what kind of file it is, for example "BVH".
        notes: what the reader could not know or had to decide, a sentence each.
    """
    for note in notes:
        logger.warning("%s: %s.", path.name, note)
    return {"file": path.name, "source": source, "notes": list(notes)}
