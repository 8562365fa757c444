"""Letterbox, detector, crop and SimCC: hand-computed."""

import numpy as np
import pytest

from gesta.keypoints.estimators.boxes import around, chosen, overlap, without_repeats
from gesta.keypoints.estimators.crop import crop_around
from gesta.keypoints.estimators.detection import cell_count, persons
from gesta.keypoints.estimators.letterbox import letterboxed
from gesta.keypoints.estimators.pictures import as_rgb, scaled
from gesta.keypoints.estimators.simcc import decoded
from gesta.keypoints.estimators.wholebody import COCO_BODY, COCO_POINTS, from_coco
from gesta.keypoints.layout import BODY_NAMES, GROUPS, body_index
from gesta.records import KEYPOINT_COUNT


@pytest.fixture
def opencv() -> None:
    pytest.importorskip("cv2", reason="opencv is not installed (extra: film)")


@pytest.mark.usefixtures("opencv")
def test_a_letterbox_keeps_the_shape_and_fills_with_grey() -> None:
    image = np.zeros((50, 100, 3), np.uint8)
    image[:, 50:] = (10, 200, 30)
    square, factor = letterboxed(image, 64)
    assert (square.shape, factor) == ((64, 64, 3), 0.64)
    assert (square[32:] == 114).all()
    assert (square[:32, :31] == 0).all()
    assert (square[:32, 33:] == (10, 200, 30)).all()


@pytest.mark.usefixtures("opencv")
@pytest.mark.parametrize(
    ("width", "height", "sides", "size"),
    [
        (512, 512, "same_shape", (512, 512)),
        (512, 512, "multiples_of_64", (512, 512)),
        (1920, 1080, "same_shape", (910, 512)),
        (1920, 1080, "multiples_of_64", (896, 512)),
        (300, 150, "same_shape", (1024, 512)),
        (3, 4000, "same_shape", (3, 4096)),
    ],
)
def test_pictures_are_worked_on_at_one_size(width: int, height: int, sides: str, size: tuple[int, int]) -> None:
    assert scaled(np.zeros((height, width, 3), np.uint8), 512, sides).shape == (size[1], size[0], 3)


def test_grey_pictures_get_three_channels_and_others_are_refused() -> None:
    grey = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert (as_rgb(grey) == np.stack([grey] * 3, axis=2)).all()
    assert (as_rgb(grey[..., None]) == as_rgb(grey)).all()
    for wrong in (grey.astype(np.float32), np.zeros((3, 4, 2), np.uint8), np.zeros((0, 4, 3), np.uint8)):
        with pytest.raises(ValueError, match="a picture"):
            as_rgb(wrong)


def detector_output(*rows: tuple[int, tuple[float, ...]]) -> np.ndarray:
    output = np.zeros((cell_count(32), 7), np.float32)
    for row, numbers in rows:
        output[row] = numbers
    return output


def test_cells_of_every_grid_become_boxes_in_the_pictures_pixels() -> None:
    # A square of 32 pixels has 4 x 4 cells of 8, then 2 x 2 of 16, then one of 32.
    assert cell_count(32) == 21
    output = detector_output(
        (6, (0.5, 0.25, np.log(2.0), np.log(3.0), 1.0, 0.9, 0.0)),
        (19, (0.0, 0.0, np.log(0.5), np.log(0.25), 0.8, 1.0, 0.0)),
        (20, (0.5, 0.5, 0.0, 0.0, 0.7, 1.0, 1.0)),
    )
    boxes, scores = persons(output, 32, 0.5, 0.3)
    np.testing.assert_allclose(scores, [0.9, 0.8, 0.7], rtol=1e-6)
    # Cell 6 is in column 2, row 1: centre (20, 10), 16 x 24. Cell 19 is column 1, row 1 at stride 16. All twice.
    np.testing.assert_allclose(boxes, [[24, -4, 56, 44], [24, 28, 40, 36], [0, 0, 64, 64]], rtol=1e-5)


def test_only_sure_persons_count() -> None:
    box = (0.5, 0.5, 0.0, 0.0)
    assert len(persons(detector_output((3, (*box, 1.0, 0.1, 1.0))), 32, 1.0, 0.3)[0]) == 0
    assert len(persons(detector_output((3, (*box, 0.5, 0.5, 0.0))), 32, 1.0, 0.3)[0]) == 0
    assert len(persons(detector_output((3, (*box, 0.6, 0.6, 0.0))), 32, 1.0, 0.3)[0]) == 1


def test_broken_numbers_of_a_detector_are_left_out_or_bounded() -> None:
    nan, huge = (np.nan, 0.5, 0.0, 0.0, 1.0, 1.0, 0.0), (0.5, 0.5, 1e30, 1e30, 1.0, 0.9, 0.0)
    boxes, _ = persons(detector_output((0, nan), (1, huge)), 32, 1.0, 0.3)
    assert boxes.shape == (1, 4)
    assert np.isfinite(boxes).all()


