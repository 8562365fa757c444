"""Long silences: a model that was trained on speech goes over into a body that idles, and back before it speaks again.

Which body idles is for the caller to say (a motion as long, frame for frame); how much of it shows follows from the
speech alone. Only arms, hands, spine and head go over, and the face where both speak the same basis: feet and place
stay the model's.
"""

import numpy as np
from pydantic import Field
from scipy import ndimage

from gesta.motion.cleanup.easing import smoothed
from gesta.motion.representation import HAND_JOINTS, UPPER_JOINTS
from gesta.motion.rotations import between
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from gesta.settings import Settings
from gesta.units import MOTION_FPS

QUIET = 0.5
"""Activity of the speech below which nobody speaks."""
JOINTS = {"upper": UPPER_JOINTS, "hands": HAND_JOINTS}


class SilenceSettings(Settings):
    """When a body goes over into idling."""

    after_s: float = Field(2.0, ge=0.0, le=60.0, description="seconds of silence after which it begins to go over")
    fade_s: float = Field(1.0, gt=0.0, le=5.0, description="seconds that going over takes")

    @property
    def fade_frames(self) -> int:
        """Half of the fade, the frames on either side of its middle."""
        return max(1, round(0.5 * self.fade_s * MOTION_FPS))

    @property
    def before_frames(self) -> int:
        """How many frames back the share of a frame looks."""
        return round(self.after_s * MOTION_FPS) + 2 * self.fade_frames

    @property
    def ahead_frames(self) -> int:
        """How many frames ahead it looks: it must be back when speech begins."""
        return 2 * self.fade_frames


def idle_share(activity: np.ndarray, settings: SilenceSettings | None = None) -> np.ndarray:
    """How much of each frame idles, 0 to 1.

    Args:
        activity: (T,) of the speech, 1 where somebody speaks (`records.Prosody`).
        settings: when it goes over.

    Returns:
        (T,); each value depends on `before_frames` before it and `ahead_frames` after it. Before a take's beginning and
        after its end nobody speaks.
    """
    chosen = settings or SilenceSettings()
    half = chosen.fade_frames
    padded = np.pad(np.asarray(activity, dtype=np.float64), (chosen.before_frames, chosen.ahead_frames))
    speaking = (padded >= QUIET).astype(np.float64)
    # Silent from `after_s` before the middle of the fade's beginning until the middle of its end.
    back, ahead = round(chosen.after_s * MOTION_FPS) + half, half
    window = back + ahead + 1
    spoken = ndimage.maximum_filter1d(speaking, window, mode="nearest", origin=window // 2 - ahead)
    return smoothed(1.0 - spoken, half)[chosen.before_frames : len(padded) - chosen.ahead_frames]


def faded(motion: Motion, idle: Motion, share: np.ndarray) -> Motion:
    """The motion gone over into an idling one.

    Args:
        motion: T frames.
        idle: the same T frames of a body that idles.
        share: (T,) how much of each frame idles.
    """
    frames = np.flatnonzero(share > 0.0)
    if len(frames) == 0:
        return motion
    names = [name for part, joints in JOINTS.items() if part in motion.parts & idle.parts for name in joints]
    grid = np.ix_(frames, np.array(skeleton().indices(names), dtype=int))
    rotations = np.array(motion.rotations)
    rotations[grid] = between(motion.rotations[grid], idle.rotations[grid], share[frames][:, None])
    fields = {"rotations": rotations}
    if motion.face_basis == idle.face_basis and "face" in motion.parts & idle.parts:
        fields["face"] = motion.face + share[:, None].astype(np.float32) * (idle.face - motion.face)
    return motion.replaced(**fields)
