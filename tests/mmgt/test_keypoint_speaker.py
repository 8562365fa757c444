"""Speaking keypoints of any length: counts, seeds, beginnings, seams, memory; on a network whose answers are exact."""

import tracemalloc
from typing import cast

import numpy as np
import pytest

from gesta.audio.video_features.protocol import VideoFeatures
from gesta.errors import InputError
from gesta.keypoints.layout import LEGS
from gesta.records import Keypoints
from tests.mmgt.smooth_poses import Rows, first_pose, slow_rows, smooth_speaker, speech_of, take

WINDOW, OVERLAP = 80, 16
HOP = WINDOW - OVERLAP


@pytest.mark.parametrize("preset", ["gesta", "official"])
@pytest.mark.parametrize("frames", [3, 5, 79, 80, 81, HOP + WINDOW, HOP + WINDOW + 1, 300])
def test_one_frame_for_each_that_is_heard(preset: str, frames: int) -> None:
    made = take(smooth_speaker(preset), slow_rows(frames), frames, steps=2)
    assert made.frame_count == frames
    assert made.size == (512, 512)
    assert made.fps == 25


def test_a_take_begins_with_the_pose_that_is_given() -> None:
    made = take(smooth_speaker(), slow_rows(50), 50, steps=4)
    assert np.allclose(made.points[0], first_pose().points[0], atol=1e-3)
    assert np.abs(made.points[1] - made.points[0]).mean() < 3.0


def test_the_seed_alone_decides() -> None:
    rows = slow_rows(200)
    one, same, other = (take(smooth_speaker(), rows, 200, steps=4, seed=seed) for seed in (5, 5, 6))
    assert np.array_equal(one.points, same.points)
    assert np.abs(one.points - other.points).mean() > 5.0


def test_features_may_come_in_any_stretches() -> None:
    speaker, rows = smooth_speaker(), slow_rows(200)
    parts = [
        list(speaker.stretches(cast(VideoFeatures, Rows(rows, at_once)), speech_of(200), first_pose(), steps=2))
        for at_once in (1, 500)
    ]
    one, other = (np.concatenate([part.points for part in stretches]) for stretches in parts)
    assert np.array_equal(one, other)


def test_a_longer_recording_begins_as_a_shorter_one() -> None:
    """Up to the window in which the shorter one ends: what is heard there differs."""
    rows = slow_rows(400)
    short, long = (take(smooth_speaker(), rows, frames, steps=4) for frames in (230, 400))
    same = 2 * HOP + OVERLAP
    assert np.array_equal(short.points[:same], long.points[:same])
    assert not np.array_equal(short.points[same:], long.points[same:230])


def test_frames_come_as_soon_as_their_window_is_heard() -> None:
    features = Rows(slow_rows(1000))
    stretches = smooth_speaker().stretches(cast(VideoFeatures, features), speech_of(1000), first_pose(), steps=2)
    assert next(stretches).frame_count == HOP
    assert features.given < WINDOW + features.at_once


def test_memory_does_not_grow_with_length() -> None:
    speaker = smooth_speaker("gesta", sampling={"steps": 1})

    def peak(frames: int) -> int:
        rows = np.broadcast_to(slow_rows(1), (frames, 4))
        features = Rows(np.zeros((1, 4)))
        features.rows = rows
        tracemalloc.start()
        for _ in speaker.stretches(cast(VideoFeatures, features), speech_of(frames), first_pose(seen=False)):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(100)
    assert peak(8000) < 1.2 * peak(800)


def jerks(made: Keypoints) -> np.ndarray:
    """Mean size of the third difference, for each frame that it begins with: pixels a frame cubed."""
    return np.asarray(np.linalg.norm(np.diff(made.points, n=3, axis=0), axis=-1).mean(axis=1))


def at_seams(frames: int) -> np.ndarray:
    """Which third differences touch frames that two windows share."""
    found = np.zeros(frames - 3, dtype=bool)
    for join in range(WINDOW, frames - WINDOW, HOP):
        found[join - OVERLAP - 3 : join] = True
    return found


