"""Kinematics in torch: the numbers of the numpy road, gradients, and joints at rest."""

import numpy as np
import pytest
import torch

from gesta.motion import rotations as numpy_rotations
from gesta.motion.kinematics import forward, sole_positions
from gesta.motion.representation import HAND_JOINTS, LOWER_JOINTS, UPPER_JOINTS
from gesta.motion.skeleton import skeleton
from gesta.motion.torch_kinematics import angle_between, chain, matrix_from_six, six_from_matrix
from tests.motion.moving import made_motion


def test_rotations_agree_with_numpy() -> None:
    random = np.random.default_rng(0)
    six = random.normal(size=(7, 5, 6)).astype(np.float32)
    ours = matrix_from_six(torch.from_numpy(six))
    assert np.allclose(ours.numpy(), numpy_rotations.matrix_from_six(six), atol=1e-5)
    assert torch.allclose(matrix_from_six(six_from_matrix(ours)), ours, atol=1e-6)
    other = ours.flip(0)
    expected = numpy_rotations.angle_between(ours.numpy(), other.numpy())
    assert np.allclose(angle_between(ours, other).numpy(), expected, atol=2e-3)
    assert angle_between(ours, ours).max() < 1e-6


def test_gradients_are_finite_where_rotations_agree_and_where_they_are_opposite() -> None:
    still = torch.eye(3).requires_grad_()
    turned = torch.diag(torch.tensor([-1.0, -1.0, 1.0]))
    (angle_between(still, torch.eye(3)) + angle_between(still, turned)).backward()
    assert still.grad is not None
    assert still.grad.isfinite().all()
    nothing = torch.zeros(2, 6).requires_grad_()
    matrix_from_six(nothing).sum().backward()
    assert nothing.grad is not None
    assert nothing.grad.isfinite().all()


def test_a_chain_of_all_joints_is_forward_kinematics() -> None:
    motion = made_motion(6)
    rest = np.tile(skeleton().offsets[:1].astype(np.float32), (6, 1))
    expected = forward(motion.rotations, rest)
    whole = chain(skeleton().names)
    rotations = torch.from_numpy(motion.rotations.copy()).reshape(2, 3, 55, 3, 3)
    turned, placed = whole.place(rotations)
    assert np.allclose(turned.reshape(6, 55, 3, 3).numpy(), expected.rotations, atol=1e-5)
    assert np.allclose(placed.reshape(6, 55, 3).numpy(), expected.positions, atol=1e-5)
    points = dict(zip(whole.points, whole.positions(rotations).reshape(6, -1, 3).unbind(1), strict=True))
    assert np.allclose(
        points["right_index3"].numpy(), expected.positions[:, skeleton().index("right_index3")], atol=1e-5
    )
    soles = np.stack([points[sole.name].numpy() for sole in skeleton().soles], axis=1)
    assert np.allclose(soles, sole_positions(motion.rotations, rest), atol=1e-5)


@pytest.mark.parametrize("joints", [UPPER_JOINTS, HAND_JOINTS, LOWER_JOINTS, ("left_hip", "left_ankle")])
def test_a_part_turns_while_all_else_rests(joints: tuple[str, ...]) -> None:
    motion = made_motion(4)
    indices = skeleton().indices(joints)
    rotations = np.tile(np.eye(3, dtype=np.float32), (4, 55, 1, 1))
    rotations[:, indices] = motion.rotations[:, indices]
    expected = forward(rotations, np.tile(skeleton().offsets[:1].astype(np.float32), (4, 1)))
    part = chain(joints)
    found = part.positions(torch.from_numpy(motion.rotations[:, indices].copy()))
    for name, position in zip(part.points, found.unbind(1), strict=True):
        if name in skeleton().names:
            assert np.allclose(position.numpy(), expected.positions[:, skeleton().index(name)], atol=1e-5), name
    if joints is HAND_JOINTS:
        assert sum(name.endswith("_tip") for name in part.points) == 10
