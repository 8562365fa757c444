"""Where the camera stands: named views of a figure, and a camera that follows its wander without haste."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from gesta.errors import unknown_name
from gesta.motion.kinematics import track
from gesta.motion.skeleton import PELVIS, skeleton
from gesta.records import Motion
from gesta.render.camera import Camera
from gesta.units import MOTION_FPS


@dataclass(frozen=True)
class View:
    """How a figure is looked at.

    Attributes:
        follows: the joint that the camera is tied to.
        target: (x, y, z) metres, the middle of the picture for a figure that stands at the origin.
        turn_deg: angle from straight ahead towards the figure's left.
        rise_deg: how far the camera looks down.
        distance_m: from the target.
        span_m: metres that the picture's shorter side shows at the target.
        height_follows: whether the camera also follows up and down.
        smoothing_s: how slowly it follows.
        slack_m: it stands still for a figure that stays this close to its middle.
    """

    follows: str
    target: tuple[float, float, float]
    turn_deg: float
    rise_deg: float
    distance_m: float
    span_m: float
    height_follows: bool = False
    smoothing_s: float = 1.5
    slack_m: float = 0.30


VIEWS: Mapping[str, View] = {
    "front": View(PELVIS, (0.0, 0.90, 0.0), 0.0, 5.0, 5.0, 2.06),
    "three-quarter": View(PELVIS, (0.0, 0.90, 0.0), 38.0, 8.0, 5.0, 2.06),
    "side": View(PELVIS, (0.0, 0.90, 0.0), 90.0, 5.0, 5.0, 2.06),
    "upper": View(PELVIS, (0.0, 1.24, 0.0), 0.0, 4.0, 3.6, 1.12),
    "belly-up": View(PELVIS, (0.0, 1.19, 0.0), 0.0, 0.0, 3.2, 0.98),
    "face": View("head", (0.0, 1.515, 0.04), 12.0, 3.0, 1.6, 0.36, True, 0.8, 0.012),
}
"""Views by the names that users write."""


def camera_for(name: str) -> View:
    """The view called `name`; raises InputError with the nearest names if there is none."""
    if name not in VIEWS:
        raise unknown_name("camera", name, VIEWS)
    return VIEWS[name]


class Follower:
    """Gives the camera of every frame of a take."""

    def __init__(self, motion: Motion, view: View, size: tuple[int, int]) -> None:
        width, height = size
        rest = skeleton().rest_positions()[skeleton().index(view.follows)]
        turn, rise = np.radians([view.turn_deg, view.rise_deg])
        away = np.array((np.sin(turn) * np.cos(rise), np.sin(rise), np.cos(turn) * np.cos(rise)))
        target = np.array(view.target)
        span = view.span_m * max(1.0, height / width)
        self._camera = Camera(target + view.distance_m * away, target, span)
        self._shifts = _shifts(motion, view, rest)

    def camera(self, frame: int) -> Camera:
        """The camera of one frame."""
        return self._camera.moved(self._shifts[min(frame, len(self._shifts) - 1)])


def _shifts(motion: Motion, view: View, rest: np.ndarray) -> np.ndarray:
    """How far the camera is carried from where a figure at the origin needs it: (T, 3) metres, or (1, 3) if fixed."""
    if view.follows == PELVIS:
        places = np.asarray(motion.translation, np.float64) - rest
    else:
        places = track(motion.rotations, motion.translation, [view.follows]).positions[:, 0] - rest
    if not view.height_follows:
        places = places * (1.0, 0.0, 1.0)
    middle = 0.5 * (places.min(axis=0) + places.max(axis=0))
    if np.max(np.linalg.norm(places - middle, axis=1)) <= view.slack_m:
        return middle[None]
    return gaussian_filter1d(places, view.smoothing_s * MOTION_FPS, axis=0, mode="nearest")
