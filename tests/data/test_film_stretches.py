"""Stretches: every frame is used or has one reason, moments are bridged, jumps divide, the frame holds the person."""

import numpy as np
import pytest

from gesta.data.film_framing import frame_around
from gesta.data.film_points import point_rows
from gesta.data.film_shots import Shot
from gesta.data.film_stretches import (
    BRIDGED,
    FACE,
    HANDS_LOST,
    NOBODY,
    SEVERAL,
    SHORT,
    SMALL,
    Stretch,
    jumps_in,
    stretches,
)
from gesta.data.film_watching import Watched
from gesta.keypoints.layout import GROUPS, body_index
from gesta.records import Keypoints
from tests.data.making_films import made_points

FRAMES = 200


def seen(frames: int = FRAMES, **changes: np.ndarray) -> Watched:
    """One person with both hands in every frame."""
    whole = {
        "persons": np.ones(frames, int),
        "face": np.ones(frames, bool),
        "face_width": np.full(frames, 100.0),
        "hands": np.ones((frames, 2), bool),
        "shoulders": np.full(frames, 120.0),
        "regions": np.ones((frames, 4)),
    }
    return Watched(**{**whole, **changes})


def rows_of(keypoints: Keypoints) -> np.ndarray:
    return point_rows(keypoints)


def divided(watched: Watched, hands: str = "both", shots: list[Shot] | None = None, longest: int = 1000) -> list:
    rows = rows_of(made_points(len(watched.face), (480, 640)))
    found = stretches(watched, shots or [Shot(0, len(watched.face))], rows, hands, 50, longest)  # type: ignore[arg-type]
    assert [one.start for one in found[1:]] == [one.stop for one in found[:-1]]
    assert (found[0].start, found[-1].stop) == (0, len(watched.face))
    return found


def between(start: int, stop: int, value: object, like: np.ndarray) -> np.ndarray:
    changed = like.copy()
    changed[start:stop] = value
    return changed


def test_a_film_of_one_person_is_one_clip() -> None:
    assert divided(seen()) == [Stretch(0, FRAMES)]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [("persons", 2, SEVERAL), ("persons", 0, NOBODY), ("face", False, FACE), ("shoulders", 20.0, SMALL)],
)
def test_each_reason_takes_its_frames(name: str, value: object, reason: str) -> None:
    watched = seen()
    changed = seen(**{name: between(80, 120, value, getattr(watched, name))})
    assert divided(changed) == [Stretch(0, 80), Stretch(80, 120, reason), Stretch(120, FRAMES)]


def test_which_hands_must_be_seen() -> None:
    one = seen(hands=between(80, 120, [True, False], seen().hands))
    none = seen(hands=between(80, 120, False, seen().hands))
    lost = [Stretch(0, 80), Stretch(80, 120, HANDS_LOST), Stretch(120, FRAMES)]
    assert divided(one, "both") == lost
    assert divided(one, "one") == [Stretch(0, FRAMES)]
    assert divided(none, "one") == lost
    assert divided(none, "any") == [Stretch(0, FRAMES)]


def test_a_moment_without_hands_is_bridged_and_a_longer_one_is_not() -> None:
    for more, clips in ((0, 1), (1, 2)):
        hands = between(80, 80 + BRIDGED[HANDS_LOST] + more, False, seen().hands)
        assert sum(one.reason is None for one in divided(seen(hands=hands))) == clips


def test_what_is_left_between_losses_and_cuts_is_too_short() -> None:
    persons = between(0, 60, 2, between(100, FRAMES, 2, seen().persons))
    assert divided(seen(persons=persons)) == [
        Stretch(0, 60, SEVERAL),
        Stretch(60, 100, SHORT),
        Stretch(100, FRAMES, SEVERAL),
    ]
    assert divided(seen(), shots=[Shot(0, 30), Shot(30, FRAMES)]) == [Stretch(0, 30, SHORT), Stretch(30, FRAMES)]


def test_several_persons_count_before_lost_hands() -> None:
    watched = seen(persons=np.full(FRAMES, 2), hands=np.zeros((FRAMES, 2), bool))
    assert divided(watched) == [Stretch(0, FRAMES, SEVERAL)]


def test_long_stretches_are_divided_evenly() -> None:
    found = divided(seen(), longest=90)
    assert [len(one) for one in found] == [66, 67, 67]


def moved(keypoints: Keypoints, by: np.ndarray) -> Keypoints:
    """The whole person moved by (F,) pixels to the right."""
    return keypoints.replaced(points=keypoints.points + np.stack([by, np.zeros_like(by)], axis=1)[:, None])


def test_a_person_who_is_elsewhere_at_once_has_jumped() -> None:
    still = made_points(100, (480, 640))
    shoulders = 0.3 * 480
    assert jumps_in(rows_of(still)).tolist() == []
    jump = np.where(np.arange(100) >= 60, 0.25 * shoulders, 0.0)
    assert jumps_in(rows_of(moved(still, jump))).tolist() == [59]


def test_quick_sway_and_a_point_that_flickers_are_no_jumps() -> None:
    still = made_points(100, (480, 640))
    sway = 0.5 * 0.3 * 480 * np.sin(np.arange(100) / 3.0)
    assert jumps_in(rows_of(moved(still, sway))).tolist() == []
    flicker = np.where(np.arange(100) == 50, 60.0, 0.0)
    assert jumps_in(rows_of(moved(still, flicker))).tolist() == []


def test_jumps_divide_a_shot() -> None:
    jumping = moved(made_points(FRAMES, (480, 640)), np.where(np.arange(FRAMES) >= 90, 40.0, 0.0))
    found = stretches(seen(), [Shot(0, FRAMES)], rows_of(jumping), "both", 50, 1000)
    assert found == [Stretch(0, 90), Stretch(90, FRAMES)]


@pytest.mark.parametrize("size", [(640, 360), (360, 640), (400, 400)])
@pytest.mark.parametrize("shift", [-0.3, 0.0, 0.3])
def test_the_frame_holds_the_person_and_is_as_square_as_can_be(size: tuple[int, int], shift: float) -> None:
    person = made_points(40, (200, 260))
    place = np.array(size) / 2.0 + np.array([shift * size[0], 0.0]) - (100.0, 130.0)
    points = (person.points + place).clip(1.0, np.array(size) - 2.0)
    keypoints = Keypoints(points, person.scores, size)
    frame = frame_around(keypoints)
    assert frame.left >= 0 and frame.left + frame.width <= size[0] and frame.width % 2 == 0
    assert frame.top >= 0 and frame.top + frame.height <= size[1] and frame.height % 2 == 0
    assert frame.width == frame.height or min(frame.width, frame.height) >= min(size) - 1
    inside = frame.to_part(keypoints)
    assert (inside.scores == keypoints.scores).all()
    wrist = body_index("left_wrist")
    np.testing.assert_allclose(inside.points[:, wrist], points[:, wrist] - (frame.left, frame.top), atol=1e-3)
    assert inside.size == frame.cut(np.zeros((size[1], size[0], 3))).shape[1::-1]


def test_the_frame_has_room_above_the_face_and_ignores_a_stray_point() -> None:
    person = made_points(400, (480, 640))
    points = person.points.copy()
    points[7, body_index("left_wrist")] = (2.0, 2.0)
    frame = frame_around(person.replaced(points=points))
    tidy = frame_around(person)
    assert abs(frame.left - tidy.left) <= 2 and abs(frame.height - tidy.height) <= 4
    face_top = person.points[:, GROUPS["face"], 1].min()
    assert frame.top < face_top - 40.0
