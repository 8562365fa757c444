"""Third step of the procedural speaker: target values in, motion out.

Pelvis and spine first, then the arms in the chest's frame, the legs under the pelvis, the fingers, the face. Every
frame is solved in closed form, and what is carried from stretch to stretch is that the trunk comes late.
"""

import numpy as np

from gesta.motion.cleanup.limiting import limited
from gesta.motion.skeleton import PELVIS, skeleton
from gesta.procedural.arms import solve_arms
from gesta.procedural.face import face_weights
from gesta.procedural.fingers import finger_rotations
from gesta.procedural.habits import HANDS
from gesta.procedural.legs import contacts, feet, pelvis_height, seat_height, solve_leg
from gesta.procedural.style import Style
from gesta.procedural.targets import Targets
from gesta.procedural.trunk import Trunk, TrunkPoser, head_in_world
from gesta.records import JOINT_COUNT, Motion

BREATH_SHRUG_DEG = 1.8
"""How far a full breath lifts the shoulders."""
REACHING = ("collar", "shoulder", "elbow", "wrist", "ankle")
LIMITED_JOINTS = tuple(f"{side}_{part}" for side in ("left", "right") for part in REACHING)
"""What a wish of where a hand or a foot goes and how it turns may bring beyond what people can do."""


class Animator:
    """Turns target values into motion: `push` stretches that follow each other.

    Args:
        style: who is speaking.
        seed: whose body drifts by itself.
    """

    def __init__(self, style: Style, seed: int) -> None:
        self.style, self.trunk = style, TrunkPoser(style, seed)

    def push(self, targets: Targets) -> Motion:
        """Motion of the targets' frames."""
        rotations = np.broadcast_to(np.eye(3, dtype=np.float32), (targets.frame_count, JOINT_COUNT, 3, 3)).copy()
        trunk = self.trunk.push(targets)
        for name, rotation in trunk.rotations.items():
            rotations[:, skeleton().index(name)] = rotation
        self._arms(targets, rotations)
        translation = self._legs(targets, trunk, rotations)
        rotations = limited(rotations, joints=np.array(skeleton().indices(LIMITED_JOINTS)))
        face = face_weights(targets, head_in_world(rotations))
        return Motion(rotations, translation, face, contacts=contacts(targets), attention=targets.stroke)

    def _arms(self, targets: Targets, rotations: np.ndarray) -> None:
        bones = skeleton()
        shrug = self.style.breath * BREATH_SHRUG_DEG * targets.channel("breath")[:, 0] + targets.channel("shrug")[:, 0]
        asked = {}
        for hand in HANDS:
            position, twist, wrist, swivel, forearm, collar = (
                targets.channel(f"{hand}_{name}")
                for name in ("position", "twist", "wrist", "swivel", "forearm", "collar")
            )
            lifted = np.column_stack((collar[:, 0] + shrug, collar[:, 1]))
            outward = swivel[:, 0] + self.style.elbows_deg
            asked[hand] = (position, twist[:, 0], wrist, lifted, outward, forearm[:, 0])
        for hand, arm in solve_arms(asked).items():
            for name in ("collar", "shoulder", "elbow", "wrist"):
                rotations[:, bones.index(f"{hand}_{name}")] = getattr(arm, name)
            names, fingers = finger_rotations(
                hand, targets.channel(f"{hand}_fingers"), targets.channel(f"{hand}_knuckles")
            )
            rotations[:, bones.indices(names)] = fingers

    def _legs(self, targets: Targets, trunk: Trunk, rotations: np.ndarray) -> np.ndarray:
        """Set hips, knees and ankles; return the pelvis' position (T, 3)."""
        bones, pelvis = skeleton(), trunk.rotations[PELVIS]
        standing = feet(targets, self.style.seated)
        height = (
            np.full(targets.frame_count, seat_height())
            if self.style.seated
            else pelvis_height(trunk.place, pelvis, standing, trunk.sink)
        )
        translation = np.stack((trunk.place[:, 0], height, trunk.place[:, 1]), axis=-1)
        for side, foot in standing.items():
            solved = solve_leg(side, translation, pelvis, foot)
            for name, rotation in zip(("hip", "knee", "ankle"), solved, strict=True):
                rotations[:, bones.index(f"{side}_{name}")] = rotation
        return translation
