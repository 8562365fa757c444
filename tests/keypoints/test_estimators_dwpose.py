"""DWPose's chain on planted pictures, from detector to points, and what it says about files that do not fit."""

from pathlib import Path

import numpy as np
import pytest

from gesta.errors import InputError
from gesta.keypoints.estimators import dwpose_files, networks
from gesta.keypoints.estimators.detection import cell_count
from gesta.keypoints.estimators.dwpose import DWPose
from gesta.keypoints.estimators.dwpose_config import DWPoseConfig, dwpose_config
from gesta.keypoints.estimators.dwpose_files import DETECTOR_FILE, POINTS_FILE, dwpose_folder
from gesta.keypoints.estimators.make import ESTIMATORS, make_estimator
from gesta.keypoints.layout import GROUPS
from gesta.records import Keypoints
from tests.hub import unplug
from tests.keypoints.tiny_pose_networks import (
    POINTS_SIZE,
    SIDE,
    Person,
    modules,
    planted,
    save_constant,
    save_detector,
    save_folder,
    save_lying,
    save_pointer,
)

FACE = GROUPS["face"]
# Point k of COCO stands at k + 1 from the feet on, so face points 24, 27, ... have channel (24 - 1) % 3 = 2.
RED, GREEN = slice(FACE.start + 1, FACE.stop, 3), slice(FACE.start + 2, FACE.stop, 3)
ONE = Person((80, 90), 100, 0.9, red=(60.0, 70.0), green=(100.0, 120.0))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    modules()
    return save_folder(tmp_path_factory.mktemp("dwpose"))


def estimator(folder: Path, **changes: object) -> DWPose:
    return DWPose(DWPoseConfig(model=str(folder), short_side=SIDE, **changes))


def assert_at(keypoints: Keypoints, person: Person, within: float = 0.6, frame: int = 0) -> None:
    points, scores = keypoints.points[frame], keypoints.scores[frame]
    for where, place in ((RED, person.red), (GREEN, person.green)):
        np.testing.assert_allclose(points[where], np.broadcast_to(place, points[where].shape), atol=within)
        assert (scores[where] == 1.0).all()


def test_planted_points_are_found(folder: Path) -> None:
    found = estimator(folder).picture(planted(SIDE, SIDE, ONE))
    assert (found.frame_count, found.size) == (1, (SIDE, SIDE))
    assert_at(found, ONE)


@pytest.mark.parametrize(("width", "height"), [(SIDE, 240), (300, SIDE), (400, 320), (100, 90)])
def test_pictures_of_any_size_give_points_in_their_own_pixels(folder: Path, width: int, height: int) -> None:
    factor = min(width, height) / SIDE
    middle = (round(80 * factor), round(90 * factor))
    # The box's size is read off the picture in the detector's square, whose factor is another.
    person = Person(middle, 70, 0.9, red=(60 * factor, 70 * factor), green=(100 * factor, 110 * factor))
    found = estimator(folder).picture(planted(width, height, person))
    assert found.size == (width, height)
    assert_at(found, person, within=1.2)


def test_the_published_resizing_bends_pictures_and_still_finds_the_points(folder: Path) -> None:
    person = Person((200, 90), 90, 0.9, red=(180.0, 70.0), green=(230.0, 110.0))
    found = estimator(folder, sides="multiples_of_64").picture(planted(300, SIDE, person))
    assert_at(found, person, within=1.5)


def test_a_grey_picture_is_a_picture(folder: Path) -> None:
    grey = np.zeros((SIDE, SIDE), np.uint8)
    grey[60:100, 60:100] = 255
    found = estimator(folder).picture(grey)
    assert (found.points[0] == estimator(folder).picture(np.stack([grey] * 3, axis=2)).points[0]).all()


def test_the_point_network_is_given_red_first_unless_as_published(folder: Path) -> None:
    picture = planted(SIDE, SIDE, ONE)
    swapped = estimator(folder, channels="as_published").picture(picture)
    blue = slice(FACE.start, FACE.stop, 3)
    np.testing.assert_allclose(swapped.points[0, blue], np.broadcast_to(ONE.red, (23, 2)), atol=0.6)
    np.testing.assert_allclose(swapped.points[0, GREEN], np.broadcast_to(ONE.green, (22, 2)), atol=0.6)


