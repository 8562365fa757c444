"""What the words ask of the hands: events of content, found by a lexicon and two light rules of syntax.

A negation reaches over the words right after it: "not very big" is denied as a whole, and nothing big is shown. What
stands against something said on one side goes to the other side. The rest is the longest phrase that fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gesta.audio.words.phones import stressed_vowel
from gesta.procedural.lexicon import ContentClass, Entry, Lexicon, classes, language_of, lexicon, token_of
from gesta.records import Word, Words

NEGATION, NOTHING = "negation", "nothing"
LONGEST_GAP_S = 0.5
"""Words with a longer silence between them are not one phrase."""
SENTENCE_ENDS, CLAUSE_ENDS = (".", "!", "?"), (".", "!", "?", ",", ";", ":", "-", "–", "—")
STRESS_AT = 1 / 3
"""Where in a word of unknown sounds its stressed vowel is taken to be."""
OTHER_SIDE = "other side"
OPPOSITE = {"left": "right", "right": "left"}
SIDE_REMEMBERED_S = 12.0
"""So long something stays on the side it was put."""
AGAIN_S, AGAIN_STRENGTH = 4.0, 0.5
"""A class that comes again within this time asks only this much as strongly: nobody points at himself at every "me"."""
COUNTS_FROM = 0.3
"""What asks less than this is said in passing, and nothing comes "again" after it."""
SERIES = ("sequence", "contrast")
"""Kinds whose events belong together: each of a series asks as strongly as the first."""


@dataclass(frozen=True)
class ContentEvent:
    """Something said that calls for a gesture.

    Attributes:
        time_s: the middle of the stressed syllable, which the stroke meets.
        start_s, end_s: of the phrase, with what a negation denies.
        text: the phrase.
        kind: what it is about: "negation", "size", "direction" ...
        families: gesture families that serve it, the most usual first.
        strength: how strongly it asks, 0 to 1.
        direction: "left", "right", "up", "down", "forward", "back", "here", "there", "listener", "self" or "".
        head: what the head does with it: "shake", "tilt", "nod" or "".
        count: how many, or which one in a row, is said; 0 for none of these.
    """

    time_s: float
    start_s: float
    end_s: float
    text: str
    kind: str
    families: tuple[str, ...]
    strength: float
    direction: str = ""
    head: str = ""
    count: int = 0


@dataclass(frozen=True)
class _Hit:
    """A phrase of the lexicon and its place among the words, [first, stop)."""

    entry: Entry
    first: int
    stop: int

    @property
    def meaning(self) -> ContentClass:
        return classes()[self.entry.name]


def content_events(words: Words, language: str = "", own: Lexicon | None = None) -> tuple[ContentEvent, ...]:
    """What in the words calls for a gesture, in order.

    Args:
        words: of the whole recording.
        language: "en", "es" ...; what the words say of themselves, or seem to be in, if not given.
        own: a lexicon to use instead of those that come with gesta.

    Returns:
        Events, none for a language without a lexicon.
    """
    tokens = [token_of(word.text) for word in words.words]
    chosen = own or lexicon(language or language_in(words))
    if chosen is None:
        return ()
    hits = _hits(words.words, tokens, chosen)
    denied = _denied(words.words, hits, chosen.scope_words)
    events = [_event(words.words, hit, stop, chosen.count(tokens[hit.first : hit.stop])) for hit, stop in denied]
    return tuple(_less_again(_on_sides(sorted(events, key=lambda event: event.time_s))))


def language_in(words: Words) -> str:
    """The language words are in, of those that have a lexicon: as their file says, or as it seems; empty for others."""
    said = words.language
    return (said if lexicon(said) else "") if said else language_of(token_of(word.text) for word in words.words)


def stressed_s(word: Word) -> float:
    """The middle of a word's stressed vowel, in seconds; a guess where its sounds are not known."""
    vowel = stressed_vowel(word.phones)
    return word.start_s + STRESS_AT * word.duration_s if vowel is None else (vowel.start_s + vowel.end_s) / 2.0


