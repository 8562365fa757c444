"""What was said, word by word, with times: from a file that somebody's aligner, recogniser or subtitler wrote."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Phone:
    """One speech sound.

    Attributes:
        label: as in the file: ARPAbet ("AE1"), IPA or SAMPA.
        start_s, end_s: when, in seconds.
    """

    label: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Word:
    """One word as it was spoken.

    Attributes:
        text: as in the file, with its punctuation.
        start_s, end_s: when, in seconds.
        phones: its sounds in order, where they are known.
    """

    text: str
    start_s: float
    end_s: float
    phones: tuple[Phone, ...] = ()

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Words:
    """The words of one recording, in order.

    Attributes:
        words: by their beginnings.
        language: "en", "es" ... where the file says so, else empty.
        source: name of the file, for people.
        spread: whether some times were guessed, by spreading the words of a longer text over its time.
    """

    words: tuple[Word, ...]
    language: str = ""
    source: str = ""
    spread: bool = False

    def __post_init__(self) -> None:
        _check_order(self.words)
        for word in self.words:
            _check_order(word.phones)

    def __len__(self) -> int:
        return len(self.words)

    def between(self, start_s: float, end_s: float) -> tuple[Word, ...]:
        """The words that sound at any time from `start_s` to `end_s`."""
        return tuple(word for word in self.words if word.end_s >= start_s and word.start_s <= end_s)


def _check_order(parts: Sequence[Word | Phone]) -> None:
    before = 0.0
    for part in parts:
        if not (before <= part.start_s <= part.end_s and math.isfinite(part.end_s)):
            raise ValueError(f"{part} ends before it begins, or begins before what stands before it")
        before = part.start_s
