"""The rows of the tables of `people_table.py`: what each says, how its numbers are found and how near is near."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import movement_numbers as further
import numpy as np
from movement_numbers import Seen

MINUTE_S = 60.0


@dataclass(frozen=True)
class Row:
    """A line of a table: what it says, how to find its numbers, how they are written and how far off they may be.

    Attributes:
        label: what the numbers are, in their order.
        numbers: finds them; KeyError, TypeError or IndexError where a take does not have them.
        decimals: of each number.
        allowance: how far off it may be where the share of it is less.
        counted: whether it counts events a minute: one event of the take is then allowed.
    """

    label: str
    numbers: Callable[[Seen], Sequence[float]]
    decimals: int = 2
    allowance: float = 0.0
    counted: bool = False

    def near(self, wanted: np.ndarray, reached: np.ndarray, share: float, seconds: float) -> np.ndarray:
        """Which numbers are within a share of what is wanted or within the allowance, as they are written."""
        allowance = max(self.allowance, MINUTE_S / seconds) if self.counted else self.allowance
        return np.abs(reached - wanted) <= np.maximum(share * np.abs(wanted), allowance) + 0.5 * 10.0**-self.decimals


def of(path: str, *kept: int) -> Callable[[Seen], Sequence[float]]:
    """The numbers below a dotted path of a report, in order; only some of them if places are named."""

    def numbers(seen: Seen) -> Sequence[float]:
        value: Any = seen.report.to_dict()
        for name in path.split("."):
            value = value[name]
        found = [float(one) for one in _flat(value)]
        return [found[place] for place in kept] if kept else found

    return numbers


def _flat(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [one for part in value.values() for one in _flat(part)]
    return list(itertools.chain(*(_flat(part) for part in value))) if isinstance(value, list | tuple) else [value]


def statistic(name: str) -> Callable[[Seen], Sequence[float]]:
    """Percentiles of one property of the submovements."""
    return of(f"hands.submovements.statistics.{name}")


PEOPLE = (
    Row("wrist speed m/s, 25/50/75/95/99 %", of("hands.speed_m_s")),
    Row("still share", of("hands.activity.still_share"), 2, 0.1),
    Row("speed peaks a minute, left / right", of("hands.peaks_per_minute"), 0, counted=True),
    Row("bouts s, 50 / 90 %", of("hands.activity.bouts_s"), 1, 0.2),
    Row("pauses s, 50 / 90 %", of("hands.activity.pauses_s"), 1, 0.2),
    Row("left-right r", of("hands.coordination.speed_r"), 2, 0.15),
    Row("left height, 5/50/95 %", of("hands.height.left"), 2, 0.1),
    Row("right height", of("hands.height.right"), 2, 0.1),
    Row("left elbow deg, 5/50/95 %", of("hands.elbow_deg.left"), 0),
    Row("right elbow", of("hands.elbow_deg.right"), 0),
    Row("head sd deg, pitch/yaw/roll", of("trunk.head_sd_deg"), 1),
    Row("head deg/s, 50 / 95 %", of("trunk.head_speed_deg_s"), 0),
    Row("spine sd deg, pitch/yaw/roll", of("trunk.spine_sd_deg"), 1),
    Row("wrist jerk m/s^3, 50 / 95 %", of("hands.jerk_m_s3"), 0),
    Row("fingers deg/s", of("angular_speeds_deg_s.fingers"), 0),
)
MOVEMENT = (
    Row("submovements a minute and hand", of("hands.submovements.per_minute"), 0),
    Row("their duration s, 10/50/90 %", statistic("duration_s")),
    Row("peak speed m/s", statistic("peak_speed_m_s")),
    Row("path m", statistic("path_m")),
    Row("straightness", statistic("straightness")),
    Row("time to peak", statistic("time_to_peak")),
    Row("peak / mean speed", statistic("peak_to_mean")),
    Row("speed at the ends, of the peak", statistic("end_speed")),
    Row("peak speed ~ path^", of("hands.submovements.peak_speed_exponent")),
    Row("duration ~ path^", of("hands.submovements.duration_exponent")),
    Row("speed ~ curvature^", further.speed_over_curvature),
    Row("speed while still, m/s", further.held_speed),
    Row("power of wrist height ~ Hz^, 0.5 to 6 Hz", further.height_slope, 1),
    Row("both, left alone, right alone over 0.3 m/s", of("hands.coordination", -3, -2, -1)),
    Row("mirrored velocities r, x/y/z", of("hands.coordination.mirrored_velocity_r"), 2, 0.15),
    Row("left swivel deg, 5/50/95 %", of("hands.elbow_swivel_deg.left"), 0, 5.0),
    Row("right swivel", of("hands.elbow_swivel_deg.right"), 0, 5.0),
    Row("upper arm from hanging deg, 5/50/95 %", further.arm_lifts, 0),
    Row("collar degrees per degree of it, r", further.collar_with_arm),
    Row("ms after the shoulder: elbow, wrist, fingers, spine, head", further.order_of_joints, 0, 33.0),
    Row("collar deg/s", of("angular_speeds_deg_s.collar"), 0),
    Row("shoulder", of("angular_speeds_deg_s.shoulder"), 0),
    Row("elbow", of("angular_speeds_deg_s.elbow"), 0),
    Row("wrist", of("angular_speeds_deg_s.wrist"), 0),
    Row("finger base joints", of("angular_speeds_deg_s.finger_base"), 0),
    Row("spine, three joints", of("angular_speeds_deg_s.spine"), 0),
    Row("head joint", of("angular_speeds_deg_s.head"), 0),
    Row("palms in / down / up / away / to the body, share", further.palm_shares, 2, 0.05),
    Row("wrist turns sd deg, about the forearm / others", further.wrist_turns, 0),
    Row("finger flexion deg, base / middle / end", of("finger_flexion_deg"), 0),
    Row("its sd", further.finger_spread, 0),
    Row("curls of two fingers, r", further.finger_coupling, 2, 0.15),
    Row("finger motion in 3 / 6 components", further.finger_components),
    Row("head, half of the power below Hz", of("trunk.head_power.half_hz"), 2, 0.03),
    Row("head, nine tenths", of("trunk.head_power.nine_tenths_hz")),
    Row("spine, half", of("trunk.spine_power.half_hz"), 2, 0.03),
    Row("spine, nine tenths", of("trunk.spine_power.nine_tenths_hz")),
    Row("wrist speed with turning of chest / head, r", further.hands_with_trunk, 2, 0.15),
    Row("root sd and range m, x / z", further.root),
    Row("root, half of the power below Hz", further.root_slowness, 2, 0.03),
    Row("hips / knees, sd of pitch deg", further.legs, 0),
    Row("margin of hands / head", lambda seen: [*margin("hand")(seen), *margin("head")(seen)], 2, 0.1),
    Row("hands in / before / after pauses, of their speed in speech", of("pauses", -3, -2, -1)),
    Row("envelope peaks with a peak of wrist speed", further.peaks_met),
)


def margin(part: str) -> Callable[[Seen], Sequence[float]]:
    """How well hands or head keep time."""
    return of(f"{part}_alignment.normalised_margin")


def numbers(row: Row, takes: Sequence[Seen]) -> np.ndarray | None:
    """The median over takes of a row's numbers; None where no take has them."""
    found = []
    for take in takes:
        try:
            found.append(np.array(row.numbers(take), float))
        except (KeyError, TypeError, IndexError):
            continue
    return np.median(np.stack(found), axis=0) if found else None
