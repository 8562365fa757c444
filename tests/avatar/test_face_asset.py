"""The packaged body's face, measured: what each ARKit shape does to skin, eyes, teeth, tongue, lashes and brows."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from gesta.avatar.asset import body_asset
from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.motion.face_joints import face_joint_rotations
from gesta.motion.skeleton import skeleton
from gesta.randomness import generator
from tests.avatar.face_measures import (
    PIXELS,
    is_piece,
    landmark,
    moved,
    offsets,
    piece,
    runs,
    seen,
    weights_of,
)

MM = 1e-3
SIDES = {"Left": 1.0, "Right": -1.0}
CHIN, NOSE_TIP, UNDER_NOSE = 8, 30, 33
CORNERS = [48, 54]
LIPS_MEET = [62, 66]
BROWS = ("brows_soft", "brows_straight", "brows_arched")
FACE = ("skin", "eyes", "teeth_upper", "teeth_lower", "tongue", "lashes", *BROWS)
SIDED = [name for name in ARKIT_NAMES if name.endswith("Left") and name not in ("jawLeft", "mouthLeft")]
LEAST_MOVE_M = 1.5 * MM
EYE_SPAN_M, MOUTH_SPAN_M = 0.04, 0.09


def other_side(name: str) -> str:
    """The shape that does the same on the other side, or the shape itself."""
    for own, other in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(own):
            return name.removesuffix(own) + other
    return name


def eye_front(side: str) -> np.ndarray:
    """The middle of an eyeball's front, (3,) metres."""
    vertices = piece("eyes").vertices
    own = vertices[vertices[:, 0] * SIDES[side] > 0.0]
    return np.array((*own.mean(axis=0)[:2], own[:, 2].max()))


def eye_opening(side: str, weights: dict[str, float]) -> np.ndarray:
    """Where an eyeball is seen from the front, (PIXELS, PIXELS) bool."""
    return is_piece(seen(weights, eye_front(side), EYE_SPAN_M), "eyes")


def mouth(weights: dict[str, float]) -> np.ndarray:
    """What is seen of the mouth from the front."""
    return seen(weights, landmark(LIPS_MEET, weights).mean(axis=0), MOUTH_SPAN_M)


def square_mm(picture: np.ndarray, span_m: float) -> float:
    """The area of what is True."""
    return float(np.count_nonzero(picture) * (span_m / MM / PIXELS) ** 2)


def test_an_open_jaw_drops_the_chin_and_takes_lower_teeth_and_tongue_along():
    drop = (landmark([CHIN], {}) - landmark([CHIN], {"jawOpen": 1.0}))[0]
    assert 20 * MM <= drop[1] <= 28 * MM
    for name in ("teeth_lower", "tongue"):
        front = piece(name).vertices[:, 2].argmax()
        assert -offsets(name, "jawOpen")[front, 1] > 10 * MM
    assert not offsets("teeth_upper", "jawOpen").any()


