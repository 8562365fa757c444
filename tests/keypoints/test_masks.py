"""Masks: boxes where the points are, levels as the published steps make them, nothing where nothing is."""

import itertools
import time

import numpy as np
import pytest
from PIL import Image

from gesta.errors import InputError
from gesta.keypoints.layout import GROUPS, LIPS
from gesta.keypoints.levels import mask_levels
from gesta.keypoints.mask_steps import MaskSteps
from gesta.keypoints.masks import FULL_VARIANTS, REGIONS, region_boxes, region_pictures
from gesta.records import KEYPOINT_COUNT, Keypoints
from tests.keypoints.made_points import gesturing, hidden, person
from tests.keypoints.published_film import boxes_in, frames_of, near


def nobody(frames: int = 1) -> Keypoints:
    return hidden(person(frames), slice(0, KEYPOINT_COUNT))


def test_a_box_goes_from_the_first_visible_point_to_just_before_the_last() -> None:
    keypoints = person()
    points, scores = keypoints.points.copy(), keypoints.scores.copy()
    points[0, LIPS], scores[0, LIPS] = 0.0, 0.0
    points[0, 72:75], scores[0, 72:75] = [(100.9, 50.2), (120.0, 61.7), (110.0, 55.0)], 0.3
    points[0, 75], scores[0, 75] = (300.0, 300.0), 0.29
    points[0, 76], scores[0, 76] = (0.9, 300.0), 1.0
    keypoints = keypoints.replaced(points=points, scores=scores)
    assert region_boxes(keypoints)["lip"].tolist() == [[100, 50, 120, 61]]
    lip = region_pictures(keypoints, ["lip"])["lip"][0]
    assert lip[50:61, 100:120].min() == 255
    assert lip.sum() == 255 * 11 * 20


def test_the_face_holds_the_hands_and_their_overlap_is_254() -> None:
    keypoints = person()
    points = keypoints.points.copy()
    points[:, GROUPS["left_hand"]] += points[:, 30:31] - points[:, 92:93]
    pictures = region_pictures(keypoints.replaced(points=points))
    assert set(np.unique(pictures["face"])) == {0, 254, 255}
    assert set(np.unique(pictures["hands"])) == {0, 255}
    outside = pictures["face"] == 0
    assert not pictures["lip"][outside].any()
    assert not pictures["hands"][outside].any()


def test_an_empty_region_is_zero_at_all_levels() -> None:
    for full, steps in itertools.product(FULL_VARIANTS, ("as_published", "smooth")):
        found = mask_levels(nobody(2), full=full, steps=steps)
        assert set(found) == set(REGIONS)
        for region in ("face", "lip"):
            assert all(not level.any() for level in found[region])
        assert all(np.isfinite(level).all() for level in found["full"])
    assert not mask_levels(nobody(), full="hands")["full"][0].any()
    for steps in ("as_published", "smooth"):
        open_space = mask_levels(nobody(), full="outside_face_and_hands", steps=steps)["full"]
        assert all(level == pytest.approx(np.ones_like(level), abs=1e-5) for level in open_space)


def test_one_hand_alone_is_a_region() -> None:
    found = mask_levels(hidden(person(), GROUPS["right_hand"]), full="hands")["full"][0].reshape(64, 64)
    left = person().points[0, GROUPS["left_hand"], 0].mean() / 8
    assert found.max() == 1.0
    assert abs(found.max(axis=0).argmax() - left) < 3
    assert found[:, :20].max() == 0.0


def published(picture: np.ndarray, kernel: int) -> list[np.ndarray]:
    """The published steps with the libraries that the released code takes."""
    cv2 = pytest.importorskip("cv2")
    blurred = cv2.GaussianBlur(cv2.resize(picture, (64, 64)), (kernel, kernel), 0)
    image = Image.fromarray(cv2.normalize(blurred, None, 0, 255, cv2.NORM_MINMAX))
    sizes = (64, 32, 16, 8)
    return [np.asarray(image.resize((side, side), Image.Resampling.BILINEAR)).ravel() / 255 for side in sizes]


def test_levels_are_what_the_published_steps_give() -> None:
    keypoints = gesturing(12)
    pictures = region_pictures(keypoints)
    found = mask_levels(keypoints, full="hands")
    for region, name, kernel in (("lip", "lip", 21), ("face", "face", 31), ("full", "hands", 21)):
        for frame, picture in enumerate(pictures[name]):
            for level, wanted in enumerate(published(picture, kernel)):
                assert found[region][level][frame] == pytest.approx(wanted, abs=1.01 / 255)
                assert np.abs(found[region][level][frame] - wanted).mean() < 0.02 / 255


def test_the_five_full_masks_are_what_their_names_say() -> None:
    keypoints = gesturing(3)
    masks = {full: mask_levels(keypoints, full=full) for full in FULL_VARIANTS}
    lip, face = masks["hands"]["lip"], masks["hands"]["face"]
    for level in range(4):
        assert masks["outside_lips"]["full"][level] == pytest.approx(1 - lip[level])
        assert masks["everything_and_lips"]["full"][level] == pytest.approx(1 + lip[level])
        wanted = np.clip(1 - face[level] + lip[level] + masks["hands"]["full"][level], 0, 1)
        assert masks["outside_face"]["full"][level] == pytest.approx(wanted, abs=1e-6)
    pictures = region_pictures(keypoints)
    for frame in range(3):
        wanted = published(np.maximum(255 - pictures["face"][frame], pictures["lip"][frame]), 21)
        assert masks["outside_face_and_hands"]["full"][0][frame] == pytest.approx(wanted[0], abs=1.01 / 255)


