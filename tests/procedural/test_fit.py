"""Style from an example: what a made-up speaker did is found again, and bad examples are refused in a sentence."""

from pathlib import Path

import numpy as np
import pytest

from gesta.errors import InputError
from gesta.motion.npz_write import write_npz
from gesta.procedural.fit import Example, beginning, distance, read_example, spoken_traits, style_of, style_or_example
from gesta.procedural.fit_rules import mean_numbers, within_bounds
from gesta.procedural.speaker import ProceduralSpeaker
from gesta.procedural.style import Style, style_from
from gesta.procedural.traits import traits
from gesta.records import Motion
from tests.procedural.made_prosody import made_prosody

PROSODY = made_prosody(20.0)
ROUNDS = 5


def spoken(style: Style, seed: int = 9) -> Motion:
    (stretch,) = ProceduralSpeaker(style, seed).finish(PROSODY)
    return stretch.motion


@pytest.fixture(scope="module")
def fitted() -> tuple[Style, Motion]:
    example = spoken(style_from("lively,head_yaw=2,torso_pitch=2"))
    return style_of(example, PROSODY, ROUNDS), example


def test_a_fit_comes_nearer_than_the_neutral_speaker(fitted: tuple[Style, Motion]) -> None:
    style, example = fitted
    wanted = traits(example).numbers
    near, far = (distance(wanted, mean_numbers(spoken_traits(one, PROSODY))) for one in (style, Style()))
    assert near < 0.8 * far


def test_a_fit_tells_lively_people_from_calm_ones(fitted: tuple[Style, Motion]) -> None:
    lively, calm = fitted[0], style_of(spoken(style_from("calm")), PROSODY, ROUNDS)
    assert lively.size > calm.size
    assert lively.strokes * lively.patience_s > calm.strokes * calm.patience_s


def test_a_fit_is_the_same_every_time() -> None:
    example = spoken(style_from("calm")).frames(0, 320)
    assert style_of(example, made_prosody(10.0), 2) == style_of(example, made_prosody(10.0), 2)


def test_hands_are_seen_where_they_rest_and_gesture() -> None:
    seen = traits(spoken(style_from("lively,pause_activity=0")))
    for side in ("left", "right"):
        assert seen.rest[side][1] < seen.place[side][1]
        assert 0.1 < seen.place[side][2] < 0.5
    assert not seen.seated


def test_settings_stay_within_their_bounds() -> None:
    wild = Style().model_dump() | {"size": 99.0, "strokes": -1.0}
    assert (within_bounds(wild).size, within_bounds(wild).strokes) == (2.5, 0.0)


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


def test_an_example_keeps_the_energy_asked_for(tmp_path: Path) -> None:
    write_npz(spoken(style_from("calm")).frames(0, 330), tmp_path / "take.npz")
    example = style_or_example(str(tmp_path / "take.npz"), 0.5)
    assert isinstance(example, Example)
    assert example.style(made_prosody(10.0)).energy == 0.5
    assert np.isfinite(example.motion.rotations).all()
