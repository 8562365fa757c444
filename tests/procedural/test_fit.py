"""Style from an example: what a made-up speaker did is found again, and bad examples are refused in a sentence."""

from pathlib import Path

import numpy as np
import pytest

from gesta.errors import InputError
from gesta.motion.npz_write import write_npz
from gesta.procedural.fit import Example, beginning, read_example, spoken_traits, style_of, style_or_example
from gesta.procedural.fit_rules import within_bounds
from gesta.procedural.likeness import cost, distance, lacks
from gesta.procedural.speaker import ProceduralSpeaker
from gesta.procedural.style import Style, style_from
from gesta.procedural.traits import traits
from gesta.records import Motion
from tests.procedural.made_prosody import made_prosody

PROSODY = made_prosody(20.0)
ROUNDS, TRIALS = 5, 6


def spoken(style: Style, seed: int = 9) -> Motion:
    (stretch,) = ProceduralSpeaker(style, seed).finish(PROSODY)
    return stretch.motion


@pytest.fixture(scope="module")
def fitted() -> tuple[Style, Motion]:
    example = spoken(style_from("lively,head_yaw=2,torso_pitch=2"))
    return style_of(example, PROSODY, rounds=ROUNDS, trials=TRIALS), example


def test_a_fit_comes_nearer_than_the_neutral_speaker(fitted: tuple[Style, Motion]) -> None:
    style, example = fitted
    wanted = traits(example).numbers
    near, far = (distance(wanted, spoken_traits(one, PROSODY, 0).numbers, 20.0) for one in (style, Style()))
    assert near < 0.8 * far


def test_trying_by_chance_comes_no_less_near(fitted: tuple[Style, Motion]) -> None:
    style, example = fitted
    by_rules = style_of(example, PROSODY, rounds=ROUNDS, trials=0)
    wanted = traits(example).numbers
    tried, ruled = (distance(wanted, spoken_traits(one, PROSODY, 0).numbers, 20.0) for one in (style, by_rules))
    assert tried <= ruled


def test_what_is_off_by_a_quarter_or_one_event_is_near_and_costs_little() -> None:
    wanted = {"speed_p50": 0.4, "still_share": 0.02, "left_peaks": 6.0, "left_height_p50": 0.0}
    reached = {"speed_p50": 0.5, "still_share": 0.12, "left_peaks": 0.0, "left_height_p50": 0.2, "jerk_p50": 1.0}
    off = lacks(wanted, reached, 10.0)
    assert off == pytest.approx({"speed_p50": 1.0, "still_share": 1.0, "left_peaks": 1.0, "left_height_p50": 2.0})
    assert cost(off)["hands"] == pytest.approx(3 * 0.25 + 1.35)
    assert cost(lacks(wanted, wanted, 10.0)) == dict.fromkeys(cost(off), 0.0)


def test_a_fit_tells_lively_people_from_calm_ones(fitted: tuple[Style, Motion]) -> None:
    lively, calm = fitted[0], style_of(spoken(style_from("calm")), PROSODY, rounds=ROUNDS, trials=TRIALS)
    assert lively.size > calm.size
    assert lively.strokes * lively.patience_s > calm.strokes * calm.patience_s


def test_a_fit_is_the_same_every_time() -> None:
    example = spoken(style_from("calm")).frames(0, 320)
    assert style_of(example, made_prosody(10.0), 3, 2, 3) == style_of(example, made_prosody(10.0), 3, 2, 3)


def test_hands_are_seen_where_they_rest_and_gesture() -> None:
    seen = traits(spoken(style_from("lively,pause_activity=0")))
    for side in ("left", "right"):
        assert seen.rest[side][1] < seen.place[side][1]
        assert 0.1 < seen.place[side][2] < 0.5
    assert not seen.seated


def test_posture_and_palms_are_seen() -> None:
    leaning, upright = (traits(spoken(style_from(text))) for text in ("calm,lean_deg=15", "calm"))
    assert leaning.numbers["lean_deg"] - upright.numbers["lean_deg"] == pytest.approx(12.0, abs=6.0)
    down, away = (
        traits(spoken(Style(rest_left_m=(0.0, -0.3, 0.25), rest_left_palm=palm, strokes=0.0))).palm["left"]
        for palm in ((0.0, -1.0, 0.0), (-1.0, 0.0, 0.0))
    )
    assert down[1] < away[1]
    assert away[0] < down[0]


def test_settings_stay_within_their_bounds() -> None:
    wild = Style().model_dump() | {"size": 99.0, "strokes": -1.0}
    assert (within_bounds(wild).size, within_bounds(wild).strokes) == (3.5, 0.0)


def test_the_beginning_of_a_recording_keeps_its_events() -> None:
    short = beginning(PROSODY, 300)
    assert short.frame_count == 300
    assert 0 < len(short.accents) < len(PROSODY.accents)
    assert short.accents.times_s.max() < 10.0


def test_bad_examples_are_refused(tmp_path: Path) -> None:
    motion = spoken(Style())
    write_npz(motion.frames(0, 30), tmp_path / "short.npz")
    with pytest.raises(InputError, match=r"lasts 1\.0 s"):
        read_example(tmp_path / "short.npz")
    with pytest.raises(InputError, match="nowhere"):
        style_or_example("nowhere.bvh")
    with pytest.raises(InputError, match="energy"):
        style_or_example(str(tmp_path / "short.npz"), 7.0)


def test_an_example_keeps_the_energy_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesta.procedural.fit.MOST_TRIALS", 2)
    write_npz(spoken(style_from("calm")).frames(0, 330), tmp_path / "take.npz")
    example = style_or_example(str(tmp_path / "take.npz"), 0.5)
    assert isinstance(example, Example)
    assert example.style(made_prosody(10.0)).energy == 0.5
    assert np.isfinite(example.motion.rotations).all()
