"""What a `Clip` needs of whatever draws its film: a trained network, or a puppet cut out of the picture."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from gesta.film.points import Report
from gesta.records import Speech


class Film(Protocol):
    """A film that can be made; nothing of it is, before it is asked for."""

    @property
    def speech(self) -> Speech:
        """The recording."""
        ...

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        ...

    @property
    def frame_count(self) -> int:
        """Frames of the film."""
        ...

    def foretold(self) -> str:
        """What it will take, in a sentence; a small part of the work is tried."""
        ...

    def rows(self, folder: Path, told: Report) -> np.ndarray:
        """The keypoints on the canvas of 512 pixels, (F, 402) rows as in `gesta.film.points`."""
        ...

    def frames(self, folder: Path, told: Report) -> Iterator[np.ndarray]:
        """The pictures, as (n, H, W, 3) uint8 stretches.

        Args:
            folder: takes what is finished, so that a film that was stopped goes on.
            told: how far it is.
        """
        ...

    def summary(self) -> dict[str, Any]:
        """Entries of the report that only this way of drawing has; asked when the film is whole."""
        ...
