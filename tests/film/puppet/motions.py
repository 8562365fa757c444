"""Motions of a puppet that are known."""

from collections.abc import Mapping

import numpy as np

from gesta.film.puppet.limits import eased_steps
from gesta.film.puppet.puppet import Puppet
from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import skeleton
from gesta.records import JOINT_COUNT, Motion
from gesta.units import MOTION_FPS


def motion(frames: int, face: Mapping[str, np.ndarray] | None = None, swing: float = 0.0) -> Motion:
    """A body at rest with some face, and with arms that swing by so many radians."""
    rotations = np.tile(np.eye(3, dtype=np.float32), (frames, JOINT_COUNT, 1, 1))
    angle = swing * np.sin(np.arange(frames) * 2.0 * np.pi / 40.0)
    for side in ("left", "right"):
        turn = np.stack([np.zeros(frames), 0.7 * angle, angle], axis=1)
        rotations[:, skeleton().index(f"{side}_shoulder")] = matrix_from_axis_angle(turn)
    weights = np.zeros((frames, len(ARKIT_NAMES)), np.float32)
    for name, values in (face or {}).items():
        weights[:, ARKIT_INDEX[name]] = values
    return Motion(rotations, np.zeros((frames, 3), np.float32), weights)


def bumps(frames: int, middles_s: list[float], width_s: float = 0.1) -> np.ndarray:
    """A value that rises to 1 at some moments and falls again, at MOTION_FPS: (frames,)."""
    times = np.arange(frames) / MOTION_FPS
    return np.asarray(sum(np.exp(-0.5 * ((times - middle) / width_s) ** 2) for middle in middles_s))


def with_wrists_moved(puppet: Puppet, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What carries a puppet whose wrists are asked to go by (T, 3) metres from where its picture has them."""
    transfer, body = puppet._transfer, puppet._body
    pose = np.tile(body.local.astype(np.float64), (len(steps), 1, 1, 1))
    transfer.reach(pose, eased_steps(np.repeat(steps[:, None], 2, axis=1)))
    return body.moves(pose.astype(np.float32), puppet._moving)
