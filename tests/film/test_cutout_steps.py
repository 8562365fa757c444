"""The steps of cutting out, each with a truth that was planted or computed by hand."""

import numpy as np
import pytest

pytest.importorskip("cv2")

import cv2

from gesta.film.cutout.areas import around_bones, grown, outside_by, shrunk, touching
from gesta.film.cutout.fill import filled, grained
from gesta.film.cutout.hidden import hidden_alpha
from gesta.film.cutout.likeness import likeness
from gesta.film.cutout.matting import closed_form, foreground_and_background
from gesta.film.cutout.min_cut import smallest_cut


def disc(size: int, radius: float) -> np.ndarray:
    rows, columns = np.indices((size, size))
    return np.hypot(rows - size / 2, columns - size / 2) < radius


def test_areas_grow_and_shrink_by_pixels() -> None:
    area = disc(80, 20.0)
    assert not (shrunk(area, 3.0) & ~area).any() and not (area & ~grown(area, 3.0)).any()
    radii = [np.sqrt(each.sum() / np.pi) for each in (shrunk(area, 5.0), area, grown(area, 5.0))]
    np.testing.assert_allclose(np.diff(radii), 5.0, atol=0.7)
    assert outside_by(area)[40, 40] == pytest.approx(-20.0, abs=1.5)
    assert grown(np.zeros((4, 4), bool), 9.0).sum() == 0 and shrunk(np.ones((4, 4), bool), 9.0).all()


def test_only_pieces_with_a_seed_stay() -> None:
    area = np.zeros((10, 20), bool)
    area[2:5, 2:5] = area[2:5, 12:15] = True
    seeds = np.zeros_like(area)
    seeds[3, 3] = True
    assert touching(area, seeds)[:, :10].sum() == 9 and not touching(area, seeds)[:, 10:].any()


def test_bones_far_outside_are_drawn_as_far_as_they_reach() -> None:
    drawn = around_bones((20, 20), [(np.array([10.0, 10.0]), np.array([1e9, 10.0]))], 1.0)
    assert drawn[10, 10:].all() and not drawn[:, :7].any()


def test_a_cut_is_the_cheapest_of_all_labellings() -> None:
    random = np.random.default_rng(1)
    picture = random.uniform(0.0, 1.0, (3, 3, 3)).astype(np.float32)
    for_it = random.normal(0.0, 1.0, (3, 3))
    open_pixels, sure = np.ones((3, 3), bool), np.zeros((3, 3), bool)
    found = smallest_cut(picture, for_it, open_pixels, sure, 0.7)

    def cost(labels: np.ndarray) -> float:
        off = (
            np.square(np.diff(picture, axis=1)).sum(axis=-1).mean()
            + np.square(np.diff(picture, axis=0)).sum(axis=-1).mean()
        )
        total = -for_it[labels].sum()
        for row, column in np.ndindex(3, 3):
            for down, across in ((0, 1), (1, 0), (1, 1), (1, -1)):
                there = row + down, column + across
                if there[0] < 3 and 0 <= there[1] < 3 and labels[row, column] != labels[there]:
                    apart = np.square(picture[row, column] - picture[there]).sum()
                    total += 0.7 * (0.05 + np.exp(-apart / (off + 1e-6))) / np.hypot(down, across)
        return float(total)

    every = [np.array([number >> bit & 1 for bit in range(9)], bool).reshape(3, 3) for number in range(512)]
    assert cost(found) == pytest.approx(min(cost(each) for each in every), abs=0.02)


def test_a_cut_follows_an_edge_of_the_picture() -> None:
    picture = np.zeros((20, 40, 3), np.float32)
    picture[:, 23:] = 1.0
    sure = np.zeros((20, 40), bool)
    sure[:, 35:] = True
    open_pixels = np.zeros_like(sure)
    open_pixels[:, 5:35] = True
    np.testing.assert_array_equal(
        smallest_cut(picture, np.zeros(sure.shape), open_pixels, sure, 1.0), picture[..., 0] > 0
    )


def test_likeness_tells_colours_apart() -> None:
    picture = np.zeros((10, 30, 3), np.float32)
    picture[:, :15, 0] = picture[:, 15:, 2] = 0.8
    first, second, asked = (np.zeros((10, 30), bool) for _ in range(3))
    first[:, :5], second[:, 25:], asked[:, 5:25] = True, True, True
    odds = likeness(picture, asked, first, second, 20.0)
    assert (odds[:, 5:15] > 1.0).all() and (odds[:, 15:25] < -1.0).all() and not odds[~asked].any()


