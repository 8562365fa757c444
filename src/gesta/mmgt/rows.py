"""Rows that arrive in stretches, read in overlapping spans: what a film of any length needs, without keeping it."""

from collections.abc import Iterator

import numpy as np

from gesta.errors import InputError


class Rows:
    """Reads rows forward; what was passed is forgotten.

    Args:
        stretches: consecutive arrays (n, ...) of the same kind.
        count: how many rows there are to be in all; what comes beyond is ignored.
        kind: what the rows are, for the sentence of an error, for example "keypoints".
    """

    def __init__(self, stretches: Iterator[np.ndarray], count: int, kind: str) -> None:
        self._stretches, self._count, self._kind = stretches, count, kind
        self._held: list[np.ndarray] = []
        self._begin = self._stop = 0

    def between(self, start: int, stop: int) -> np.ndarray:
        """The rows [start, stop), as far as they are within the film; `start` never goes back.

        Raises:
            InputError: there are fewer rows than there were to be.
        """
        start, stop = max(start, 0), min(stop, self._count)
        if start < self._begin:
            raise ValueError(f"row {start} of the {self._kind} was forgotten")
        while self._stop < stop:
            stretch = next(self._stretches, None)
            if stretch is None:
                raise InputError(
                    f"The {self._kind} end after {self._stop} of {self._count} frames; make them for the whole speech."
                )
            self._held.append(stretch)
            self._stop += len(stretch)
        while self._held and self._begin + len(self._held[0]) <= start:
            self._begin += len(self._held.pop(0))
        held = np.concatenate(self._held)
        return held[start - self._begin : stop - self._begin]