def _hits(words: Sequence[Word], tokens: Sequence[str], chosen: Lexicon) -> list[_Hit]:
    asked = [word.text.rstrip("\"'”’)»").endswith("?") for word in words]
    together = _together(words, SENTENCE_ENDS)
    hits: list[_Hit] = []
    at = 0
    while at < len(tokens):
        entry = chosen.find(tokens, at, asked, together[at])
        if entry is None:
            at += 1
            continue
        if entry.name != NOTHING:
            hits.append(_Hit(entry, at, at + len(entry.tokens)))
        at += len(entry.tokens)
    return hits


def _together(words: Sequence[Word], ends: tuple[str, ...]) -> list[int]:
    """For each word, how many from it on hang together, without a silence or one of these signs between them."""
    counts = [1] * len(words)
    for at in range(len(words) - 2, -1, -1):
        apart = words[at + 1].start_s - words[at].end_s > LONGEST_GAP_S or words[at].text.endswith(ends)
        counts[at] = 1 if apart else 1 + counts[at + 1]
    return counts


def _denied(words: Sequence[Word], hits: Sequence[_Hit], scope_words: int) -> list[tuple[_Hit, int]]:
    """Hits with where each one's phrase ends; what a negation denies is part of its phrase and no hit of its own."""
    together = _together(words, CLAUSE_ENDS)
    kept: list[tuple[_Hit, int]] = []
    denied_until = 0
    for place, hit in enumerate(hits):
        if hit.first < denied_until:
            continue
        stop = hit.stop
        if hit.meaning.kind == NEGATION:
            last = hit.stop - 1
            reach = min(hit.stop + scope_words, last + together[last])
            for other in hits[place + 1 :]:
                if other.first >= reach:
                    break
                if other.meaning.negatable:
                    stop = denied_until = other.stop
        kept.append((hit, stop))
    return kept


def _event(words: Sequence[Word], hit: _Hit, stop: int, count: int) -> ContentEvent:
    said, phrase = words[hit.first : stop], words[hit.first : hit.stop]
    place = hit.entry.stressed
    stressed = phrase[place] if place is not None else max(phrase, key=lambda word: word.duration_s)
    return ContentEvent(
        time_s=stressed_s(stressed),
        start_s=said[0].start_s,
        end_s=max(word.end_s for word in said),
        text=" ".join(word.text for word in said),
        kind=hit.meaning.kind,
        families=hit.meaning.families,
        strength=hit.meaning.strength,
        direction=hit.meaning.direction,
        head=hit.meaning.head,
        count=count,
    )


def _on_sides(events: Sequence[ContentEvent]) -> list[ContentEvent]:
    """Events with "the other side" made left or right, by where the last one was put; without a side if nowhere."""
    placed, side, since_s = [], "", 0.0
    for event in events:
        direction = event.direction
        if direction == OTHER_SIDE:
            direction = OPPOSITE.get(side, "") if event.time_s - since_s <= SIDE_REMEMBERED_S else ""
        if direction in OPPOSITE:
            side, since_s = direction, event.time_s
        placed.append(replace(event, direction=direction))
    return placed


def _less_again(events: Sequence[ContentEvent]) -> list[ContentEvent]:
    """Events of which those of a kind and direction that were just there ask less; lists and contrasts do not."""
    last_s: dict[tuple[str, str], float] = {}
    weighed = []
    for event in events:
        asked = (event.kind, event.direction)
        again = event.time_s - last_s.get(asked, -AGAIN_S) < AGAIN_S and event.kind not in SERIES
        weighed.append(replace(event, strength=event.strength * AGAIN_STRENGTH) if again else event)
        if event.strength >= COUNTS_FROM:
            last_s[asked] = event.time_s
    return weighed
