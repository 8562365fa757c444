"""Lifting arms out of pictures: what is drawn of a known arm comes back as that arm."""

import numpy as np

from gesta.keypoints.lift import lift_arms
from gesta.motion.kinematics import forward
from gesta.motion.skeleton import skeleton
from gesta.procedural.families import families, rests
from gesta.records import Motion
from tests.keypoints.drawn_hands import held, poses, seen


def moving() -> Motion:
    return held(poses(), poses())


def test_wrists_come_back_from_the_picture() -> None:
    motion = moving()
    body = forward(motion.rotations, motion.translation).positions
    lifted = lift_arms(seen(motion))
    assert lifted.seen.mean() > 0.9
    for column, (side, outward) in enumerate((("left", 1.0), ("right", -1.0))):
        shoulder, wrist = (body[:, skeleton().index(f"{side}_{joint}")] for joint in ("shoulder", "wrist"))
        true = (wrist - shoulder) * (outward, 1.0, 1.0)
        off = np.abs(lifted.wrists[:, column] - true)
        assert np.median(off[:, :2]) < 0.03
        assert np.median(off[:, 2]) < 0.08


def test_bones_keep_their_lengths() -> None:
    lifted = lift_arms(seen(moving()))
    bones = skeleton()
    for joint, found in (("elbow", lifted.elbows), ("wrist", lifted.wrists - lifted.elbows)):
        known = np.linalg.norm(bones.offsets[bones.index(f"left_{joint}")])
        assert abs(np.median(np.linalg.norm(found, axis=-1)) - known) < 0.01


def test_palms_that_face_the_camera_are_told_from_backs() -> None:
    by_name = families()
    wanted = {"palm_away": 1.0, "point_self": -1.0}
    shown = []
    for name in wanted:
        family = by_name[name]
        x, y, z = (float(value) for value in np.add(family.place, family.after))
        shown.append(family.pose_after((x, y, z)))
    lifted = lift_arms(seen(held(shown, [rests()["hanging"].right] * len(shown))))
    assert np.sign(lifted.palms[:, 0]).tolist() == list(wanted.values())
