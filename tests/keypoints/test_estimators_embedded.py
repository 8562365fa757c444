"""The embedded estimator: its steps by hand, and the body that we draw found where it was drawn."""

from functools import cache

import numpy as np
import pytest

from gesta.errors import InputError
from gesta.keypoints.estimators.make import make_estimator
from gesta.keypoints.layout import FIRST_LIP, GROUPS, VISIBLE, body_index
from gesta.keypoints.mannequin_points import mannequin_keypoints
from gesta.records import Keypoints
from gesta.render.preview import frames
from gesta.render.views import camera_for
from tests.keypoints.test_mannequin_points import RAISED, spoken

pytest.importorskip("cv2")
pytest.importorskip("ai_edge_litert")

from gesta.keypoints.estimators.embedded import hands, people
from gesta.keypoints.estimators.embedded.anchors import detections, middles
from gesta.keypoints.estimators.embedded.estimator import Embedded
from gesta.keypoints.estimators.embedded.face_attention import Patch, sampled
from gesta.keypoints.estimators.embedded.networks import Network
from gesta.keypoints.estimators.embedded.region import Region, around, upright
from gesta.keypoints.estimators.embedded.seen import notes_of

SIZE = (480, 480)
SHOULDERS = ("left_shoulder", "right_shoulder")


@cache
def estimator() -> Embedded:
    return Embedded()


@cache
def picture(**weights: float) -> np.ndarray:
    """Our body with raised forearms."""
    return frames(spoken(RAISED, **weights), [0], SIZE, "half")[0]


@cache
def truth() -> Keypoints:
    return mannequin_keypoints(spoken(RAISED), camera_for("half"), SIZE)


