"""People for the video proof: bodies are refitted as planted, hands are raised, sizes are measured right."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from gesta.avatar.asset import body_asset
from gesta.avatar.capsules import body_capsules
from gesta.avatar.dressing import dressed
from gesta.avatar.face_weights import tamed
from gesta.avatar.info import SKIN
from gesta.avatar.looks import look
from gesta.avatar.palette import palette
from gesta.keypoints.bridge.anchors import anchors_of
from gesta.keypoints.bridge.figure_points import FigurePoints
from gesta.keypoints.layout import GROUPS, LIPS
from gesta.motion.cleanup.overlaps import ArmOverlaps
from gesta.motion.kinematics import forward
from gesta.motion.skeleton import skeleton
from gesta.records import KEYPOINT_COUNT, Keypoints
from gesta.render.still_poses import SPEAKING, still_motion

RUNS = Path(__file__).parents[2] / "runs"
NAMES = ("people", "refit", "raised", "backgrounds", "film_one", "films", "check", "rest_pose", "eyes")


@pytest.fixture(scope="module")
def scripts() -> Iterator[dict[str, ModuleType]]:
    """The scripts' modules, which import each other by their plain names."""
    before, path = set(sys.modules), list(sys.path)
    sys.path[:0] = [str(RUNS / "video_people"), str(RUNS / "bake")]
    yield {name: import_module(name) for name in NAMES}
    sys.path[:] = path
    for name in set(sys.modules) - before:
        if str(RUNS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture(scope="module")
def plain(scripts: dict[str, ModuleType]) -> dict[str, np.ndarray]:
    """What anny would have said of our body, had it been sculpted in the skeleton's own T-pose."""
    skin = body_asset().pieces[SKIN].vertices.astype(np.float64)
    rest, fingers = scripts["rest_pose"].rest(), scripts["rest_pose"].FINGERS
    vertices = np.zeros((19158, 3))
    vertices[: len(skin)] = skin
    eyes = body_asset().pieces["eyes"].vertices
    chance = np.random.default_rng(0)
    for ball, sign in zip(scripts["eyes"].EYEBALLS, (1.0, -1.0), strict=True):
        ways = chance.normal(size=(ball.stop - ball.start, 3))
        centre = eyes[sign * eyes[:, 0] > 0.0].mean(axis=0)
        vertices[ball] = centre + 0.012 * ways / np.linalg.norm(ways, axis=1, keepdims=True)
    bones = {"upperarm01": "shoulder", "lowerarm01": "elbow", "wrist": "wrist", "upperleg01": "hip",
             "lowerleg01": "knee", "foot": "ankle", "eye": "eye_smplhf"}  # fmt: skip
    bones |= {f"toe{toe}-1": "foot" for toe in range(1, 6)}
    bones |= {f"finger{number}-{part}": f"{finger}{part}" for finger, number in fingers.items() for part in (1, 2, 3)}
    ways = {f"finger{number}-{part}": rest[f"left_{finger}3"] - rest[f"left_{finger}2"]
            for finger, number in fingers.items() for part in (1, 2, 3)}  # fmt: skip
    turns = np.tile(np.eye(3), (len(bones), 1, 1))
    for at, bone in enumerate(bones):
        if bone in ways:
            turns[at, :, 1] = ways[bone] / np.linalg.norm(ways[bone])
    return {
        "vertices": vertices,
        "bone_names": np.array([f"{bone}.L" for bone in bones]),
        "bone_heads": np.stack([rest[f"left_{joint}"] for joint in bones.values()]),
        "bone_turns": turns,
    }


@pytest.fixture(scope="module")
def refitting(scripts: dict[str, ModuleType], plain: dict[str, np.ndarray]) -> Any:
    return scripts["refit"].Refitting(body_asset(), plain)


def test_a_person_is_the_same_however_many_there_are(scripts: dict[str, ModuleType]) -> None:
    people = scripts["people"].people
    few, many = people(2, 5), people(4, 5)
    assert many[:2] == few
    assert len({person.model_dump_json() for person in (*many, *people(4, 6))}) == 8
    assert all(0.6 <= person.phenotype["age"] <= 1.0 for person in many)


def test_people_survive_their_file_and_have_every_colour(scripts: dict[str, ModuleType], tmp_path: Path) -> None:
    people = scripts["people"]
    some = people.people(6, 0)
    people.write_people(some, tmp_path / "people.json")
    assert people.read_people(tmp_path / "people.json") == some
    materials = [dressed(body_asset(), person.look, person.palette).material[:, :3].mean(axis=0) for person in some]
    assert len({tuple(material.round(3)) for material in materials}) == len(some)


@pytest.mark.parametrize("scale", [1.0, 1.13])
def test_the_same_body_of_any_size_is_the_same(
    refitting: Any, plain: dict[str, np.ndarray], scale: float, scripts: dict[str, ModuleType]
) -> None:
    person = plain | {"vertices": scale * plain["vertices"], "bone_heads": scale * plain["bone_heads"]}
    look = scripts["people"].person(0, 0).look
    made, body = refitting.person(person, look), body_asset()
    assert set(made.pieces) < set(body.pieces)
    for name, piece in made.pieces.items():
        np.testing.assert_allclose(piece.vertices, body.pieces[name].vertices, atol=2e-4)
        np.testing.assert_allclose(piece.shapes.offsets, body.pieces[name].shapes.offsets, atol=2e-4)


def test_what_lies_on_the_skin_goes_where_the_skin_goes(refitting: Any, plain: dict[str, np.ndarray]) -> None:
    skin = refitting.skin
    brow = np.array((0.033, 1.545, 0.11))
    lift = 0.02 * np.exp(-0.5 * (np.linalg.norm(skin - brow, axis=1, keepdims=True) / 0.06) ** 2) * (0.0, 0.0, 1.0)
    person = {**plain, "vertices": plain["vertices"].copy()}
    person["vertices"][: len(skin)] += lift
    warp, _, scale = refitting.warp(person)
    assert scale == pytest.approx(1.0)
    np.testing.assert_allclose(warp.places - skin, lift, atol=6e-4)
    brows = refitting.body.pieces["brows_soft"].vertices
    moved = refitting._piece("brows_soft", warp).vertices - brows
    expected = 0.02 * np.exp(-0.5 * (np.linalg.norm(brows - brow, axis=1) / 0.06) ** 2)
    np.testing.assert_allclose(moved[:, 2], expected, atol=1.5e-3)


def test_hands_go_beside_the_chin_and_nothing_else_moves(scripts: dict[str, ModuleType]) -> None:
    raised, bones = scripts["raised"], skeleton()
    motion = still_motion([SPEAKING] * 12)
    overlaps = ArmOverlaps(body_capsules())
    chance = np.random.default_rng(1)
    homes = {side: raised.drawn_home(chance) for side in ("left", "right")}
    mouth = np.array((0.0, 0.26, 0.13))
    lifted = raised.raised(motion, mouth, homes, overlaps)
    pose = forward(lifted.rotations.astype(np.float64), lifted.translation.astype(np.float64))
    chest = bones.index(raised.CHEST)
    for side, home in homes.items():
        wrist = pose.positions[:, bones.index(f"{side}_wrist")] - pose.positions[:, chest]
        seen = np.einsum("tba,tb->ta", pose.rotations[:, chest], wrist) * raised.MIRRORS[side]
        np.testing.assert_allclose(seen, np.tile(mouth + home.place, (12, 1)), atol=0.04)
    assert overlaps.depths(overlaps.place(pose)).max() < 0.015
    arms = [f"{side}_{joint}" for side in homes for joint in ("collar", "shoulder", "elbow", "wrist")]
    others = [at for at in range(len(bones.names)) if bones.names[at] not in arms]
    np.testing.assert_array_equal(lifted.rotations[:, others], motion.rotations[:, others])
    np.testing.assert_array_equal(lifted.face, motion.face)


def test_a_hand_that_moves_keeps_its_course_less_far(scripts: dict[str, ModuleType]) -> None:
    raised, bones = scripts["raised"], skeleton()
    motion = still_motion([SPEAKING] * 40)
    rotations = motion.rotations.copy()
    swing = 0.3 * np.sin(np.arange(40) * 0.4)
    turn = np.tile(np.eye(3), (40, 1, 1))
    turn[:, 1, 1], turn[:, 1, 2], turn[:, 2, 1], turn[:, 2, 2] = (
        np.cos(swing),
        -np.sin(swing),
        np.sin(swing),
        np.cos(swing),
    )
    elbow = bones.index("left_elbow")
    rotations[:, elbow] = turn @ rotations[:, elbow]
    moving = motion.replaced(rotations=rotations.astype(np.float32))
    homes = {"left": raised.drawn_home(np.random.default_rng(3))}
    lifted = raised.raised(moving, np.array((0.0, 0.26, 0.13)), homes, ArmOverlaps(body_capsules()))
    wrist = bones.index("left_wrist")
    before, after = (forward(one.rotations, one.translation).positions[:, wrist, 1] for one in (moving, lifted))
    assert np.corrcoef(before, after)[0, 1] > 0.95
    assert 0.01 < np.ptp(after) < 2.0 * raised.BOUNDS_M[1]
    assert after.min() > before.max() + 0.1


def test_widths_are_those_of_the_boxes_in_small_pixels(scripts: dict[str, ModuleType]) -> None:
    film_one = scripts["film_one"]
    framing = film_one.Framing(side_px=64, drawn_px=128)
    points, scores = np.full((4, KEYPOINT_COUNT, 2), 50.0, np.float32), np.zeros((4, KEYPOINT_COUNT), np.float32)
    points[:, LIPS.start], points[:, LIPS.start + 6] = (40.0, 70.0), (64.0, 76.0)
    scores[:, LIPS] = 1.0
    scores[0, LIPS.start : LIPS.start + 10] = 0.1
    hand = GROUPS["left_hand"]
    points[:2, hand.start], points[:2, hand.start + 1] = (10.0, 90.0), (42.0, 100.0)
    scores[:2, hand.start : hand.start + 2] = 1.0
    seen = Keypoints(points, scores, (128, 128))
    mouth_px, hand_px, share = film_one.sizes_px(seen, framing)
    assert (mouth_px, hand_px, share) == (12.0, 16.0, 0.5)
    assert film_one.lips_seen(seen).tolist() == [False, True, True, True]
    assert not film_one.face_inside(seen).any()
    scores[1:, GROUPS["face"]] = 0.1
    assert film_one.face_inside(Keypoints(points, scores, (128, 128))).tolist() == [False, True, True, True]


def test_a_motion_keeps_its_pace_at_the_rate_of_films(scripts: dict[str, ModuleType]) -> None:
    still = still_motion([SPEAKING] * 62)
    face = np.tile(np.linspace(0.0, 1.0, 62, dtype=np.float32)[:, None], (1, 52))
    filmed = scripts["films"].at_video_rate(still.replaced(face=face), 50)
    assert filmed.frame_count == 50
    # Five pictures of a film last as long as six frames of a motion.
    np.testing.assert_allclose(filmed.face[::5], face[: 6 * 10 : 6], atol=1e-6)
    np.testing.assert_allclose(filmed.rotations[7], still.rotations[0], atol=1e-5)


def test_the_widths_of_clips_are_those_of_mouth_and_hands_in_sight(scripts: dict[str, ModuleType]) -> None:
    points, scores = np.full((3, KEYPOINT_COUNT, 2), 50.0, np.float32), np.zeros((3, KEYPOINT_COUNT), np.float32)
    points[:, LIPS.start], points[:, LIPS.start + 1] = (100.0, 70.0), (180.0, 76.0)
    scores[:, LIPS.start : LIPS.start + 2] = 1.0
    for hand, wide, seen in (("left_hand", 80.0, 2), ("right_hand", 160.0, 1)):
        start = GROUPS[hand].start
        points[:, start], points[:, start + 1] = (10.0, 90.0), (10.0 + wide, 100.0)
        scores[:seen, start : start + 2] = 1.0
    clip = SimpleNamespace(frames=3)
    films = SimpleNamespace(
        clips=[clip], info=SimpleNamespace(side=64), points=lambda *_: Keypoints(points, scores, (512, 512))
    )
    assert scripts["check"].widths(films) == {"mouth": [10.0], "hands": [10.0], "each_hand": [10.0, 20.0]}


def test_points_lie_where_the_skin_of_a_body_carries_them() -> None:
    figure, motion = dressed(body_asset(), look(), palette()), still_motion([SPEAKING])
    placed = FigurePoints(anchors_of(figure))(
        torch.tensor(motion.rotations), torch.tensor(motion.translation), torch.ones(1, 11),
        torch.from_numpy(tamed(motion.face)),
    )  # fmt: skip
    vertices, _ = figure.pose(motion.rotations, motion.translation, motion.face)
    skin = vertices[0, figure.landmarks["face"]]
    np.testing.assert_allclose(placed[0, GROUPS["face"]].numpy(), skin, atol=1e-3)


def test_a_clip_shows_the_mouth_as_large_as_wanted_before_its_background(scripts: dict[str, ModuleType]) -> None:
    film_one, person = scripts["film_one"], scripts["people"].person(0, 0)
    framing = film_one.Framing(mouth_px=9.0, hand_px=4.0)
    found = (
        film_one.film_clip(body_asset(), person, still_motion([SPEAKING] * 8), framing, np.random.default_rng(seed))
        for seed in range(8)
    )
    filmed = next(clip for clip in found if clip is not None)
    assert filmed.pictures.shape == (8, 128, 128, 3)
    assert filmed.mouth_px == pytest.approx(framing.wanted_px, abs=0.4)
    assert filmed.hand_px >= framing.hand_px
    assert filmed.points.size == (128, 128) and film_one.lips_seen(filmed.points).all()
    # A still scene is the same in all pictures, and lips are redder than what is behind the person's head.
    np.testing.assert_array_equal(filmed.pictures[0], filmed.pictures[-1])
    x, y = filmed.points.points[0, LIPS].mean(axis=0).astype(int)
    red, green, _ = filmed.pictures[0, y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3).mean(axis=0)
    assert red > green + 15.0


def test_backgrounds_differ_and_are_repeated_by_their_seed(scripts: dict[str, ModuleType]) -> None:
    background = scripts["backgrounds"].background
    some = [background(np.random.default_rng(seed), 64) for seed in range(9)]
    assert all(one.shape == (64, 64, 3) and one.dtype == np.uint8 for one in some)
    assert len({one.tobytes() for one in some}) == 9
    np.testing.assert_array_equal(some[4], background(np.random.default_rng(4), 64))
