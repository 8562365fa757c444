"""The tables of gestures and rests: complete, within reach, made of hand shapes that there are."""

import numpy as np
import pytest

from gesta.errors import InputError
from gesta.motion.skeleton import skeleton
from gesta.procedural.families import Family, Rest, families, rests
from gesta.procedural.shapes import HAND_SHAPES
from gesta.records import HandPose

# The families that people who study gestures tell apart, by the names that lexicons use.
NAMED = {
    "beat", "beat_large", "finger_beat", "present", "offer", "palm_away", "sweep", "precision", "ring", "point_self",
    "point_listener", "point_aside", "chop", "container", "size", "enumerate", "cycle", "alternate", "shrug",
    "together",
}  # fmt: skip


def arm_length() -> float:
    bones = skeleton()
    return float(sum(np.linalg.norm(bones.offsets[bones.index(f"left_{joint}")]) for joint in ("elbow", "wrist")))


def test_all_families_and_rests_are_there() -> None:
    assert set(families()) >= NAMED
    assert set(rests()) >= {"hanging", "before_belly", "clasped", "one_over_other", "on_hip", "lap"}


@pytest.mark.parametrize("name", sorted(NAMED))
def test_a_family_holds_together(name: str) -> None:
    family = families()[name]
    for way in (family.before, family.after):
        end = np.add(family.place, way)
        assert 0.2 <= np.linalg.norm(end) < 0.985 * arm_length(), "a hand cannot go there comfortably"
        assert end[0] > 0.0 or end[2] > 0.1, "it would be in the body"
    assert {family.shape_before, family.shape_after, *family.series} <= set(HAND_SHAPES)
    assert family.repeat[0] <= family.repeat[1]
    assert family.hold_s[0] <= family.hold_s[1]
    assert family.one_hand + family.both_hands > 0.0, "nobody would make it"
    assert family.bimanual != "single" or family.both_hands == 0.0
    path = np.linalg.norm(np.subtract(family.after, family.before))
    assert path > (0.02 if name == "finger_beat" else 0.06)


def test_palms_of_families_face_where_their_names_say() -> None:
    for name, axis, sign in (
        ("present", 1, 1), ("offer", 1, 1), ("shrug", 1, 1), ("palm_away", 2, 1), ("point_self", 2, -1),
        ("chop", 0, -1), ("together", 0, -1), ("sweep", 1, -1),
    ):  # fmt: skip
        palm = np.array(families()[name].palm_after)
        assert np.argmax(np.abs(palm)) == axis, name
        assert np.sign(palm[axis]) == sign, name


def test_rests_hang_below_the_chest_and_within_reach() -> None:
    for name, rest in rests().items():
        for pose in (rest.left, rest.right):
            assert isinstance(pose, HandPose)
            assert pose.shape in HAND_SHAPES
            assert pose.position[1] < -0.25, name
            assert np.linalg.norm(pose.position) < 0.985 * arm_length(), name


def test_a_right_hand_that_is_not_given_mirrors_the_left_one() -> None:
    assert rests()["hanging"].right == rests()["hanging"].left
    assert rests()["on_hip"].right != rests()["on_hip"].left


def test_a_table_that_does_not_fit_is_refused() -> None:
    beat = families()["beat"].model_dump()
    assert Family.checked(beat, "here") == families()["beat"]
    with pytest.raises(InputError, match="here"):
        Family.checked(beat | {"bimanual": "thrice"}, "here")
    with pytest.raises(InputError, match="left_hand"):
        Rest.checked({"meaning": "none"}, "here")
