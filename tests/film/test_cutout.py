"""A person cut out of a picture: pieces that are the picture again, true masks and arms, a wall without the person."""

from functools import cache

import numpy as np
import pytest

from gesta.errors import InputError
from gesta.keypoints.layout import GROUPS, body_index

pytest.importorskip("cv2")
pytest.importorskip("ai_edge_litert")

import cv2

from gesta.film.cutout.cutting import cut_out
from gesta.film.cutout.layers import Cutout, Layer, composite, exact
from tests.film.planted_person import planted

SHARES = (0.05, 0.1, 0.2)
"""How far a person is moved, in heights of the picture."""


@cache
def cutout() -> Cutout:
    truth = planted()
    return cut_out(truth.picture, truth.keypoints, truth.fit)


def layer(name: str) -> Layer:
    return next(each for each in cutout().layers if each.name == name)


def moved(values: np.ndarray, pixels: int) -> np.ndarray:
    """Shifted to the right; what comes in is nothing."""
    found = np.zeros_like(values)
    found[:, pixels:] = values[:, :-pixels]
    return found


def test_layers_over_the_background_are_the_picture() -> None:
    truth, found = planted(), cutout()
    off = np.abs(composite(found.layers, found.background) * 255.0 - truth.picture)
    assert off[found.person > 0.5].mean() <= 1.0
    assert off.max() <= 4.0
    for values in (found.background, found.person, *(part for one in found.layers for part in (one.colour, one.alpha))):
        assert values.dtype == np.float32 and np.isfinite(values).all()
        assert values.min() >= 0.0 and values.max() <= 1.0


def test_layers_together_cover_what_the_person_covers() -> None:
    left = np.ones_like(cutout().person)
    for each in cutout().layers:
        left = left * (1.0 - each.alpha)
    assert np.abs(1.0 - left - cutout().person).max() < 0.02


def test_the_mask_is_the_person() -> None:
    truth, found = planted().alpha, cutout().person
    inside, seen = truth > 0.5, found > 0.5
    assert (inside & seen).sum() / (inside | seen).sum() > 0.97
    assert np.abs(truth - found).mean() < 0.008


def test_fingers_are_not_lost() -> None:
    points = planted().keypoints.points[0]
    for hand in ("left_hand", "right_hand"):
        there = planted().keypoints.scores[0][GROUPS[hand]] > 0.0
        columns, rows = np.rint(points[GROUPS[hand]][there] - 0.5).astype(int).T
        assert (cutout().person[rows, columns] > 0.5).mean() > 0.9


def past_shoulder(side: str) -> np.ndarray:
    """Pixels beyond the part of an upper arm where its layer softly begins."""
    points = planted().keypoints.points[0]
    shoulder, elbow = (points[body_index(f"{side}_{joint}")] for joint in ("shoulder", "elbow"))
    rows, columns = np.indices(planted().part.shape)
    along = (np.stack([columns, rows], axis=-1) - shoulder) @ (elbow - shoulder) / ((elbow - shoulder) ** 2).sum()
    return np.asarray(along > 0.4)


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_body_has_the_upper_arms_too(side: str) -> None:
    """So that a sleeve that is lifted draws cloth out and tears none off."""
    points, body = planted().keypoints.points[0], layer("body")
    shoulder, elbow, wrist = (points[body_index(f"{side}_{joint}")] for joint in ("shoulder", "elbow", "wrist"))
    assert body.upper_arms is not None
    for place, there in ((shoulder + 0.5 * (elbow - shoulder), True), (0.3 * elbow + 0.7 * wrist, False)):
        column, row = place.astype(int)
        assert (body.upper_arms[row, column] > 0.5) == there
        assert (body.alpha[row, column] > 0.9) == there


@pytest.mark.parametrize(("side", "number"), [("left", 1), ("right", 2)])
def test_arms_are_the_arms(side: str, number: int) -> None:
    arm, truth = layer(f"{side}_arm").alpha > 0.5, planted().part == number
    assert arm[truth & past_shoulder(side)].mean() > 0.93
    assert truth[arm].mean() > 0.93


def test_the_body_goes_on_behind_an_arm() -> None:
    truth = planted(turn=-45.0)
    found = cut_out(truth.picture, truth.keypoints, truth.fit)
    # The nearer arm is drawn last.
    assert [each.name for each in found.layers] == ["body", "right_arm", "left_arm"]
    body, behind = found.layers[0], truth.part == 1
    assert truth.trunk[behind].mean() > 0.8
    assert ((body.alpha > 0.5) == truth.trunk)[behind].mean() > 0.9
    shirt = np.median((truth.picture / 255.0)[(truth.part == 0) & (np.indices(behind.shape)[0] > 140)], axis=0)
    assert np.median(np.abs(body.colour[behind & (body.alpha > 0.5)] - shirt)) < 0.12


def test_the_background_holds_no_trace_of_the_person() -> None:
    truth, found = planted(), cutout()
    off = np.abs(found.background - truth.wall).mean(axis=-1)
    beyond = cv2.dilate((truth.alpha > 0.0).astype(np.uint8), np.ones((9, 9))) == 0
    assert off[beyond].mean() * 255.0 < 0.5
    for share in SHARES:
        pixels = round(share * len(off))
        uncovered = (found.person > 0.5) & (moved(found.person, pixels) < 0.5)
        assert uncovered.any()
        # Filled smoothly, a wall with stains as wide as a head is met within a tenth of the range of colours.
        assert off[uncovered].mean() < 0.1


