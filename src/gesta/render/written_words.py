"""Words written along a time axis, in lines below each other so that they stay apart."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from gesta.records import Word

LINES = 5
LONGEST_WORD = 24
FONT_ENDS = "\u0590"
"""The first letter behind Latin, Greek, Cyrillic and Armenian, all of which matplotlib's own font has."""


def draw_words(axis: Axes, words: Sequence[Word], marked_s: Sequence[float], colour: str, marked: str) -> None:
    """Write each word where it begins, with a line as long as it lasts.

    Args:
        axis: seconds to the right.
        words: in order.
        marked_s: a word that sounds at one of these times is marked.
        colour, marked: colours of usual words and of those.
    """
    for place, word in enumerate(words):
        line = -(place % LINES)
        meant = any(word.start_s <= at <= word.end_s for at in marked_s)
        shade = marked if meant else colour
        axis.hlines(line, word.start_s, word.end_s, color=shade, linewidth=2 if meant else 1)
        text = legible(word.text[:LONGEST_WORD])
        axis.text(word.start_s, line + 0.12, text, fontsize=7, color=shade, clip_on=True, parse_math=False)
    axis.set_ylim(0.3 - LINES, 0.9)
    axis.set_yticks(())
    axis.set_ylabel("words")


def legible(text: str) -> str:
    """The same text with a dot for each letter that the picture's font does not have or that has no shape."""
    return "".join(letter if letter.isprintable() and letter < FONT_ENDS else "·" for letter in text)