@pytest.mark.parametrize("grid", [8, 16, 32])
def test_small_grids_see_the_same_regions(grid: int) -> None:
    keypoints = gesturing(4)
    small, large = (mask_levels(keypoints, full="hands", grid=side)["face"] for side in (grid, 64))
    assert [level.shape for level in small] == [(4, (grid >> step) ** 2) for step in range(4)]
    shrunk = large[0].reshape(4, grid, 64 // grid, grid, 64 // grid).mean(axis=(2, 4)).reshape(4, -1)
    assert all(np.corrcoef(one, other)[0, 1] > 0.9 for one, other in zip(small[0], shrunk, strict=True))


@pytest.mark.parametrize("steps", ["as_published", "smooth"])
def test_stretches_give_the_masks_of_the_whole(steps: MaskSteps) -> None:
    keypoints, full = gesturing(150), "outside_face_and_hands"
    whole = mask_levels(keypoints, full=full, steps=steps)
    parts = [mask_levels(keypoints.frames(*cut), full=full, steps=steps) for cut in ((0, 70), (70, 150))]
    for region in REGIONS:
        for level in range(4):
            assert np.array_equal(whole[region][level], np.concatenate([part[region][level] for part in parts]))


@pytest.mark.parametrize("full", FULL_VARIANTS)
def test_smooth_masks_are_the_published_ones_without_their_jerks(full: str) -> None:
    keypoints = gesturing(60)
    published, smooth = (mask_levels(keypoints, full=full, steps=steps) for steps in ("as_published", "smooth"))
    for region in REGIONS:
        for level in range(4):
            assert np.corrcoef(published[region][level].ravel(), smooth[region][level].ravel())[0, 1] > 0.98
    jerks = [np.abs(np.diff(masks["face"][0], 2, axis=0)).mean() for masks in (published, smooth)]
    assert jerks[1] < 0.5 * jerks[0]


def test_smooth_masks_follow_movements_below_a_pixel() -> None:
    keypoints = person(9)
    moved = keypoints.points + np.linspace(0.0, 1.0, 9)[:, None, None]
    masks = mask_levels(keypoints.replaced(points=moved), full="hands", steps="smooth")
    for region in REGIONS:
        steps = np.abs(np.diff(masks[region][0], axis=0)).mean(axis=1)
        assert steps.min() > 0.0
        assert steps.max() < 1.2 * steps.min()


@pytest.mark.parametrize("steps", ["as_published", "smooth"])
def test_small_canvases_have_the_masks_of_large_ones(steps: MaskSteps) -> None:
    keypoints = gesturing(5)
    small = keypoints.replaced(points=keypoints.points / 8, size=(64, 64))
    wanted, found = (mask_levels(one, full="hands", grid=8, levels=3, steps=steps) for one in (keypoints, small))
    for region in REGIONS:
        for level in range(3):
            assert found[region][level] == pytest.approx(wanted[region][level], abs=2e-3)


def test_unknown_names_and_odd_grids_are_refused() -> None:
    with pytest.raises(InputError, match="outside_lips"):
        mask_levels(person(), full="outside_lip")
    with pytest.raises(ValueError, match="halved"):
        mask_levels(person(), full="hands", grid=12)


def test_masks_are_faster_than_films() -> None:
    keypoints = gesturing(128)
    spent = []
    for _ in range(3):
        start = time.perf_counter()
        mask_levels(keypoints, full="outside_face")
        spent.append(time.perf_counter() - start)
    assert 128 / min(spent) > 250


def test_the_published_masks_are_the_boxes_of_the_published_drawing() -> None:
    poses, faces, lips = (frames_of(part, step=16) for part in ("", "_face_mask", "_lips_mask"))
    for pose, face, lip in zip(poses, faces, lips, strict=True):
        (face_box, *hand_boxes), (lip_box,) = boxes_in(face[..., 0]), boxes_in(lip[..., 0])
        assert len(hand_boxes) == 2
        for left, top, right, bottom in hand_boxes:
            rows, columns = np.nonzero(near(pose, (0, 0, 255), 75)[top - 8 : bottom + 8, left - 8 : right + 8])
            # Discs of radius 4 stand 8 - 4 pixels from the edge of what was cut out, on all sides.
            found = (columns.min() - 4, rows.min() - 4, columns.max() - 12, rows.max() - 12)
            assert found == pytest.approx((0, 0, right - left, bottom - top), abs=3)
        assert face_box[0] < lip_box[0] < lip_box[2] < face_box[2]
        assert (face_box[1] + face_box[3]) / 2 < lip_box[1] < lip_box[3] < face_box[3]
        filled = (face[..., 0] > 127).sum()
        assert filled == pytest.approx(
            sum((box[2] - box[0]) * (box[3] - box[1]) for box in (face_box, *hand_boxes)), rel=0.01
        )