def test_a_soft_edge_between_two_colours_is_found() -> None:
    truth = np.clip(0.5 - outside_by(disc(64, 20.0)) / 6.0, 0.0, 1.0)[..., None]
    picture = (truth * (0.9, 0.3, 0.2) + (1.0 - truth) * (0.1, 0.4, 0.6)).astype(np.float32)
    found = closed_form(picture, truth[..., 0] == 1.0, truth[..., 0] == 0.0)
    assert np.abs(found - truth[..., 0]).max() < 0.02
    before, behind = foreground_and_background(picture, found)
    soft = (truth[..., 0] > 0.1) & (truth[..., 0] < 0.9)
    assert np.abs(before[soft] - (0.9, 0.3, 0.2)).mean() < 0.03
    assert np.abs(behind[soft] - (0.1, 0.4, 0.6)).mean() < 0.03


def test_known_alpha_stays_and_borders_do_no_harm() -> None:
    picture = np.random.default_rng(0).uniform(0.0, 1.0, (12, 9, 3)).astype(np.float32)
    inside, outside = np.zeros((12, 9), bool), np.zeros((12, 9), bool)
    inside[0, 0] = outside[-1, -1] = True
    found = closed_form(picture, inside, outside)
    assert found[0, 0] == 1.0 and found[-1, -1] == 0.0 and np.isfinite(found).all()
    np.testing.assert_array_equal(closed_form(picture, inside, ~inside), inside)


def test_a_fill_of_a_slope_is_the_slope() -> None:
    slope = np.repeat(np.linspace(0.0, 1.0, 64, dtype=np.float32)[None, :, None], 64, axis=0).repeat(3, axis=2)
    hole = disc(64, 14.0)
    found = filled(np.where(hole[..., None], 9.0, slope).astype(np.float32), ~hole)
    assert np.abs(found - slope)[hole].mean() < 0.02
    np.testing.assert_array_equal(found[~hole], slope[~hole])


def test_a_fill_stays_within_what_surrounds_it() -> None:
    random = np.random.default_rng(3)
    picture = random.uniform(0.2, 0.6, (33, 47, 3)).astype(np.float32)
    known = random.random((33, 47)) < 0.1
    found = filled(picture, known)
    assert found.min() >= picture[known].min() - 1e-5 and found.max() <= picture[known].max() + 1e-5
    assert np.isfinite(filled(picture, np.zeros((33, 47), bool))).all()


def test_grain_is_as_strong_as_around_and_only_where_it_was_made_up() -> None:
    random = np.random.default_rng(4)
    picture = np.clip(0.5 + random.normal(0.0, 0.01, (96, 96, 1)).repeat(3, axis=2), 0.0, 1.0).astype(np.float32)
    hole = disc(96, 24.0)
    smooth = filled(picture, ~hole)
    found = grained(smooth, hole.astype(np.float32), ~hole)

    def strength(values: np.ndarray, where: np.ndarray) -> float:
        fine = values - cv2.GaussianBlur(values, (0, 0), 1.2)
        return float(fine[where].std())

    assert strength(found, shrunk(hole, 4.0)) / strength(picture, ~grown(hole, 4.0)) == pytest.approx(1.0, abs=0.4)
    np.testing.assert_array_equal(found[~hole], smooth[~hole])


def test_the_hidden_outline_goes_on_from_the_seen_one() -> None:
    # A trunk 40 wide whose right edge a forearm hides half way down.
    trunk, arms = np.zeros((80, 100), bool), np.zeros((80, 100), bool)
    trunk[:, 30:70] = True
    arms[30:50, 55:85] = True
    found = hidden_alpha(trunk & ~arms, arms, np.zeros_like(arms), 60.0)
    np.testing.assert_allclose(found[32:48].sum(axis=1), 40.0, atol=1.5)
    np.testing.assert_array_equal(found[~arms], trunk[~arms])


def test_a_trunk_that_narrows_upward_goes_on_narrowing_below_a_whole_arm() -> None:
    # Nothing but the arm is seen beside the trunk above row 60; below it the edge leans by half a pixel a row.
    rows, columns = np.indices((120, 140))
    trunk = (columns >= 30) & (columns < 70 + 0.5 * (rows - 60))
    upper, arms = (columns >= 50) & (rows < 40), (columns >= 50) & (rows >= 40) & (rows < 60)
    found = hidden_alpha(trunk & ~upper & ~arms, arms, upper, 100.0)
    ends = 30 + found[44:56].sum(axis=1)
    np.testing.assert_allclose(ends, 70 + 0.5 * (np.arange(44, 56) - 60), atol=3.0)
    # The body always goes on a little behind an arm.
    assert (found[44:56, 50:53] > 0.9).all()
