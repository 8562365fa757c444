"""Gesture units: which accents get strokes, how loosely, what is shared in a phrase, what is done in between."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from gesta.procedural.content import ContentEvent
from gesta.procedural.families import families
from gesta.procedural.habits import habits_of
from gesta.procedural.phrases import Phrases
from gesta.procedural.planner import Planner
from gesta.procedural.profiles import DECELERATION_PEAK
from gesta.procedural.style import Style, style_from
from gesta.records import Events, HandMove, Plan, Prosody
from tests.procedural.made_prosody import events, made_prosody

SEEDS = range(6)


def plan_of(prosody: Prosody, style: Style | None = None, seed: int = 0, said: tuple[ContentEvent, ...] = ()) -> Plan:
    planner = Planner(style or Style(), seed, prosody.look_ahead_s, said)
    return Plan.concatenate([planner.push(prosody), planner.finish()])


def phrased(phrases: int = 12, seed: int = 1) -> Prosody:
    """Phrases of 4 s with pauses of 1 s between them."""
    whole = made_prosody(5.0 * phrases, seed)
    starts = 5.0 * np.arange(phrases) + 0.2
    accents = np.concatenate([start + np.arange(6) * 0.62 + 0.3 for start in starts])
    strengths = np.random.default_rng(seed).uniform(0.1, 1.0, len(accents))
    return replace(
        whole, accents=events(accents, strengths), phrase_starts=events(starts), phrase_ends=events(starts + 4.0)
    )


def test_of_strong_accents_one_in_five_to_two_in_five_go_without() -> None:
    prosody = phrased(20)
    strong = prosody.accents.times_s[prosody.accents.strengths > np.quantile(prosody.accents.strengths, 0.67)]
    weak = prosody.accents.times_s[prosody.accents.strengths < np.quantile(prosody.accents.strengths, 0.33)]
    gestured = [{move.accent_s for move in plan_of(prosody, seed=seed).strokes} for seed in SEEDS]
    shares = [np.mean([at in one for one in gestured for at in some]) for some in (strong, weak)]
    assert 0.6 <= shares[0] <= 0.8
    assert shares[1] < shares[0] - 0.15


def test_the_stronger_of_two_accents_too_near_to_each_other_gets_the_stroke() -> None:
    phrases = Phrases(1.0, 1.0, 0)
    times = 2.0 * np.arange(60.0)
    for at in times:
        phrases.hear(at, 0.9, -9.0)
        phrases.hear(at + 0.2, 0.3, -9.0)
    chosen = [(phrases.chosen(at, at - 1.0), phrases.chosen(at + 0.2, at - 0.8)) for at in times]
    assert not any(both for both in chosen if all(both))
    assert sum(first for first, _ in chosen) > 2 * sum(second for _, second in chosen)
    # What is not known yet is in nobody's way.
    later = Phrases(1.0, 1.0, 0)
    later.hear(1.0, 0.3, 0.5)
    alone = later.chosen(1.0, 0.6)
    later.hear(1.2, 0.9, 0.9)
    assert later.chosen(1.0, 0.6) == alone


@pytest.mark.parametrize("sd_s", [0.05, 0.1])
def test_strokes_keep_time_as_loosely_as_asked(sd_s: float) -> None:
    prosody = phrased(20)
    late = [
        move.start_s + DECELERATION_PEAK * move.duration_s - move.accent_s
        for seed in SEEDS
        for move in plan_of(prosody, Style(arrival_sd_s=sd_s), seed).strokes
        if move.accent_s is not None
    ]
    assert abs(np.mean(late)) < 0.03
    assert np.std(late) == pytest.approx(sd_s, rel=0.25)


def test_strokes_of_a_phrase_are_alike_and_change_at_its_end() -> None:
    within: list[bool] = []
    across: list[bool] = []
    for seed in SEEDS:
        met = [move for move in plan_of(phrased(), seed=seed).strokes if move.accent_s is not None]
        strokes = sorted(met, key=lambda move: move.start_s)
        for one, other in itertools.pairwise(strokes):
            assert one.accent_s is not None and other.accent_s is not None
            same_phrase = int(one.accent_s // 5.0) == int(other.accent_s // 5.0)
            (within if same_phrase else across).append(one.family == other.family)
    assert np.mean(within) > 0.8
    assert np.mean(across) < 0.6


def pairs(plan: Plan) -> list[tuple[HandMove, HandMove]]:
    by_accent: dict[float | None, list[HandMove]] = {}
    for stroke in plan.strokes:
        by_accent.setdefault(stroke.accent_s, []).append(stroke)
    return [(one[0], one[1]) for one in by_accent.values() if len(one) == 2]


def test_two_hands_are_neither_together_nor_mirrored() -> None:
    both = pairs(plan_of(phrased(), Style(both_hands=1.0)))
    assert len(both) > 10
    lags = [abs(np.diff([move.start_s + DECELERATION_PEAK * move.duration_s for move in pair]).item()) for pair in both]
    assert np.mean([0.0099 <= lag <= 0.0401 for lag in lags]) > 0.9
    apart = [
        np.mean([math.dist(one.pose.position, other.pose.position) for one, other in pairs(plan)])
        for plan in (plan_of(phrased(), Style(both_hands=1.0, symmetry=symmetry)) for symmetry in (1.0, 0.4))
    ]
    assert 0.002 < apart[0] < apart[1]


def test_size_follows_prominence() -> None:
    prosody = phrased(20)
    length, strength = [], []
    for seed in SEEDS:
        for hand in ("left", "right"):
            moves = [move for move in plan_of(prosody, seed=seed).hand_moves if move.hand == hand]
            for before, stroke in itertools.pairwise(moves):
                if stroke.phase == "stroke" and stroke.family == "beat" and before.phase == "preparation":
                    length.append(math.dist(before.pose.position, stroke.pose.position))
                    strength.append(stroke.strength)
    assert np.corrcoef(length, strength)[0, 1] > 0.4


def test_units_are_counted_from_rest_to_rest() -> None:
    plan = plan_of(phrased(), Style(pause_activity=0.0))
    moves = [move for move in plan.hand_moves if move.unit > 0]
    assert [move.phase for move in plan.hand_moves if move.unit == 0 and move.phase != "adjustment"] == []
    numbers = sorted({move.unit for move in moves})
    assert numbers == list(range(1, len(numbers) + 1))
    for number in numbers:
        unit = [move for move in moves if move.unit == number]
        assert {move.phase for move in unit} >= {"stroke", "retraction"} or number == numbers[-1]
        assert {move.hand for move in unit if move.phase == "retraction"} <= {move.hand for move in unit}
    ends = {number: max(move.end_s for move in moves if move.unit == number) for number in numbers}
    strokes = [move for move in moves if move.phase == "stroke"]
    assert all(move.start_s >= ends.get(move.unit - 1, 0.0) - 0.6 for move in strokes)


def test_calm_hands_rest_in_pauses_and_restless_ones_go_on() -> None:
    prosody = phrased()
    counts = {}
    for activity in (0.0, 1.0):
        plan = plan_of(prosody, Style(pause_activity=activity, patience_s=8.0))
        counts[activity] = [sum(move.phase == "retraction" for move in plan.hand_moves), 0]
        counts[activity][1] = sum(move.cause == "idle" and move.unit > 0 for move in plan.hand_moves)
    assert counts[0.0][0] >= 8
    assert counts[0.0][1] == 0
    assert counts[1.0][0] <= 2
    assert counts[1.0][1] >= 8


def test_who_knows_that_nothing_follows_rests_at_once() -> None:
    prosody = replace(made_prosody(20.0), accents=events([1.5, 12.0]), phrase_ends=Events.none())
    style = Style(patience_s=5.0, strokes=1.0)
    for look_ahead_s, waits_s in ((math.inf, (0.0, 1.5)), (0.4, (1.5, 6.5))):
        waited = []
        for seed in range(12):
            moves = plan_of(replace(prosody, look_ahead_s=look_ahead_s), style, seed).hand_moves
            first = [move for move in moves if move.accent_s == 1.5 and move.phase == "stroke"]
            rests = [move.start_s for move in moves if move.phase == "retraction"]
            if first and rests:
                waited.append(min(rests) - max(move.end_s for move in first))
        assert waited
        assert waits_s[0] <= min(waited) <= max(waited) <= waits_s[1]


@pytest.mark.parametrize(("look_ahead_s", "least"), [(0.2, 0.15), (0.4, 0.5)])
def test_short_look_ahead_plans_provisionally(look_ahead_s: float, least: float) -> None:
    prosody = phrased()
    full = np.mean([len(plan_of(prosody, seed=seed).strokes) for seed in SEEDS])
    short = [plan_of(replace(prosody, look_ahead_s=look_ahead_s), seed=seed) for seed in SEEDS]
    assert np.mean([len(plan.strokes) for plan in short]) > least * full
    # Hands rise with the phrase; where no accent comes, the preparation turns into a hold, and that ends at rest.
    silent = replace(prosody, look_ahead_s=look_ahead_s, accents=Events.none())
    moves = [move for seed in SEEDS for move in plan_of(silent, Style(pause_activity=0.0), seed).hand_moves]
    phases = {move.phase for move in moves}
    assert {"preparation", "hold", "retraction"} <= phases
    assert "stroke" not in phases
    assert {move.cause for move in moves if move.phase == "preparation"} == {"phrase"}


def test_two_seeds_are_two_people() -> None:
    style = Style()
    people = [habits_of(style, seed) for seed in range(12)]
    assert np.std([one.right_share for one in people]) > 0.08
    assert np.std([one.tempo for one in people]) > 0.02
    favourites = {max(one.liking, key=lambda name: families()[name].one_hand * one.liking[name]) for one in people}
    assert len(favourites) >= 3
    assert len({one.rests["left"].shape + str(round(one.rests["left"].position[1], 1)) for one in people}) >= 2
    assert habits_of(style_from("neutral,handedness=1"), 3).right_share == 1.0


def test_things_listed_are_counted_on_fingers_step_by_step() -> None:
    said = tuple(
        ContentEvent(at, at - 0.1, at + 0.3, "x", "sequence", ("enumerate",), 1.0) for at in (2.0, 4.0, 6.0, 8.0)
    )
    strokes = [move for move in plan_of(phrased(3), Style(content=2.0), 2, said).strokes if move.cause == "content"]
    assert [move.pose.shape for move in strokes] == ["one", "two", "three", "four"]
    outward = [move.pose.position[0] for move in strokes]
    assert np.polyfit(range(4), outward, 1)[0] > 0.0


def test_a_list_is_counted_with_the_fingers_of_one_hand() -> None:
    counts = (1, 2, 3)
    families_asked = ("enumerate", "chop", "pinch")
    for seed in SEEDS:
        said = tuple(
            ContentEvent(at, at - 0.1, at + 0.3, "x", "sequence", families_asked, 1.0, count=count)
            for at, count in zip((2.0, 4.4, 8.0), counts, strict=True)
        )
        plan = plan_of(phrased(3), Style(content=2.0), seed, said)
        strokes = [move for move in plan.strokes if move.cause == "content" and move.accent_s is not None]
        assert len({move.family for move in strokes}) == 1
        if strokes[0].family == "enumerate":
            assert len({move.hand for move in strokes}) == 1
            shapes = dict(zip((2.0, 4.4, 8.0), ("one", "two", "three"), strict=True))
            assert all(move.pose.shape == shapes[move.accent_s] for move in strokes if move.accent_s)
    # "And then" shows no fingers, "three" shows three.
    then = (ContentEvent(4.4, 4.3, 4.6, "x", "sequence", families_asked, 1.0),)
    three = (ContentEvent(4.4, 4.3, 4.6, "x", "quantity", ("enumerate",), 1.0, count=3),)
    for seed in SEEDS:
        going_on = plan_of(phrased(3), Style(content=2.0), seed, then).strokes
        assert "enumerate" not in {move.family for move in going_on if move.cause == "content"}
        counted = plan_of(phrased(3), Style(content=2.0), seed, three).strokes
        assert {move.pose.shape for move in counted if move.cause == "content"} == {"three"}


def test_gestures_are_held_as_long_as_their_family_asks() -> None:
    lasting: dict[str, list[float]] = {}
    for seed in SEEDS:
        for move in plan_of(phrased(20), seed=seed).hand_moves:
            if move.phase == "hold" and move.family != "rest":
                lasting.setdefault(move.family, []).append(move.duration_s)
                assert move.duration_s <= families()[move.family].hold_s[1] + 1e-9
    assert np.mean(lasting["present"]) > np.mean(lasting["beat"]) + 0.1
    denied = (ContentEvent(3.0, 2.9, 4.6, "never ever big", "negation", ("sweep",), 1.0),)
    silent = replace(phrased(3), accents=Events.none())
    holds = [
        move.end_s
        for move in plan_of(silent, Style(content=2.0), 1, denied).hand_moves
        if move.phase == "hold" and move.cause == "content" and move.family == "sweep"
    ]
    assert max(holds) == pytest.approx(4.6, abs=0.05)


def test_gestures_are_repeated_on_syllables() -> None:
    prosody = phrased(20)
    accents = prosody.accents.times_s
    prosody = replace(prosody, accents=events(accents[::3]), nuclei=events(accents))
    counts: dict[str, list[int]] = {}
    for seed in SEEDS:
        strokes = plan_of(prosody, Style(strokes=1.0), seed).strokes
        repeats = [move for move in strokes if move.accent_s is None]
        hits = [np.abs(accents - move.start_s - DECELERATION_PEAK * move.duration_s).min() for move in repeats]
        assert np.median(hits) < 0.03
        for stroke in (move for move in strokes if move.accent_s is not None):
            after = [one for one in repeats if one.hand == stroke.hand and 0 < one.start_s - stroke.start_s < 1.8]
            counts.setdefault(stroke.family, []).append(len(after))
    assert np.mean(counts["beat"]) > 0.3
    assert max(counts["present"]) == 0


def test_a_quiet_hand_goes_along_with_the_busy_one() -> None:
    style = Style(both_hands=0.0, handedness=1.0, rest="hanging", strokes=1.0)
    moves = [move for seed in SEEDS for move in plan_of(phrased(), style, seed).hand_moves if move.hand == "left"]
    assert not [move for move in moves if move.phase == "stroke" and move.cause == "accent" and move.accent_s]
    along = [move for move in moves if move.phase == "adjustment" and move.accent_s is not None]
    assert len(along) > 50
    lap = Style(both_hands=0.0, handedness=1.0, rest="lap", seated=True, strokes=1.0)
    assert not [move for move in plan_of(phrased(), lap, 1).hand_moves if move.hand == "left" and move.unit == 0]


def test_hands_that_touch_arrive_together_and_stay() -> None:
    for seed in SEEDS:
        plan = plan_of(phrased(), Style(rest="clasped", both_hands=1.0, pause_activity=0.0), seed)
        home = [move for move in plan.hand_moves if move.phase == "retraction"]
        assert len(home) >= 4
        ends = {hand: [move.end_s for move in home if move.hand == hand] for hand in ("left", "right")}
        together = [min(abs(at - other) for other in ends["right"]) for at in ends["left"]]
        assert np.mean(np.array(together) < 1e-6) > 0.8
        assert not [move for move in plan.hand_moves if move.phase == "adjustment"]


def test_a_quiet_hand_drops_while_the_other_goes_on() -> None:
    alone = 0
    for seed in SEEDS:
        plan = plan_of(phrased(), Style(rest="hanging", patience_s=8.0, pause_activity=1.0, both_hands=0.3), seed)
        home = [(move.start_s, move.hand) for move in plan.hand_moves if move.phase == "retraction"]
        alone += sum(not any(abs(at - other) < 0.2 and hand != one for other, one in home) for at, hand in home)
    assert alone > len(SEEDS) * 3


def test_sides_take_turns_in_an_alternation() -> None:
    said = (ContentEvent(3.0, 2.9, 3.3, "x", "contrast", ("alternate",), 1.0),)
    both = Style(content=2.0, both_hands=1.0)
    strokes = [move for move in plan_of(phrased(3), both, 2, said).strokes if move.cause == "content"]
    assert len(strokes) == families()["alternate"].repeat[0]
    assert len({move.hand for move in strokes}) == 2