def test_nobody_is_an_error_in_one_sentence(folder: Path) -> None:
    with pytest.raises(InputError, match="Nobody is found in the picture"):
        estimator(folder).picture(np.zeros((SIDE, SIDE, 3), np.uint8))


def test_three_ways_to_choose_among_persons(tmp_path: Path) -> None:
    modules()
    width = 450
    wide = save_folder(tmp_path, box_scale=SIDE / width)
    surest = Person((40, 120), 60, 1.0, red=(20.0, 100.0), green=(60.0, 140.0))
    largest = Person((390, 80), 150, 0.7, red=(370.0, 60.0), green=(420.0, 100.0))
    central = Person((220, 80), 110, 0.9, red=(200.0, 60.0), green=(240.0, 100.0))
    picture = planted(width, SIDE, surest, largest, central)
    for rule, person in (("first", surest), ("largest", largest), ("best", central)):
        assert_at(estimator(wide, person=rule).picture(picture), person)


def test_a_person_is_followed_through_a_film(folder: Path) -> None:
    persons = [
        Person((60 + 2 * t, 80), 90, 0.9, red=(45.0 + 2 * t, 60.0), green=(75.0 + 2 * t, 110.0)) for t in range(12)
    ]
    film = [planted(SIDE, SIDE, person) for person in persons]
    found = estimator(folder, look_again=5).film(iter(film), 25.0)
    assert (found.frame_count, found.fps, found.size) == (12, 25.0, (SIDE, SIDE))
    for frame, person in enumerate(persons):
        assert_at(found, person, frame=frame, within=1.0)
    alone = estimator(folder, follow=False).film(iter(film), 25.0)
    np.testing.assert_allclose(found.points[:, RED], alone.points[:, RED], atol=1.0)


def test_frames_without_anybody_have_no_scores(folder: Path) -> None:
    empty, full = np.zeros((SIDE, SIDE, 3), np.uint8), planted(SIDE, SIDE, ONE)
    found = estimator(folder).film(iter([empty, full, empty, full]), 30.0)
    assert [bool(scores.any()) for scores in found.scores] == [False, True, False, True]
    assert_at(found, ONE, frame=3)


def test_films_that_cannot_be_used(folder: Path) -> None:
    empty = np.zeros((SIDE, SIDE, 3), np.uint8)
    for frames, sentence in (
        ([], "Nobody is found in the 0 frames"),
        ([empty, empty], "Nobody is found in the 2 frames"),
        ([empty, empty[:-2]], "Frame 1 of the film has another size"),
    ):
        with pytest.raises(InputError, match=sentence):
            estimator(folder).film(iter(frames), 25.0)


def test_the_official_preset_is_the_published_use() -> None:
    official = dwpose_config("official")
    assert (official.person, official.sides, official.channels) == ("first", "multiples_of_64", "as_published")
    assert dwpose_config() == DWPoseConfig()
    with pytest.raises(InputError, match="person"):
        dwpose_config("gesta", person="second")


@pytest.mark.parametrize("name", [DETECTOR_FILE, POINTS_FILE])
def test_missing_and_damaged_files_are_named(tmp_path: Path, name: str) -> None:
    modules()
    save_folder(tmp_path)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=f"{name}' is damaged or no ONNX file"):
        estimator(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(InputError, match=f"finds no {name} in '{tmp_path}'"):
        estimator(tmp_path)


def test_a_huge_file_is_refused_unopened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "FILE_BYTES", 10)
    with pytest.raises(InputError, match="larger than"):
        estimator(folder)


def test_swapped_files_are_noticed(tmp_path: Path) -> None:
    modules()
    save_detector(tmp_path / POINTS_FILE)
    save_pointer(tmp_path / DETECTOR_FILE, (SIDE, SIDE))
    with pytest.raises(InputError, match=r"person detector .* answers with simcc_x .* another network"):
        estimator(tmp_path)


