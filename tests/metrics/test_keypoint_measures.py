"""Measures of points in films, against answers worked out by hand."""

import numpy as np
import pytest

from gesta.errors import InputError
from gesta.keypoints.layout import GROUPS, HANDS, body_index
from gesta.metrics.evaluation import Value
from gesta.metrics.keypoints.correct import REGIONS, correct_points
from gesta.metrics.keypoints.diversity import diversity_m
from gesta.metrics.keypoints.hands import film_hands
from gesta.metrics.keypoints.lips import LOWER, UPPER, lip_opening, lips_against_truth, lips_with_speech, loudness_db
from gesta.metrics.keypoints.measure import evaluate_keypoints, pair_measures
from gesta.metrics.keypoints.pairs import PointPair, metres_per_pixel, own_shoulders_m
from gesta.metrics.keypoints.tracks import at_motion_rate, filled
from gesta.metrics.keypoints.tremble import tremble
from gesta.records import Keypoints
from tests.keypoints.made_points import hidden, person

SHOULDERS_PX = 160.0
WRISTS = [body_index("left_wrist"), body_index("right_wrist")]


def moved(keypoints: Keypoints, points: slice | list[int], by: np.ndarray | tuple[float, float]) -> Keypoints:
    """The same with some points shifted by (2,), (F, 2) or (F, n, 2) pixels."""
    places = keypoints.points.astype(np.float64)
    shift = np.asarray(by, np.float64)
    places[:, points] += shift[:, None] if shift.ndim == 2 else shift
    return keypoints.replaced(points=places)


def speaking(openings: np.ndarray) -> Keypoints:
    """A person whose inner lips are (F,) pixels apart."""
    points = person(len(openings)).points.copy()
    for upper, lower in zip(UPPER, LOWER, strict=True):
        points[:, lower] = points[:, upper] + np.stack([np.zeros(len(openings)), openings], axis=1)
    return person(len(openings)).replaced(points=points)


def test_points_that_are_right_are_counted_by_region() -> None:
    real = person(10)
    # The left hand is off by 0.15 of the shoulders: wrong at 0.05 and 0.1, right at 0.2.
    made = moved(real, GROUPS["left_hand"], (0.15 * SHOULDERS_PX, 0.0))
    pair = PointPair.of("a", made, real)
    hands = correct_points(pair, REGIONS["hands"])
    assert hands is not None and hands.shares == pytest.approx((0.5, 0.5, 1.0))
    assert hands.error == pytest.approx(0.075, abs=1e-6)
    assert hands.counted == 10 * 42
    for name in ("body", "face"):
        other = correct_points(pair, REGIONS[name])
        assert other is not None and other.shares == (1.0, 1.0, 1.0) and other.error == 0.0


def test_a_point_that_is_not_there_is_wrong_and_an_unknown_truth_does_not_count() -> None:
    real = person(4)
    lost = correct_points(PointPair.of("a", hidden(real, GROUPS["left_hand"]), real), REGIONS["hands"])
    assert lost is not None and lost.shares == (0.5, 0.5, 0.5) and lost.missing == 0.5
    unknown = correct_points(PointPair.of("a", real, hidden(real, GROUPS["left_hand"])), REGIONS["hands"])
    assert unknown is not None and unknown.shares == (1.0, 1.0, 1.0) and unknown.counted == 4 * 21
    nobody = hidden(real, *GROUPS.values())
    assert correct_points(PointPair.of("a", real, nobody), REGIONS["hands"]) is None


def test_sizes_and_frame_rates_are_made_one() -> None:
    real = person(50, fps=50)
    made = person(25).replaced(points=person(25).points * 2.0, size=(1024, 1024))
    pair = PointPair.of("a", made, real)
    assert pair.frame_count == 25
    assert pair.generated.size == real.size
    np.testing.assert_allclose(pair.generated.points, pair.real.points, atol=1e-3)


@pytest.mark.parametrize(
    ("made", "said"),
    [(person(40), "two lengths"), (person(25).replaced(size=(512, 300)), "two shapes")],
    ids=["length", "shape"],
)
def test_points_that_cannot_be_compared_are_refused(made: Keypoints, said: str) -> None:
    with pytest.raises(InputError, match=said):
        PointPair.of("a", made, person(25))


def test_lips_open_by_what_was_planted() -> None:
    openings = np.linspace(1.0, 9.0, 30)
    film = speaking(openings)
    corners = film.points[0, [GROUPS["face"].start + 36, GROUPS["face"].start + 45]].astype(np.float64)
    eyes = float(np.linalg.norm(corners[0] - corners[1]))
    np.testing.assert_allclose(lip_opening(film), openings / eyes, rtol=1e-4)


def test_lips_against_the_truth() -> None:
    wave = 5.0 + 4.0 * np.sin(np.arange(100) / 3.0)
    real = speaking(wave)
    for made, wanted in ((wave, 1.0), (10.0 - wave, -1.0)):
        found = lips_against_truth(PointPair.of("a", speaking(made), real))
        assert found is not None and found[0] == pytest.approx(wanted, abs=1e-4)
    assert lips_against_truth(PointPair.of("a", speaking(np.full(100, 5.0)), real)) is None
    assert lips_against_truth(PointPair.of("a", hidden(real, GROUPS["face"]), real)) is None


def test_lips_that_open_late_are_found_late() -> None:
    chance = np.random.default_rng(0)
    levels = np.repeat(chance.uniform(-30.0, 0.0, 60), 5)
    envelope = np.repeat(10.0 ** (levels / 20.0), 4)
    heard = loudness_db(envelope, len(levels), 25.0)
    late = lips_with_speech(speaking(4.0 + 0.1 * np.concatenate([heard[:3], heard[:-3]])), envelope)
    assert late is not None and late.lag_s == pytest.approx(3 / 25)
    assert late.best_r > 0.99 > late.r


