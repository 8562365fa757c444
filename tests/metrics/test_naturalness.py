"""Naturalness: 1 within people's ranges, less outside; high for people, low for what was done to them."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

import gesta
from gesta.metrics.motion import measure
from gesta.metrics.motion.naturalness import LEAST, PEOPLE, Naturalness, Usual
from gesta.motion.reading import read_motion
from gesta.motion.rotations import axis_angle_from_matrix, matrix_from_axis_angle
from gesta.records import Motion
from tests.cli.running import VOICE

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
REAL = ("beat2/smplxflame_30/2_scott_0_1_1", "show/116217-00_03_30-00_03_39", "show/216111-00_09_32-00_09_42",
        "show/68991-00_00_23-00_00_33", "show/98201-00_04_32-00_04_42")  # fmt: skip
real_ones = pytest.mark.skipif(not DATA.is_dir(), reason="the real takes (../shared/data) are not here")


def of(motion: Motion) -> Naturalness:
    found = measure(motion).naturalness
    assert found is not None
    return found


@cache
def ours(style: str = "neutral") -> Motion:
    return gesta.load("procedural").speak(VOICE, style=style).motion


def trembling(motion: Motion, degrees: float = 1.5) -> Motion:
    noise = np.random.default_rng(0).normal(0.0, np.radians(degrees), (motion.frame_count, 55, 3))
    return motion.replaced(rotations=motion.rotations @ matrix_from_axis_angle(noise).astype(np.float32))


def frozen(motion: Motion) -> Motion:
    first = motion.frames(0, 1)
    stay = {name: np.repeat(getattr(first, name), motion.frame_count, 0) for name in ("rotations", "translation")}
    return motion.replaced(**stay)


def scaled(motion: Motion, factor: float) -> Motion:
    return motion.replaced(rotations=matrix_from_axis_angle(factor * axis_angle_from_matrix(motion.rotations)))


def hurried(motion: Motion, factor: int = 3) -> Motion:
    names = ("rotations", "translation", "face", "contacts", "attention")
    return motion.replaced(**{name: v[::factor] for name in names if (v := getattr(motion, name)) is not None})


def test_a_bell_falls_off_outside_a_range() -> None:
    plain, ratio = Usual(2.0, 4.0, 0.5), Usual(1.0, 2.0, np.log(2.0), ratio=True)
    assert plain.score(2.0) == plain.score(3.0) == plain.score(4.0) == 1.0
    assert plain.score(4.5) == plain.score(1.5) == pytest.approx(np.exp(-0.5))
    assert plain.score(5.0) == pytest.approx(np.exp(-2.0))
    assert plain.score(100.0) == LEAST
    assert ratio.score(4.0) == ratio.score(0.5) == pytest.approx(np.exp(-0.5))
    assert ratio.score(0.0) == LEAST


def test_the_score_is_the_root_of_mean_times_lowest() -> None:
    for motion in (ours(), trembling(ours()), ours("still")):
        found = of(motion)
        scores = np.array(list(found.statistics.values()))
        assert found.score == pytest.approx(np.sqrt(np.exp(np.log(scores).mean()) * scores.min()))
        assert set(found.statistics) | {"foot_slide_mm"} == set(PEOPLE)


def test_what_is_done_to_a_motion_shows() -> None:
    whole = of(ours()).score
    assert whole > 0.9
    assert of(trembling(ours())).score < 0.1
    assert of(frozen(ours())).score < 0.05
    assert of(scaled(ours(), 1.6)).score < 0.5 * whole
    assert of(scaled(ours(), 0.35)).score < 0.6 * whole
    assert of(hurried(ours())).score < 0.5 * whole


def test_trembling_is_seen_where_it_is() -> None:
    found = of(trembling(ours())).statistics
    assert found["jerk_per_speed_p50"] < 0.1
    assert found["straightest_elbow_deg"] == 1.0


def test_without_arms_or_frames_there_is_none() -> None:
    assert measure(ours().replaced(parts=frozenset({"face"}))).naturalness is None
    assert measure(ours().frames(0, 1)).naturalness is None
    assert "foot_slide_mm" not in of(ours().replaced(floor_known=False)).statistics
    assert measure(ours().frames(0, 40)).to_dict()["naturalness"]["score"] > 0.0


@real_ones
@pytest.mark.parametrize("name", REAL)
def test_people_score_high_until_something_is_done_to_them(name: str) -> None:
    motion = read_motion(DATA / f"{name}.npz")
    assert of(motion).score > 0.9
    assert of(trembling(motion)).score < 0.1
    assert of(frozen(motion)).score < 0.05
    assert of(scaled(motion, 1.6)).score < 0.7
    assert of(scaled(motion, 0.35)).score < 0.6
