"""Previews show the figure from every side, follow it, and are videos with the take's length."""

from pathlib import Path

import av
import numpy as np
import pytest

from gesta.errors import InputError, OutputError
from gesta.records import Speech
from gesta.render.preview import Studio, frames, render_preview, strip
from gesta.render.views import VIEWS
from tests.render.figures import click, rest_motion

__all__ = ["click"]

SIZE = (96, 96)


def figure_mask(picture: np.ndarray) -> np.ndarray:
    """Where a picture shows clothes, skin or hair: what is far from the studio's grey."""
    spread = np.ptp(picture.astype(int), axis=-1)
    return (spread > 34) | (picture.max(axis=-1) < 105)


@pytest.mark.parametrize("camera", sorted(VIEWS))
def test_every_camera_shows_the_figure(camera: str):
    picture = frames(rest_motion(), [0], SIZE, camera)[0]
    assert 0.02 < figure_mask(picture).mean() < 0.85


def test_the_full_camera_frames_the_whole_figure():
    mask = figure_mask(frames(rest_motion(), [0], SIZE, "full")[0])
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    assert 2 < rows[0] < 20
    assert 80 < rows[-1] < 95
    assert columns[0] > 2
    assert columns[-1] < 94


def test_a_figure_that_walks_away_is_followed():
    motion = rest_motion(240)
    moved = motion.translation + np.linspace(0.0, 6.0, 240)[:, None] * np.array((1.0, 0.0, 0.0))
    pictures = frames(motion.replaced(translation=moved), [0, 120, 239], SIZE, "full")
    middles = [np.flatnonzero(figure_mask(picture).any(axis=0)).mean() for picture in pictures]
    assert all(abs(middle - 47.5) < 18 for middle in middles)


def test_an_unknown_camera_is_named_with_its_neighbours():
    with pytest.raises(InputError, match="half"):
        frames(rest_motion(), [0], SIZE, "hal")


def test_frames_outside_the_take_are_refused():
    with pytest.raises(InputError, match="0 to 0"):
        frames(rest_motion(), [1], SIZE)


def test_a_face_in_another_basis_stays_neutral():
    spoken = rest_motion(face=np.ones((1, 100)), face_basis="flame100")
    np.testing.assert_array_equal(frames(spoken, [0], SIZE, "face"), frames(rest_motion(), [0], SIZE, "face"))


def test_any_number_of_threads_draws_the_same_pixels():
    motion = rest_motion(40)
    moved = motion.replaced(translation=motion.translation + np.linspace(0, 0.2, 40)[:, None].astype(np.float32))
    drawn = [
        np.concatenate(list(Studio(moved, SIZE, "full", threads=threads).batches(range(40)))) for threads in (1, 3)
    ]
    np.testing.assert_array_equal(*drawn)


def test_a_preview_with_sound(tmp_path: Path, click: Speech):
    told = []
    render_preview(rest_motion(60), click, tmp_path / "p.mp4", size=SIZE, progress=lambda *done: told.append(done))
    with av.open(str(tmp_path / "p.mp4")) as container:
        assert container.streams.audio
        assert sum(1 for _ in container.decode(video=0)) == 60
    assert told[-1] == (60, 60)
    assert told == sorted(told)


def test_a_take_of_one_frame(tmp_path: Path):
    render_preview(rest_motion(), None, tmp_path / "p.mp4", size=SIZE)
    with av.open(str(tmp_path / "p.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 1


def test_ctrl_c_while_drawing_leaves_nothing(tmp_path: Path):
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_preview(rest_motion(90), None, tmp_path / "p.mp4", size=SIZE, progress=interrupt)
    assert not list(tmp_path.iterdir())


def test_a_strip_is_one_picture_of_all_frames(tmp_path: Path):
    from PIL import Image

    strip(rest_motion(20), tmp_path / "s.png", count=3)
    with Image.open(tmp_path / "s.png") as picture:
        assert picture.size == (3 * 240, 320)
    with pytest.raises(OutputError, match="Cannot write"):
        strip(rest_motion(), tmp_path / "missing" / "s.png", count=1)


def test_a_body_whose_floor_is_unknown_is_drawn_standing():
    """As SHOW's bodies: in camera space, their soles a metre below y = 0."""
    known = rest_motion()
    sunken = known.replaced(translation=known.translation - np.array((0.0, 1.0, 0.0)), floor_known=False)
    difference = frames(known, [0], SIZE)[0].astype(int) - frames(sunken, [0], SIZE)[0].astype(int)
    assert np.abs(difference).max() <= 8
