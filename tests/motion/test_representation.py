"""The representation: the layout of the method, the way there and back, and its statistics."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesta.errors import InputError
from gesta.motion.representation import Representation, rest_channels
from gesta.motion.rotations import angle_between
from gesta.motion.skeleton import skeleton
from gesta.motion.statistics import Statistics
from gesta.records import Motion
from tests.motion.moving import made_motion

BASES = ("arkit52", "flame100")


def test_the_layout_is_that_of_the_method() -> None:
    flame, arkit = (Representation(basis) for basis in ("flame100", "arkit52"))
    sizes = {part: flame.size(part) for part in flame.parts}
    assert sizes == {"upper": 78, "hands": 180, "lower": 61, "face": 106}
    assert arkit.size("face") == 52
    assert flame.slice("lower", "translation") == slice(54, 57)
    assert flame.slice("lower", "contacts") == slice(57, 61)
    assert flame.slice("face", "jaw") == slice(0, 6)
    joints = {part: skeleton().indices(blocks[0].joints) for part, blocks in flame.parts.items()}
    assert joints["upper"] == [3, 6, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]
    assert joints["hands"] == list(range(25, 55))
    assert joints["lower"] == [0, 1, 2, 4, 5, 7, 8, 10, 11]
    with pytest.raises(KeyError, match="no block"):
        flame.slice("upper", "translation")
    with pytest.raises(InputError, match="Unknown face basis"):
        Representation("flame")


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(BASES), st.integers(0, 1000), st.integers(1, 9))
def test_there_and_back(basis: str, seed: int, frames: int) -> None:
    motion = made_motion(frames, basis, seed, size=2.5)
    at_rest = motion.rotations.copy()
    at_rest[:, 23:25] = np.eye(3)  # eyes are in no part
    motion = motion.replaced(rotations=at_rest)
    representation = Representation(basis)
    parts = representation.encode(motion)
    assert all(values.dtype == np.float32 for values in parts.values())
    found = representation.decode(parts, provenance=motion.provenance, attention=motion.attention)
    assert angle_between(found.rotations, motion.rotations).max() < 1e-5
    assert np.array_equal(found.translation, motion.translation)
    assert np.array_equal(found.face, motion.face)
    assert np.array_equal(found.contacts, motion.contacts)
    assert found.parts == motion.parts


def test_a_single_part_decodes_to_a_motion_that_has_only_that() -> None:
    representation = Representation()
    parts = representation.encode(made_motion(5))
    found = representation.decode({"upper": parts["upper"]})
    assert found.parts == {"upper"}
    assert not found.floor_known
    with pytest.raises(ValueError, match="shape"):
        representation.decode({"upper": parts["upper"][:, :10]})
    with pytest.raises(ValueError, match="flame100"):
        Representation("flame100").encode(made_motion(5))


def test_what_a_motion_lacks_is_not_valid() -> None:
    representation = Representation()
    motion = made_motion(5).replaced(parts=frozenset({"upper", "lower"}), contacts=None, floor_known=False)
    valid = representation.valid(motion)
    assert valid["upper"].all()
    assert not valid["hands"].any()
    assert not valid["face"].any()
    assert valid["lower"].sum() == 54
    assert not representation.encode(motion)["lower"][:, 57:].any()


def standing(frames: int) -> Motion:
    rotations = np.tile(np.eye(3), (frames, 55, 1, 1))
    return Motion(rotations, np.tile(skeleton().offsets[:1], (frames, 1)), np.zeros((frames, 52)))


def test_contacts_are_found_from_the_feet_where_they_are_not_given() -> None:
    representation = Representation()
    parts = representation.encode(standing(5))
    assert parts["lower"][:, representation.slice("lower", "contacts")].all()
    for part, values in rest_channels(representation).items():
        assert np.allclose(values, parts[part][:1], atol=1e-6)


@pytest.mark.parametrize("basis", BASES)
def test_statistics_over_several_motions_are_those_over_all_frames(basis: str) -> None:
    representation = Representation(basis)
    motions = [made_motion(frames, basis, seed) for seed, frames in enumerate((10, 35, 20))]
    found = Statistics.fit(representation, motions)
    together = {
        part: np.concatenate([representation.encode(motion)[part] for motion in motions])
        for part in representation.parts
    }
    for part, values in found.normalise(together).items():
        constant = together[part].std(axis=0) < 1e-4
        assert np.abs(values.mean(axis=0)).max() < 1e-4
        assert values.std(axis=0)[~constant] == pytest.approx(1.0, abs=1e-3)
        assert np.isfinite(values).all()
    for part, values in found.denormalise(found.normalise(together)).items():
        assert np.allclose(values, together[part], atol=1e-5)
    again = Statistics.from_arrays(found.to_arrays() | {"other": np.zeros(1)})
    assert all(np.array_equal(again.mean[part], found.mean[part]) for part in representation.parts)


def test_statistics_ignore_what_is_not_real() -> None:
    representation = Representation()
    with_hands = made_motion(10)
    without = made_motion(10, seed=3).replaced(parts=frozenset({"upper"}))
    found, alone = (Statistics.fit(representation, motions) for motions in ([with_hands, without], [with_hands]))
    assert np.array_equal(found.mean["hands"], alone.mean["hands"])
    assert not np.array_equal(found.mean["upper"], alone.mean["upper"])
    constant = Statistics.fit(representation, [standing(5)])
    assert all((values == 1.0).all() for values in constant.sd.values())
    with pytest.raises(ValueError, match="at least one"):
        Statistics.fit(representation, [])
