"""Generated motion beside real motion of the same speech, with the measures of `gesta.metrics.motion`.

What a body did cannot be right or wrong joint by joint, since there are many ways to say a thing: so no distance to
the real pose is given. Each measure stands beside the real motion's own, and the Fréchet gesture distance says how far
the sets are apart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gesta.errors import InputError
from gesta.metrics.evaluation import SIDES, Evaluation, Measure, Value
from gesta.metrics.fgd_encoder import SkeletonConvolutionEncoder, load_fgd_encoder
from gesta.metrics.frechet import RunningGaussian, distance_of_sides
from gesta.metrics.lengths import shared_frames
from gesta.metrics.motion.envelope import envelope_of
from gesta.metrics.motion.report import MotionReport, measure
from gesta.records import Motion, Speech
from gesta.units import MOTION_FPS

ENCODER_FILE = "AESKConv_240_100.bin"
"""The extractor of the FGD on BEAT2, which is part of that data set; see `fgd_encoder`."""
MEASURES = (
    Measure("hands.margin", "hands: normalised alignment margin", "", "as real"),
    Measure("head.margin", "head: normalised alignment margin", "", "as real"),
    Measure("hands.speed_p50", "hands: median speed", "m/s", "as real"),
    Measure("hands.speed_p95", "hands: speed, 95th percentile", "m/s", "as real"),
    Measure("hands.still_share", "hands: share of time still", "share", "as real"),
    Measure("hands.jerk_p50", "hands: median jerk", "m/s^3", "as real", 1),
    Measure("head.speed_p50", "head: median angular speed", "degrees/s", "as real", 1),
    Measure("feet.slide_mm", "feet: slide per planted frame", "mm", "lower", 2),
    Measure("limits.share", "frames with a joint beyond its limit", "share", "lower"),
    Measure("naturalness", "naturalness", "", "higher"),
    Measure("fgd", "Fréchet gesture distance (VAESKConv), whole set", "", "lower"),
)


@dataclass(frozen=True)
class MotionPair:
    """One clip.

    Attributes:
        name: of the clip.
        generated, real: the motions, equally long.
        envelope: (N,) of the speech at 100 Hz; None where it is not known.
    """

    name: str
    generated: Motion
    real: Motion
    envelope: np.ndarray | None = None

    @classmethod
    def of(cls, name: str, generated: Motion, real: Motion, speech: Speech | np.ndarray | None = None) -> "MotionPair":
        """Motions cut to the length of the shorter one.

        Args:
            name: of the clip.
            generated, real: the motions.
            speech: what is said, or its envelope; None where it is not known.

        Raises:
            InputError: one is much longer than the other.
        """
        frames = shared_frames(name, generated.frame_count, real.frame_count, MOTION_FPS)
        return cls(name, generated.frames(0, frames), real.frames(0, frames), envelope_of(speech))


def fgd_encoder_in(folder: Path) -> SkeletonConvolutionEncoder:
    """The extractor with the weights in a folder.

    Raises:
        InputError: they are not there, or do not fit.
    """
    if not (folder / ENCODER_FILE).is_file():
        raise InputError(f"'{folder}' does not hold {ENCODER_FILE}, the extractor that comes with BEAT2.")
    return load_fgd_encoder(folder / ENCODER_FILE)


def evaluate_motion(
    pairs: Iterable[MotionPair],
    encoder: SkeletonConvolutionEncoder | None = None,
    settings: Mapping[str, object] | None = None,
) -> Evaluation:
    """Measure generated motion beside real motion, one clip in memory at a time.

    Args:
        pairs: the clips, each with a name of its own.
        encoder: for the FGD; None leaves it out.
        settings: what is compared, for the report.

    Raises:
        InputError: there is no clip, or one lacks what the FGD needs.
    """
    clips: dict[str, dict[str, Value]] = {}
    sums = {side: RunningGaussian() for side in SIDES}
    unheard = 0
    for pair in pairs:
        both = [_numbers(measure(motion, pair.envelope)) for motion in (pair.generated, pair.real)]
        clips[pair.name] = {key: Value(both[0][key], both[1][key]) for key in both[0]}
        unheard += pair.envelope is None
        if encoder is not None:
            for side, motion in zip(SIDES, (pair.generated, pair.real), strict=True):
                sums[side].add(encoder.latents(motion))
    if not clips:
        raise InputError("There is no clip to evaluate; name motion files, or folders that hold some.")
    whole, absent = {}, {}
    if unheard:
        absent["alignment"] = f"{unheard} of {len(clips)} clips have no recording; name them with --speech"
    if encoder is None:
        absent["fgd"] = f"no folder with {ENCODER_FILE} was named (--weights)"
    else:
        try:
            whole["fgd"] = Value(distance_of_sides(sums["real"], sums["generated"], "motions"))
        except InputError as error:
            absent["fgd"] = str(error).rstrip(".")
    return Evaluation("Generated motion beside real motion", "motion", MEASURES, clips, whole, absent, settings or {})


def _numbers(report: MotionReport) -> dict[str, float | None]:
    """The numbers of one motion, by key."""
    hands, trunk, natural = report.hands, report.trunk, report.naturalness
    speed = None if hands is None else hands.speed_m_s
    jerk = None if hands is None else hands.jerk_m_s3
    head = None if trunk is None else trunk.head_speed_deg_s
    return {
        "hands.margin": None if report.hand_alignment is None else report.hand_alignment.normalised_margin,
        "head.margin": None if report.head_alignment is None else report.head_alignment.normalised_margin,
        "hands.speed_p50": None if speed is None else speed["p50"],
        "hands.speed_p95": None if speed is None else speed["p95"],
        "hands.still_share": None if hands is None or hands.activity is None else hands.activity.still_share,
        "hands.jerk_p50": None if jerk is None else jerk["p50"],
        "head.speed_p50": None if head is None else head["p50"],
        "feet.slide_mm": None if report.foot_slide is None else report.foot_slide.mm_per_planted_frame,
        "limits.share": report.limits.frame_share,
        "naturalness": None if natural is None else natural.score,
    }
