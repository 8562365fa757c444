"""Windows of films: where they lie, which picture shows the person, what part of the pictures is shown."""

import numpy as np
import pytest

from gesta.data.film_crop import WHOLE, Part, drawn_part, part_of_pictures, part_of_points
from gesta.data.film_set import FilmSet
from gesta.data.film_windows import FilmWindows
from gesta.data.kinds import plan_source
from gesta.data.prepare import prepare
from tests.data.making_films import RIGHT_HAND, drawn_pictures, made_points, write_talk


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> FilmSet:
    folder = tmp_path_factory.mktemp("windows")
    for name, frames in (("a", 60), ("b", 33), ("c", 7)):
        write_talk(folder / "films", name, frames, (64, 64))
    settings = {"side": 64, "validation_share": 0.0}
    prepare(plan_source("videos", folder / "films", settings), folder / "set")
    return FilmSet.open(folder / "set")


def test_plain_windows_lie_a_stride_apart_and_short_films_repeat_their_last_frame(films: FilmSet) -> None:
    windows = FilmWindows(films, "train", length=12, stride=10)
    places = [(window.clip.id, *window.frames[[0, -1]]) for window in map(windows.window, range(len(windows)))]
    assert places == [("a", 10 * i, 10 * i + 11) for i in range(5)] + [
        ("b", 0, 11),
        ("b", 10, 21),
        ("b", 20, 31),
        ("c", 0, 6),
    ]
    assert windows.window(len(windows) - 1).frames.tolist() == [0, 1, 2, 3, 4, 5, 6, 6, 6, 6, 6, 6]


def test_variants_begin_anywhere_and_a_number_always_means_the_same(films: FilmSet) -> None:
    windows, again = (FilmWindows(films, "train", length=12, stride=10, variants=50, gap=5, seed=3) for _ in range(2))
    assert len(windows) == 9 * 50
    starts: dict[str, set[int]] = {"a": set(), "b": set(), "c": set()}
    for index in range(len(windows)):
        window, same = windows.window(index), again.window(index)
        assert (window.frames.tolist(), window.reference) == (same.frames.tolist(), same.reference)
        assert window.frames.max() < window.clip.frames
        starts[window.clip.id].add(int(window.frames[0]))
    assert starts["c"] == {0}
    assert (min(starts["a"]), max(starts["a"]), min(starts["b"]), max(starts["b"])) == (0, 48, 0, 21)
    assert len(starts["a"]) > 40
    other = FilmWindows(films, "train", length=12, stride=10, variants=50, gap=5, seed=4)
    assert any(windows.window(i).reference != other.window(i).reference for i in range(20))


def test_references_keep_their_distance_where_the_film_is_long_enough(films: FilmSet) -> None:
    windows = FilmWindows(films, "train", length=1, stride=1, variants=4, gap=25)
    for index in range(len(windows)):
        window = windows.window(index)
        away = abs(window.reference - int(window.frames[0]))
        farthest = max(int(window.frames[0]), window.clip.frames - 1 - int(window.frames[0]))
        assert away >= min(25, farthest)


def test_drawn_parts_are_as_large_and_as_long_as_was_said() -> None:
    chance = np.random.default_rng(0)
    for _ in range(200):
        part = drawn_part((0.5, 0.8), (0.9, 1.1), chance)
        assert 0.5 - 1e-9 <= part.width * part.height <= 0.8 + 1e-9
        assert 0.9 - 1e-9 <= part.width / part.height <= 1.1 + 1e-9
        assert 0.0 <= part.left <= 1.0 - part.width and 0.0 <= part.top <= 1.0 - part.height
    assert drawn_part((1.0, 1.0), (1.0, 1.0), chance) == WHOLE


def test_points_lie_on_what_they_mark_in_any_part() -> None:
    points = made_points(20, (512, 512))
    pictures = drawn_pictures(points)
    for part in (WHOLE, Part(0.1, 0.2, 0.6, 0.7), Part(0.0, 0.3, 0.5, 0.5)):
        shown = part_of_pictures(pictures, part, 128)
        assert shown.shape == (20, 128, 128, 3)
        moved = part_of_points(points, part)
        for picture, place in zip(shown, moved.points[:, 4] / 4.0, strict=True):
            rows, columns = np.nonzero(np.abs(picture.astype(int) - RIGHT_HAND).sum(axis=2) < 30)
            inside = (20 < place[0] < 108) and (20 < place[1] < 108)
            if inside:
                assert np.hypot(columns.mean() + 0.5 - place[0], rows.mean() + 0.5 - place[1]) < 1.0