def test_colours_go_on_beyond_edges() -> None:
    arm = layer("left_arm")
    rim = (cv2.dilate((arm.alpha > 0.5).astype(np.uint8), np.ones((5, 5))) > 0) & (arm.alpha < 0.1)
    rim &= cutout().person < 0.1
    inner = cv2.GaussianBlur(arm.colour * (arm.alpha > 0.9)[..., None], (0, 0), 4.0)
    inner /= np.maximum(cv2.GaussianBlur((arm.alpha > 0.9).astype(np.float32), (0, 0), 4.0), 1e-3)[..., None]
    from_arm = np.abs(arm.colour - inner)[rim].mean()
    from_wall = np.abs(planted().wall - inner)[rim].mean()
    # Cloth is darker at its rim than inside, so some way to its inside is its own.
    assert from_arm < 0.75 * from_wall


def test_the_same_picture_gives_the_same_cutout() -> None:
    truth = planted(size=160)
    first, second = (cut_out(truth.picture, truth.keypoints, truth.fit) for _ in range(2))
    np.testing.assert_array_equal(first.background, second.background)
    for one, other in zip(first.layers, second.layers, strict=True):
        np.testing.assert_array_equal(one.colour, other.colour)


def test_without_a_fitted_body_points_tell_the_arms() -> None:
    truth = planted()
    found = cut_out(truth.picture, truth.keypoints, None)
    for number, name in enumerate(("left_arm", "right_arm"), start=1):
        arm = next(each for each in found.layers if each.name == name).alpha > 0.5
        assert (truth.part == number)[arm].mean() > 0.85


def test_an_arm_that_is_not_seen_to_the_wrist_stays_with_the_body() -> None:
    truth = planted(size=160)
    scores = truth.keypoints.scores.copy()
    scores[0, body_index("left_wrist")] = scores[0, GROUPS["left_hand"]] = 0.0
    found = cut_out(truth.picture, truth.keypoints.replaced(scores=scores), truth.fit)
    assert {each.name for each in found.layers} == {"body", "right_arm"}


def test_two_persons_one_is_cut_out_and_that_is_said() -> None:
    truth = planted(size=240)
    both = np.concatenate([truth.picture, truth.picture[:, ::-1]], axis=1)
    found = cut_out(both, truth.keypoints.replaced(size=(480, 240)), None)
    other = found.person[:, 240 + 20 :]
    assert (other > 0.5).mean() < 0.02
    assert (found.person[:, :240] > 0.5).mean() > 0.15
    assert any("persons" in note for note in found.notes)


def test_small_and_grey_pictures_are_cut_out() -> None:
    truth = planted(size=64)
    grey = cv2.cvtColor(truth.picture, cv2.COLOR_RGB2GRAY)
    found = cut_out(grey, truth.keypoints, truth.fit)
    inside, seen = truth.alpha > 0.5, found.person > 0.5
    assert (inside & seen).sum() / (inside | seen).sum() > 0.8
    assert np.abs(composite(found.layers, found.background) * 255.0 - grey[..., None]).max() <= 6.0


def test_an_empty_wall_is_refused_in_a_sentence() -> None:
    truth = planted(size=160)
    empty = np.rint(truth.wall * 255.0).astype(np.uint8)
    scores = np.zeros_like(truth.keypoints.scores)
    with pytest.raises(InputError, match="person"):
        cut_out(empty, truth.keypoints.replaced(scores=scores), None)


def test_exact_layers_change_colours_by_what_is_seen_of_them() -> None:
    half = np.full((1, 1), 0.5, np.float32)
    grey = np.full((1, 1, 3), 0.5, np.float32)
    layers = (Layer("body", grey, half), Layer("left_arm", grey, half))
    found = exact(layers, grey, np.full((1, 1, 3), 0.75, np.float32))
    # A quarter of the body is seen and half of the arm: changes stand as 1 to 2 and add up to what is missing.
    body, arm = (each.colour[0, 0, 0] - 0.5 for each in found)
    assert arm == pytest.approx(2.0 * body, abs=1e-4)
    assert 0.25 * body + 0.5 * arm == pytest.approx(0.25, abs=1e-4)


def test_an_arm_before_the_trunk_keeps_its_sleeve() -> None:
    """Cloth before the trunk that looks like the trunk's may be the trunk's, but not what lies on a forearm's bones."""
    truth = planted(turn=-45.0)
    found = cut_out(truth.picture, truth.keypoints, truth.fit)
    alphas = {each.name: each.alpha > 0.5 for each in found.layers}
    assert alphas["left_arm"][(truth.part == 0) & truth.trunk].mean() < 0.02
    points = truth.keypoints.points[0]
    elbow, wrist = (points[body_index(f"left_{joint}")] for joint in ("elbow", "wrist"))
    columns, rows = (elbow + np.linspace(0.2, 1.0, 9)[:, None] * (wrist - elbow)).astype(int).T
    assert alphas["left_arm"][rows, columns].all()
