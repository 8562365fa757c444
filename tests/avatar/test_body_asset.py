"""The body that the package ships: fitted to the skeleton, sound, the same on both sides, and whole in every pose."""

import json
from importlib import resources

import numpy as np
import pytest
from scipy.spatial import cKDTree

from gesta.avatar.asset import ASSET_FILE, body_asset
from gesta.avatar.capsules import body_capsules
from gesta.avatar.info import SKIN
from gesta.motion.skeleton import skeleton
from tests.avatar.bare_skin import bare_skin, posed

BODY = body_asset()
INFO, PIECE = BODY.info, BODY.pieces[SKIN]
WORN = np.unique(PIECE.faces)
REST = dict(zip(skeleton().names, skeleton().rest_positions(), strict=True))
MIRROR = np.array((-1.0, 1.0, 1.0))
TWIN = cKDTree(PIECE.vertices).query(PIECE.vertices * MIRROR)[1]
NAMES = (*skeleton().names, *(helper.name for helper in INFO.helpers))
OTHER_SIDE = [
    NAMES.index(name.replace("left", "right") if "left" in name else name.replace("right", "left")) for name in NAMES
]


def dense_weights() -> np.ndarray:
    """Weights of the skin over all joints, (V, J)."""
    weights = np.zeros((len(PIECE.vertices), len(NAMES)))
    np.put_along_axis(weights, PIECE.joints.astype(np.int64), PIECE.weights, axis=1)
    return weights


def winding_numbers(places: np.ndarray) -> np.ndarray:
    """How often the skin encloses places (n, 3): one inside, none outside (van Oosterom and Strackee, 1983)."""
    a, b, c = (PIECE.vertices[PIECE.faces[:, corner]].astype(np.float64) - places[:, None] for corner in range(3))
    la, lb, lc = (np.linalg.norm(edge, axis=2) for edge in (a, b, c))
    volume = np.einsum("nfx,nfx->nf", a, np.cross(b, c))
    ab, bc, ca = ((x * y).sum(axis=2) for x, y in ((a, b), (b, c), (c, a)))
    return np.arctan2(volume, la * lb * lc + ab * lc + bc * la + ca * lb).sum(axis=1) / (2.0 * np.pi)


def test_the_file_is_small() -> None:
    path = resources.files("gesta.avatar").joinpath(ASSET_FILE)
    with resources.as_file(path) as file:
        assert file.stat().st_size <= 8_000_000


@pytest.mark.parametrize("name", sorted(BODY.pieces))
def test_every_piece_is_made_of_proper_triangles_and_says_its_licence(name: str) -> None:
    faces = BODY.pieces[name].faces
    assert all((faces[:, i] != faces[:, (i + 1) % 3]).all() for i in range(3))
    assert "CC0" in json.dumps(INFO.sources[name])


