"""Smoothing: no tremble, no flashing masks, strokes and syllables kept, and the same film however it is cut."""

from collections.abc import Iterator

import numpy as np
import pytest

from gesta.keypoints.layout import GROUPS, LIPS, VISIBLE
from gesta.keypoints.levels import mask_levels
from gesta.keypoints.smoothing import LOOK_AHEAD_FRAMES, smoothed, smoothed_stretches
from gesta.records import Keypoints
from tests.keypoints.made_points import gesturing, hidden, person

HAND = GROUPS["left_hand"]


def trembling(keypoints: Keypoints, pixels: float = 0.6) -> Keypoints:
    noise = np.random.default_rng(5).normal(0.0, pixels, keypoints.points.shape)
    return keypoints.replaced(points=keypoints.points + noise)


def flickering(film: Keypoints) -> Keypoints:
    """The same with a left hand that is near the limit of visibility all the time, at 0.32 +- 0.03."""
    scores = film.scores.copy()
    scores[:, HAND] = np.random.default_rng(2).normal(0.32, 0.03, scores[:, HAND].shape)
    return film.replaced(scores=np.clip(scores, 0.0, 1.0))


def cut(keypoints: Keypoints, sizes: list[int]) -> Iterator[Keypoints]:
    start = 0
    for size in [*sizes, keypoints.frame_count - sum(sizes)]:
        yield keypoints.frames(start, start + size)
        start += size


@pytest.mark.parametrize("sizes", [[1] * 90, [7, 1, 30, 2], [80], [3]])
def test_how_a_film_is_cut_changes_nothing(sizes: list[int]) -> None:
    film = trembling(flickering(gesturing(100)))
    whole = smoothed(film)
    parts = list(smoothed_stretches(cut(film, sizes)))
    assert np.array_equal(np.concatenate([part.points for part in parts]), whole.points)
    assert np.array_equal(np.concatenate([part.scores for part in parts]), whole.scores)


def test_frames_come_as_soon_as_they_can() -> None:
    taken = 0

    def one_by_one() -> Iterator[Keypoints]:
        nonlocal taken
        for stretch in cut(gesturing(50), [1] * 49):
            taken += 1
            yield stretch

    given = 0
    for part in smoothed_stretches(one_by_one()):
        given += part.frame_count
        assert given == taken - LOOK_AHEAD_FRAMES or taken == 50
    assert given == 50


@pytest.mark.parametrize("frames", [1, 2, 5, 6, 7, 13])
def test_short_films_keep_their_length_and_their_ends(frames: int) -> None:
    film = trembling(gesturing(frames))
    found = smoothed(film)
    assert found.frame_count == frames
    exact = frames == 1 or frames > LOOK_AHEAD_FRAMES
    assert found.points[[0, -1]] == pytest.approx(film.points[[0, -1]], abs=1e-3 if exact else 1.0)


def test_who_stands_still_stops_trembling() -> None:
    still = person(200)
    found = smoothed(trembling(still))
    error = np.std((found.points - still.points)[10:-10, GROUPS["body"]])
    assert error < 0.3
    jerk = np.abs(np.diff(found.points[10:-10, HAND], 3, axis=0)).mean()
    assert jerk < 0.1 * np.abs(np.diff(trembling(still).points[10:-10, HAND], 3, axis=0)).mean()


def test_a_real_movement_comes_nearer_to_the_truth() -> None:
    film = gesturing(300)
    before, after = (found.points - film.points for found in (trembling(film), smoothed(trembling(film))))
    for group in GROUPS.values():
        assert np.std(after[:, group]) <= np.std(before[:, group])
    assert np.std(after[:, GROUPS["body"]]) < 0.6 * np.std(before[:, GROUPS["body"]])


@pytest.mark.parametrize("frames", [4, 6, 10, 15])
@pytest.mark.parametrize("pixels", [20.0, 60.0, 150.0])
def test_a_stroke_keeps_its_speed(frames: int, pixels: float) -> None:
    share = np.clip((np.arange(60) - 25.3) / frames, 0.0, 1.0)
    points = person(60).points.copy()
    points[:, HAND, 0] += (pixels * (10 * share**3 - 15 * share**4 + 6 * share**5))[:, None]
    film = person(60).replaced(points=points)
    speeds = [np.abs(np.diff(one.points[:, HAND.start, 0])) for one in (film, smoothed(film))]
    assert speeds[1].max() > 0.95 * speeds[0].max()
    assert abs(int(speeds[1].argmax()) - int(speeds[0].argmax())) <= 1


