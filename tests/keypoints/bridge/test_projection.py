"""Motions as a person's points: they land where the person is, lips part, hidden points score low."""

from functools import cache

import numpy as np
import pytest
import torch

from gesta.keypoints.bridge import projection
from gesta.keypoints.bridge.body_fit import BodyFit
from gesta.keypoints.bridge.fit import fit_picture
from gesta.keypoints.bridge.hiding import HIDDEN
from gesta.keypoints.bridge.pose_numbers import rotations_of
from gesta.keypoints.bridge.projection import project_motion, projected
from gesta.keypoints.layout import GROUPS, VISIBLE, body_index
from gesta.motion.face import ARKIT_INDEX
from gesta.motion.skeleton import skeleton
from gesta.records import KEYPOINT_COUNT, Motion
from gesta.units import MOTION_FPS
from tests.keypoints.bridge.planted import SIZE, planted

INNER_LIPS = (GROUPS["face"].start + 62, GROUPS["face"].start + 66)
"""The middle of the upper and of the lower one."""


@cache
def person() -> BodyFit:
    return fit_picture(planted().keypoints)


def in_own_pose(frames: int = 1) -> Motion:
    """The person's own pose, held, somewhere else in the world."""
    rotations = rotations_of(person().numbers).numpy().repeat(frames, axis=0)
    face = person().face.numpy().repeat(frames, axis=0)
    return Motion(rotations, np.tile(np.array((0.3, 0.9, 1.0)), (frames, 1)), face)


def turned(motion: Motion, joint: str, degrees: float, axis: int) -> Motion:
    """A joint turned further about an axis of its parent."""
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    turn = np.eye(3)
    one, other = (axis + 1) % 3, (axis + 2) % 3
    turn[one, one], turn[other, other], turn[one, other], turn[other, one] = cosine, cosine, -sine, sine
    rotations = np.array(motion.rotations)
    rotations[:, skeleton().index(joint)] = turn @ rotations[:, skeleton().index(joint)]
    return motion.replaced(rotations=rotations)


def test_the_persons_own_pose_lands_on_the_fit() -> None:
    found = project_motion(in_own_pose(), person(), SIZE)
    np.testing.assert_allclose(found.points[0], person().landed()[0], atol=0.05)
    assert found.size == SIZE and found.fps == MOTION_FPS


def test_the_usual_neck_is_the_persons() -> None:
    motion = turned(in_own_pose(3), "spine1", 20.0, 0)
    found = project_motion(motion, person(), SIZE)
    neck = body_index("neck")
    np.testing.assert_allclose(found.points[:, neck], person().landed()[[0, 0, 0], neck], atol=0.05)


def test_an_open_jaw_parts_the_lips_only() -> None:
    face = np.zeros((1, 52), np.float32)
    shut = project_motion(in_own_pose().replaced(face=face), person(), SIZE)
    face[0, ARKIT_INDEX["jawOpen"]] = 1.0
    opened = project_motion(in_own_pose().replaced(face=face), person(), SIZE)
    gaps = [points.points[0, INNER_LIPS[1], 1] - points.points[0, INNER_LIPS[0], 1] for points in (shut, opened)]
    assert gaps[1] - gaps[0] > 0.015 * 1500.0 / 2.2
    np.testing.assert_allclose(shut.points[0, GROUPS["left_hand"]], opened.points[0, GROUPS["left_hand"]], atol=1e-4)


def test_what_lies_outside_scores_nothing_and_what_is_hidden_little() -> None:
    found = project_motion(turned(in_own_pose(), "pelvis", 180.0, 1), person(), SIZE)
    inside = ((found.points[0] >= 0.0) & (found.points[0] < np.array(SIZE))).all(axis=-1)
    assert (found.scores[0, ~inside] == 0.0).all() and (found.scores[0, inside] >= HIDDEN - 1e-6).all()
    assert found.scores[0, body_index("nose")] < VISIBLE
    front = project_motion(in_own_pose(), person(), SIZE)
    seen = [body_index(name) for name in ("nose", "neck", "left_shoulder", "right_shoulder", "left_eye", "right_eye")]
    assert (front.scores[0, seen] > 0.9).all()
    assert (front.scores[0, GROUPS["face"]] > VISIBLE).mean() > 0.9


def test_a_head_turned_far_hides_its_other_ear() -> None:
    found = project_motion(turned(in_own_pose(), "neck", 60.0, 1), person(), SIZE)
    scores = found.scores[0, [body_index("left_ear"), body_index("right_ear")]]
    assert scores.min() < VISIBLE < scores.max()


def test_blocks_make_the_same_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    motion = in_own_pose(5)
    whole = project_motion(motion, person(), SIZE)
    monkeypatch.setattr(projection, "FRAMES_AT_ONCE", 2)
    blocks = list(projected(motion, person(), SIZE))
    assert [block.frame_count for block in blocks] == [2, 2, 1]
    np.testing.assert_allclose(np.concatenate([block.points for block in blocks]), whole.points, atol=1e-3)


def test_hiding_that_is_looked_at_seldom_is_right_where_it_is() -> None:
    motion = turned(in_own_pose(20), "pelvis", 0.0, 1)
    rotations = np.array(motion.rotations)
    for frame in range(20):
        rotations[frame] = turned(motion, "neck", 4.0 * frame, 1).rotations[frame]
    motion = motion.replaced(rotations=rotations)
    each = project_motion(motion, person(), SIZE)
    blocks = list(projected(motion, person(), SIZE, hiding_each=6))
    scores = np.concatenate([block.scores for block in blocks])
    looked = [0, 6, 12, 18, 19]
    np.testing.assert_allclose(scores[looked], each.scores[looked], atol=1e-6)
    np.testing.assert_array_equal(np.concatenate([block.points for block in blocks]), each.points)
    inside = (each.scores > 0.0).all(axis=0)
    middle = (scores[0, inside] + scores[6, inside]) / 2.0
    np.testing.assert_allclose(scores[3, inside], middle, atol=1e-6)


def test_points_that_a_person_has_elsewhere_move_with_what_carries_them() -> None:
    made = torch.zeros(KEYPOINT_COUNT, 3)
    nose = body_index("nose")
    made[nose, 1] = 0.02
    usual = project_motion(in_own_pose(), person(), SIZE)
    blocks = list(projected(in_own_pose(), person(), SIZE, made=made))
    away = blocks[0].points[0] - usual.points[0]
    per_metre = person().focal / -float(person().points()[0, nose, 2])
    assert np.linalg.norm(away[nose]) == pytest.approx(0.02 * per_metre * float(person().sizes.flatten()[9]), rel=0.15)
    assert np.abs(np.delete(away, nose, axis=0)).max() == 0.0
