"""All measures of one motion in one call."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gesta.metrics.motion import elbow, height, jerk, speed
from gesta.metrics.motion.activity import Activity, activity
from gesta.metrics.motion.alignment import Alignment, align
from gesta.metrics.motion.coordination import Coordination, coordination
from gesta.metrics.motion.envelope import envelope_of, envelope_peaks
from gesta.metrics.motion.foot_slide import FootSlide, foot_slide
from gesta.metrics.motion.joint_speed import FingerFlexion, finger_flexion, mean_angular_speeds
from gesta.metrics.motion.limits import LimitExcess, limit_excess
from gesta.metrics.motion.naturalness import Naturalness, naturalness
from gesta.metrics.motion.pauses import PauseBehaviour, pause_behaviour
from gesta.metrics.motion.posture import Spread, relative_angles, spread
from gesta.metrics.motion.root_drift import RootDrift, root_drift
from gesta.metrics.motion.spectrum import PowerFrequencies, power_frequencies
from gesta.metrics.motion.submovements import Submovements, summarise
from gesta.metrics.motion.summary import Percentiles, percentiles
from gesta.metrics.motion.tracks import CHEST, HEAD, SIDES, Tracks
from gesta.motion.kinematics import sole_positions
from gesta.motion.skeleton import PELVIS
from gesta.records import Motion, Speech

Sides = Mapping[str, Any]
"""A value for "left" and one for "right"."""


@dataclass(frozen=True)
class Hands:
    """How the hands move and where they are held.

    Attributes:
        speed_m_s: wrist speed of both hands together, percentiles.
        activity: moving and resting.
        peaks_per_minute: peaks of wrist speed over 0.5 m/s, for each side.
        height: wrist height, 0 at the hips, 1 at the shoulders, percentiles for each side.
        elbow_deg: elbow flexion, percentiles for each side.
        elbow_swivel_deg: elbow swivel, percentiles for each side.
        jerk_m_s3: jerk of both wrists together, percentiles.
        coordination: left against right.
        submovements: strokes of both hands.
    """

    speed_m_s: Percentiles | None
    activity: Activity | None
    peaks_per_minute: Sides
    height: Sides
    elbow_deg: Sides
    elbow_swivel_deg: Sides
    jerk_m_s3: Percentiles | None
    coordination: Coordination | None
    submovements: Submovements | None

    @classmethod
    def of(cls, tracks: Tracks) -> "Hands":
        """Measure the hands of a motion that has arms."""
        speeds = wrist_speeds(tracks)
        wrists, shoulders, hips = tracks.both("wrist"), tracks.both("shoulder"), tracks.both("hip")
        arms = {side: [tracks.position(f"{side}_{part}") for part in ("shoulder", "elbow", "wrist")] for side in SIDES}
        across = shoulders[:, 0] - shoulders[:, 1]
        swivel = {
            side: elbow.elbow_swivel(arms[side][0], arms[side][1], arms[side][2], outward)
            for side, outward in zip(SIDES, (across, -across), strict=True)
        }
        heights = {side: height.relative_height(wrists[:, index], hips, shoulders) for index, side in enumerate(SIDES)}
        from_pelvis = wrists - tracks.position(PELVIS)[:, None]
        return cls(
            speed_m_s=percentiles(speeds.ravel(), speed.LEVELS),
            activity=activity(speeds),
            peaks_per_minute={side: speed.peaks_per_minute(speeds[index]) for index, side in enumerate(SIDES)},
            height={side: percentiles(values, height.LEVELS) for side, values in heights.items()},
            elbow_deg={
                side: percentiles(elbow.elbow_flexion(arms[side][0], arms[side][1], arms[side][2]), elbow.LEVELS)
                for side in SIDES
            },
            elbow_swivel_deg={
                side: percentiles(value[np.isfinite(value)], elbow.LEVELS) for side, value in swivel.items()
            },
            jerk_m_s3=percentiles(np.concatenate([jerk.jerk(wrists[:, index]) for index in range(2)]), jerk.LEVELS),
            coordination=coordination(speeds, tracks.in_pelvis("wrist")),
            submovements=summarise([from_pelvis[:, index] for index in range(2)]),
        )


@dataclass(frozen=True)
class Trunk:
    """How head and spine move.

    Attributes:
        head_sd_deg: head in spine3's frame.
        spine_sd_deg: spine3 in the pelvis' frame.
        head_speed_deg_s: angular speed of the head in the world, percentiles.
        head_power: how slow the head's angles are.
        spine_power: how slow the spine's are.
    """

    head_sd_deg: Spread
    spine_sd_deg: Spread
    head_speed_deg_s: Percentiles | None
    head_power: PowerFrequencies | None
    spine_power: PowerFrequencies | None

    @classmethod
    def of(cls, tracks: Tracks) -> "Trunk":
        """Measure head and spine of a motion that has them."""
        head = relative_angles(tracks.rotation(HEAD), tracks.rotation(CHEST))
        spine = relative_angles(tracks.rotation(CHEST), tracks.rotation(PELVIS))
        return cls(
            head_sd_deg=spread(head),
            spine_sd_deg=spread(spine),
            head_speed_deg_s=percentiles(speed.angular_speed(tracks.rotation(HEAD)), speed.HEAD_LEVELS),
            head_power=power_frequencies(head),
            spine_power=power_frequencies(spine),
        )


@dataclass(frozen=True)
class MotionReport:
    """Everything measured on one motion; None where it cannot be (no speech, too short, floor unknown, part absent).

    Attributes:
        frames: T.
        duration_s: length in seconds.
        hand_alignment: decelerations of both wrists against the speech envelope.
        head_alignment: decelerations of the head's angular speed against it.
        hands: wrists and elbows.
        trunk: head and spine.
        angular_speeds_deg_s: mean angular speeds of groups of joints.
        finger_flexion_deg: mean flexion of the fingers.
        foot_slide: creeping soles.
        root_drift: where the pelvis goes.
        limits: joints beyond what people can do.
        pauses: hands in the pauses of speech.
    """

    frames: int
    duration_s: float
    hand_alignment: Alignment | None
    head_alignment: Alignment | None
    hands: Hands | None
    trunk: Trunk | None
    angular_speeds_deg_s: Mapping[str, float] | None
    finger_flexion_deg: FingerFlexion | None
    foot_slide: FootSlide | None
    root_drift: RootDrift | None
    limits: LimitExcess
    pauses: PauseBehaviour | None

    @property
    def naturalness(self) -> Naturalness | None:
        """How much the motion moves like people."""
        return naturalness(self)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain dicts, tuples, numbers and None, ready for JSON."""
        natural = self.naturalness
        return {**asdict(self), "naturalness": None if natural is None else asdict(natural)}


