"""Rates of points are those that automatic differentiation finds."""

import torch

from gesta.keypoints.bridge.figure_points import figure_points
from gesta.keypoints.bridge.observed import Observed
from gesta.keypoints.bridge.pose_numbers import NUMBERS, numbers_of, place_of, rotations_of
from gesta.keypoints.bridge.prior import pose_prior
from gesta.keypoints.bridge.proportions import NAMES as SIZES
from gesta.keypoints.bridge.rates import rates
from gesta.keypoints.bridge.unknown import COUNT, POSE, strangeness
from gesta.keypoints.layout import body_index
from tests.keypoints.bridge.planted import planted


def test_turning_and_growing() -> None:
    chance = torch.Generator().manual_seed(0)
    numbers, sizes = torch.randn(1, NUMBERS, generator=chance) * 0.5, 1.0 + 0.05 * torch.randn(1, len(SIZES))
    pelvis = torch.tensor([[0.1, 0.2, -2.0]])
    found = rates(numbers, pelvis, sizes)

    def placed(pose: torch.Tensor, build: torch.Tensor) -> torch.Tensor:
        return figure_points()(rotations_of(pose), pelvis, build)

    torch.testing.assert_close(found.points, placed(numbers, sizes))
    turning, growing = torch.autograd.functional.jacobian(placed, (numbers, sizes))
    torch.testing.assert_close(found.turning[0], turning[0, :, :, 0].permute(2, 1, 0), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(found.growing[0], growing[0, :, :, 0].permute(2, 1, 0), atol=1e-5, rtol=1e-4)


def test_no_turn_has_a_rate_too() -> None:
    found = rates(torch.zeros(1, NUMBERS), torch.zeros(1, 3), torch.ones(1, len(SIZES)))
    assert bool(torch.isfinite(found.turning).all())
    assert float(found.turning.abs().max()) > 0.5


def test_gradient_of_the_cost() -> None:
    person = planted(noise_px=4.0)
    seen = Observed.of(person.keypoints)
    row = seen.start(person.numbers + 0.1).requires_grad_()
    cost, gradient, curvature = seen.normal(row.detach())
    torch.testing.assert_close(cost, seen.cost(row.detach()))
    seen.cost(row).sum().backward()
    torch.testing.assert_close(gradient, row.grad, rtol=2e-3, atol=2e-3 * float(gradient.abs().max()))
    assert float(torch.linalg.eigvalsh(curvature.double()).min()) > -1e-3


def test_numbers_and_rotations_go_round() -> None:
    numbers = planted().numbers
    again = numbers_of(rotations_of(numbers).double().numpy())
    torch.testing.assert_close(torch.tensor(again, dtype=torch.float32), numbers, atol=1e-4, rtol=1e-4)


def test_the_neck_is_half_way_between_the_shoulders_in_any_pose() -> None:
    points = planted().points[0]
    first, second, neck = (points[body_index(name)] for name in ("left_shoulder", "right_shoulder", "neck"))
    torch.testing.assert_close(neck, (first + second) / 2.0)


def test_legs_that_bend_backwards_cost() -> None:
    row = torch.zeros(1, COUNT)
    row[:, POSE] = pose_prior().mean
    before = strangeness(row)[0]
    row[0, place_of("left_knee").start] = -0.5
    cost, pull, stiff = strangeness(row)
    assert float(cost) > float(before) + 50.0
    assert float(pull[0, place_of("left_knee").start]) < -100.0
    assert int((stiff > 0.0).sum()) == 1