def beside(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.concatenate([left, right], axis=1)


@pytest.mark.parametrize("angle", [0.0, 0.7, -2.0])
def test_a_region_leads_there_and_back(angle: float) -> None:
    region = Region(np.array([30.0, 50.0]), 40.0, angle)
    points = np.random.default_rng(0).uniform(0.0, 100.0, (7, 2))
    np.testing.assert_allclose(region.to_picture(region.from_picture(points)), points)
    np.testing.assert_allclose(region.to_picture(np.array([0.5, 0.5])), region.centre)


def test_a_level_region_of_a_picture_s_size_is_the_picture() -> None:
    image = np.random.default_rng(0).integers(0, 256, (24, 24, 3), dtype=np.uint8)
    for turns, angle in ((0, 0.0), (1, np.pi / 2.0)):
        cut = Region(np.array([12.0, 12.0]), 24.0, angle).cut(image, 24)
        np.testing.assert_allclose(cut * 255.0, np.rot90(image, turns), atol=1.0)


def test_what_points_up_is_up_in_its_region() -> None:
    foot, head = np.array([10.0, 40.0]), np.array([25.0, 14.0])
    inside = Region(foot, 100.0, upright(foot, head)).from_picture(head)
    assert inside[0] == pytest.approx(0.5) and inside[1] < 0.5


def test_the_square_around_points_holds_them_whichever_way_it_is_turned() -> None:
    points = np.random.default_rng(0).uniform(0.0, 100.0, (20, 2))
    inside = around(points, 0.4, 1.5).from_picture(points)
    assert np.ptp(inside, axis=0).max() == pytest.approx(1.0 / 1.5)
    np.testing.assert_allclose(inside.min(axis=0) + inside.max(axis=0), 1.0)


@pytest.mark.parametrize(("name", "answers"), [("person_detection", people.ANSWERS), ("palm_detection", hands.ANSWERS)])
def test_there_is_a_cell_for_every_answer(name: str, answers: dict[int, int]) -> None:
    network = Network(name)
    values, logits = network.answer(np.zeros((network.side, network.side, 3)))
    assert len(middles(network.side, answers)) == len(values) == len(logits)


def test_boxes_that_overlap_are_averaged_and_others_stay() -> None:
    cells = np.array([[10.0, 10.0], [10.0, 10.0], [50.0, 50.0], [90.0, 90.0]])
    values = np.array([[0, 0, 8, 8, 1, 1], [2, 0, 8, 8, 3, 1], [0, 0, 4, 4, 0, 0], [0, 0, 4, 4, 0, 0]], float)
    logits = np.log([[3.0], [1.0], [9.0], [0.1]])
    found = detections(values, logits, cells, least=0.4)
    np.testing.assert_allclose(found.scores, [0.9, 0.75])
    np.testing.assert_allclose(found.boxes[0], [48, 48, 52, 52])
    shift = 2.0 * 0.5 / (0.75 + 0.5)
    np.testing.assert_allclose(found.boxes[1], np.array([6, 6, 14, 14]) + [shift, 0, shift, 0])
    np.testing.assert_allclose(found.points[1], [[11.0 + shift, 11.0]])


def test_a_patch_covers_its_points_and_half_as_much_again() -> None:
    mesh = np.array([[10.0, 20.0], [18.0, 20.0], [14.0, 16.0], [14.0, 24.0]])
    matrix = Patch(np.arange(4), (0, 1), 16, np.array([1.5, 1.5])).matrix(mesh)
    corners = np.array([[0.0, 0.0], [16.0, 16.0]]) @ matrix[:, :2].T + matrix[:, 2]
    np.testing.assert_allclose(corners, [[8.0, 14.0], [20.0, 26.0]])


def test_features_are_read_between_their_middles_and_are_nothing_beyond() -> None:
    features = np.random.default_rng(0).standard_normal((6, 6, 2))
    whole = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    np.testing.assert_allclose(sampled(features, whole, 6), features)
    halfway = sampled(features, whole + [[0, 0, 0.5], [0, 0, 0.0]], 6)
    np.testing.assert_allclose(halfway[:, :5], (features[:, :5] + features[:, 1:]) / 2.0)
    assert not halfway[:, 5].any()


def test_our_body_is_found_where_it_is_drawn() -> None:
    found, true = estimator().picture(picture()), truth()
    width = np.linalg.norm(np.diff([true.points[0, body_index(name)] for name in SHOULDERS], axis=0))
    for name in (*SHOULDERS, "nose", "neck", "left_elbow", "right_elbow", "left_wrist", "right_wrist"):
        at = body_index(name)
        assert found.scores[0, at] >= VISIBLE, name
        assert np.linalg.norm(found.points[0, at] - true.points[0, at]) < 0.12 * width, name
    for side in ("left_hand", "right_hand"):
        away = np.linalg.norm(found.points[0, GROUPS[side]] - true.points[0, GROUPS[side]], axis=1)
        assert away.mean() < 0.08 * width, side
    assert (found.scores[0, GROUPS["face"]] > 0.9).all()
    assert not found.scores[0, [body_index("left_ankle"), body_index("right_ankle")]].any()
    assert estimator().look(picture()).notes() == []


def test_an_open_mouth_is_seen_open() -> None:
    gaps = []
    for weights in ({}, {"jawOpen": 0.7}):
        lips = estimator().picture(picture(**weights)).points[0, GROUPS["face"]][FIRST_LIP:]
        gaps.append(np.linalg.norm(lips[14] - lips[18]))
    assert gaps[0] < 2.0 and gaps[1] > 6.0


def test_somebody_larger_speaks_and_the_other_is_mentioned() -> None:
    columns = np.arange(0.0, SIZE[0], 1.25).astype(int)
    padded = np.full_like(picture(), picture()[0, 0])
    padded[-len(columns) :, : len(columns)] = picture()[columns][:, columns]
    seen = estimator().look(beside(padded, picture()))
    assert seen.persons == 2 and "2 persons" in seen.notes()[0]
    assert seen.body.point("nose")[0] > SIZE[0]


def test_hands_that_are_cut_off_are_not_there() -> None:
    above = picture()[: int(truth().points[0, body_index("neck"), 1]) + 40]
    seen = estimator().look(above)
    found = estimator().picture(above)
    assert not found.scores[0, [body_index("left_hip"), body_index("right_hip")]].any()
    assert all(name in seen.hands or name.replace("_", " ") in seen.notes()[-1] for name in ("left_hand", "right_hand"))


def test_a_face_that_is_cut_off_is_said() -> None:
    eyes = int(truth().points[0, body_index("left_eye"), 1])
    found, notes = estimator().noted(picture()[eyes + 4 :])
    assert not (found.scores[0, GROUPS["face"]] > 0.0).all()
    assert notes[0].startswith("The face ") and "stay as they are" in notes[0]


def test_the_mask_lies_on_the_person() -> None:
    image = picture()
    region = estimator().look(image).body.region
    mask = region.spread(estimator().mask(image, region), SIZE)
    assert mask.shape == image.shape[:2] and mask.min() >= 0.0 and mask.max() <= 1.0
    true = truth().points[0]
    on = [true[body_index(name)] for name in ("nose", "neck", "left_elbow", "right_elbow", "left_ear", "right_ear")]
    on.append((true[body_index("left_shoulder")] + true[body_index("right_shoulder")]) / 2.0 + (0.0, 40.0))
    assert all(mask[int(y), int(x)] > 0.5 for x, y in on)
    beside_head = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, -1.0]]) * 1.2 * np.linalg.norm(on[4] - on[5]) + on[0]
    assert all(mask[int(y), int(x)] < 0.1 for x, y in beside_head)
    assert mask[[0, 0], [0, -1]].max() < 0.05


