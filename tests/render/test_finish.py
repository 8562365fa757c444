"""Surfaces take light as what they are made of does: skin glows, creases are dark, eyes glint, hems have two sides."""

import numpy as np
import pytest

from gesta.avatar.info import KINDS
from gesta.avatar.normals import vertex_normals
from gesta.render.camera import Camera
from gesta.render.rasteriser import Rasteriser
from gesta.render.shapes import ball

SIZE = (128, 128)
AHEAD = Camera(np.array((0.0, 1.0, 4.0)), np.array((0.0, 1.0, 0.0)), 0.4)


def drawn(
    vertices: np.ndarray, faces: np.ndarray, kind: str, colour: tuple[float, ...] = (0.4, 0.4, 0.4, 0.3),
    camera: Camera = AHEAD, two_sided: bool = False,
) -> np.ndarray:  # fmt: skip
    """A picture of a mesh of one kind, as integers."""
    vertices, faces = np.asarray(vertices, np.float32), np.asarray(faces, np.int32)
    normals, picture = np.empty_like(vertices), np.empty((*SIZE[::-1], 3), np.uint8)
    vertex_normals(vertices, faces, normals)
    material = np.tile(np.float32(colour), (len(vertices), 1))
    kinds = np.full(len(vertices), KINDS.index(kind))
    rasteriser = Rasteriser(faces, material, SIZE, kinds, np.full(len(faces), two_sided))
    rasteriser.draw(vertices, normals, camera, picture)
    return picture.astype(int)


def sphere(radius: float = 0.18) -> tuple[np.ndarray, np.ndarray]:
    return ball(np.array((0.0, 1.0, 0.0)), np.full(3, radius), 48, 32)


def test_skin_grows_redder_where_light_turns_to_shadow() -> None:
    lit, turned = 20, 116
    for kind, least, most in (("skin", 0.03, 0.2), ("cloth", -0.04, 0.01)):
        row = drawn(*sphere(), kind)[64].astype(float)
        warmth = row[:, 0] / row[:, 2]
        assert least < warmth[turned] - warmth[lit] < most


@pytest.mark.parametrize("turn_deg", [-60.0, -25.0, 0.0, 40.0, 75.0])
def test_an_eye_has_a_catch_light_from_any_side(turn_deg: float) -> None:
    turn = np.radians(turn_deg)
    eye = np.array((4.0 * np.sin(turn), 1.0, 4.0 * np.cos(turn)))
    camera = Camera(eye, np.array((0.0, 1.0, 0.0)), 0.4)
    dark = (0.03, 0.03, 0.03, 0.5)
    bright = drawn(*sphere(), "eye", dark, camera)[40:88, 40:88].min(axis=-1) > 225
    assert 4 < bright.sum() < 260
    rows, columns = np.nonzero(bright)
    assert rows.mean() < 22
    assert columns.mean() < 22


@pytest.mark.parametrize("kind", ["skin", "cloth"])
def test_a_corner_is_darker_inside_and_not_outside(kind: str) -> None:
    corners = [(x, y, z) for x, z in ((-0.15, 0.15), (0.0, 0.0), (0.15, 0.15)) for y in (0.9, 1.1)]
    hollow, faces = np.array(corners), np.array([(0, 2, 3), (0, 3, 1), (2, 4, 5), (2, 5, 3)])
    ridge = hollow * (1.0, 1.0, -1.0) + (0.0, 0.0, 0.15)
    middle, aside = 63, 40
    for shape, least, most in ((hollow, 0.85, 0.96), (ridge, 0.98, 1.02)):
        lit, without = (drawn(shape, faces, name)[64].sum(axis=-1) for name in (kind, "lash"))
        assert least < (lit[middle] / without[middle]) / (lit[aside] / without[aside]) < most


def test_a_flat_wall_is_as_open_as_a_plain_one() -> None:
    wall = np.array([(-0.15, 0.9, 0.1), (0.15, 0.9, -0.1), (0.15, 1.1, -0.1), (-0.15, 1.1, 0.1)])
    picture = drawn(wall, np.array([(0, 1, 2), (0, 2, 3)]), "cloth")[50:78, 40:88]
    assert np.abs(np.diff(picture, axis=1)).max() <= 3


def test_only_what_has_two_sides_is_seen_from_behind_and_is_lit_there_as_in_front() -> None:
    wall = np.array([(-0.1, 0.9, 0.0), (0.1, 0.9, 0.0), (0.1, 1.1, 0.0), (-0.1, 1.1, 0.0)])
    faces = np.array([(0, 1, 2), (0, 2, 3)])
    front = drawn(wall, faces, "cloth")
    np.testing.assert_array_equal(
        drawn(wall, faces[:, ::-1], "cloth", two_sided=True)[40:80, 40:80], front[40:80, 40:80]
    )
    empty = drawn(wall + (0.0, 0.0, 9.0), faces, "cloth")
    gone = drawn(wall, faces[:, ::-1], "cloth")
    assert np.abs(front - empty)[50:78, 50:78].max(axis=-1).min() > 20
    assert np.abs(gone - empty)[50:70, 50:78].max() < 8