def measure(motion: Motion, speech: Speech | np.ndarray | None = None) -> MotionReport:
    """Measure a motion.

    Args:
        motion: any motion at 30 fps; see `Motion.parts` and `Motion.floor_known` for what is left out.
        speech: the recording it goes with, or its (N,) envelope from `speech_envelope`; without it there is no
            alignment and nothing about pauses.
    """
    envelope = envelope_of(speech)
    times = None if envelope is None else envelope_peaks(envelope)
    tracks = Tracks.of(motion)
    upper, walking = "upper" in motion.parts, {"lower", "translation"} <= motion.parts
    speeds = wrist_speeds(tracks)
    head_speed = speed.angular_speed(tracks.rotation(HEAD))
    aligned = upper and times is not None
    return MotionReport(
        frames=motion.frame_count,
        duration_s=motion.duration_s,
        hand_alignment=align(list(speeds), times, motion.duration_s) if aligned and times is not None else None,
        head_alignment=align([speed.smoothed(head_speed)], times, motion.duration_s)
        if aligned and times is not None
        else None,
        hands=Hands.of(tracks) if upper else None,
        trunk=Trunk.of(tracks) if upper else None,
        angular_speeds_deg_s=mean_angular_speeds(motion),
        finger_flexion_deg=finger_flexion(motion),
        foot_slide=foot_slide(sole_positions(motion.rotations, motion.translation))
        if walking and motion.floor_known
        else None,
        root_drift=root_drift(motion.translation) if "translation" in motion.parts else None,
        limits=limit_excess(motion),
        pauses=pause_behaviour(speeds, envelope) if upper and envelope is not None else None,
    )


def wrist_speeds(tracks: Tracks) -> np.ndarray:
    """Smoothed speeds of both wrists: (2, T - 1) metres a second."""
    return np.stack([speed.point_speed(tracks.position(f"{side}_wrist")) for side in SIDES])
