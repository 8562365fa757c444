"""Who sits gets a stool that the body truly sits on, and a picture that comes down to it; who stands gets neither."""

import numpy as np
import pytest

from gesta.avatar.figure import figure
from gesta.avatar.looks import DEFAULT_LOOK, look
from gesta.records import Motion
from gesta.render.camera import project
from gesta.render.preview import Studio
from gesta.render.seat import SeatedFigure, is_seated, seat_of
from gesta.render.views import Follower, camera_for
from tests.motion.sitting import LOWER_M, sitting

SIZE = (160, 160)


def standing(frames: int = 3) -> Motion:
    still = sitting(frames)
    upright = np.tile(np.eye(3, dtype=np.float32), (*still.rotations.shape[:2], 1, 1))
    return still.replaced(rotations=upright, translation=still.translation + np.array((0.0, LOWER_M, 0.0), np.float32))


def test_only_who_sits_in_one_place_is_seated() -> None:
    assert is_seated(sitting())
    assert not is_seated(standing())
    assert seat_of(figure(look(DEFAULT_LOOK)), standing()) is None
    assert not is_seated(sitting(wander_m=0.6))


def test_the_stool_stands_on_the_floor_and_reaches_the_body() -> None:
    motion, body = sitting(), figure(look(DEFAULT_LOOK))
    seat = seat_of(body, motion)
    assert seat is not None
    seated = SeatedFigure(body, seat)
    vertices, normals = seated.pose(motion.rotations, motion.translation, None)
    count = len(body.material)
    stool = vertices[:, count:]
    assert np.all(stool == stool[:1])
    assert stool[0, :, 1].min() == pytest.approx(0.0)
    assert np.linalg.norm(normals[0, count:], axis=-1) == pytest.approx(1.0, abs=1e-4)
    middle = stool[0, :, (0, 2)].mean(axis=1)
    above = vertices[0, :count][np.linalg.norm(vertices[0, :count][:, (0, 2)] - middle, axis=1) < 0.08]
    assert 0.0 < stool[0, :, 1].max() - above[:, 1].min() < 0.04
    assert len(seated.faces) > len(body.faces)
    assert seated.faces.max() == len(seated.material) - 1 == len(seated.kind) - 1


def test_a_studio_draws_the_stool_below_who_sits() -> None:
    with_stool = next(Studio(sitting(), SIZE, "full").batches([0]))[0].astype(int)
    bare = next(Studio(sitting(wander_m=0.3), SIZE, "full").batches([0]))[0].astype(int)
    assert np.abs(with_stool - bare).max() > 40


@pytest.mark.parametrize("camera", ["half", "full", "side"])
def test_the_picture_comes_down_to_who_sits(camera: str) -> None:
    rows = []
    for motion in (standing(), sitting()):
        head = motion.translation[0] + (0.0, 0.62, 0.0)
        rows.append(project(head[None], Follower(motion, camera_for(camera), SIZE).camera(0), SIZE)[0, 1])
    assert 0 < rows[0] < SIZE[1] / 2
    assert 0 < rows[1] < 0.55 * SIZE[1]
