"""Pose drawings: every stroke has the published place, width and colour; hidden points and legs are not drawn."""

import time

import numpy as np
import pytest

from gesta.keypoints.drawing import BODY_COLOURS, DRAWN_LIMBS, FINGER_COLOURS, STYLES, DrawingStyle, draw_poses
from gesta.keypoints.layout import GROUPS, HAND_EDGES, LEGS, body_index
from gesta.records import KEYPOINT_COUNT, Keypoints
from tests.keypoints.made_points import gesturing, hidden, person
from tests.keypoints.published_film import body_in, frames_of, near

pytest.importorskip("cv2")


def only(places: dict[int, tuple[float, float]]) -> Keypoints:
    """A frame with a few points, all others hidden."""
    points, scores = np.zeros((1, KEYPOINT_COUNT, 2)), np.zeros((1, KEYPOINT_COUNT))
    for index, place in places.items():
        points[0, index], scores[0, index] = place, 1.0
    return Keypoints(points, scores, (512, 512))


def drawn(places: dict[int, tuple[float, float]], style: DrawingStyle = "released_code") -> np.ndarray:
    return draw_poses(only(places), style=style)[0]


@pytest.mark.parametrize("style", ["released_code", "example_film"])
def test_each_limb_has_its_colour_darkened_and_is_nine_pixels_wide(style: DrawingStyle) -> None:
    for limb, colour in zip(DRAWN_LIMBS, BODY_COLOURS, strict=False):
        if set(limb) & set(LEGS):
            continue
        picture = drawn({limb[0]: (100.7, 200.2), limb[1]: (300.1, 200.9)}, style)
        wanted = [int(value * STYLES[style].shade) for value in colour]
        assert picture[200, 200].tolist() == wanted
        assert np.flatnonzero(picture[:, 200].any(axis=1)).tolist() == list(range(196, 205))
        assert picture[200, 100].tolist() == list(BODY_COLOURS[limb[0]])


def test_the_colours_are_the_standard_ones() -> None:
    assert BODY_COLOURS[:4] == ((255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0))
    assert BODY_COLOURS[-2:] == ((255, 0, 170), (255, 0, 85))
    picture = drawn({1: (100, 200), 2: (300, 200)})
    assert picture[200, 200].tolist() == [229, 0, 0], "255 x 0.9, cut"
    assert drawn({1: (100, 200), 2: (300, 200)}, "example_film")[200, 200].tolist() == [153, 0, 0]


def test_body_points_are_discs_of_radius_4_and_face_points_of_3() -> None:
    body = drawn({0: (50.9, 60.9)})
    assert body[60, 50].tolist() == [255, 0, 0]
    assert np.flatnonzero(body[60].any(axis=1)).tolist() == list(range(46, 55))
    face = drawn({24: (50.9, 60.9)})
    assert np.flatnonzero(face[60].any(axis=1)).tolist() == list(range(47, 54))
    assert face.max(axis=(0, 1)).tolist() == [255, 255, 255]


@pytest.mark.parametrize("hand", ["left_hand", "right_hand"])
def test_fingers_have_their_colours_with_channels_exchanged(hand: str) -> None:
    start = GROUPS[hand].start
    for edge, colour in zip(HAND_EDGES, FINGER_COLOURS, strict=True):
        places = {start + edge[0]: (100.0, 50.0), start + edge[1]: (160.0, 50.0)}
        released, example = drawn(places), drawn(places, "example_film")
        assert released[50, 130].tolist() == list(colour[::-1])
        assert example[50, 130].tolist() == list(colour)
        assert 2 <= released[:, 130].any(axis=1).sum() <= 3
        assert released[50, 100].tolist() == [0, 0, 255]
        assert np.flatnonzero(released[:, 100].any(axis=1)).tolist() == list(range(46, 55))


def test_hidden_points_and_legs_are_not_drawn() -> None:
    everything = slice(0, KEYPOINT_COUNT)
    assert not draw_poses(hidden(person(), everything, score=0.29)).any()
    assert draw_poses(hidden(person(), everything, score=0.3)).any()
    assert not drawn({leg: (200.0, 300.0 + leg) for leg in LEGS}).any()
    assert not drawn({18: (100.0, 100.0)}).any(), "feet have no drawing"
    neck = body_index("neck")
    alone = drawn({neck: (100.0, 100.0)})
    assert np.flatnonzero(alone.any(axis=(0, 2))).tolist() == list(range(96, 105))


def test_hands_and_face_at_the_upper_left_edge_are_left_out_and_bodies_are_not() -> None:
    assert not drawn({24: (0.9, 50.0)}).any()
    assert not drawn({92: (50.0, 0.9)}).any()
    assert drawn({0: (0.9, 50.0)}).any()
    assert drawn({0: (-40.0, 50.0), 1: (100.0, 50.0)})[50, 20].any(), "limbs reach out of the picture"
    assert draw_poses(only({0: (1e9, -1e9), 1: (5.0, 5.0)})).shape == (1, 512, 512, 3)


def test_what_is_drawn_later_covers_what_was_earlier() -> None:
    places = {1: (100.0, 200.0), 2: (300.0, 200.0), 92: (200.0, 200.0), 24: (200.0, 200.0)}
    picture = drawn(places)
    assert picture[200, 200].tolist() == [255, 255, 255]
    assert picture[200, 204].tolist() == [0, 0, 255]
    assert picture[200, 206].tolist() == [229, 0, 0]


@pytest.mark.parametrize("size", [(64, 64), (128, 128), (1024, 1024), (256, 144)])
def test_other_sizes_are_the_same_drawing(size: tuple[int, int]) -> None:
    width, height = size
    keypoints = person().replaced(points=person().points * [1.0, height / width], size=(512, 512 * height // width))
    found = draw_poses(keypoints, size)
    assert found.shape == (1, height, width, 3)
    large = draw_poses(keypoints, (1024, 1024 * height // width))[0].astype(float)
    step = 1024 // width
    means = large.reshape(height, step, width, step, 3).mean(axis=(1, 3))
    assert np.corrcoef(means.ravel(), found[0].ravel())[0, 1] > 0.95
    assert found.mean() == pytest.approx(large.mean(), rel=0.1)


def test_drawing_is_faster_than_films() -> None:
    keypoints = gesturing(60)
    spent = []
    for _ in range(3):
        start = time.perf_counter()
        draw_poses(keypoints)
        spent.append(time.perf_counter() - start)
    assert 60 / min(spent) > 60


def test_the_published_film_is_drawn_in_the_style_named_after_it() -> None:
    agreement: dict[str, list[float]] = {style: [] for style in STYLES}
    pictures = frames_of("", step=20)
    for picture in pictures:
        body = body_in(picture)
        for style, agreeing in agreement.items():
            drawing = draw_poses(body, style=style)[0].astype(int)
            limbs = drawing.any(axis=-1)
            agreeing.append((np.abs(drawing - picture)[limbs].max(axis=-1) < 40).mean())
    # The rest is under the hands, at edges that the film's compression washed out, or a point not found again.
    assert np.median(agreement["example_film"]) > 0.75
    assert np.median(agreement["released_code"]) < 0.1
    assert near(pictures[0], (255, 255, 255), 12).sum() > 500, "the face is white"
    assert near(pictures[0], (0, 0, 255), 12).sum() > 500, "hand points are blue"
