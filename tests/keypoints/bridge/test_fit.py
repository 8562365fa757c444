"""Fits of pictures against planted truth, and what is refused."""

import numpy as np
import pytest
import torch

from gesta.errors import InputError
from gesta.keypoints.bridge.body_fit import MEASURED
from gesta.keypoints.bridge.fit import fit_picture
from gesta.keypoints.layout import GROUPS, HANDS, body_index
from tests.keypoints.bridge.planted import from_neck, planted

ARMS = [body_index(f"{side}_{joint}") for side in ("left", "right") for joint in ("elbow", "wrist")]


@pytest.mark.parametrize("seed", [3, 5])
def test_a_planted_pose_is_found_in_depth_too(seed: int) -> None:
    person = planted(seed=seed, noise_px=1.0)
    fit = fit_picture(person.keypoints)
    true, found = from_neck(person.points)[ARMS], from_neck(fit.points())[ARMS]
    assert float((true - found).norm(dim=-1).median()) < 0.15
    assert float(fit.error) < 0.01
    np.testing.assert_allclose(fit.landed()[0, ARMS], person.keypoints.points[0, ARMS], atol=6.0)


def test_error_is_the_median_distance_in_widths_of_the_shoulders() -> None:
    person = planted(noise_px=8.0)
    fit = fit_picture(person.keypoints)
    points = torch.tensor(person.keypoints.points[0])
    across = (points[body_index("left_shoulder")] - points[body_index("right_shoulder")]).norm()
    seen = [number for number in MEASURED if person.keypoints.scores[0, number] > 0]
    away = (fit.landed()[0] - points)[seen].norm(dim=-1) / across
    assert float(fit.error) == pytest.approx(float(away.median()), rel=1e-3)


def test_the_same_seed_gives_the_same_fit() -> None:
    keypoints = planted().keypoints
    assert torch.equal(fit_picture(keypoints, 4).numbers, fit_picture(keypoints, 4).numbers)


def test_one_wrong_finger_does_not_bend_the_arm() -> None:
    person = planted()
    points = np.array(person.keypoints.points)
    points[0, GROUPS[HANDS[0]].start + 8] += 300.0
    fit = fit_picture(person.keypoints.replaced(points=points))
    np.testing.assert_allclose(fit.landed()[0, ARMS], person.keypoints.points[0, ARMS], atol=10.0)


def test_bones_stay_within_their_limits() -> None:
    person = planted()
    wide = np.array(person.keypoints.points)
    wide[..., 0] = 384.0 + (wide[..., 0] - 384.0) * 1.15
    sizes = fit_picture(person.keypoints.replaced(points=wide)).sizes
    assert bool(((sizes > 0.85) & (sizes < 1.15)).all())


def test_points_that_are_no_body_are_refused() -> None:
    person = planted()
    points = np.array(person.keypoints.points)
    points[0, MEASURED] = points[0, MEASURED][::-1]
    with pytest.raises(InputError, match="take a picture that shows head, shoulders and arms"):
        fit_picture(person.keypoints.replaced(points=points))


def test_a_hand_may_hide_a_shoulder() -> None:
    person = planted()
    scores = np.array(person.keypoints.scores)
    scores[0, body_index("left_shoulder")] = 0.0
    fit = fit_picture(person.keypoints.replaced(scores=scores))
    np.testing.assert_allclose(fit.landed()[0, ARMS], person.keypoints.points[0, ARMS], atol=6.0)
    assert float(fit.error) < 0.01


def test_hidden_shoulders_are_said() -> None:
    person = planted()
    scores = np.array(person.keypoints.scores)
    scores[0, [body_index(name) for name in ("left_shoulder", "right_shoulder")]] = 0.0
    with pytest.raises(InputError, match="Both shoulders must be seen"):
        fit_picture(person.keypoints.replaced(scores=scores))
