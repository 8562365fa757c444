"""The rasteriser draws exactly what it should, near before far, without holes, the same every time."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gesta.avatar.normals import vertex_normals
from gesta.render.camera import Camera, project
from gesta.render.rasteriser import Rasteriser
from gesta.render.shapes import ball

SIZE = (64, 64)
AHEAD = Camera(np.array((0.0, 1.0, 4.0)), np.array((0.0, 1.0, 0.0)), 2.0)
ABOVE = Camera(np.array((0.0, 3.0, 4.0)), np.array((0.0, 0.2, 0.0)), 3.0)
RED, BLUE = (0.8, 0.05, 0.05, 0.0), (0.05, 0.05, 0.8, 0.0)


def at_pixels(points: list[tuple[float, float]], depth: float = 0.0) -> np.ndarray:
    """World points (N, 3) at z = depth that land on pixel coordinates of AHEAD."""
    metres = 2.0 * (4.0 - depth) / (4.0 * SIZE[1])
    return np.array([((x - 32) * metres, 1.0 - (y - 32) * metres, depth) for x, y in points], np.float32)


def drawn(vertices: np.ndarray, faces: np.ndarray, colours: np.ndarray, camera: Camera = AHEAD) -> np.ndarray:
    normals = np.empty_like(vertices)
    vertex_normals(vertices, faces, normals)
    picture = np.empty((*SIZE[::-1], 3), np.uint8)
    Rasteriser(faces, colours, SIZE).draw(vertices, normals, camera, picture)
    return picture


def test_a_square_covers_exactly_its_pixels():
    corners = at_pixels([(10, 20), (10, 30), (25, 30), (25, 20)])
    faces = np.array([(0, 1, 2), (0, 2, 3)], np.int32)
    seen = Rasteriser(faces, np.ones((4, 4), np.float32), SIZE).visible_faces(corners, AHEAD)
    expected = np.zeros(SIZE[::-1], bool)
    expected[20:30, 10:25] = True
    np.testing.assert_array_equal(np.all(seen >= 0, axis=-1), expected)
    np.testing.assert_array_equal(np.any(seen >= 0, axis=-1), expected)


def test_a_triangle_covers_half_of_its_square():
    corners = at_pixels([(8, 8), (8, 48), (48, 48)])
    seen = Rasteriser(np.array([(0, 1, 2)]), np.ones((3, 4)), SIZE).visible_faces(corners, AHEAD)
    assert np.mean(seen >= 0) * SIZE[0] * SIZE[1] == pytest.approx(40 * 40 / 2, rel=0.02)


def test_faces_that_look_away_are_not_drawn():
    corners = at_pixels([(8, 8), (8, 48), (48, 48)])
    assert np.all(Rasteriser(np.array([(0, 2, 1)]), np.ones((3, 4)), SIZE).visible_faces(corners, AHEAD) == -1)


@pytest.mark.parametrize("near_first", [True, False])
def test_the_nearer_triangle_wins_whatever_the_order(near_first: bool):
    points = [(8, 8), (8, 48), (48, 48)]
    near, far = at_pixels(points, 1.0), at_pixels(points, 0.0)
    vertices = np.concatenate([near, far] if near_first else [far, near])
    colours = np.array(([RED] * 3 + [BLUE] * 3) if near_first else ([BLUE] * 3 + [RED] * 3), np.float32)
    red, _, blue = drawn(vertices, np.array([(0, 1, 2), (3, 4, 5)], np.int32), colours)[40, 16]
    assert red > 2 * int(blue)


def test_a_sphere_has_no_holes():
    vertices, faces = ball(np.array((0.0, 1.0, 0.0)), np.full(3, 0.7), 60, 40)
    vertices, faces = vertices.astype(np.float32), faces.astype(np.int32)
    seen = Rasteriser(faces, np.ones((len(vertices), 4)), SIZE).visible_faces(vertices, AHEAD)
    rows, columns = np.indices(SIZE)
    inside = np.hypot(rows - 31.5, columns - 31.5) < 0.97 * 0.7 * 32
    assert np.all(seen[inside] >= 0)
    assert np.all(seen[np.hypot(rows - 31.5, columns - 31.5) > 1.06 * 0.7 * 32] == -1)


def test_triangles_behind_the_camera_or_through_it_do_no_harm():
    vertices = np.array([(-1, 1, 6), (1, 1, 6), (0, 2, 3), (0, 0, 3.99), (1, 1, 3.99), (0, 1, -9)], np.float32)
    faces, colours = np.array([(0, 1, 2), (3, 4, 5), (5, 4, 3)], np.int32), np.ones((6, 4), np.float32)
    assert np.all(Rasteriser(faces, colours, SIZE).visible_faces(vertices, AHEAD) == -1)
    assert drawn(vertices, faces, colours).mean() > 100


def test_edges_are_smooth():
    colours = np.tile(np.array((0.0, 0.0, 0.0, 0.0), np.float32), (3, 1))
    picture = drawn(at_pixels([(8, 8), (8, 56), (31, 56)]), np.array([(0, 1, 2)], np.int32), colours)
    levels = len(np.unique(picture[30, :, 0] // 8))
    assert levels >= 3


def test_the_shadow_falls_away_from_the_light_and_the_lit_side_is_brighter():
    vertices, faces = ball(np.array((0.0, 0.5, 0.0)), np.full(3, 0.25), 32, 20)
    vertices, faces = vertices.astype(np.float32), faces.astype(np.int32)
    colours = np.tile(np.array((0.5, 0.5, 0.5, 0.0), np.float32), (len(vertices), 1))
    high = vertices + np.array((0, 40, 0), np.float32)
    ball_drawn, empty = drawn(vertices, faces, colours, ABOVE), drawn(high, faces, colours, ABOVE)
    darker = empty[..., 1].astype(int) - ball_drawn[..., 1]
    # The light comes from the picture's left, above and in front: its rays move on to the right and backwards.
    shadow, opposite = project(np.array([(0.32, 0.0, -0.43), (-0.62, 0.0, 0.43)]), ABOVE, SIZE)[:, :2].astype(int)
    assert darker[shadow[1], shadow[0]] > 15
    assert abs(darker[opposite[1], opposite[0]]) < 4
    middle = project(np.array([(0.0, 0.5, 0.0)]), ABOVE, SIZE)[0].astype(int)
    assert ball_drawn[middle[1], middle[0] - 4, 1] > 20 + int(ball_drawn[middle[1], middle[0] + 5, 1])


def test_the_same_frame_has_the_same_pixels_on_any_thread_and_in_any_order():
    vertices, faces = ball(np.array((0.0, 1.0, 0.0)), np.array((0.3, 0.9, 0.3)), 24, 16)
    faces = faces.astype(np.int32)
    colours = np.full((len(vertices), 4), 0.4, np.float32)
    places = [vertices.astype(np.float32) + np.array((0.1 * at, 0, 0), np.float32) for at in range(4)]
    alone = [drawn(place, faces, colours) for place in places]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda place: drawn(place, faces, colours), places))
    again = Rasteriser(faces, colours, SIZE)
    for place, first, second in zip(reversed(places), reversed(alone), reversed(together), strict=True):
        normals, picture = np.empty_like(place), np.empty_like(first)
        vertex_normals(place, faces, normals)
        again.draw(place, normals, AHEAD, picture)
        np.testing.assert_array_equal(first, second)
        np.testing.assert_array_equal(first, picture)


def test_a_large_even_surface_has_no_seams():
    corners = at_pixels([(4, 4), (4, 60), (60, 60), (60, 4)])
    faces = np.array([(0, 1, 2), (0, 2, 3)], np.int32)
    picture = drawn(corners, faces, np.tile(np.float32((0.4, 0.4, 0.4, 0.0)), (4, 1)))
    inside = picture[5:59, 5:59].astype(int)
    assert np.abs(np.diff(inside, axis=0)).max() <= 2
    assert np.abs(np.diff(inside, axis=1)).max() <= 2


def test_a_picture_may_lie_behind_the_mesh() -> None:
    corners = at_pixels([(10, 20), (10, 30), (25, 30), (25, 20)])
    faces, colours = np.array([(0, 1, 2), (0, 2, 3)], np.int32), np.array([RED] * 4, np.float32)
    behind = np.random.default_rng(0).integers(0, 256, (*SIZE[::-1], 3)).astype(np.uint8)
    normals, picture = np.empty_like(corners), np.empty_like(behind)
    vertex_normals(corners, faces, normals)
    rasteriser = Rasteriser(faces, colours, SIZE, backdrop=behind)
    for camera in (AHEAD, Camera(AHEAD.eye + 1.0, AHEAD.target + 1.0, 2.0), AHEAD):
        rasteriser.draw(corners, normals, camera, picture)
    covered = np.zeros(SIZE[::-1], bool)
    covered[20:30, 10:25] = True
    np.testing.assert_array_equal(picture[~covered], behind[~covered])
    assert np.all(picture[covered, 0] > picture[covered, 2] + 50)
    with pytest.raises(ValueError, match="backdrop"):
        Rasteriser(faces, colours, SIZE, backdrop=behind[:-2])


def test_how_near_the_mesh_is_at_a_place() -> None:
    corners = at_pixels([(10, 20), (10, 30), (25, 30), (25, 20)], 1.0)
    faces = np.array([(0, 1, 2), (0, 2, 3)], np.int32)
    normals = np.empty_like(corners)
    vertex_normals(corners, faces, normals)
    rasteriser = Rasteriser(faces, np.ones((4, 4), np.float32), SIZE)
    rasteriser.draw(corners, normals, AHEAD, np.empty((*SIZE[::-1], 3), np.uint8))
    near = rasteriser.nearest_at(np.array([(15.5, 25.5), (40.0, 40.0), (-5.0, 25.0), (1e6, -1e6)]))
    np.testing.assert_allclose(near, (1.0 / 3.0, 0.0, 0.0, 0.0), rtol=1e-6)
