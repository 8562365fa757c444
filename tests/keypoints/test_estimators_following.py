"""Following a person: when the detector looks, where the box is, and what happens at cuts."""

import numpy as np

from gesta.keypoints.estimators.dwpose_config import DWPoseConfig
from gesta.keypoints.estimators.following import Follower, Found
from gesta.records import KEYPOINT_COUNT

IMAGE = np.zeros((400, 400, 3), np.uint8)
CROP = 1.5
"""The finder sees this much more than the box."""


class Stage:
    """A finder whose persons stand where it is told; points are found only within the box."""

    def __init__(self, *middles: tuple[float, float]) -> None:
        self.middles = [np.array(middle) for middle in middles]
        self.looks = 0
        self.boxes: list[np.ndarray] = []
        self.missed = False

    def persons(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        assert image is IMAGE
        self.looks += 1
        if self.missed:
            return np.zeros((0, 4)), np.zeros(0)
        boxes = [np.concatenate([middle - 50.0, middle + 50.0]) for middle in self.middles]
        return np.array(boxes).reshape(-1, 4), np.linspace(0.9, 0.5, len(boxes))

    def points(self, image: np.ndarray, box: np.ndarray) -> Found:
        assert image is IMAGE
        self.boxes.append(box)
        points, scores = np.full((KEYPOINT_COUNT, 2), -1.0), np.zeros(KEYPOINT_COUNT)
        centre, reach = (box[:2] + box[2:]) / 2.0, (box[2:] - box[:2]) / 2.0 * CROP
        for middle in self.middles:
            if (np.abs(middle - centre) <= reach).all():
                points = middle + np.linspace(-45.0, 45.0, KEYPOINT_COUNT)[:, None]
                scores = np.ones(KEYPOINT_COUNT)
        return points, scores


def followed(stage: Stage, frames: int, step: tuple[float, float] = (0.0, 0.0), **changes: object) -> list[Found]:
    follower = Follower(stage, DWPoseConfig(**changes))
    found = []
    for _ in range(frames):
        found.append(follower.next(IMAGE))
        stage.middles = [middle + step for middle in stage.middles]
    return found


def test_the_detector_looks_only_now_and_then() -> None:
    stage = Stage((100.0, 100.0))
    followed(stage, 50, look_again=25)
    assert stage.looks == 2
    stage = Stage((100.0, 100.0))
    followed(stage, 50, follow=False)
    assert stage.looks == 50


def test_the_box_stays_while_the_person_does_and_moves_along_otherwise() -> None:
    still, moving = Stage((100.0, 100.0)), Stage((100.0, 100.0))
    followed(still, 30, look_again=100)
    assert len({tuple(box) for box in still.boxes}) == 1
    found = followed(moving, 60, step=(4.0, 1.0), look_again=100)
    assert moving.looks == 1
    assert all(scores.all() for _, scores in found)
    np.testing.assert_allclose(found[-1][0].mean(axis=0), [100.0 + 59 * 4.0, 100.0 + 59.0])


def test_somebody_else_does_not_take_over() -> None:
    stage = Stage((100.0, 100.0))
    follower = Follower(stage, DWPoseConfig(person="first", look_again=2))
    follower.next(IMAGE)
    stage.middles.insert(0, np.array([300.0, 300.0]))
    for _ in range(6):
        points, _ = follower.next(IMAGE)
        np.testing.assert_allclose(points.mean(axis=0), [100.0, 100.0], atol=1e-9)


def test_after_a_cut_the_person_is_found_again_in_the_same_frame() -> None:
    stage = Stage((60.0, 60.0))
    follower = Follower(stage, DWPoseConfig(look_again=100))
    follower.next(IMAGE)
    stage.middles = [np.array([320.0, 300.0])]
    points, scores = follower.next(IMAGE)
    assert scores.all()
    np.testing.assert_allclose(points.mean(axis=0), [320.0, 300.0])
    assert stage.looks == 2


def test_a_detector_that_misses_a_person_who_is_seen_does_not_end_it() -> None:
    stage = Stage((100.0, 100.0))
    follower = Follower(stage, DWPoseConfig(look_again=1))
    follower.next(IMAGE)
    stage.missed = True
    assert follower.next(IMAGE)[1].all()


def test_whoever_leaves_is_looked_for_until_back() -> None:
    stage = Stage((100.0, 100.0))
    follower = Follower(stage, DWPoseConfig(look_again=100))
    follower.next(IMAGE)
    stage.middles = []
    assert not any(follower.next(IMAGE)[1].any() for _ in range(3))
    stage.middles = [np.array([200.0, 200.0])]
    assert follower.next(IMAGE)[1].all()
