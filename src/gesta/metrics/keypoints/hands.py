"""How fast the hands of a film move, and whether they keep time with the speech.

The wrists' paths go to metres (by the shoulders, see `pairs.metres_per_pixel`) and to 30 frames a second; speed,
events and the normalised margin are then those of 3D motion (`gesta.metrics.motion`), which sees depth, too: turned
away from the camera a movement looks slower.
"""

from dataclasses import dataclass

import numpy as np

from gesta.keypoints.layout import body_index
from gesta.metrics.keypoints.pairs import metres_per_pixel
from gesta.metrics.keypoints.tracks import at_motion_rate, filled
from gesta.metrics.motion.activity import activity
from gesta.metrics.motion.alignment import Alignment, align
from gesta.metrics.motion.envelope import envelope_peaks
from gesta.metrics.motion.speed import LEVELS, point_speed
from gesta.metrics.motion.summary import Percentiles, percentiles
from gesta.records import Keypoints

WRISTS = (body_index("left_wrist"), body_index("right_wrist"))
SEEN_SHARE = 0.8
"""A wrist counts that is seen in this share of the frames."""


@dataclass(frozen=True)
class FilmHands:
    """How the hands of a film move.

    Attributes:
        wrists: how many are seen often enough to count.
        speed_m_s: of all of them, percentiles.
        still_share: share of time in which all are under 0.15 m/s.
        alignment: their decelerations against the speech envelope; None without speech or events.
    """

    wrists: int
    speed_m_s: Percentiles
    still_share: float
    alignment: Alignment | None


def film_hands(keypoints: Keypoints, envelope: np.ndarray | None) -> FilmHands | None:
    """How the hands move; None where neither wrist, or no shoulder, is seen often enough, or for under two frames.

    Args:
        keypoints: F frames.
        envelope: (N,) of the speech at 100 Hz.
    """
    metres = metres_per_pixel(keypoints)
    places, shares = filled(keypoints, WRISTS)
    places = places[:, shares >= SEEN_SHARE]
    if metres is None or not places.shape[1] or len(places) < 2:
        return None
    paths = at_motion_rate(places * metres, keypoints.fps)
    speeds = np.stack([point_speed(paths[:, wrist]) for wrist in range(paths.shape[1])])
    moving, speed = activity(speeds), percentiles(speeds.ravel(), LEVELS)
    if moving is None or speed is None:
        return None
    duration_s = keypoints.frame_count / keypoints.fps
    alignment = None if envelope is None else align(list(speeds), envelope_peaks(envelope), duration_s)
    return FilmHands(len(speeds), speed, moving.still_share, alignment)
