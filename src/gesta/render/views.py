"""Where the camera stands: named views of a figure, and a camera that follows its wander without haste."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from gesta.errors import unknown_name
from gesta.motion.kinematics import track
from gesta.motion.skeleton import PELVIS, skeleton
from gesta.records import Motion
from gesta.render.camera import Camera, project
from gesta.units import MOTION_FPS


@dataclass(frozen=True)
class View:
    """How a figure is looked at.

    Attributes:
        follows: the joints that the camera is tied to: to the middle between them.
        target: (x, y, z) metres, the middle of the picture for a figure that stands at rest at the origin.
        turn_deg: angle from straight ahead towards the figure's left.
        rise_deg: how far the camera looks down.
        distance_m: from the target.
        span_m: metres that the picture's shorter side shows at the target.
        height_follows: whether the camera also follows up and down.
        sits_down: share of the way that it comes down, for all of a take, with a pelvis much lower than at rest.
        smoothing_s: how slowly it follows.
        slack_m: it stands still for a figure that stays this close to its middle.
        shows: joints that are inside of the picture all the time, with `margin_m` around: it widens for them, slowly.
        margin_m: metres.
        widest: if above 1, it is as wide for all of a take as `shows` needs, up to so many times `span_m`.
    """

    follows: tuple[str, ...]
    target: tuple[float, float, float]
    turn_deg: float
    rise_deg: float
    distance_m: float
    span_m: float
    height_follows: bool = False
    smoothing_s: float = 1.5
    slack_m: float = 0.30
    shows: tuple[str, ...] = ()
    margin_m: float = 0.07
    widest: float = 0.0
    sits_down: float = 0.0


SITTING_M = 0.25
"""A pelvis so much lower than at rest sits."""
SMOOTHING_REACH = 3.0
"""How far smoothing looks, in standard deviations."""
TOES = ("left_foot", "right_foot")
KNUCKLES = ("left_middle1", "right_middle1")
HAND_ENDS = tuple(
    f"{side}_{joint}" for side in ("left", "right") for joint in ("wrist", "thumb3", "index3", "middle3", "pinky3")
)
VIEWS: Mapping[str, View] = {
    "full": View(
        (PELVIS,), (0.0, 0.875, 0.0), 0.0, 5.0, 5.0, 1.92, shows=TOES, margin_m=0.1, widest=1.3, sits_down=0.6
    ),
    "half": View((PELVIS,), (0.0, 1.20, 0.0), 0.0, 0.0, 3.2, 1.02, sits_down=1.0),
    "face": View(("head",), (0.0, 1.515, 0.04), 12.0, 3.0, 1.6, 0.36, True, 0.8, 0.012),
    "hands": View(KNUCKLES, (0.0, 1.277, -0.06), 0.0, 12.0, 3.2, 0.46, True, 0.8, 0.02, HAND_ENDS),
    "side": View(
        (PELVIS,), (0.0, 0.875, 0.0), 90.0, 5.0, 5.0, 1.92, shows=TOES, margin_m=0.1, widest=1.3, sits_down=0.6
    ),
    "portrait": View(("head",), (0.0, 1.46, 0.03), 8.0, 0.0, 2.0, 0.52, True, 0.8, 0.02),
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
        turn, rise = np.radians([view.turn_deg, view.rise_deg])
        away = np.array((np.sin(turn) * np.cos(rise), np.sin(rise), np.cos(turn) * np.cos(rise)))
        target = np.array(view.target)
        self._shifts = _shifts(motion, view)
        span = view.span_m * max(1.0, height / width)
        self._camera = Camera(target + view.distance_m * away, target, span)
        self._heights = np.array([span])
        if view.shows:
            self._heights = np.maximum(span, _heights_needed(motion, view, self._camera, self._shifts, size))
        if view.widest > 1.0:
            self._heights = np.minimum(self._heights.max(keepdims=True), view.widest * span)

    def camera(self, frame: int) -> Camera:
        """The camera of one frame."""
        height_m = float(self._heights[min(frame, len(self._heights) - 1)])
        return replace(self._camera.moved(self._shifts[min(frame, len(self._shifts) - 1)]), height_m=height_m)


def lowered(motion: Motion) -> float:
    """How much lower than at rest somebody who sits has the pelvis, metres; 0 for who stands."""
    rest = skeleton().rest_positions()[skeleton().indices([PELVIS])[0], 1]
    lower = float(rest - np.median(motion.translation[:, 1]))
    return lower if lower > SITTING_M else 0.0


def _shifts(motion: Motion, view: View) -> np.ndarray:
    """How far the camera is carried from where a figure at the origin needs it: (T, 3) metres, or (1, 3) if fixed."""
    rest = skeleton().rest_positions()[skeleton().indices(view.follows)].mean(axis=0)
    if view.follows == (PELVIS,):
        places = np.asarray(motion.translation, np.float64) - rest
    else:
        places = track(motion.rotations, motion.translation, view.follows).positions.mean(axis=1) - rest
    if not view.height_follows:
        places[:, 1] = -view.sits_down * lowered(motion)
    middle = 0.5 * (places.min(axis=0) + places.max(axis=0))
    if np.max(np.linalg.norm(places - middle, axis=1)) <= view.slack_m:
        return middle[None]
    return gaussian_filter1d(places, view.smoothing_s * MOTION_FPS, axis=0, mode="nearest")


def _heights_needed(
    motion: Motion, view: View, camera: Camera, shifts: np.ndarray, size: tuple[int, int]
) -> np.ndarray:
    """Metres upright (T,) that the picture must show for all of `view.shows` to be inside of it, changing slowly."""
    width, height = size
    places = track(motion.rotations, motion.translation, view.shows).positions - shifts[:, None]
    seen = project(places.reshape(-1, 3), camera, size)[:, :2].reshape(len(places), -1, 2)
    away = np.abs(seen - (width / 2.0, height / 2.0)).max(axis=1) * camera.height_m / height + view.margin_m
    needed = 2.0 * np.maximum(away[:, 1], away[:, 0] * height / width)
    # As wide as the widest frame around, further around than the smoothing then looks: never too narrow.
    frames = view.smoothing_s * MOTION_FPS
    widest = maximum_filter1d(needed, 2 * math.ceil(SMOOTHING_REACH * frames) + 1, mode="nearest")
    return gaussian_filter1d(widest, frames, mode="nearest", truncate=SMOOTHING_REACH)