@pytest.mark.parametrize("steps", [50, 20, 8, 4])
@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_seams_cannot_be_told_by_jerk(steps: int, eta: float) -> None:
    """At the joins of windows jerk lies where it lies elsewhere, in the mean and at its largest."""
    frames = 20 * HOP
    found = jerks(take(smooth_speaker(), slow_rows(frames), frames, steps=steps, eta=eta))
    seam = at_seams(frames)
    assert found[seam].mean() < np.quantile(found[~seam], 0.95)
    assert found[seam].max() <= 1.15 * found[~seam].max()
    assert 0.7 < found[seam].mean() / found[~seam].mean() < 1.4


def test_seams_of_a_network_that_has_not_learned_to_continue() -> None:
    """The released one's case: within 2.5 times the mean jerk of very smooth motion, where a cut has 100 times it."""
    frames = 20 * HOP
    found = jerks(take(smooth_speaker(continuing="replaced"), slow_rows(frames), frames, steps=50))
    seam = at_seams(frames)
    assert found[seam].mean() < 2.5 * found[~seam].mean()
    cut = np.concatenate([take(smooth_speaker(), slow_rows(HOP), HOP, seed=seed).points for seed in range(4)])
    assert jerks(first_pose().replaced(points=cut, scores=np.ones(cut.shape[:2])))[HOP - 3 : HOP].mean() > 5.0


def test_motion_does_not_die_away() -> None:
    """Windows late in a take move as much as the first ones do."""
    frames = 20 * HOP
    made = take(smooth_speaker(), slow_rows(frames), frames, steps=20)
    speed = np.linalg.norm(np.diff(made.points, axis=0), axis=-1).mean(axis=1)
    assert speed[-5 * HOP :].mean() == pytest.approx(speed[: 5 * HOP].mean(), rel=0.15)


def test_as_published_poses_come_late_and_legs_never() -> None:
    """The pose that is given stands before all others; knees and ankles are absent."""
    rows = slow_rows(60)
    late = take(smooth_speaker("official", continuing="replaced"), rows, 60, steps=3)
    step = take(smooth_speaker("official", timing="as_published", legs="kept"), rows, 60, steps=3)
    assert np.array_equal(late.scores[:, LEGS], np.zeros_like(late.scores[:, LEGS]))
    assert np.allclose(step.points[0], first_pose().points[0], atol=1e-3)


def test_speech_moves_poses_in_step() -> None:
    """A jolt in the speech is seen in the frame that hears it, and as published one frame later."""
    rows = np.zeros((60, 4))
    rows[30] = 0.2
    for timing, at in (("in_step", 30), ("as_published", 31)):
        speaker = smooth_speaker("gesta", timing=timing)
        with_jolt, without = (take(speaker, heard, 60, steps=4, guidance=1.0).points for heard in (rows, rows * 0.0))
        assert np.abs(with_jolt - without).mean(axis=(1, 2)).argmax() == at


def test_one_candidate_is_the_usual_case_and_more_change_the_take() -> None:
    rows = slow_rows(4 * WINDOW)
    speaker = smooth_speaker(continuing="replaced")
    usual, one, five = (
        take(speaker, rows, 4 * WINDOW, steps=8, **options) for options in ({}, {"candidates": 1}, {"candidates": 5})
    )
    assert np.array_equal(usual.points, one.points)
    assert not np.allclose(one.points, five.points)


def test_what_does_not_fit_is_refused_before_anything_is_made() -> None:
    features = cast(VideoFeatures, Rows(np.zeros((10, 5))))
    with pytest.raises(ValueError, match="1 x 5 numbers do not fit a network that hears 4"):
        smooth_speaker().stretches(features, speech_of(10), first_pose())
    fitting = cast(VideoFeatures, Rows(np.zeros((10, 4))))
    with pytest.raises(InputError, match="steps"):
        smooth_speaker().stretches(fitting, speech_of(10), first_pose(), steps=0)
    two = first_pose().replaced(points=np.zeros((2, 134, 2)), scores=np.zeros((2, 134)))
    with pytest.raises(ValueError, match="one frame"):
        smooth_speaker().stretches(fitting, speech_of(10), two)