def test_other_networks_are_refused_by_what_they_read(tmp_path: Path) -> None:
    modules()
    save_folder(tmp_path)
    answer = ([1, cell_count(SIDE), 7], np.zeros((1, cell_count(SIDE), 7)))
    for inputs, sentence in (
        ({"images": [1, 1, SIDE, SIDE]}, "not one picture"),
        ({"images": [1, 3, SIDE, SIDE], "sizes": [1, 2]}, "not one picture"),
        ({"images": [1, 3, "height", "width"]}, "not one picture"),
        ({"images": [1, 3, 10_000, 10_000]}, "not one picture"),
        ({"images": [1, 3, SIDE, 2 * SIDE]}, "not square ones"),
    ):
        save_constant(tmp_path / DETECTOR_FILE, inputs, {"output": answer})
        with pytest.raises(InputError, match=sentence):
            estimator(tmp_path)


def test_open_sizes_are_checked_when_the_network_answers(tmp_path: Path, folder: Path) -> None:
    modules()
    save_folder(tmp_path)
    save_pointer(tmp_path / POINTS_FILE, open_sizes=True)
    picture = planted(SIDE, SIDE, ONE)
    np.testing.assert_array_equal(
        estimator(tmp_path).picture(picture).points, estimator(folder).picture(picture).points
    )
    width, height = POINTS_SIZE
    answers = {"simcc_x": np.zeros((1, 17, 2 * width)), "simcc_y": np.zeros((1, 17, 2 * height))}
    save_lying(tmp_path / POINTS_FILE, [1, 3, height, width], answers)
    with pytest.raises(InputError, match=rf"point network .* answers with \(1, 17, {2 * width}\)"):
        estimator(tmp_path).picture(picture)


def test_a_detector_with_too_few_columns_is_refused(tmp_path: Path) -> None:
    modules()
    save_folder(tmp_path)
    answer = {"output": ([1, "cells", "columns"], np.zeros((1, cell_count(SIDE), 5)))}
    save_constant(tmp_path / DETECTOR_FILE, {"images": [1, 3, SIDE, SIDE]}, answer)
    with pytest.raises(InputError, match="answers with 5 numbers for a cell"):
        estimator(tmp_path).picture(planted(SIDE, SIDE, ONE))


def test_weights_outside_the_folder_are_not_read(tmp_path: Path) -> None:
    onnx = modules()
    folder = save_folder(tmp_path / "model")
    (tmp_path / "secret").write_bytes(bytes(10_000))
    network = onnx.load(folder / POINTS_FILE)
    for weights in network.graph.initializer:
        onnx.external_data_helper.set_external_data(weights, "../secret")
        weights.ClearField("raw_data")
    (folder / POINTS_FILE).write_bytes(network.SerializeToString())
    with pytest.raises(InputError, match="is damaged or no ONNX file"):
        estimator(folder)


def test_networks_of_another_size_serve(tmp_path: Path) -> None:
    modules()
    save_folder(tmp_path, side=128, size=(48, 64))
    found = DWPose(DWPoseConfig(model=str(tmp_path), short_side=SIDE)).picture(planted(SIDE, SIDE, ONE))
    assert_at(found, ONE, within=2.5)


def test_files_come_from_a_folder_or_the_hub_at_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=f"put {DETECTOR_FILE} and {POINTS_FILE} into a folder"):
        dwpose_folder(str(tmp_path / "nowhere"), None)
    with pytest.raises(InputError, match="give the revision"):
        dwpose_folder("somebody/dwpose", None)
    with monkeypatch.context() as bare:
        bare.setattr(dwpose_files, "missing_modules", lambda _: ["huggingface_hub"])
        with pytest.raises(InputError, match=rf"put {DETECTOR_FILE} .* or to fetch them: pip install"):
            dwpose_folder("yzd-v/DWPose", DWPoseConfig().pinned_revision)
    unplug(monkeypatch)
    with pytest.raises(InputError, match=f"'yzd-v/DWPose'.*put {DETECTOR_FILE} and {POINTS_FILE} into a folder"):
        dwpose_folder("yzd-v/DWPose", DWPoseConfig().pinned_revision)


def test_estimators_by_name(folder: Path) -> None:
    made = make_estimator("dwpose", folder, DWPoseConfig(short_side=SIDE))
    assert made.name in ESTIMATORS
    assert_at(made.picture(planted(SIDE, SIDE, ONE)), ONE)
    with pytest.raises(InputError, match="did you mean dwpose"):
        make_estimator("dwpos")
    with pytest.raises(InputError, match="needs a file of points"):
        make_estimator("given")