@pytest.mark.parametrize("weight", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_no_tooth_and_no_tongue_comes_through_the_skin_of_an_opening_jaw(weight):
    made = {"jawOpen": weight}
    middle = landmark(LIPS_MEET, made).mean(axis=0)
    from_sides = [seen(made, middle, 0.16, turn) for turn in (-90.0, 90.0)]
    assert not any(is_piece(view, "teeth_upper", "teeth_lower", "tongue").any() for view in from_sides)
    assert not is_piece(seen(made, middle, 0.16, rise_deg=-85.0), "teeth_lower", "tongue").any()
    # From the front, teeth are seen between the lips only.
    rows, columns = np.nonzero(is_piece(mouth(made), "teeth_upper", "teeth_lower", "tongue"))
    lips = landmark([*range(60, 68)], made) - middle
    pixel = MOUTH_SPAN_M / PIXELS
    if len(rows):
        slack = 2.5 * MM
        heights, sides = (PIXELS / 2 - rows) * pixel, (columns - PIXELS / 2) * pixel
        assert lips[:, 1].min() - slack < heights.min() and heights.max() < lips[:, 1].max() + slack
        assert lips[:, 0].min() - slack < sides.min() and sides.max() < lips[:, 0].max() + slack


def test_a_neutral_mouth_is_shut():
    assert square_mm(is_piece(mouth({}), "teeth_upper", "teeth_lower", "tongue"), MOUTH_SPAN_M) < 0.5


@pytest.mark.parametrize("weight", [0.3, 0.6, 1.0])
def test_mouth_close_shuts_the_lips_of_an_open_jaw(weight):
    open_area = square_mm(is_piece(mouth({"jawOpen": weight}), "teeth_lower", "teeth_upper", "tongue"), MOUTH_SPAN_M)
    shut = is_piece(mouth({"jawOpen": weight, "mouthClose": weight}), "teeth_lower", "teeth_upper", "tongue")
    assert open_area > 30.0
    assert square_mm(shut, MOUTH_SPAN_M) < 0.8


def test_a_pucker_narrows_the_mouth_and_a_smile_widens_it():
    def width(weights: dict[str, float]) -> float:
        return float(np.linalg.norm(np.subtract(*landmark(CORNERS, weights))))

    assert width({"mouthPucker": 1.0}) < width({}) - 6 * MM
    assert width({"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0}) > width({}) + 6 * MM


@pytest.mark.parametrize("side", SIDES)
def test_a_blink_shuts_the_eye_to_less_than_a_millimetre(side):
    rest = eye_opening(side, {}).sum(axis=0).max()
    shut = eye_opening(side, {f"eyeBlink{side}": 1.0}).sum(axis=0).max()
    assert rest * EYE_SPAN_M / PIXELS > 7 * MM
    assert shut * EYE_SPAN_M / PIXELS < 1 * MM


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    "made",
    [{"eyeBlink": w} for w in (0.2, 0.4, 0.6, 0.8)] + [{"eyeLookDown": 1.0, "eyeBlink": 0.3}, {"eyeSquint": 1.0}],
)
def test_no_eyeball_comes_through_a_lid_on_its_way(side, made):
    opening = eye_opening(side, {f"{name}{side}": weight for name, weight in made.items()})
    assert max(runs(column) for column in opening.T) == 1


@pytest.mark.parametrize("name", SIDED)
def test_a_shape_of_one_side_stays_there(name):
    # Lips are one band: a corner that is pulled pulls its neighbours. Brows meet above the nose.
    reach = {"mouth": 32 * MM, "brow": 14 * MM, "noseSneer": 10 * MM}
    beyond = next((reach[start] for start in reach if name.startswith(start)), 1 * MM)
    for own in FACE:
        felt = np.linalg.norm(offsets(own, name), axis=1) > 0.05 * MM
        assert (piece(own).vertices[felt, 0] > -beyond).all(), own


def test_a_blink_moves_nothing_right_of_the_nose():
    for own in FACE:
        right = piece(own).vertices[:, 0] < -0.5 * MM
        assert not offsets(own, "eyeBlinkLeft")[right].any()


@pytest.mark.parametrize("name", ARKIT_NAMES)
def test_left_and_right_are_mirrors_to_a_millimetre(name):
    for own in ("skin", "teeth_lower", "tongue", "eyes"):
        vertices, ours, theirs = piece(own).vertices, offsets(own, name), offsets(own, other_side(name))
        felt = np.flatnonzero(np.linalg.norm(ours, axis=1) > 0.0)
        if own == "eyes":
            # The light that an eye mirrors stands on the same side in both.
            light = body_asset().info.pieces[own].swatches.index("catchlight")
            felt = felt[piece(own).tints[felt, light] == 0]
        # Lips touch: of the vertices at a mirrored place, one does the same.
        _, there = cKDTree(vertices).query(vertices[felt] * (-1.0, 1.0, 1.0), k=8)
        apart = np.linalg.norm((ours[felt] * (-1.0, 1.0, 1.0))[:, None] - theirs[there], axis=2).min(axis=1)
        assert apart.max(initial=0.0) < 1 * MM, own


@pytest.mark.parametrize("name", ARKIT_NAMES)
def test_every_shape_moves_something_and_nothing_beyond_its_region(name):
    felt = {own: np.linalg.norm(offsets(own, name), axis=1) for own in FACE}
    assert max(lengths.max() for lengths in felt.values()) > LEAST_MOVE_M
    places = np.concatenate([piece(own).vertices[lengths > 0.2 * MM] for own, lengths in felt.items()])
    (_, chin, _), (_, nose, _) = landmark([CHIN], {})[0], landmark([UNDER_NOSE], {})[0]
    brow = landmark([19], {})[0][1]
    if name.startswith("brow"):
        assert places[:, 1].min() > nose
    elif name.startswith("eye"):
        assert places[:, 1].min() > landmark(LIPS_MEET, {})[0][1]
    elif name.startswith(("mouth", "jaw", "tongue")):
        assert places[:, 1].max() < brow
    assert places[:, 1].min() > chin - 60 * MM
    assert places[:, 1].max() < brow + 75 * MM
    # Nothing moves behind the ears.
    assert places[:, 2].min() > piece("skin").vertices[:, 2].max() - 170 * MM


def test_any_weights_combine_without_tearing():
    skin = piece("skin")
    edges = np.concatenate([skin.faces[:, [0, 1]], skin.faces[:, [1, 2]], skin.faces[:, [2, 0]]])
    head = skin.vertices[edges].min(axis=1)[:, 1] > landmark([CHIN], {})[0][1]
    edges = edges[head]
    rest = np.linalg.norm(np.subtract(*skin.vertices[edges.T]), axis=1)
    rest_normals = face_normals(skin.vertices, skin.faces)
    numbers = generator(6, "faces")
    for weights in [*numbers.uniform(0.0, 1.0, (20, 52)).astype(np.float32), np.ones(52, np.float32)]:
        # mouthClose is how much of the jaw's opening the lips take back.
        weights[ARKIT_INDEX["mouthClose"]] *= weights[ARKIT_INDEX["jawOpen"]]
        now = moved("skin", weights)
        lengths = np.linalg.norm(np.subtract(*now[edges.T]), axis=1)
        assert (lengths < np.maximum(8.0 * rest, rest + 12 * MM)).all()
        turned = (face_normals(now, skin.faces) * rest_normals).sum(axis=1) < -0.5
        assert turned.mean() < 0.015


def face_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Unit normals of triangles, (N, 3)."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    normals = np.cross(b - a, c - a)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)


@pytest.mark.parametrize("name", [name for name in ARKIT_NAMES if name.startswith("eyeLook")])
def test_an_eye_looks_where_its_joint_would_turn_it(name):
    side = "Left" if name.endswith("Left") else "Right"
    eyes = piece("eyes")
    pupil = eyes.tints[:, body_asset().info.pieces["eyes"].swatches.index("pupil")] == 255
    pupil &= eyes.vertices[:, 0] * SIDES[side] > 0.0
    ball = (eyes.vertices[:, 0] * SIDES[side] > 0.0) & ~pupil
    centre = 0.5 * (eyes.vertices[ball].min(axis=0) + eyes.vertices[ball].max(axis=0))
    centre[2] = eyes.vertices[ball, 2].max() - 0.5 * np.ptp(eyes.vertices[ball, 1])
    looks = [(places[pupil] - centre).mean(axis=0) for places in (moved("eyes", {}), moved("eyes", {name: 1.0}))]
    turn = face_joint_rotations(weights_of({name: 1.0})[None])[0, 1 + list(SIDES).index(side)]
    before, after = (look / np.linalg.norm(look) for look in looks)
    assert np.degrees(np.arccos(np.clip((turn @ before) @ after, -1.0, 1.0))) < 3.0
    other = eyes.vertices[:, 0] * SIDES[side] < 0.0
    assert not offsets("eyes", name)[other].any()


def test_lids_follow_a_look_down_and_brows_go_up_and_down():
    assert eye_opening("Left", {"eyeLookDownLeft": 1.0}).sum() < 0.8 * eye_opening("Left", {}).sum()
    assert eye_opening("Left", {"eyeWideLeft": 1.0}).sum() > 1.2 * eye_opening("Left", {}).sum()
    for own in BROWS:
        assert offsets(own, "browInnerUp")[:, 1].max() > 2.5 * MM
        assert offsets(own, "browDownLeft")[:, 1].min() < -2 * MM


def test_lashes_follow_the_lid():
    assert offsets("lashes", "eyeBlinkLeft")[:, 1].min() < -6 * MM
    upper = offsets("lashes", "eyeBlinkLeft")[:, 1] < -6 * MM
    assert (moved("lashes", {"eyeBlinkLeft": 1.0})[upper, 2] > eye_front("Left")[2] - 8 * MM).all()


def test_lips_iris_and_mouth_have_their_colours():
    info, skin = body_asset().info, piece("skin")
    swatches = info.pieces["skin"].swatches
    lips = skin.tints[:, swatches.index("lips")]
    assert (lips[[info.landmarks["face"][n] for n in LIPS_MEET]] > 127).all()
    assert lips[info.landmarks["face"][NOSE_TIP]] == 0
    assert (skin.tints[:, swatches.index("mouth")] > 200).sum() > 100
    assert (skin.tints[:, swatches.index("nails")] > 127).sum() >= 20
    assert {"pupil", "iris", "sclera", "catchlight"} <= set(info.pieces["eyes"].swatches)
    assert {"tooth", "gum"} <= set(info.pieces["teeth_upper"].swatches)


def test_nothing_of_the_face_hangs_on_the_jaws_joint():
    jaw = skeleton().index("jaw")
    for own in FACE:
        assert not piece(own).weights[piece(own).joints == jaw].any()


def test_the_mouth_is_thin_in_triangles():
    assert len(piece("teeth_upper").faces) + len(piece("teeth_lower").faces) <= 1400
    assert len(piece("eyes").faces) <= 1000