def test_loudness_is_in_decibels_under_the_loudest() -> None:
    envelope = np.concatenate([np.full(100, 1.0), np.full(100, 0.1), np.zeros(100)])
    found = loudness_db(envelope, 75, 25.0)
    np.testing.assert_allclose(found[[5, 40, 70]], [0.0, -20.0, -40.0], atol=1e-6)


def test_a_hand_goes_as_fast_as_it_was_made_to() -> None:
    film = person(100)
    metres = metres_per_pixel(film)
    assert metres == pytest.approx(own_shoulders_m() / SHOULDERS_PX, rel=1e-4)
    # Two pixels in each of 25 frames a second, along one line.
    path = np.stack([2.0 * np.arange(100), np.zeros(100)], axis=1)
    hands = film_hands(moved(film, WRISTS, path), None)
    assert hands is not None and hands.wrists == 2 and hands.alignment is None
    assert hands.speed_m_s["p50"] == pytest.approx(50.0 * own_shoulders_m() / SHOULDERS_PX, rel=1e-3)
    assert film_hands(hidden(film, GROUPS["body"]), None) is None


def test_hands_that_brake_on_the_beat_keep_time() -> None:
    frames, beat = 750, 0.8
    times = np.arange(frames) / 25.0
    # A step in each beat, ended on it: the fastest braking is on the beat.
    place = np.floor(times / beat) + np.clip((times % beat - 0.5) / 0.3, 0.0, 1.0) ** 2 * (times % beat > 0.5)
    film = moved(person(frames), WRISTS, np.stack([40.0 * np.sin(place), 40.0 * np.cos(place)], axis=1))
    grid = np.arange(round(30.0 * 100)) / 100.0
    on_the_beat = 0.02 + np.exp(-(((grid + beat / 2) % beat - beat / 2) ** 2) / (2 * 0.05**2))
    hands = film_hands(film, on_the_beat)
    assert hands is not None and hands.alignment is not None
    assert hands.alignment.normalised_margin > 0.5
    off = film_hands(film, np.roll(on_the_beat, round(100 * beat / 2)))
    assert off is not None and off.alignment is not None and off.alignment.normalised_margin < 0.0


def test_gaps_are_bridged_and_curves_kept() -> None:
    times = np.arange(20.0)
    film = moved(person(20), [0], np.stack([3.0 * times, times], axis=1))
    scores = film.scores.copy()
    scores[5:9, 0] = 0.0
    places = film.points.copy()
    places[5:9, 0] = 0.0
    bridged, shares = filled(film.replaced(points=places, scores=scores), [0])
    np.testing.assert_allclose(bridged[:, 0], film.points[:, 0], atol=1e-3)
    assert shares == pytest.approx([0.8])
    curve = np.stack([times**2, times**3], axis=1)[:, None]
    found = at_motion_rate(curve, 25.0)
    clock = np.minimum(np.arange(24) / 30.0 * 25.0, 19.0)
    np.testing.assert_allclose(found[:, 0], np.stack([clock**2, clock**3], axis=1), atol=1e-6)


def test_trembling_is_the_deviation_of_the_errors() -> None:
    chance = np.random.default_rng(0)
    even = moved(person(300), slice(0, 134), np.stack([3.0 * np.arange(300.0), np.zeros(300)], axis=1))
    assert tremble(even, REGIONS["hands"]) == pytest.approx(0.0, abs=1e-4)
    errors = chance.normal(0.0, 0.02 * SHOULDERS_PX, (300, 134, 2))
    shaken = even.replaced(points=even.points + errors)
    assert tremble(shaken, REGIONS["hands"]) == pytest.approx(0.02, rel=0.05)
    assert tremble(hidden(shaken, GROUPS["left_hand"], GROUPS["right_hand"]), REGIONS["hands"]) is None
    assert tremble(person(2), REGIONS["body"]) is None


def test_diversity_is_the_distance_between_movements() -> None:
    arms = [body_index(f"{side}_{part}") for side in ("left", "right") for part in ("elbow", "wrist")]
    still = person(400)
    apart = [still, moved(still, arms, (0.0, 32.0))]
    wanted = 32.0 * own_shoulders_m() / SHOULDERS_PX
    assert diversity_m(apart) == pytest.approx(wanted, rel=1e-3)
    assert diversity_m([still, still]) == pytest.approx(0.0, abs=1e-5)
    assert diversity_m([person(25)]) is None
    # Many films keep fewer windows each, and the answer.
    assert diversity_m(apart * 150) == pytest.approx(wanted, rel=1e-3)
    assert diversity_m([hidden(still, GROUPS["body"])]) is None


def test_the_truth_against_itself_is_faultless_and_keys_are_known() -> None:
    wave = 5.0 + 4.0 * np.sin(np.arange(100) / 3.0)
    film = speaking(wave)
    found = evaluate_keypoints([PointPair.of("a", film, film, np.abs(np.sin(np.arange(400) / 30.0)))])
    values = found.clips["a"]
    assert set(values) <= {measure.key for measure in pair_measures()}
    for region in REGIONS:
        assert values[f"correct.{region}.0.05"] == Value(1.0)
    assert values["lips.truth_r"].generated == pytest.approx(1.0)
    assert values["lips.speech_r"].generated == values["lips.speech_r"].real
    assert len(HANDS) == 2


def test_nothing_to_evaluate_is_refused() -> None:
    with pytest.raises(InputError, match="no clip"):
        evaluate_keypoints([])
