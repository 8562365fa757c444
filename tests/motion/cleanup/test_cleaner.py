"""Clean-up as a whole: good motion stays as it is, streams come out as files do, and what is absent is left alone."""

from pathlib import Path

import numpy as np
import pytest

from gesta.motion.cleanup.cleaner import Cleaner, clean
from gesta.motion.cleanup.settings import CleanupSettings
from gesta.motion.cleanup.windows import joined
from gesta.motion.reading import read_motion
from gesta.records import Motion
from tests.motion.cleanup.faulty import drifting, trembling, with_a_jump
from tests.motion.cleanup.standing_body import plain_capsules, standing_motion, with_wrist_at
from tests.motion.moving import made_motion

SHARED = Path(__file__).parents[4] / "shared" / "data"
TAKE = SHARED / "beat2" / "smplxflame_30" / "2_scott_0_1_1.npz"


def bad_motion(frames: int = 200) -> Motion:
    """A body with every fault at once."""
    motion = standing_motion(frames)
    goal = np.array([0.05, 1.1, 0.3]) + np.linspace(0.0, 1.0, frames)[:, None] * [0.0, 0.0, -0.25]
    return trembling(with_a_jump(drifting(with_wrist_at(motion, "left", goal)), 120))


def in_pieces(motion: Motion, sizes: tuple[int, ...], cleaner: Cleaner) -> Motion:
    pieces, at, turn = [], 0, 0
    while at < motion.frame_count:
        pieces.append(motion.frames(at, at + sizes[turn % len(sizes)]))
        at, turn = at + sizes[turn % len(sizes)], turn + 1
    return joined(list(cleaner.cleaned(pieces)))


def test_good_motion_is_left_as_it_is() -> None:
    motion = standing_motion()
    found, report = clean(motion, plain_capsules())
    assert np.array_equal(found.rotations, motion.rotations)
    assert np.array_equal(found.translation, motion.translation)
    assert all(row["before"] == row["after"] for row in report.to_dict()["faults"].values())


@pytest.mark.parametrize("sizes", [(1,), (7, 64, 2), (150, 50)])
def test_a_stream_is_what_the_file_is(sizes: tuple[int, ...]) -> None:
    motion = bad_motion()
    whole, told = clean(motion, plain_capsules())
    cleaner = Cleaner(plain_capsules())
    found = in_pieces(motion, sizes, cleaner)
    assert found.frame_count == motion.frame_count
    assert np.allclose(found.rotations, whole.rotations, atol=1e-5)
    assert np.allclose(found.translation, whole.translation, atol=1e-5)
    assert np.array_equal(found.contacts, whole.contacts)
    assert cleaner.report().after.hand_frames == told.after.hand_frames


def test_a_stream_is_as_late_as_it_says() -> None:
    motion, cleaner = bad_motion(), Cleaner(plain_capsules())
    given = 0
    for at in range(motion.frame_count):
        out = cleaner.push(motion.frames(at, at + 1))
        given += out.frame_count if out is not None else 0
        assert given == max(0, at + 1 - cleaner.delay_frames)
    quick = Cleaner(None, CleanupSettings(jitter=False, seams=False))
    quick.push(motion.frames(0, 1))
    assert quick.delay_frames < 0.5 * cleaner.delay_frames


def test_every_fault_is_mended_and_reported() -> None:
    _, report = clean(bad_motion(), plain_capsules())
    before, after = report.before, report.after
    assert before.foot_creep_mm_per_plant is not None and before.foot_creep_mm_per_plant > 20.0
    assert after.foot_creep_mm_per_plant is not None and after.foot_creep_mm_per_plant < 5.0
    assert before.hand_depth_mm is not None and before.hand_depth_mm > 50.0
    assert after.hand_longest_frames is not None and after.hand_longest_frames <= 3
    assert after.limit_joint_frames == 0
    assert all(report.steps.values())


@pytest.mark.parametrize("frames", [1, 2, 3, 12])
def test_the_shortest_motions_come_through(frames: int) -> None:
    found, _ = clean(made_motion(frames), plain_capsules())
    assert found.frame_count == frames


def test_what_a_motion_lacks_is_left_alone() -> None:
    motion = made_motion(60).replaced(parts=frozenset({"upper", "hands"}), floor_known=False, contacts=None)
    found, report = clean(motion)
    assert np.array_equal(found.translation, motion.translation)
    assert not report.steps["feet"] and not report.steps["hands"]
    assert report.after.foot_creep_mm_per_frame is None and report.after.hand_frames is None


@pytest.mark.skipif(not TAKE.is_file(), reason="the real takes (../shared/data) are not here")
def test_a_captured_take_stands_and_keeps_its_accents() -> None:
    motion = read_motion(TAKE).frames(0, 600)
    found, report = clean(motion)
    assert report.after.foot_creep_mm_per_frame is not None and report.after.foot_creep_mm_per_frame < 0.3
    assert report.after.foot_creep_mm_per_plant is not None and report.after.foot_creep_mm_per_plant < 5.0
    assert report.after.limit_joint_frames == 0
    arms = slice(13, 20)
    kept = np.all(found.rotations[:, arms] == motion.rotations[:, arms], axis=(-1, -2))
    assert kept.mean() > 0.97
