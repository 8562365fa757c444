"""Poses the upper face on top of the mouth: eyes that keep to what they look at, lids, brows, smile."""

import numpy as np

from gesta.motion.face import ARKIT_INDEX, LID_FOLLOWS_GAZE
from gesta.procedural.targets import Targets

EYE_RANGE_DEG = 30.0
"""Turn of the eye at weight 1 of an eyeLook shape."""
EYE_TURNS_DEG = 27.0
"""An eye that should turn further than this leaves the rest to the head."""
BROWS_INNER, BROWS_OUTER = 0.32, 0.65
"""Weights of inner and outer brows at full height. Inner brows that rise more than the outer ones look worried."""
REST_OUTER, REST_DOWN = 0.15, 0.12
"""Tone of brows at rest. The built-in body's hang at their outer ends, which looks worried without it."""
SMILES = {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0, "cheekSquintLeft": 0.35, "cheekSquintRight": 0.35}


def face_weights(targets: Targets, head: np.ndarray) -> np.ndarray:
    """ARKit weights: the mouth's, and lids, eyes, brows and smile on top: (T, 52), 0 to 1.

    Args:
        targets: what is asked of the face.
        head: (T, 3, 3) rotation of the head in the world, where the listener stands on +Z.
    """
    face = targets.mouth.copy()
    brows = targets.channel("brows")
    face[:, ARKIT_INDEX["browInnerUp"]] += BROWS_INNER * brows.mean(axis=-1)
    for name, brow in zip(("browOuterUpLeft", "browOuterUpRight"), brows.T, strict=True):
        face[:, ARKIT_INDEX[name]] += REST_OUTER + BROWS_OUTER * brow
        face[:, ARKIT_INDEX[name.replace("OuterUp", "Down")]] += REST_DOWN * np.maximum(1.0 - brow, 0.0)
    for name, share in SMILES.items():
        face[:, ARKIT_INDEX[name]] += share * targets.channel("smile")[:, 0]
    yaw, pitch = eyes_in_head(targets.channel("gaze"), head).T / EYE_RANGE_DEG
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


def eyes_in_head(gaze: np.ndarray, head: np.ndarray) -> np.ndarray:
    """Turn of the eyes in the head that looks at a place in space: the vestibular reflex, without delay.

    Args:
        gaze: (T, 2) yaw to the left and pitch up of what is looked at, seen from the head, degrees.
        head: (T, 3, 3) rotation of the head in the world.

    Returns:
        (T, 2) yaw and pitch in the head, degrees, within what an eye turns.
    """
    yaw, pitch = np.radians(gaze).T
    way = np.stack((np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)), axis=-1)
    seen = np.einsum("tji,tj->ti", head, way)
    turns = np.stack((np.arctan2(seen[:, 0], seen[:, 2]), np.arcsin(np.clip(seen[:, 1], -1.0, 1.0))), axis=-1)
    return EYE_TURNS_DEG * np.tanh(np.degrees(turns) / EYE_TURNS_DEG)
