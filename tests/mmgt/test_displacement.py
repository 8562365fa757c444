"""What noise covers: displacements by hand, faces and hands told from nose and wrists, the way back."""

import pytest
import torch
from torch import Tensor

from gesta.keypoints.layout import GROUPS, body_index
from gesta.keypoints.vectors import VECTOR_SIZE
from gesta.mmgt.displacement import SHAPE_UNITS, UNIT, diffused, limits, shown, told, undiffused
from gesta.mmgt.smga_config import SmgaConfig, smga_config
from gesta.records import KEYPOINT_COUNT

FRAMES = 6
KINDS = ("shapes", "displacements", "poses")
SHAPES, DISPLACEMENTS, POSES = CONFIGS = [smga_config("gesta", diffused=kind) for kind in KINDS]
WRIST, FINGER = body_index("left_wrist"), GROUPS["left_hand"].start + 8


@pytest.mark.parametrize("config", CONFIGS, ids=KINDS)
def test_there_and_back_and_within_the_limits(config: SmgaConfig) -> None:
    poses, initial = 2.0 * torch.rand(2, FRAMES, VECTOR_SIZE) - 1.0, 2.0 * torch.rand(2, VECTOR_SIZE) - 1.0
    values = diffused(poses, initial, config)
    assert torch.allclose(undiffused(values, initial, config), poses, atol=1e-5)
    least, most = limits(initial, config)
    assert ((least <= values + 1e-4) & (values <= most + 1e-4)).all()


def moved(by: dict[int, float]) -> tuple[Tensor, Tensor]:
    """Poses (1, 2, V) in whose second frame some points have gone by so much to the right, and the first one (1, V)."""
    poses = torch.rand(1, 1, KEYPOINT_COUNT, 3).repeat(1, 2, 1, 1)
    for point, far in by.items():
        poses[:, 1, point, 0] += far
    return poses.flatten(2), poses[:, 0].flatten(1)


def test_a_hand_that_goes_with_its_wrist_keeps_its_shape() -> None:
    hand = range(GROUPS["left_hand"].start, GROUPS["left_hand"].stop)
    values = diffused(*moved({WRIST: 0.05} | dict.fromkeys(hand, 0.05)), SHAPES).reshape(2, KEYPOINT_COUNT, 3)
    assert values[1, WRIST, 0].item() == pytest.approx(0.05 / UNIT, abs=1e-5)
    values[1, WRIST, 0] = 0.0
    assert values.abs().max() < 1e-4


def test_a_finger_counts_in_units_of_its_hand() -> None:
    values = diffused(*moved({FINGER: 0.05}), SHAPES).reshape(2, KEYPOINT_COUNT, 3)
    assert values[1, FINGER, 0].item() == pytest.approx(0.05 / SHAPE_UNITS["left_hand"], abs=1e-4)
    values[1, FINGER, 0] = 0.0
    assert values.abs().max() < 1e-4


def test_a_point_is_told_as_well_as_what_it_is_told_from() -> None:
    scores = torch.ones(FRAMES, KEYPOINT_COUNT)
    scores[2:, WRIST], scores[:, FINGER] = 0.1, 0.4
    found = told(scores, SHAPES)
    assert found[:, FINGER].tolist() == pytest.approx([0.4, 0.4, 0.1, 0.1, 0.1, 0.1])
    assert found[:, FINGER + 1].tolist() == pytest.approx([1.0, 1.0, 0.1, 0.1, 0.1, 0.1])
    assert torch.equal(found[:, : GROUPS["left_hand"].start], scores[:, : GROUPS["left_hand"].start])
    assert torch.equal(told(scores, DISPLACEMENTS), scores)


def test_displacements_count_in_units_of_fifty_pixels_and_go_back() -> None:
    poses, initial = torch.rand(2, FRAMES, VECTOR_SIZE), torch.rand(2, VECTOR_SIZE)
    values = diffused(poses, initial, DISPLACEMENTS)
    assert torch.allclose(values[0, 1, 0], (poses[0, 1, 0] - initial[0, 0]) / UNIT)
    assert torch.allclose(values[0, 1, 2], poses[0, 1, 2] - initial[0, 2])
    assert torch.allclose(undiffused(values, initial, DISPLACEMENTS), poses, atol=1e-6)
    least, most = limits(initial, DISPLACEMENTS)
    assert torch.allclose(undiffused(most, initial, DISPLACEMENTS), torch.ones(2, 1, VECTOR_SIZE), atol=1e-6)
    assert torch.allclose(undiffused(least, initial, DISPLACEMENTS), -torch.ones(2, 1, VECTOR_SIZE), atol=1e-6)
    assert diffused(poses, initial, POSES) is poses


def test_the_network_is_told_shapes_of_face_and_hands_and_places_of_the_body() -> None:
    pose = torch.zeros(1, KEYPOINT_COUNT, 3)
    pose[..., 2] = 0.5
    pose[:, GROUPS["face"], :2] = 0.3
    lip = GROUPS["face"].start + 60
    pose[0, lip, 1] += 0.0068
    pose[0, 2, 0] = 0.2
    heard = shown(pose.flatten(1), SHAPES).reshape(KEYPOINT_COUNT, 3)
    # 3.4 pixels of 512, less the 68th part that the middle goes along.
    assert heard[lip, 1].item() == pytest.approx(0.34 * 67 / 68, abs=1e-5)
    assert heard[lip, 0].item() == pytest.approx(0.0, abs=1e-5)
    assert heard[2].tolist() == pytest.approx([2.0, 0.0, 0.5])
    assert torch.equal(shown(pose.flatten(1), smga_config("official")), pose.flatten(1))
