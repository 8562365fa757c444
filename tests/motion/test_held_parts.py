"""Locked parts: exactly one pose throughout, whatever clean-up and kept frames do; the others as they were."""

import numpy as np
import pytest

import gesta
from gesta.errors import InputError
from gesta.motion.held_parts import LOCKABLE, HeldParts, checked_parts
from gesta.motion.keeping import JOINTS_OF_PART, Kept
from gesta.motion.kinematics import sole_positions
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from gesta.take import join_motion
from tests.motion.moving import made_motion

SOUND = np.random.default_rng(0).normal(0, 0.1, 4 * 16_000).astype(np.float32)
FREE = {"procedural": {}, "debug": {"decoding": "single"}}


def spoken(model: str, **options: object) -> Motion:
    return gesta.load(model).speak(SOUND, sample_rate=16_000, **FREE[model], **options).motion


def joints_of(part: str) -> list[int]:
    return skeleton().indices(JOINTS_OF_PART[part])


def all_as(frame: Motion, at: int, part: str) -> np.ndarray:
    """A part of one frame, to be compared with many."""
    return frame.rotations[at : at + 1, joints_of(part)]


def is_constant(array: np.ndarray) -> bool:
    return bool(np.array_equal(array, np.broadcast_to(array[:1], array.shape)))


@pytest.mark.parametrize("model", FREE)
@pytest.mark.parametrize("part", LOCKABLE)
def test_a_locked_part_holds_one_pose_and_the_others_move(model: str, part: str) -> None:
    motion = spoken(model, lock=part, clean=True)
    assert is_constant(motion.rotations[:, joints_of(part)])
    assert is_constant(motion.face) == (part == "face")
    assert is_constant(motion.translation) == (part == "lower")
    moving = [other for other in LOCKABLE[:3] if other != part]
    assert not any(is_constant(motion.rotations[:, joints_of(other)]) for other in moving)
    assert motion.provenance["locked"] == [part]


def test_what_is_not_locked_is_as_it_would_have_been() -> None:
    free, locked = (spoken("procedural", clean=False, lock=lock) for lock in (None, ("lower", "face")))
    others = [joint for part in ("upper", "hands") for joint in joints_of(part)]
    assert np.array_equal(free.rotations[:, others], locked.rotations[:, others])
    assert "locked" not in free.provenance
    assert np.array_equal(locked.rotations[:, joints_of("lower")][0], free.rotations[:, joints_of("lower")][0])


def test_locked_feet_stand_on_the_floor() -> None:
    motion = spoken("procedural", lock="lower")
    soles = sole_positions(motion.rotations, motion.translation)
    assert np.ptp(soles, axis=0).max() < 1e-6
    assert np.abs(soles[..., 1]).max() < 5e-3
    assert (motion.contacts == 1.0).all()
    afloat = made_motion(10).replaced(contacts=np.zeros((10, 4)))
    held = HeldParts({"lower"})
    (found,) = held.of(iter([afloat]))
    assert sole_positions(found.rotations, found.translation)[..., 1].min() == pytest.approx(0.0, abs=1e-5)
    assert found.contacts.max() == 1.0


def test_a_locked_face_is_at_rest() -> None:
    assert not spoken("procedural", lock="face").face.any()


def test_a_stretch_that_comes_later_is_held_as_the_first() -> None:
    whole = made_motion(40)
    held = HeldParts({"upper"})
    parts = list(held.of(iter([whole.frames(0, 7), whole.frames(7, 40)])))
    joined = join_motion(iter(parts), 40, held=held)
    assert (joined.rotations[:, joints_of("upper")] == all_as(whole, 0, "upper")).all()
    assert np.array_equal(joined.rotations[:, joints_of("lower")], whole.rotations[:, joints_of("lower")])


def test_with_kept_frames_the_pose_is_that_of_the_first_of_them() -> None:
    new, old = made_motion(60), made_motion(60, seed=1)
    held = HeldParts({"hands"}, kept := Kept(old, ((20, 30),), "old.npz"))
    joined = join_motion(held.of(iter([new])), 60, kept, held=held)
    assert (joined.rotations[:, joints_of("hands")] == all_as(old, 20, "hands")).all()
    assert np.allclose(joined.rotations[20:30, joints_of("upper")], old.rotations[20:30, joints_of("upper")], atol=1e-6)
    armless = old.replaced(parts=frozenset({"upper"}))
    held = HeldParts({"hands"}, Kept(armless, ((20, 30),), "old.npz"))
    (found,) = held.of(iter([new]))
    assert np.array_equal(found.rotations[5, joints_of("hands")], new.rotations[0, joints_of("hands")])


def test_parts_are_named_by_words_with_commas() -> None:
    assert checked_parts(None) == checked_parts("") == frozenset()
    assert checked_parts("lower, face") == checked_parts(["lower", "face"]) == {"lower", "face"}
    with pytest.raises(InputError, match="did you mean lower"):
        checked_parts("lowr")
    with pytest.raises(InputError, match="nothing would move"):
        checked_parts("lower,upper,hands,face")
