"""Third step of the procedural speaker: target values in, motion out.

Pelvis and spine first, then the arms in the chest's frame, the legs under the pelvis, the fingers, the face. Every
frame is solved by itself in closed form, so a stretch of a stream is what the file has at that place.
"""

import numpy as np

from gesta.motion.face import ARKIT_INDEX
from gesta.motion.rotations import matrix_from_euler
from gesta.motion.skeleton import skeleton
from gesta.procedural.arms import solve_arm
from gesta.procedural.fingers import finger_rotations
from gesta.procedural.legs import pelvis_height, solve_leg
from gesta.procedural.targets import Targets
from gesta.records import JOINT_COUNT, Motion

SPINE_SHARES = {"spine1": 0.35, "spine2": 0.4, "spine3": 0.25}
"""How the three joints of the back share the torso's lean."""
HEAD_SHARES = {"neck": 0.45, "head": 0.55}
PELVIS_YAW_SHARE = 0.25
"""The pelvis turns a little with the torso."""
TILT_PER_METRE_DEG = 55.0
"""The pelvis drops on the side that carries no weight."""
BREATH_CHEST_DEG, BREATH_SHRUG_DEG = 1.2, 1.8
HEAD_WITH_BREATH_DEG = 0.5
EYE_RANGE_DEG = 30.0
"""Turn of the eye at weight 1 of an eyeLook shape."""
BROWS = {"browInnerUp": 0.8, "browOuterUpLeft": 0.55, "browOuterUpRight": 0.55}
SMILES = {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0, "cheekSquintLeft": 0.35, "cheekSquintRight": 0.35}
LID_FOLLOWS_GAZE = 0.35
"""Looking down closes the lids by this share of the look."""


class Animator:
    """Turns target values into motion; it needs nothing of what came before, so `push` is all there is."""

    def push(self, targets: Targets) -> Motion:
        """Motion of the targets' frames."""
        rotations = np.broadcast_to(np.eye(3, dtype=np.float32), (targets.frame_count, JOINT_COUNT, 3, 3)).copy()
        translation = self._trunk(targets, rotations)
        self._arms(targets, rotations)
        self._legs(translation, rotations)
        # Both feet are planted by construction.
        contacts = np.ones((targets.frame_count, 4), dtype=np.float32)
        return Motion(rotations, translation, face_weights(targets), contacts=contacts, attention=targets.stroke)

    def _trunk(self, targets: Targets, rotations: np.ndarray) -> np.ndarray:
        """Set pelvis, spine, neck and head; return the pelvis' position (T, 3)."""
        bones = skeleton()
        torso = targets.channel("torso") + targets.channel("torso_sway")
        head, place = targets.channel("head") + targets.channel("head_sway"), targets.channel("pelvis")
        breath = targets.channel("breath")[:, 0]
        zero = np.zeros_like(breath)
        pelvis_deg = np.stack((zero, PELVIS_YAW_SHARE * torso[:, 1], -TILT_PER_METRE_DEG * place[:, 0]), axis=-1)
        pelvis = _turned(pelvis_deg)
        rotations[:, 0] = pelvis
        # The back bends against the pelvis' tilt, so the shoulders stay nearly level.
        lean = torso - np.stack((zero, pelvis_deg[:, 1], 0.8 * pelvis_deg[:, 2]), axis=-1)
        for name, share in SPINE_SHARES.items():
            bend = share * lean
            if name == "spine2":
                bend = bend - np.stack((BREATH_CHEST_DEG * breath, zero, zero), axis=-1)
            rotations[:, bones.index(name)] = _turned(bend)
        # The head keeps looking ahead when the torso leans: it takes back most of the lean.
        facing = head - 0.6 * torso + np.stack((HEAD_WITH_BREATH_DEG * breath, zero, zero), axis=-1)
        for name, share in HEAD_SHARES.items():
            rotations[:, bones.index(name)] = _turned(share * facing)
        return np.stack((place[:, 0], pelvis_height(place, pelvis), place[:, 1]), axis=-1)

    def _arms(self, targets: Targets, rotations: np.ndarray) -> None:
        bones = skeleton()
        shrug = BREATH_SHRUG_DEG * targets.channel("breath")[:, 0]
        for hand in ("left", "right"):
            position, twist, wrist, shape, swivel, collar, knuckles = (
                targets.channel(f"{hand}_{name}")
                for name in ("position", "twist", "wrist", "fingers", "swivel", "collar", "knuckles")
            )
            arm = solve_arm(hand, position, twist[:, 0], wrist, shrug + collar[:, 0], swivel[:, 0])
            for name in ("collar", "shoulder", "elbow", "wrist"):
                rotations[:, bones.index(f"{hand}_{name}")] = getattr(arm, name)
            names, fingers = finger_rotations(hand, shape, knuckles)
            rotations[:, bones.indices(names)] = fingers

    def _legs(self, translation: np.ndarray, rotations: np.ndarray) -> None:
        bones = skeleton()
        for side in ("left", "right"):
            solved = solve_leg(side, translation, rotations[:, 0].astype(np.float64))
            for name, rotation in zip(("hip", "knee", "ankle"), solved, strict=True):
                rotations[:, bones.index(f"{side}_{name}")] = rotation


def _turned(degrees: np.ndarray) -> np.ndarray:
    """Yaw, then pitch, then roll of (T, 3) degrees given as pitch, yaw, roll: (T, 3, 3)."""
    return matrix_from_euler("YXZ", np.radians(degrees[:, (1, 0, 2)]))


def face_weights(targets: Targets) -> np.ndarray:
    """ARKit weights: the mouth's, and lids, eyes, brows and smile on top: (T, 52), 0 to 1."""
    face = targets.mouth.copy()
    for name, share in BROWS.items():
        face[:, ARKIT_INDEX[name]] += share * targets.channel("brows")[:, 0]
    for name, share in SMILES.items():
        face[:, ARKIT_INDEX[name]] += share * targets.channel("smile")[:, 0]
    yaw, pitch = (targets.channel("gaze") / EYE_RANGE_DEG).T
    # Yaw is positive to the person's left: the left eye looks out, the right one in.
    looks = {
        "eyeLookOutLeft": yaw, "eyeLookInRight": yaw, "eyeLookInLeft": -yaw, "eyeLookOutRight": -yaw,
        "eyeLookUpLeft": pitch, "eyeLookUpRight": pitch, "eyeLookDownLeft": -pitch, "eyeLookDownRight": -pitch,
    }  # fmt: skip
    for name, value in looks.items():
        face[:, ARKIT_INDEX[name]] += np.maximum(value, 0.0)
    lids = targets.channel("lids")[:, 0] + LID_FOLLOWS_GAZE * np.maximum(-pitch, 0.0)
    for name in ("eyeBlinkLeft", "eyeBlinkRight"):
        face[:, ARKIT_INDEX[name]] += lids
    return np.clip(face, 0.0, 1.0)
