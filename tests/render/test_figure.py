"""The dressed body as it is drawn: looks, eyes, bones, and cameras that see what they are named for."""

from functools import cache

import numpy as np
import pytest

from gesta.avatar.figure import figure
from gesta.avatar.info import KINDS
from gesta.avatar.looks import look
from gesta.motion.kinematics import forward
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from gesta.render.camera import project
from gesta.render.preview import frames
from gesta.render.rasteriser import Rasteriser
from gesta.render.views import Follower, camera_for
from tests.render.figures import rest_motion

SIZE = (192, 192)
LOWERED = {"left_shoulder": (0.0, 0.0, -1.2), "right_shoulder": (0.0, 0.0, 1.2)}


def posed(turns: dict[str, tuple[float, float, float]], frame_count: int = 1) -> Motion:
    """A figure that goes from rest to some joints turned by axis-angle; one frame has them turned."""
    angles = np.zeros((frame_count, 55, 3))
    for joint, turn in turns.items():
        angles[:, skeleton().index(joint)] = np.linspace(0.0, 1.0, frame_count + 1)[1:, None] * np.array(turn)
    return rest_motion(frame_count, rotations=matrix_from_axis_angle(angles))


@cache
def kinds_seen(camera: str) -> np.ndarray:
    """Which kind each sample of a picture of the lowered arms shows: (H, W, 4), -1 where there is none."""
    motion, drawn = posed(LOWERED), figure(look())
    vertices, _ = drawn.pose(motion.rotations, motion.translation, motion.face)
    rasteriser = Rasteriser(drawn.faces, drawn.material, SIZE, drawn.kind, drawn.two_sided)
    seen = rasteriser.visible_faces(vertices[0], Follower(motion, camera_for(camera), SIZE).camera(0))
    return np.where(seen >= 0, drawn.kind[drawn.faces[:, 0]].astype(int)[seen], -1)


def share_of(kind: str, camera: str) -> float:
    return float(np.mean(kinds_seen(camera) == KINDS.index(kind)))


def test_a_look_changes_what_it_says_and_nothing_else() -> None:
    motion = posed(LOWERED)
    plain, other = (
        frames(motion, [0], SIZE, "half", name)[0].astype(int) for name in ("host", "host,hair_colour=black")
    )
    differs = np.abs(plain - other).max(axis=-1) > 0
    coloured = np.isin(kinds_seen("half"), [KINDS.index(kind) for kind in ("hair", "brow", "lash")]).any(axis=-1)
    assert differs[coloured].mean() > 0.5
    assert not differs[~coloured].any()


def test_cameras_see_what_they_are_named_for() -> None:
    for kind in ("skin", "cloth", "hair"):
        assert share_of(kind, "full") > 0.001
    feet = kinds_seen("full")[-32:] >= 0
    assert feet.any()
    assert not (kinds_seen("full")[-2:] >= 0).any()
    assert share_of("skin", "face") > 0.15
    assert share_of("hair", "face") > 0.03
    assert share_of("eye", "face") > 20 * share_of("eye", "full")
    assert share_of("cloth", "half") > share_of("cloth", "full")
    assert not (kinds_seen("half")[0] >= 0).any()
    assert (kinds_seen("half")[-1] >= 0).any()


@pytest.mark.parametrize("size", [(192, 192), (120, 200), (240, 120)])
def test_the_hands_camera_never_loses_a_hand(size: tuple[int, int]) -> None:
    turns = {"left_shoulder": (0.3, -1.2, -0.4), "right_shoulder": (0.0, 0.2, 1.3), "right_elbow": (0.0, 1.9, 0.0)}
    motion = posed(turns, 150)
    follower = Follower(motion, camera_for("hands"), size)
    hands = [joint for joint in skeleton().names if joint.endswith(("wrist", "thumb3", "index3", "middle3", "pinky3"))]
    places = forward(motion.rotations, motion.translation).positions[:, skeleton().indices(hands)]
    for frame in range(0, 150, 7):
        seen = project(places[frame], follower.camera(frame), size)[:, :2] / size
        assert seen.min() > 0.0
        assert seen.max() < 1.0
    assert follower.camera(149).height_m < follower.camera(0).height_m


def test_eyes_have_a_catch_light_in_every_skin_tone() -> None:
    motion, eye = posed(LOWERED), KINDS.index("eye")
    for name in ("host", "host,skin=deep"):
        picture = frames(motion, [0], SIZE, "face", name)[0]
        whole = np.all(kinds_seen("face") == eye, axis=-1)
        assert picture[whole].min(axis=-1).max() > 215


def test_bones_are_drawn_over_what_hides_them() -> None:
    motion = posed(LOWERED)
    plain, over = (frames(motion, [0], SIZE, "half", bones=bones)[0].astype(int) for bones in (False, True))
    pose = forward(motion.rotations, motion.translation)
    middle = pose.positions[0, skeleton().indices(["left_shoulder", "left_elbow"])].mean(axis=0)
    camera = Follower(motion, camera_for("half"), SIZE).camera(0)
    column, row = project(middle[None], camera, SIZE)[0, :2].astype(int)
    red, _, blue = over[row, column]
    assert red > blue + 60
    changed = np.abs(plain - over).max(axis=-1) > 0
    assert 0.005 < changed.mean() < 0.1
