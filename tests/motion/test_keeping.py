"""Kept frames: exactly themselves, with seams that are no faster than they must be, and a path that meets them."""

from pathlib import Path

import numpy as np
import pytest

from gesta.errors import InputError
from gesta.motion.keeping import BLEND_FRAMES, Kept, read_kept
from gesta.motion.npz_write import write_npz
from gesta.motion.rotations import angle_between
from gesta.records import Motion
from gesta.take import join_motion
from tests.motion.moving import made_motion

FRAMES = 120
SPANS = ((30, 45), (70, 71))
NEAR = BLEND_FRAMES + 1


def kept_in(new: Motion, old: Motion, spans: tuple[tuple[int, int], ...] = SPANS) -> Motion:
    halves = [new.frames(0, 50), new.frames(50, new.frame_count)]
    return join_motion(halves, new.frame_count, Kept(old, spans, "old.npz"))


def far_from_spans(frames: int = FRAMES) -> np.ndarray:
    gap = np.min([np.maximum(start - np.arange(frames), np.arange(frames) - stop + 1) for start, stop in SPANS], axis=0)
    return gap > BLEND_FRAMES


def test_kept_frames_are_exactly_those_of_the_old_motion() -> None:
    new, old = made_motion(FRAMES), made_motion(FRAMES, seed=1)
    found = kept_in(new, old)
    for start, stop in SPANS:
        for name in ("rotations", "translation", "face", "contacts"):
            there = getattr(found, name)[start:stop]
            assert np.allclose(there, getattr(old, name)[start:stop], atol=1e-6), name


def test_far_from_the_seams_the_new_motion_is_as_it_was_but_for_its_place_on_the_floor() -> None:
    new, found = made_motion(FRAMES), kept_in(made_motion(FRAMES), made_motion(FRAMES, seed=1))
    far = far_from_spans()
    assert far.sum() > 40
    assert np.array_equal(found.rotations[far], new.rotations[far])
    assert np.array_equal(found.face[far], new.face[far])
    assert np.allclose(found.translation[far, 1], new.translation[far, 1])
    for part in (slice(0, 20), slice(85, FRAMES)):
        assert np.allclose(np.diff(found.translation[part], axis=0), np.diff(new.translation[part], axis=0), atol=1e-6)


def test_seams_are_soft() -> None:
    """Two still bodies 90 degrees and a metre apart: no step is larger than a smooth way of nine frames has."""
    turned = made_motion(1, seed=3)
    still, other = (
        Motion(np.repeat(m.rotations, FRAMES, 0), np.repeat(m.translation, FRAMES, 0), np.repeat(m.face, FRAMES, 0),
               contacts=np.ones((FRAMES, 4), np.float32), attention=np.zeros(FRAMES, np.float32))
        for m in (made_motion(1), turned)
    )  # fmt: skip
    found = kept_in(still, other)
    whole = angle_between(still.rotations[0], other.rotations[0]).max()
    steps = angle_between(found.rotations[1:], found.rotations[:-1])
    assert steps.max() < 1.6 * whole / NEAR
    assert steps[~far_from_spans()[1:]].max() > 0.5 * whole / NEAR
    along_the_floor = np.abs(np.diff(found.translation[:, [0, 2]], axis=0))
    assert along_the_floor.max() < 1e-6


def test_spans_close_to_each_other_keep_the_old_motion_between_them() -> None:
    new, old = made_motion(FRAMES), made_motion(FRAMES, seed=1)
    found = kept_in(new, old, ((30, 40), (42, 50)))
    between = angle_between(found.rotations[40:42], old.rotations[40:42]).max()
    assert between < 0.1 * angle_between(new.rotations[40:42], old.rotations[40:42]).max()


def test_what_the_old_motion_lacks_stays_new() -> None:
    new = made_motion(FRAMES)
    old = made_motion(FRAMES, "flame100", seed=1).replaced(parts=frozenset({"upper", "face"}))
    found = kept_in(new, old)
    assert np.array_equal(found.face, new.face)
    assert np.array_equal(found.translation, new.translation)
    assert np.array_equal(found.rotations[:, 22:], new.rotations[:, 22:])
    assert not np.array_equal(found.rotations[30:45, :22], new.rotations[30:45, :22])


def test_a_foot_that_changes_its_place_is_not_said_to_stand() -> None:
    new = made_motion(FRAMES).replaced(contacts=np.ones((FRAMES, 4)))
    old = made_motion(FRAMES, seed=1).replaced(contacts=np.zeros((FRAMES, 4)))
    assert kept_in(new, old).contacts[22:53].max() == 0.0


def test_what_to_keep_is_read_from_one_word(tmp_path: Path) -> None:
    file = tmp_path / "a@b.npz"
    write_npz(made_motion(300), file)
    kept = read_kept(f"{file}@5-6.5, .5-2,1.9-3,3-4.")
    assert kept.spans == ((15, 120), (150, 195))
    assert kept.frames(300).sum() == 105 + 45
    assert kept.told()["spans_s"] == [[0.5, 4.0], [5.0, 6.5]]
    kept.check_fits(195)
    with pytest.raises(InputError, match=r"until 6\.5 s, but the recording is only 6\.47 s"):
        kept.check_fits(194)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{file}", "does not say what to keep"),
        ("@1-2", "does not say what to keep"),
        ("{file}@", "no span of seconds"),
        ("{file}@1", "no span of seconds"),
        ("{file}@-1-2", "no span of seconds"),
        ("{file}@1-2,", "no span of seconds"),
        ("{file}@nan-inf", "no span of seconds"),
        ("{file}@2-1", "must end later"),
        ("{file}@1-1.001", "must end later"),
        ("{file}@1-99", "10.00 s long"),
        ("missing.npz@1-2", "missing.npz"),
    ],
)
def test_what_cannot_be_kept_is_said(tmp_path: Path, written: str, said: str) -> None:
    file = tmp_path / "old.npz"
    write_npz(made_motion(300), file)
    with pytest.raises(InputError, match=said):
        read_kept(written.format(file=file))
