"""Every setting of a style acts: more of it gives more of what it is called, seen in the motion or in the plan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from gesta.metrics.motion import measure
from gesta.motion.face import ARKIT_INDEX
from gesta.motion.kinematics import track
from gesta.procedural.speaker import ProceduralSpeaker, Stretch
from gesta.procedural.style import Style
from gesta.procedural.traits import traits
from gesta.records import Motion, Plan
from gesta.units import MOTION_FPS
from tests.procedural.made_prosody import made_prosody

SECONDS = 20.0
PROSODY = made_prosody(SECONDS)
SEEDS = range(3)


@dataclass(frozen=True)
class Acts:
    """Settings from little to much of something, and how it is seen."""

    styles: Sequence[dict[str, object]]
    seen: Callable[[Stretch], float]


def stretch_of(style: Style, seed: int) -> Stretch:
    (stretch,) = ProceduralSpeaker(style, seed).finish(PROSODY)
    return stretch


def in_motion(measured: Callable[[Motion], float]) -> Callable[[Stretch], float]:
    return lambda stretch: measured(stretch.motion)


def in_plan(measured: Callable[[Plan], float]) -> Callable[[Stretch], float]:
    return lambda stretch: measured(stretch.plan)


def number(name: str) -> Callable[[Stretch], float]:
    return lambda stretch: traits(stretch.motion).numbers[name]


def place(axis: int) -> Callable[[Stretch], float]:
    return lambda stretch: float(np.mean([there[axis] for there in traits(stretch.motion).place.values()]))


def strokes(stretch: Stretch) -> float:
    return len(stretch.plan.strokes)


def right_share(stretch: Stretch) -> float:
    found = traits(stretch.motion).numbers
    return found["right_only_share"] / (found["left_only_share"] + found["right_only_share"] + 1e-3)


def both_share(stretch: Stretch) -> float:
    found = traits(stretch.motion).numbers
    return found["both_share"] / (found["both_share"] + found["left_only_share"] + found["right_only_share"] + 1e-3)


def face(name: str, level: float = 50.0) -> Callable[[Stretch], float]:
    def seen(stretch: Stretch) -> float:
        assert stretch.motion.face is not None
        return float(np.percentile(stretch.motion.face[:, ARKIT_INDEX[name]], level))

    return seen


def count(channel: str) -> Callable[[Stretch], float]:
    return lambda stretch: sum(move.channel == channel for move in stretch.plan.body_moves)


def arrival_sd(stretch: Stretch) -> float:
    late = [move.end_s - move.accent_s for move in stretch.plan.strokes if move.accent_s is not None]
    return float(np.std(late))


def stroke_seconds(stretch: Stretch) -> float:
    return -float(np.mean([move.duration_s for move in stretch.plan.strokes]))


def pause_speed(stretch: Stretch) -> float:
    # The pause of `made_prosody`, less the way to rest.
    start, stop = (round(share * SECONDS * MOTION_FPS) for share in (0.5, 0.57))
    report = measure(stretch.motion.frames(start, stop))
    assert report.hands is not None
    assert report.hands.speed_m_s is not None
    return report.hands.speed_m_s["p50"]


def eyes_away(stretch: Stretch) -> float:
    assert stretch.motion.face is not None
    sideways = [stretch.motion.face[:, ARKIT_INDEX[name]] for name in ("eyeLookOutLeft", "eyeLookOutRight")]
    return float(np.mean(np.maximum(*sideways)))


def at(stretch: Stretch, *joints: str) -> np.ndarray:
    return track(stretch.motion.rotations, stretch.motion.translation, joints).positions


def chest_rise(stretch: Stretch) -> float:
    shoulder, chest = np.moveaxis(at(stretch, "left_shoulder", "spine3"), 1, 0)
    return float((shoulder - chest)[:, 1].std())


def chest_forward(stretch: Stretch) -> float:
    chest, pelvis = np.moveaxis(at(stretch, "spine3", "pelvis"), 1, 0)
    return float((chest - pelvis)[:, 2].mean())


def foot_way(stretch: Stretch) -> float:
    return float(np.ptp(at(stretch, "left_ankle", "right_ankle"), axis=0).max())


ACTS = {
    "energy": Acts([{"energy": value} for value in (0.2, 0.7, 1.2)], number("speed_p75")),
    "strokes": Acts([{"strokes": value} for value in (0.1, 0.4, 0.9)], strokes),
    "size": Acts([{"size": value} for value in (0.4, 1.0, 1.8)], number("speed_p95")),
    "tempo": Acts([{"tempo": value} for value in (0.6, 1.0, 1.6)], stroke_seconds),
    "arrival_sd_s": Acts([{"arrival_sd_s": value} for value in (0.0, 0.2)], arrival_sd),
    "patience_s": Acts([{"patience_s": value} for value in (0.3, 6.0)], place(1)),
    "pause_activity": Acts([{"pause_activity": value} for value in (0.0, 1.0)], pause_speed),
    "both_hands": Acts([{"both_hands": value} for value in (0.0, 0.5, 1.0)], both_share),
    "symmetry": Acts([{"symmetry": value, "both_hands": 1.0} for value in (0.1, 0.9)], number("left_right_r")),
    "handedness": Acts([{"handedness": value, "both_hands": 0.0} for value in (0.0, 0.5, 1.0)], right_share),
    "height_m": Acts([{"height_m": value, "patience_s": 5.0} for value in (-0.1, 0.0, 0.1)], place(1)),
    "outward_m": Acts([{"outward_m": value, "patience_s": 5.0} for value in (-0.05, 0.0, 0.1)], place(0)),
    "forward_m": Acts([{"forward_m": value, "patience_s": 5.0} for value in (-0.1, 0.0, 0.05)], place(2)),
    "rest_left_m": Acts(
        [{"rest_left_m": (0.05, up, 0.2), "strokes": 0.0} for up in (-0.4, -0.3, -0.2)], number("left_height_p50")
    ),
    "rest_right_m": Acts(
        [{"rest_right_m": (0.05, up, 0.2), "strokes": 0.0} for up in (-0.4, -0.3, -0.2)], number("right_height_p50")
    ),
    "seated": Acts([{"seated": value} for value in (False, True)], in_motion(lambda motion: traits(motion).seated)),
    "alive": Acts([{"alive": value, "strokes": 0.0} for value in (0.0, 1.0, 2.0)], number("speed_p50")),
    "alive_tempo": Acts([{"alive_tempo": value, "strokes": 0.0} for value in (0.6, 1.0, 2.0)], number("jerk_p50")),
    "elbows_deg": Acts([{"elbows_deg": value} for value in (-15.0, 0.0, 20.0)], number("elbows_deg")),
    "breath": Acts([{"breath": value, "alive": 0.0, "torso": 0.0} for value in (0.0, 1.0, 2.5)], chest_rise),
    "lean_deg": Acts([{"lean_deg": value} for value in (-5.0, 0.0, 10.0)], chest_forward),
    "turn_deg": Acts([{"turn_deg": value} for value in (-15.0, 0.0, 20.0)], number("turn_deg")),
    "tilt_deg": Acts([{"tilt_deg": value} for value in (-10.0, 0.0, 10.0)], number("tilt_deg")),
    "head_down_deg": Acts([{"head_down_deg": value} for value in (-10.0, 0.0, 15.0)], number("head_down_deg")),
    "head_turn_deg": Acts([{"head_turn_deg": value} for value in (-20.0, 0.0, 20.0)], number("head_turn_deg")),
    "head_tilt_deg": Acts([{"head_tilt_deg": value} for value in (-10.0, 0.0, 10.0)], number("head_tilt_deg")),
    "nods": Acts([{"nods": value} for value in (0.0, 1.0, 2.5)], number("head_speed_p95")),
    "steps_per_minute": Acts([{"steps_per_minute": value} for value in (0.0, 8.0)], foot_way),
    "finger_motion": Acts([{"finger_motion": value} for value in (0.0, 1.0, 2.5)], number("fingers")),
    "head": Acts([{"head": value} for value in (0.3, 1.0, 2.0)], number("head_pitch")),
    "head_pitch": Acts([{"head_pitch": value} for value in (0.3, 1.0, 2.0)], number("head_pitch")),
    "head_yaw": Acts([{"head_yaw": value} for value in (0.3, 1.0, 2.0)], number("head_yaw")),
    "head_roll": Acts([{"head_roll": value} for value in (0.3, 1.0, 2.0)], number("head_roll")),
    "head_tempo": Acts([{"head_tempo": value} for value in (0.5, 2.0)], number("head_speed_p50")),
    "torso": Acts([{"torso": value} for value in (0.3, 1.0, 2.0)], number("spine_pitch")),
    "torso_pitch": Acts([{"torso_pitch": value} for value in (0.3, 1.0, 2.0)], number("spine_pitch")),
    "torso_yaw": Acts([{"torso_yaw": value} for value in (0.3, 1.0, 2.0)], number("spine_yaw")),
    "torso_roll": Acts([{"torso_roll": value} for value in (0.3, 1.0, 2.0)], number("spine_roll")),
    "gaze_away": Acts([{"gaze_away": value} for value in (0.05, 0.6)], eyes_away),
    "blinks_per_minute": Acts([{"blinks_per_minute": value} for value in (6.0, 18.0, 40.0)], count("lids")),
    "brows": Acts([{"brows": value} for value in (0.3, 1.0, 1.8)], face("browInnerUp", 97.0)),
    "smile": Acts([{"smile": value} for value in (0.0, 0.2, 0.6)], face("mouthSmileLeft")),
    "weight_shifts_per_minute": Acts(
        [{"weight_shifts_per_minute": value} for value in (2.0, 10.0, 25.0)], count("pelvis")
    ),
}


@pytest.mark.parametrize("setting", ACTS)
def test_more_of_a_setting_is_more_of_what_it_is_called(setting: str) -> None:
    acts = ACTS[setting]
    seen = [np.mean([acts.seen(stretch_of(Style(**style), seed)) for seed in SEEDS]) for style in acts.styles]
    assert all(later > earlier for earlier, later in pairwise(seen)), seen