def test_values_of_a_region_are_laid_where_they_were_cut() -> None:
    image = np.random.default_rng(1).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    image = np.kron(image[::8, ::8], np.ones((8, 8, 1), np.uint8))[:, :60]
    region = Region(np.array([30.0, 20.0]), 30.0, 0.5)
    laid = region.spread(region.cut(image, 120)[..., 0], (60, 40))
    inside = np.hypot(*(np.mgrid[:40, :60] + 0.5 - np.array([20.0, 30.0])[:, None, None])) < 13.0
    assert np.abs(laid - image[..., 0] / 255.0)[inside].mean() < 0.06
    assert not laid[0, 0] and not laid[-1, -1]


def test_small_faces_and_several_persons_are_said() -> None:
    assert notes_of(1, True, (), 100.0) == []
    assert notes_of(1, False, (), 0.0) == ["The face cannot be read: mouth and eyes stay as they are."]
    assert notes_of(1, True, (), 30.0, whole_face=False) == [
        "The face is not whole in the picture: mouth and eyes may stay as they are."
    ]
    several, small, hidden = notes_of(3, True, ("left_hand",), 30.0)
    assert "3 persons" in several and "only 30 pixels wide" in small and hidden.startswith("The left hand cannot")


def test_nobody_is_said() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    with pytest.raises(InputError, match="Nobody is found in the picture"):
        estimator().picture(noise)
    with pytest.raises(InputError, match="Nobody is found in the 3 frames"):
        estimator().film([noise] * 3, 25.0)
    with pytest.raises(InputError, match="in the 0 frames"):
        estimator().film([], 25.0)


def test_a_person_is_followed_through_a_film_and_found_again() -> None:
    moved = [np.roll(picture(), 4 * number, axis=1) for number in range(6)]
    shown = [*moved[:3], np.full_like(moved[0], 90), *moved[3:]]
    found = estimator().film(shown, 25.0)
    assert not found.scores[3].any() and found.fps == 25.0
    nose = found.points[[0, 1, 2, 4, 5, 6], body_index("nose"), 0]
    np.testing.assert_allclose(np.diff(nose), 4.0, atol=2.5)
    with pytest.raises(InputError, match="another size"):
        estimator().film([moved[0], moved[1][:-2]], 25.0)


def test_it_is_made_by_its_name() -> None:
    assert make_estimator("embedded").name == "embedded"
