"""Content: what words ask for, when, on which side; and what the planner makes of it."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from gesta.audio.words.read import READERS
from gesta.errors import InputError
from gesta.procedural.content import ContentEvent, content_events, stressed_s
from gesta.procedural.families import families
from gesta.procedural.lexicon import classes, languages, lexicon, read_lexicon, token_of
from gesta.procedural.planner import Planner
from gesta.procedural.profiles import DECELERATION_PEAK
from gesta.procedural.style import Style, style_from
from gesta.records import Phone, Plan, Prosody, Word, Words
from tests.procedural.made_prosody import made_prosody, stretches

ENGLISH_KINDS = {
    "negation",
    "quantity",
    "size",
    "direction",
    "sequence",
    "self",
    "listener",
    "question",
    "contrast",
    "certainty",
    "greeting",
}


def said(text: str, word_s: float = 0.3, gaps_s: dict[int, float] | None = None, start_s: float = 1.0) -> Words:
    """Words of the same length one after the other; `gaps_s` after some of them."""
    words, at = [], start_s
    for place, word in enumerate(text.split()):
        words.append(Word(word, at, at + word_s))
        at += word_s + (gaps_s or {}).get(place, 0.0)
    return Words(tuple(words))


def english(text: str, **how: object) -> list[tuple[str, str, str]]:
    return [(event.text, event.kind, event.direction) for event in content_events(said(text, **how), "en")]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It was HUGE, really.", [("HUGE,", "size", ""), ("really.", "emphasis", "")]),
        ("the first thing and the second", [("first", "sequence", ""), ("second", "sequence", "")]),
        ("wait a second", [("wait", "stop", "")]),
        ("go to the left side", [("to the left", "direction", "left")]),
        ("I left", [("I", "self", "self")]),
        ("I don’t know", [("I don’t know", "uncertainty", "")]),
        ("of course not", [("of course not", "negation", "")]),
        ("he has 25 cats", [("25", "quantity", "")]),
        ("thank you very much", [("thank you very much", "thanks", "")]),
        ("the cat sat", []),
        ("", []),
    ],
)
def test_the_longest_phrase_is_found(text: str, found: list[tuple[str, str, str]]) -> None:
    assert english(text) == found


def test_a_negation_reaches_over_what_it_denies() -> None:
    (denied,) = content_events(said("that is not a big house"), "en")
    assert (denied.text, denied.kind) == ("not a big", "negation")
    assert (denied.start_s, denied.end_s) == pytest.approx((1.6, 2.5))
    # The stroke comes with the negator, a third into it.
    assert denied.time_s == pytest.approx(1.7)
    kinds = [kind for _, kind, _ in english("no, big houses")]
    assert kinds == ["negation", "size"]
    assert [kind for _, kind, _ in english("not big", gaps_s={0: 0.8})] == ["negation", "size"]
    assert [kind for _, kind, _ in english("not the old grey wooden big one")] == ["negation", "size"]


def test_contrasts_take_sides() -> None:
    both = english("on the one hand cats on the other hand dogs but birds", word_s=0.4)
    assert both == [
        ("on the one hand", "contrast", "left"),
        ("on the other hand", "contrast", "right"),
        ("but", "contrast", "left"),
    ]
    assert english("but birds") == [("but", "contrast", "")]
    assert english("on the one hand but", gaps_s={3: 20.0})[-1] == ("but", "contrast", "")


def test_a_phrase_does_not_cross_a_silence_or_a_full_stop() -> None:
    assert english("good morning") == [("good morning", "greeting", "listener")]
    assert english("good morning", gaps_s={0: 0.7}) == []
    assert english("good. morning") == []


def test_what_only_counts_as_a_question() -> None:
    strengths = [content_events(said(text), "en")[0].strength for text in ("what he said", "what? no")]
    assert strengths[0] < 0.3 < strengths[1]


def test_the_stroke_meets_the_stressed_syllable() -> None:
    phones = (Phone("AH0", 1.0, 1.1), Phone("N", 1.1, 1.2), Phone("AO1", 1.2, 1.4), Phone("M", 1.4, 1.6))
    assert stressed_s(Word("enorm", 1.0, 1.6, phones)) == pytest.approx(1.3)
    assert stressed_s(Word("enorm", 1.0, 1.6)) == pytest.approx(1.2)
    (event,) = content_events(said("on the one hand", word_s=0.3), "en")
    assert event.time_s == pytest.approx(1.0 + 2 * 0.3 + 0.1)


def test_what_comes_again_asks_less() -> None:
    strengths = [event.strength for event in content_events(said("huge big large", word_s=0.5), "en")]
    assert strengths[1] == strengths[2] == strengths[0] / 2
    series = [event.strength for event in content_events(said("first second third", word_s=0.5), "en")]
    assert len(set(series)) == 1


def test_the_other_direction_asks_as_much() -> None:
    both = content_events(said("to the left then to the right to the right", word_s=0.4), "en")
    strengths = {event.text: event.strength for event in both if event.kind == "direction"}
    sides = [event.strength for event in both if event.kind == "direction"]
    assert sides[0] == sides[1] == 2 * sides[2], strengths


def test_how_many_and_which_one_are_counted() -> None:
    text = "three things first of all cats the second 4 dogs and then 25 birds"
    counted = [(event.text, event.count) for event in content_events(said(text, word_s=0.6), "en")]
    assert counted == [("three", 3), ("first of all", 1), ("second", 2), ("4", 4), ("and then", 0), ("25", 25)]
    assert [event.count for event in content_events(said("primero y tercero"), "es")] == [1, 3]


def test_heads_answer_to_what_is_said_whatever_the_hand_does() -> None:
    heads = {
        event.text: event.head for event in content_events(said("hello stop because huge never", word_s=0.6), "en")
    }
    assert heads == {"hello": "nod", "stop": "shake", "never": "shake", "because": "", "huge": ""}


def test_the_language_is_told_by_its_common_words() -> None:
    spanish = "la casa no es muy grande y por un lado es de la familia"
    assert [event.kind for event in content_events(said(spanish))] == ["negation", "contrast", "together"]
    assert content_events(said("das Haus ist nicht sehr gross und das ist gut")) == ()
    assert content_events(said("the house is huge"))[0].kind == "size"


def test_lexicons_are_large_enough_and_name_what_exists() -> None:
    assert {"en", "es"} <= set(languages())
    english_words = lexicon("en")
    assert english_words is not None
    entries = [entry for group in english_words.entries.values() for entry in group]
    assert len(entries) >= 60
    assert {classes()[entry.name].kind for entry in entries} >= ENGLISH_KINDS
    used = {family for meaning in classes().values() for family in meaning.families}
    assert used <= set(families())


def test_a_lexicon_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "la.toml"
    head = 'language = "la"\nname = "Latin"\ncommon = ["et"]\n[phrases]\n'
    path.write_text(head + 'big = ["magnus", "rex *magnus"]\n')
    (event,) = content_events(said("rex Magnus!"), own=read_lexicon(path))
    assert (event.kind, event.text, event.time_s) == ("size", "rex Magnus!", pytest.approx(1.4))
    twice = 'big = ["rex"]\nsmall = ["rex"]'
    for wrong, reason in (('bigg = ["magnus"]', "bigg"), (twice, "twice"), ('big = ["."]', "no phrase")):
        path.write_text(head + wrong)
        with pytest.raises(InputError, match=reason):
            read_lexicon(path)


def test_words_are_compared_by_their_letters() -> None:
    assert [token_of(text) for text in ("“Don’t!”", "n't", "...", "YES,", "mid-air", "Éa")] == [
        "don't",
        "n't",
        "",
        "yes",
        "mid-air",
        "éa",
    ]


def events_in(prosody: Prosody, count: int = 12) -> tuple[ContentEvent, ...]:
    """Strong things said at uneven times, to the left and to the right in turn."""
    times = np.linspace(1.5, len(prosody.loudness) / 30 - 2.0, count) + 0.13
    return tuple(
        ContentEvent(time, time - 0.15, time + 0.3, "x", "direction", ("sweep",), 1.0, ("left", "right")[at % 2])
        for at, time in enumerate(times)
    )


def plan_of(prosody: Prosody, content: tuple[ContentEvent, ...], style: Style | None = None, seed: int = 0) -> Plan:
    planner = Planner(style or Style(content=1.5), seed, prosody.look_ahead_s, content)
    return Plan.concatenate([planner.push(prosody), planner.finish()])


def test_content_strokes_meet_what_was_said_with_the_hand_it_asks_for() -> None:
    prosody = made_prosody(60.0)
    events = events_in(prosody)
    strokes = [move for move in plan_of(prosody, events).strokes if move.cause == "content"]
    assert len(strokes) >= 0.8 * len(events)
    by_time = {event.time_s: event for event in events}
    for stroke in strokes:
        assert stroke.accent_s in by_time
        event = by_time[stroke.accent_s]
        assert (stroke.family, stroke.hand) == ("sweep", event.direction)
        assert abs(stroke.start_s + DECELERATION_PEAK * stroke.duration_s - event.time_s) < 0.2


def test_accents_beside_what_was_said_leave_it_the_hands() -> None:
    prosody = made_prosody(60.0)
    events = events_in(prosody)
    plan = plan_of(prosody, events)
    by_accent = [move.accent_s for move in plan.strokes if move.cause == "accent" and move.accent_s is not None]
    assert len(by_accent) > 10
    assert min(abs(at - event.time_s) for at in by_accent for event in events) > 0.4


def test_how_much_is_gestured_follows_the_style() -> None:
    prosody = made_prosody(120.0)
    events = events_in(prosody, 40)
    counts = [
        sum(move.cause == "content" for seed in range(3) for move in plan_of(prosody, events, style, seed).strokes)
        for style in (Style(content=0.0), Style(content=0.4), Style(content=1.0))
    ]
    assert counts[0] == 0 < counts[1] < counts[2]
    assert not plan_of(prosody, events, style_from("neutral", 0.0)).strokes


def test_without_words_nothing_changes() -> None:
    prosody = made_prosody(30.0)
    planner = Planner(Style(), 4, prosody.look_ahead_s)
    assert Plan.concatenate([planner.push(prosody), planner.finish()]) == plan_of(prosody, (), Style(), 4)


def test_families_that_do_not_exist_are_left_out() -> None:
    event = ContentEvent(5.0, 4.9, 5.2, "x", "stop", ("nobody_has_made_this",), 1.0)
    assert not [move for move in plan_of(made_prosody(10.0), (event,)).strokes if move.cause == "content"]


@pytest.mark.parametrize("look_ahead_s", [0.1, 0.4, 1.5])
def test_a_stream_with_words_plans_what_a_file_plans(look_ahead_s: float) -> None:
    whole = made_prosody(20.0, 1, look_ahead_s)
    events = events_in(whole, 8)
    planner = Planner(Style(content=1.0), 3, look_ahead_s, events)
    sizes = np.random.default_rng(1).integers(1, 40, 40).tolist()
    parts = [planner.push(part) for part in stretches(whole, sizes)]
    streamed = Plan.concatenate([*parts, planner.finish()])
    assert streamed == plan_of(whole, events, Style(content=1.0), 3)
    ready = 0.0
    for part in parts:
        assert all(move.start_s >= ready - 1e-9 for move in part.hand_moves)
        ready = part.ready_s


@pytest.mark.parametrize("look_ahead_s", [0.4, math.inf])
def test_nothing_is_planned_before_it_can_be_known(look_ahead_s: float) -> None:
    whole = made_prosody(20.0, 1, look_ahead_s)
    events = events_in(whole, 8)
    planner = Planner(Style(content=1.0), 3, look_ahead_s, events)
    by_time = {event.time_s: event for event in events}
    for part in stretches(whole, [15] * 40):
        for move in planner.push(part).hand_moves:
            if move.cause == "content" and move.accent_s is not None:
                assert part.heard_s >= by_time[move.accent_s].start_s or look_ahead_s == math.inf
                assert move.start_s >= by_time[move.accent_s].start_s - look_ahead_s - 1e-9


def test_the_page_on_words_names_what_exists() -> None:
    root = Path(__file__).parents[2]
    page = (root / "docs" / "words.md").read_text(encoding="utf-8")
    assert all(f"`{suffix}`" in page.replace(".TextGrid", ".textgrid") for suffix in READERS)
    files = re.findall(r"`(src/gesta/[\w./-]+)`", page)
    assert files
    assert all((root / name).is_file() for name in files)
    assert len(content_events(said("I am not sure it is big"), "en")) > 1
