"""Subtitles, SRT and WebVTT: cues of a word each, times within cues, the spoken word underlined, or plain cues.

A plain cue's words share its time by their letters. WebVTT's times within cues are "<00:00:01.500>" before a word (W3C,
"WebVTT: The Web Video Text Tracks Format"); Whisper's option to highlight words writes a cue per word with the whole
line in it and <u> around the word.
"""

import html
import re
from dataclasses import dataclass
from pathlib import Path

from gesta.audio.words.spans import Found, Span
from gesta.errors import InputError

CLOCK = r"(?:\d{1,4}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
TIMING = re.compile(rf"\s*({CLOCK})\s*-->\s*({CLOCK})")
WITHIN = re.compile(rf"<({CLOCK})>")
TAG = re.compile(r"<[^<>]*>|\{\\[^{}]*\}|\[[^\[\]]*\]")
"""Marks of style, and what stands in square brackets: sounds that are no words."""
UNDERLINED = re.compile(r"<u>([^<>]*)</u>")


@dataclass(frozen=True)
class Cue:
    """One subtitle: its lines as they stand in the file."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]


def read_subtitles(text: str, path: Path) -> Found:
    """The words of an SRT or WebVTT file.

    Raises:
        InputError: there is no cue in it.
    """
    cues = _cues(text)
    if not cues:
        raise InputError(f"The file of words '{path}' holds no subtitle with times.")
    if sum(bool(UNDERLINED.search(line)) for cue in cues for line in cue.lines) > len(cues) / 2:
        return Found([span for cue in cues for span in _underlined(cue)])
    if any(WITHIN.search(line) for cue in cues for line in cue.lines):
        return Found(_timed_within(cues))
    return Found([Span(_plain(" ".join(cue.lines)), cue.start_s, cue.end_s) for cue in cues])


def _cues(text: str) -> list[Cue]:
    cues: list[Cue] = []
    open_lines: list[str] | None = None
    times = (0.0, 0.0)
    for line in (*text.splitlines(), ""):
        timing = TIMING.match(line)
        if open_lines is not None and (timing or not line.strip()):
            cues.append(Cue(*times, tuple(open_lines)))
            open_lines = None
        if timing:
            times, open_lines = (_seconds(timing[1]), _seconds(timing[2])), []
        elif open_lines is not None:
            open_lines.append(line)
    return cues


def _seconds(clock: str) -> float:
    seconds = 0.0
    for part in clock.replace(",", ".").split(":"):
        seconds = 60.0 * seconds + float(part)
    return seconds


def _plain(line: str) -> str:
    return html.unescape(TAG.sub("", line))


def _underlined(cue: Cue) -> list[Span]:
    found = (UNDERLINED.search(line) for line in cue.lines)
    return [Span(_plain(match[1]), cue.start_s, cue.end_s) for match in found if match]


def _timed_within(cues: list[Cue]) -> list[Span]:
    """Spans between the times within cues; lines that only stay on the screen from the last cue are not said again."""
    spans: list[Span] = []
    before: set[str] = set()
    for cue in cues:
        for line in cue.lines:
            if _plain(line).strip() not in before:
                spans += _parts(line, cue)
        before = {_plain(line).strip() for line in cue.lines}
    return spans


def _parts(line: str, cue: Cue) -> list[Span]:
    """A line cut at the times in it."""
    pieces = WITHIN.split(line)
    edges = [cue.start_s, *(_seconds(time) for time in pieces[1::2]), cue.end_s]
    texts = [_plain(piece) for piece in pieces[::2]]
    return [Span(text, edges[at], edges[at + 1]) for at, text in enumerate(texts) if text.strip()]