def test_the_skin_is_closed_and_turned_outwards() -> None:
    edges = np.concatenate([PIECE.faces[:, [i, (i + 1) % 3]] for i in range(3)])
    assert len(np.unique(edges, axis=0)) == len(edges)
    np.testing.assert_array_equal(np.unique(np.sort(edges, axis=1), axis=0, return_counts=True)[1], 2)
    corners = PIECE.vertices[PIECE.faces].astype(np.float64)
    litres = np.einsum("nx,nx->n", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6.0 * 1000.0
    assert 45.0 < litres < 60.0


def test_left_and_right_are_mirrors() -> None:
    away = np.linalg.norm(PIECE.vertices[TWIN] - PIECE.vertices * MIRROR, axis=1)
    assert away[WORN].max() < 0.001
    weights = dense_weights()
    assert np.abs(weights[TWIN][:, OTHER_SIDE] - weights)[WORN].max() < 0.05


def test_it_stands_on_the_floor_as_tall_as_it_should() -> None:
    heights = PIECE.vertices[WORN, 1]
    assert abs(heights.min()) < 1e-4
    assert 1.60 < heights.max() < 1.66
    for sole in skeleton().soles:
        side, part = sole.name.split("_")
        vertex = PIECE.vertices[INFO.landmarks[f"{side}_sole"][("heel", "toe").index(part)]]
        assert abs(vertex[1]) < 0.002
        assert np.linalg.norm((vertex - REST[sole.joint] - sole.offset) * (1.0, 0.0, 1.0)) < 0.041


def test_joints_are_inside_the_skin() -> None:
    names = [name for name in skeleton().names if "eye" not in name]
    np.testing.assert_allclose(winding_numbers(np.stack([REST[name] for name in names])), 1.0, atol=0.01)


def carried_by(joint: str) -> list[int]:
    """Indices of a joint and of all joints, helpers too, that it carries."""
    rig = bare_skin().rig
    found = {rig.names.index(joint)}
    for index, parent in enumerate(rig.parents):
        if parent in found:
            found.add(index)
    return sorted(found)


@pytest.mark.parametrize("joint", ["elbow", "wrist", "knee", "index2", "middle2", "ring2", "pinky2", "thumb3"])
def test_limbs_bend_in_their_middle(joint: str) -> None:
    share = dense_weights()[:, carried_by(f"left_{joint}")].sum(axis=1)
    ring = PIECE.vertices[(share > 0.3) & (share < 0.7)] - REST[f"left_{joint}"]
    bones = skeleton()
    along = bones.offsets[bones.index(f"left_{joint}")]
    ring -= np.outer(ring @ along, along) / (along @ along)
    thickness = np.linalg.norm(ring - ring.mean(axis=0), axis=1).mean()
    assert np.linalg.norm(ring.mean(axis=0)) < 0.6 * thickness


def test_eyes_are_where_the_skeleton_has_them() -> None:
    places = BODY.pieces["eyes"].vertices
    for side in (1.0, -1.0):
        name = "left_eye_smplhf" if side > 0.0 else "right_eye_smplhf"
        eyeball = places[places[:, 0] * side > 0.0]
        middle = 0.5 * (eyeball.min(axis=0) + eyeball.max(axis=0))
        assert np.linalg.norm(middle - REST[name]) < 0.003


def test_face_landmarks_are_in_order_and_mirrored() -> None:
    face = PIECE.vertices[list(INFO.landmarks["face"])]
    assert len(set(INFO.landmarks["face"])) == len(face) == 68
    jaw, brows, bridge, nose = face[:17], face[17:27], face[27:31], face[31:36]
    right_eye, left_eye, outer, inner = face[36:42], face[42:48], face[48:60], face[60:]
    for line in (jaw, brows, nose, outer[:7], inner[:5]):
        assert (np.diff(line[:, 0]) > 0.0).all()
        np.testing.assert_allclose(line[::-1] * MIRROR, line, atol=0.001)
    assert (np.diff(left_eye[:4, 0]) > 0.0).all()
    np.testing.assert_allclose(right_eye[[3, 2, 1, 0, 5, 4]] * MIRROR, left_eye, atol=0.001)
    assert jaw[8, 1] == jaw[:, 1].min()
    assert (np.diff(bridge[:, 1]) < 0.0).all()
    assert brows[:, 1].min() > left_eye[:, 1].max() > nose[:, 1].max() > outer[:, 1].max() > outer[:, 1].min()
    assert (right_eye[[1, 2], 1] > right_eye[[5, 4], 1] + 0.005).all()
    assert outer[3, 1] > inner[2, 1] >= inner[6, 1] > outer[9, 1] > jaw[8, 1]


@pytest.mark.parametrize("side", ["left", "right"])
def test_hands_have_a_palm_and_five_tips(side: str) -> None:
    tips = PIECE.vertices[list(INFO.landmarks[f"{side}_fingertips"])]
    for finger, tip in zip(("thumb", "index", "middle", "ring", "pinky"), tips, strict=True):
        last, before = REST[f"{side}_{finger}3"], REST[f"{side}_{finger}2"]
        assert 0.01 < (tip - last) @ (last - before) / np.linalg.norm(last - before) < 0.035
    palm = PIECE.vertices[list(INFO.landmarks[f"{side}_palm"])]
    assert len(palm) >= 3
    assert (palm[:, 1] < REST[f"{side}_wrist"][1]).all()


def girths(vertices: np.ndarray, start: str, end: str, stations: np.ndarray) -> np.ndarray:
    """Mean distance of the skin from a bone at stations along it: 0 at its start, 1 at its end."""
    along = REST[end] - REST[start]
    at_rest = PIECE.vertices[WORN] - REST[start]
    share = at_rest @ along / (along @ along)
    across = np.linalg.norm(np.cross(vertices[WORN] - REST[start], along), axis=1) / np.linalg.norm(along)
    near = np.linalg.norm(np.cross(at_rest, along), axis=1) / np.linalg.norm(along) < 0.09
    return np.array([across[near & (np.abs(share - station) < 0.06)].mean() for station in stations])


@pytest.mark.parametrize("degrees", [-90.0, 90.0])
@pytest.mark.parametrize(
    ("joint", "start", "end", "stations"),
    [
        ("left_wrist", "left_elbow", "left_wrist", np.linspace(0.1, 1.0, 10)),
        ("left_shoulder", "left_shoulder", "left_elbow", np.linspace(0.25, 0.9, 8)),
    ],
)
def test_twisted_arms_keep_their_girth(joint: str, start: str, end: str, stations: np.ndarray, degrees: float) -> None:
    axis = (REST[end] - REST[start]) / np.linalg.norm(REST[end] - REST[start])
    twisted = posed(**{joint: tuple(degrees * axis)})
    assert (girths(twisted, start, end, stations) / girths(PIECE.vertices, start, end, stations)).min() >= 0.85


def test_correctives_keep_to_their_joints_and_are_mirrors() -> None:
    correctives = PIECE.correctives
    for name in correctives.names:
        if name.startswith("left"):
            vertices, offsets = correctives.moves(name)
            rule = next(rule for rule in INFO.correctives if rule.name == name)
            away = np.linalg.norm(PIECE.vertices[vertices] - REST[rule.joint], axis=1)
            assert len(vertices) and away.max() < 0.3, name
            assert np.linalg.norm(offsets, axis=1).max() < 0.05, name
            both = np.zeros((2, *PIECE.vertices.shape))
            both[0, vertices] = offsets
            others, mirrored = correctives.moves(name.replace("left", "right"))
            both[1, others] = mirrored
            assert np.abs(both[1][TWIN] * MIRROR - both[0])[WORN].max() < 0.002, name


@pytest.mark.parametrize(
    "turns",
    [
        {"left_shoulder": (0.0, 0.0, -75.0)},
        {"left_shoulder": (0.0, 0.0, 80.0)},
        {"left_shoulder": (0.0, -80.0, 0.0)},
        {"left_elbow": (0.0, -120.0, 0.0)},
        {"left_hip": (-90.0, 0.0, 0.0)},
        {"left_knee": (90.0, 0.0, 0.0)},
        {"left_wrist": (0.0, 0.0, -70.0)},
        {"left_wrist": (0.0, 0.0, 70.0)},
        {f"left_{finger}{part}": (0.0, 0.0, -80.0) for finger in ("index", "middle", "ring") for part in (1, 2, 3)},
    ],
)
def test_bent_limbs_keep_their_volume(turns: dict[str, tuple[float, float, float]]) -> None:
    def volume(vertices: np.ndarray) -> float:
        corners = vertices[PIECE.faces].astype(np.float64)
        return float(np.einsum("nx,nx->n", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6.0)

    # Where limbs fold, part of them lies in one another, most of all at the hip.
    assert abs(volume(posed(**turns)) / volume(PIECE.vertices) - 1.0) < (0.035 if "left_hip" in turns else 0.012)


def test_capsules_are_fitted_to_the_skin() -> None:
    capsules = body_capsules()
    for parts in ("thigh", "calf", "foot", "forearm", "upper_arm", "palm_index", "index3"):
        assert {f"left_{parts}", f"right_{parts}"} <= set(capsules.names)
    assert {"head", "pelvis", "spine3"} <= set(capsules.joints)
    along = capsules.ends - capsules.starts
    from_start = PIECE.vertices[WORN, None].astype(np.float64) - capsules.starts
    share = np.clip((from_start * along).sum(axis=2) / (along**2).sum(axis=1), 0.0, 1.0)
    outside = (np.linalg.norm(from_start - share[..., None] * along, axis=2) - capsules.radii).min(axis=1)
    assert np.mean(outside < 0.005) > 0.85
    assert np.median(np.abs(outside)) < 0.006