def test_strokes_keep_their_speed_where_trembling_at_rest_goes() -> None:
    """Rest, a stroke of 6 frames, rest: all of it found with a tremble of half a pixel."""
    share = np.clip((np.arange(160) - 75.3) / 6.0, 0.0, 1.0)
    points = person(160).points.copy()
    points[:, HAND, 1] -= (60.0 * (10 * share**3 - 15 * share**4 + 6 * share**5))[:, None]
    true = person(160).replaced(points=points)
    found = trembling(true, 0.5)
    rest = np.r_[10:65, 95:150]
    before, after = (np.std((one.points - points)[rest][:, HAND]) for one in (found, smoothed(found)))
    assert after < 0.5 * before
    jitter, calm = (np.abs(np.diff(one.points[:, HAND], 2, axis=0))[10:60].mean() for one in (found, smoothed(found)))
    assert calm < 0.2 * jitter
    speeds = [np.diff(one.points[:, HAND, 1], axis=0).mean(axis=1) for one in (true, smoothed(found))]
    assert np.abs(speeds[1]).max() >= 0.95 * np.abs(speeds[0]).max()


def test_a_nod_keeps_its_speed() -> None:
    share = np.clip((np.arange(60) - 25.3) / 5, 0.0, 1.0)
    points = person(60).points.copy()
    points[:, GROUPS["face"], 1] += (6.0 * (10 * share**3 - 15 * share**4 + 6 * share**5))[:, None]
    film = person(60).replaced(points=points)
    speeds = [np.abs(np.diff(one.points[:, 30, 1])).max() for one in (film, smoothed(film))]
    assert speeds[1] > 0.9 * speeds[0]


@pytest.mark.parametrize(("hertz", "pixels"), [(3.0, 4.0), (5.0, 2.0), (6.0, 2.0)])
def test_syllables_stay_on_the_lips(hertz: float, pixels: float) -> None:
    opening = pixels * np.sin(2 * np.pi * hertz * np.arange(100) / 25 + 0.3)
    points = person(100).points.copy()
    points[:, LIPS, 1] += opening[:, None]
    found = smoothed(person(100).replaced(points=points)).points[10:-10, 80, 1]
    assert found.std() > 0.85 * opening[10:-10].std()


@pytest.mark.parametrize(("fps", "side"), [(30, 512), (25, 1024)])
def test_rates_and_sizes_change_nothing_about_still_points(fps: float, side: int) -> None:
    film = trembling(person(60))
    scaled = film.replaced(points=film.points * (side / 512), size=(side, side), fps=fps)
    found = smoothed(scaled).points[10:-10, HAND] * (512 / side)
    assert np.std(found - person().points[:, HAND]) < 0.3


def test_visibility_does_not_flicker() -> None:
    film = flickering(gesturing(300))
    before, after = ((one.scores[:, HAND] >= VISIBLE) for one in (film, smoothed(film)))
    changes = [np.abs(np.diff(one.astype(int), axis=0)).sum() for one in (before, after)]
    assert changes[0] > 500
    assert changes[1] < 0.02 * changes[0]


def test_a_hand_that_comes_and_stays_is_seen_and_a_flash_is_not() -> None:
    film = hidden(person(60), HAND)
    scores = film.scores.copy()
    scores[10, HAND] = 0.9
    scores[30:, HAND] = 0.9
    found = smoothed(film.replaced(scores=scores)).scores[:, HAND.start] >= VISIBLE
    assert np.flatnonzero(found).tolist() == list(range(30, 60))


def test_gaps_are_bridged_by_what_is_visible() -> None:
    film = gesturing(60)
    points, scores = film.points.copy(), film.scores.copy()
    points[30:32, HAND], scores[30:32, HAND] = 0.0, 0.0
    found = smoothed(film.replaced(points=points, scores=scores))
    assert found.scores[:, HAND].min() >= VISIBLE
    assert np.abs(found.points[30:32, HAND] - film.points[30:32, HAND]).max() < 3.0


def test_masks_do_not_flash() -> None:
    film = trembling(flickering(person(120)))
    jumps = [
        np.abs(np.diff(mask_levels(one, full="hands", grid=16)["full"][0], axis=0)).mean(axis=1)
        for one in (film, smoothed(film))
    ]
    assert np.percentile(jumps[1], 99) < 0.5 * np.percentile(jumps[0], 99)


def test_other_sizes_in_between_are_refused() -> None:
    with pytest.raises(ValueError, match="one size"):
        list(smoothed_stretches([person(), person().replaced(size=(640, 480))]))
