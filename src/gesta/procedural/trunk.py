"""Poses pelvis, back, neck and head: what is planned for each joint, what it does by itself and with hands, breath.

Each joint has a share of its own in every plan (see `torso` and `head`) and drifts by itself, so that none is tied to
another; while nobody speaks they drift less. All go along with the hands (see `following`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gesta.motion.rotations import matrix_from_euler
from gesta.motion.skeleton import skeleton
from gesta.procedural.alive import alive
from gesta.procedural.channels import AXES, TURNS
from gesta.procedural.following import Following
from gesta.procedural.style import Style
from gesta.procedural.targets import Targets
from gesta.units import MOTION_FPS

JOINTS: Mapping[str, str] = {"hips": "pelvis"} | {name: name for name in TURNS if name != "hips"}
DRIFT_DEG: Mapping[str, tuple[float, float, float]] = {
    "hips": (1.4, 1.9, 1.1),
    "spine1": (1.4, 0.6, 0.6),
    "spine2": (1.0, 0.55, 0.55),
    "spine3": (0.6, 0.38, 0.38),
    "neck": (1.2, 0.9, 0.65),
    "head": (1.0, 0.9, 0.5),
}
"""Standard deviation of the motion that never stops: what is measured above 0.7 Hz, and its slower share."""
IDLE_DRIFT = 0.4
"""Share of it that is left while nobody speaks."""
SWAY_M, SINK_SWAY_M = 1.0, 0.8
"""How much of `alive`'s drift of a pelvis goes to place and height."""
LEAN_SHARES = {"hips": 0.35, "spine1": 0.3, "spine2": 0.2, "spine3": 0.15}
TURN_SHARES = {"spine1": 0.4, "spine2": 0.35, "spine3": 0.25}
HEAD_SHARES = {"neck": 0.55, "head": 0.45}
"""How joints share the way trunk and head are held all the time: leans, turns of the trunk, whatever the head does."""
SEATED_TILT_DEG: Mapping[str, float] = {"hips": -12.0, "spine1": 10.0, "spine2": 2.0, "spine3": 2.0, "neck": -2.0}
"""Who sits tilts the pelvis back and rounds the back a little."""
KEEPS_AHEAD = {"neck": 0.28, "head": 0.14}
"""Share of the trunk's turns that neck and head take back, so that the face stays ahead."""
COMPENSATED = (0.1, 0.15, 0.3)
"""Share of the pelvis' pitch, yaw and roll that the back's first joint takes back: the shoulders stay nearly level."""
BREATH_CHEST_DEG, BREATH_SPINE_DEG, BREATH_HEAD_DEG = 1.6, 0.5, 0.7


@dataclass(frozen=True)
class Trunk:
    """Local rotations by joint name, (T, 3, 3) each; the pelvis' place (T, 2) and how far knees let it down (T,)."""

    rotations: Mapping[str, np.ndarray]
    place: np.ndarray
    sink: np.ndarray


class TrunkPoser:
    """Pelvis, back, neck and head of one stretch of frames after the other.

    Args:
        style: who is speaking.
        seed: whose body drifts by itself.
    """

    def __init__(self, style: Style, seed: int) -> None:
        self.style, self.seed = style, seed
        self.following = Following(seed, math.sqrt(style.torso), style.seated)

    def push(self, targets: Targets) -> Trunk:
        """The trunk at the targets' frames."""
        style = self.style
        times_s = (targets.start_frame + np.arange(targets.frame_count)) / MOTION_FPS
        speech = targets.channel("speech")
        size = style.alive * (IDLE_DRIFT + (1.0 - IDLE_DRIFT) * speech)
        degrees = _drifting(times_s, self.seed, size * self.following.stirred(targets))
        for name in TURNS:
            degrees[name] += targets.channel(name)
        for name, turn in self.following.push(targets, times_s).items():
            degrees[name] += turn
        _breathe(degrees, style.breath * targets.channel("breath")[:, 0])
        _stand_or_sit(degrees, style)
        sway = alive(("pelvis/sideways", "pelvis/forward", "pelvis/down"), times_s, self.seed) * size
        # All joints at once: what costs is how often rotations are turned from one form to another.
        matrices = turned(np.stack(list(degrees.values())))
        rotations = {JOINTS[name]: matrix for name, matrix in zip(degrees, matrices, strict=True)}
        sink = targets.channel("sink")[:, 0] + SINK_SWAY_M * sway[:, 2]
        return Trunk(rotations, targets.channel("pelvis") + SWAY_M * sway[:, :2], sink)


def head_in_world(rotations: np.ndarray) -> np.ndarray:
    """Rotation of the head in the world (T, 3, 3) from local rotations (T, 55, 3, 3)."""
    bones = skeleton()
    joint, whole = bones.index("head"), rotations[:, bones.index("head")].astype(np.float64)
    while (joint := bones.parents[joint]) >= 0:
        whole = rotations[:, joint] @ whole
    return whole


def turned(degrees: np.ndarray) -> np.ndarray:
    """Yaw, then pitch, then roll of (..., 3) degrees given as pitch, yaw, roll: (..., 3, 3)."""
    return matrix_from_euler("YXZ", np.radians(degrees[..., (1, 0, 2)]))


def _drifting(times_s: np.ndarray, seed: int, size: np.ndarray) -> dict[str, np.ndarray]:
    """Degrees (T, 3) that each joint turns by itself, for sizes (T, 1)."""
    names = [f"turn/{joint}/{axis}" for joint in TURNS for axis in AXES]
    values = alive(names, times_s, seed) * size
    return {
        joint: values[:, 3 * place : 3 * place + 3] * DRIFT_DEG[joint] for place, joint in enumerate(TURNS)
    }  # fmt: skip


def _breathe(degrees: dict[str, np.ndarray], breath: np.ndarray) -> None:
    """The chest opens, the back straightens a little, the head gives way."""
    degrees["spine2"][:, 0] -= BREATH_CHEST_DEG * breath
    degrees["spine1"][:, 0] -= BREATH_SPINE_DEG * breath
    degrees["neck"][:, 0] += BREATH_HEAD_DEG * breath
    degrees["head"][:, 0] += BREATH_HEAD_DEG * breath


def _stand_or_sit(degrees: dict[str, np.ndarray], style: Style) -> None:
    """Shoulders stay nearly level over the pelvis, the face ahead; trunk and head are held as the style says."""
    degrees["spine1"] -= COMPENSATED * degrees["hips"]
    for name, share in LEAN_SHARES.items():
        degrees[name] += share * np.array((style.lean_deg, 0.0, -style.tilt_deg))
    for name, share in TURN_SHARES.items():
        degrees[name][:, 1] += share * style.turn_deg
    trunk = sum(degrees[name] for name in LEAN_SHARES)
    for name, share in KEEPS_AHEAD.items():
        degrees[name] -= share * trunk
    for name, share in HEAD_SHARES.items():
        degrees[name] += share * np.array((style.head_down_deg, style.head_turn_deg, -style.head_tilt_deg))
    if style.seated:
        for name, tilt in SEATED_TILT_DEG.items():
            degrees[name][:, 0] += tilt
