"""A long row of tokens in stretches that overlap by what networks see beyond them, so that memory does not grow."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Stretch:
    """A stretch of a row.

    Attributes:
        read: the tokens to compute from, which are those wanted and their surroundings.
        kept: the tokens wanted, counted from the first one read.
    """

    read: slice
    kept: slice

    def times(self, rate: int) -> "Stretch":
        """The same stretch where each token is `rate` frames."""
        return Stretch(*(slice(part.start * rate, part.stop * rate) for part in (self.read, self.kept)))


def stretches(count: int, size: int, before: int, after: int) -> Iterator[Stretch]:
    """Stretches of `size` tokens (the last may be shorter) that make up `count`.

    Args:
        count: tokens in all.
        size: tokens wanted from each stretch, at least 1.
        before, after: how many tokens on each side of a stretch take part in it.
    """
    for start in range(0, count, size):
        stop = min(start + size, count)
        first, last = max(0, start - before), min(count, stop + after)
        yield Stretch(slice(first, last), slice(start - first, stop - first))