def test_of_boxes_that_overlap_the_surest_remains() -> None:
    boxes = np.array([[0, 0, 10, 6], [0, 0, 10, 10], [0, 0, 10, 4], [20, 0, 30, 10]], float)
    np.testing.assert_allclose(overlap(boxes[1], boxes), [0.6, 1.0, 0.4, 0.0])
    # The first overlaps the second by 0.6 and goes; the third overlaps the first by 2/3, but that is gone.
    kept = without_repeats(boxes, np.array([0.8, 0.9, 0.7, 0.5]), 0.45)
    assert kept.tolist() == [1, 2, 3]


def test_who_is_meant_among_several() -> None:
    clear_but_small, large_at_the_border, central = [70, 10, 90, 40], [0, 0, 30, 100], [40, 10, 70, 95]
    boxes, scores = np.array([clear_but_small, central, large_at_the_border], float), np.array([0.95, 0.9, 0.6])
    picks = {rule: chosen(boxes, scores, (100, 100), rule).tolist() for rule in ("first", "largest", "best")}
    assert picks == {"first": clear_but_small, "largest": large_at_the_border, "best": central}


def test_a_crop_has_the_networks_shape_and_leads_back() -> None:
    crop = crop_around(np.array([0.0, 0.0, 100.0, 100.0]), (288, 384))
    np.testing.assert_allclose(crop.extent, [125.0, 125.0 * 4 / 3])
    assert crop.factor == pytest.approx(2.304)
    corners = np.array([[0.0, 0.0], [144.0, 192.0], [288.0, 384.0]])
    np.testing.assert_allclose(crop.to_picture(corners), [[-12.5, -100 / 3], [50, 50], [112.5, 400 / 3]], atol=1e-9)
    tall = crop_around(np.array([10.0, 0.0, 20.0, 200.0]), (288, 384))
    np.testing.assert_allclose(tall.extent, [187.5, 250.0])


@pytest.mark.usefixtures("opencv")
def test_what_is_cut_is_where_the_crop_says() -> None:
    image = np.zeros((120, 90, 3), np.uint8)
    image[60, 40] = 255
    crop = crop_around(np.array([20.0, 40.0, 60.0, 80.0]), (96, 128))
    row, column = np.unravel_index(crop.cut(image)[..., 0].argmax(), (128, 96))
    np.testing.assert_allclose(crop.to_picture(np.array([column, row], float)), [40, 60], atol=0.5)


def test_simcc_takes_the_highest_bins_and_the_less_sure_coordinate() -> None:
    columns, rows = np.zeros((3, 12)), np.zeros((3, 16))
    columns[0, 7], rows[0, 10] = 0.9, 0.6
    columns[1, 0], rows[1, 15] = 1.2, 1.1
    columns[2], rows[2] = -0.2, np.nan
    points, scores = decoded(columns, rows)
    assert points[:2].tolist() == [[3.5, 5.0], [0.0, 7.5]]
    assert scores.tolist() == [0.6, 1.0, 0.0]


def test_all_points_keep_their_names() -> None:
    points = np.stack([np.arange(COCO_POINTS), 1000.0 + np.arange(COCO_POINTS)], axis=1)
    scores = np.linspace(0.4, 0.9, COCO_POINTS)
    ours, sure = from_coco(points, scores)
    assert ours.shape == (KEYPOINT_COUNT, 2)
    for name in set(BODY_NAMES) - {"neck"}:
        assert ours[body_index(name)].tolist() == points[COCO_BODY.index(name)].tolist()
        assert sure[body_index(name)] == np.float32(scores[COCO_BODY.index(name)])
    assert ours[body_index("neck")].tolist() == [5.5, 1005.5]
    assert sure[body_index("neck")] == 1.0
    # COCO-WholeBody's own table: feet 17 to 22, face 23 to 90, left hand 91 to 111, right hand 112 to 132.
    for group, first, last in (("feet", 17, 22), ("face", 23, 90), ("left_hand", 91, 111), ("right_hand", 112, 132)):
        assert ours[GROUPS[group], 0].tolist() == list(range(first, last + 1))


def test_a_neck_needs_both_shoulders() -> None:
    scores = np.ones(COCO_POINTS)
    scores[COCO_BODY.index("left_shoulder")] = 0.3
    assert from_coco(np.zeros((COCO_POINTS, 2)), scores)[1][body_index("neck")] == 0.0


def test_a_box_around_points_is_a_little_wider() -> None:
    np.testing.assert_allclose(around(np.array([[10.0, 20.0], [30.0, 60.0]]), 0.1), [8.0, 16.0, 32.0, 64.0])
