"""Recordings as the command line uses them: read and checked before anything else, and heard with progress shown."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gesta.cli.console import Report
from gesta.records import SampleSource, Speech


@dataclass(frozen=True)
class WatchedSource:
    """A recording's sound that tells how far it has been heard.

    Attributes:
        source: where the sound comes from.
        sample_count: how much there is.
        report: is told.
    """

    source: SampleSource
    sample_count: int
    report: Report

    def blocks(self) -> Iterator[np.ndarray]:
        """The recording as consecutive (S,) blocks."""
        done = 0
        for block in self.source.blocks():
            yield block
            done += len(block)
            self.report("hearing", done, self.sample_count)


def watched(speech: Speech, report: Report) -> Speech:
    """The same recording, telling how far it has been heard whenever it is read."""
    return replace(speech, source=WatchedSource(speech.source, speech.sample_count, report))
