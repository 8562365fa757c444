"""The plan: strokes on accents, phases in order, the same for streams and files, as style and energy ask."""

import math

import numpy as np
import pytest

from gesta.errors import InputError
from gesta.procedural.planner import Planner
from gesta.procedural.profiles import DECELERATION_PEAK
from gesta.procedural.style import PRESETS, Style, style_from
from gesta.records import Plan, Prosody
from tests.procedural.made_prosody import made_prosody, silence, stretches


def plan_of(prosody: Prosody, style: Style | None = None, seed: int = 0) -> Plan:
    planner = Planner(style or Style(), seed, prosody.look_ahead_s)
    return Plan.concatenate([planner.push(prosody), planner.finish()])


def test_strokes_decelerate_on_their_accents() -> None:
    plan = plan_of(made_prosody(60.0))
    late = [move.start_s + DECELERATION_PEAK * move.duration_s - move.accent_s for move in plan.strokes]
    assert len(late) > 20
    assert abs(np.mean(late)) < 0.04
    assert max(abs(value) for value in late) < 0.3


def test_phases_of_a_hand_follow_each_other() -> None:
    plan = plan_of(made_prosody(60.0))
    for hand in ("left", "right"):
        moves = [move for move in plan.hand_moves if move.hand == hand]
        for stroke, before in zip(moves[1:], moves[:-1], strict=True):
            if stroke.phase == "stroke" and before.phase == "preparation":
                assert before.start_s < stroke.start_s <= before.end_s + 1e-9
    assert {move.phase for move in plan.hand_moves} >= {"preparation", "pre_hold", "stroke", "hold", "retraction"}


def test_some_strong_accents_stay_without_a_stroke() -> None:
    prosody = made_prosody(120.0)
    stroked = {move.accent_s for move in plan_of(prosody).strokes}
    assert 0.2 < len(stroked) / len(prosody.accents) < 0.8


def test_hands_rest_in_the_pause_and_in_silence() -> None:
    prosody = made_prosody(20.0)
    middle_s = np.mean((prosody.phrase_ends.times_s[0], prosody.phrase_starts.times_s[1])) + 0.3
    for seed in range(3):
        for hand in ("left", "right"):
            moves = [move for move in plan_of(prosody, Style(pause_activity=0.0), seed).hand_moves if move.hand == hand]
            phases = [move.phase for move in moves if move.start_s < middle_s and move.phase != "adjustment"]
            assert not phases or phases[-1] == "retraction"
    assert plan_of(silence()).strokes == ()
    assert {move.channel for move in plan_of(silence()).body_moves} >= {"breath", "lids", "pelvis"}


@pytest.mark.parametrize("look_ahead_s", [0.1, 0.4, 1.5])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_stream_plans_what_a_file_plans(look_ahead_s: float, seed: int) -> None:
    whole = made_prosody(20.0, seed, look_ahead_s)
    planner = Planner(Style(), 3, look_ahead_s)
    sizes = np.random.default_rng(seed).integers(1, 40, 40).tolist()
    parts = [planner.push(part) for part in stretches(whole, sizes)]
    assert Plan.concatenate([*parts, planner.finish()]) == plan_of(whole, seed=3)
    ready = 0.0
    for part in parts:
        moves = (*part.hand_moves, *part.body_moves)
        assert all(move.start_s >= ready - 1e-9 for move in moves), "a move began before it was announced"
        ready = part.ready_s


def test_a_short_look_ahead_still_gestures() -> None:
    full, short = (
        np.mean([len(plan_of(made_prosody(60.0, 0, look_ahead_s), seed=seed).strokes) for seed in range(4)])
        for look_ahead_s in (math.inf, 0.4)
    )
    assert short > 0.4 * full


def test_the_same_seed_plans_the_same_and_another_differently() -> None:
    prosody = made_prosody(20.0)
    assert plan_of(prosody, seed=5) == plan_of(prosody, seed=5)
    assert plan_of(prosody, seed=5).hand_moves != plan_of(prosody, seed=6).hand_moves


def test_styles_and_energy_order_how_much_is_done() -> None:
    prosody = made_prosody(120.0)
    by_style = [
        np.mean([len(plan_of(prosody, style_from(name), seed).strokes) for seed in range(3)])
        for name in ("calm", "neutral", "lively")
    ]
    assert by_style[0] < by_style[1] < by_style[2]
    assert plan_of(prosody, style_from("neutral", 0.0)).strokes == ()


def test_style_words_and_their_errors() -> None:
    assert style_from("calm,size=1.2").strokes == PRESETS["calm"]["strokes"]
    assert style_from("calm,size=1.2").size == 1.2
    for wrong, said in (
        ("caml", "did you mean calm?"),
        ("sice=1", "did you mean size?"),
        ("size=9", "size"),
        ("size=x", "size"),
    ):
        with pytest.raises(InputError, match=said):
            style_from(wrong)
    with pytest.raises(InputError, match="energy"):
        style_from("calm", 1.6)
