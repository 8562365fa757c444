"""The procedural speaker beside people, by our own measures: the tables of docs/procedural.md.

    python runs/people_table.py DATA [--tables people,movement,margins,fit] [--seeds 3]

DATA holds beat2/ and show/ (research data, local only) and speech/. `people`: the style `seated` beside the median of
the SHOW clips and `restless` beside BEAT2's scott, on the same speech. `movement`: how hands, arms, head and trunk go,
beside scott. `margins`: how well hands and head keep time, pooled over ten recordings and the seeds. `fit`: for each
real take, the style fitted to it and spoken on its own speech. A value is met within 30 % (fit: 25 %) or the absolute
allowance of its row, whichever is wider; values that are not are printed in bold.
"""

import argparse
import itertools
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from procedural_floor import beginning as first_seconds
from procedural_floor import chosen
from real_or_ours import real_takes

from gesta.api import load
from gesta.audio.read import open_speech
from gesta.metrics.motion import MotionReport, measure
from gesta.metrics.motion.speed import point_speed
from gesta.metrics.motion.tracks import Tracks
from gesta.motion.reading import read_motion
from gesta.records import Motion, Speech

SCOTT, SHORTEST_FRAMES = "2_scott_0_1_1", 240
SHARE, FIT_SHARE = 0.3, 0.25
SIDES = ("left", "right")
STILL_M_S = 0.15
TABLES = ("people", "movement", "margins", "fit")
SECONDS = 60.0


@dataclass(frozen=True)
class Seen:
    """A take as it is measured."""

    report: MotionReport
    motion: Motion


@dataclass(frozen=True)
class Row:
    """A line of a table: what it says, how to find its numbers, how they are written and how far off they may be."""

    label: str
    numbers: Callable[[Seen], Sequence[float]]
    decimals: int = 2
    allowance: float = 0.0


def of(path: str) -> Callable[[Seen], Sequence[float]]:
    """The numbers below a dotted path of a report, in order."""

    def numbers(seen: Seen) -> Sequence[float]:
        value: Any = seen.report.to_dict()
        for name in path.split("."):
            value = value[name]
        return [float(one) for one in _flat(value)]

    return numbers


def _flat(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [one for part in value.values() for one in _flat(part)]
    return list(itertools.chain(*(_flat(part) for part in value))) if isinstance(value, list | tuple) else [value]


def statistic(name: str) -> Callable[[Seen], Sequence[float]]:
    """Percentiles of one property of the submovements."""
    return of(f"hands.submovements.statistics.{name}")


def held_speed(seen: Seen) -> Sequence[float]:
    """Mean speed of wrists while they are still."""
    tracks = Tracks.of(seen.motion)
    speed = np.concatenate([point_speed(tracks.position(f"{side}_wrist")) for side in SIDES])
    return [float(speed[speed < STILL_M_S].mean())]


PEOPLE = (
    Row("wrist speed m/s, 25/50/75/95/99 %", of("hands.speed_m_s")),
    Row("still share", of("hands.activity.still_share"), 2, 0.1),
    Row("speed peaks a minute, left / right", of("hands.peaks_per_minute"), 0),
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
    Row("speed while still, m/s", held_speed),
    Row("both, left alone, right alone over 0.3 m/s", lambda seen: of("hands.coordination")(seen)[-3:]),
    Row("mirrored velocities r, x/y/z", of("hands.coordination.mirrored_velocity_r"), 2, 0.15),
    Row("left swivel deg, 5/50/95 %", of("hands.elbow_swivel_deg.left"), 0),
    Row("right swivel", of("hands.elbow_swivel_deg.right"), 0),
    Row("collar deg/s", of("angular_speeds_deg_s.collar"), 0),
    Row("shoulder", of("angular_speeds_deg_s.shoulder"), 0),
    Row("elbow", of("angular_speeds_deg_s.elbow"), 0),
    Row("wrist", of("angular_speeds_deg_s.wrist"), 0),
    Row("finger base joints", of("angular_speeds_deg_s.finger_base"), 0),
    Row("spine, three joints", of("angular_speeds_deg_s.spine"), 0),
    Row("head joint", of("angular_speeds_deg_s.head"), 0),
    Row("finger flexion deg, base / middle / end", of("finger_flexion_deg"), 0),
    Row("head, half of the power below Hz", of("trunk.head_power.half_hz")),
    Row("head, nine tenths", of("trunk.head_power.nine_tenths_hz")),
    Row("spine, half", of("trunk.spine_power.half_hz")),
    Row("spine, nine tenths", of("trunk.spine_power.nine_tenths_hz")),
    Row("hands in pauses of speech, of their speed in it", lambda seen: [of("pauses.speed_in_pause")(seen)[0]]),
    Row("root sd m and range, x / z", of("root_drift")),
)


def numbers(row: Row, takes: Sequence[Seen]) -> np.ndarray | None:
    """The median over takes of a row's numbers; None where no take has them."""
    found = []
    for take in takes:
        try:
            found.append(np.array(row.numbers(take), float))
        except (KeyError, TypeError, IndexError):
            continue
    return np.median(np.stack(found), axis=0) if found else None


def compared(rows: Sequence[Row], people: Sequence[Seen], ours: Sequence[Seen], share: float) -> tuple[list[str], str]:
    """Lines of people beside ours, and how many numbers are met."""
    lines, met, asked = [], 0, 0
    for row in rows:
        wanted, reached = numbers(row, people), numbers(row, ours)
        if wanted is None or reached is None:
            continue
        near = np.abs(reached - wanted) <= np.maximum(share * np.abs(wanted), row.allowance) + 0.5 * 10.0**-row.decimals
        met, asked = met + int(near.sum()), asked + len(near)
        said = [f"{value:.{row.decimals}f}" for value in reached]
        bold = [text if fine else f"**{text}**" for text, fine in zip(said, near, strict=True)]
        theirs = " / ".join(f"{value:.{row.decimals}f}" for value in wanted)
        lines.append(f"| {row.label} | {theirs} | {' / '.join(bold)} |")
    return lines, f"{met} of {asked} numbers met"


def spoken(speech: Speech, style: str, seeds: int) -> list[Seen]:
    """Ours, for each seed."""
    made = [load("procedural").speak(speech, style=style, seed=seed).motion for seed in range(seeds)]
    return [Seen(measure(motion, speech), motion) for motion in made]


def takes_of(data: Path) -> dict[str, tuple[Seen, Speech, Path]]:
    """The real takes that are long enough, measured."""
    found = {}
    for name, (path, sound) in real_takes(data).items():
        motion, speech = read_motion(path), open_speech(sound)
        if motion.frame_count >= SHORTEST_FRAMES:
            found[name] = Seen(measure(motion, speech), motion), speech, path
    return found


def print_table(title: str, rows: Sequence[Row], people: Sequence[Seen], ours: Sequence[Seen], share: float) -> None:
    """One table of people beside ours."""
    lines, met = compared(rows, people, ours, share)
    sys.stdout.write(f"\n| {title} ({met}) | people | ours |\n|---|---|---|\n" + "\n".join(lines) + "\n")


def margins(folder: Path, seeds: int, style: str) -> None:
    """How well hands and head keep time, over ten recordings."""
    hands, heads = [], []
    for path in chosen(folder):
        for seen in spoken(first_seconds(path, SECONDS), style, seeds):
            hands.append(seen.report.hand_alignment.normalised_margin if seen.report.hand_alignment else np.nan)
            heads.append(seen.report.head_alignment.normalised_margin if seen.report.head_alignment else np.nan)
    for name, values in (("hands", hands), ("head", heads)):
        sys.stdout.write(f"margin of {name} ({style}): {np.nanmean(values):.3f}, sd of takes {np.nanstd(values):.3f}\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--tables", default=",".join(TABLES))
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    wanted, real = options.tables.split(","), takes_of(options.data)
    show = {name: take for name, take in real.items() if name != SCOTT}
    restless = spoken(real[SCOTT][1], "restless", options.seeds) if {"people", "movement"} & set(wanted) else []
    if "people" in wanted:
        seated = [one for _, speech, _ in show.values() for one in spoken(speech, "seated", options.seeds)]
        print_table("seated beside SHOW", PEOPLE, [take for take, _, _ in show.values()], seated, SHARE)
        print_table("restless beside scott", PEOPLE, [real[SCOTT][0]], restless, SHARE)
    if "movement" in wanted:
        print_table("movement, restless beside scott", MOVEMENT, [real[SCOTT][0]], restless, SHARE)
    if "margins" in wanted:
        margins(options.data / "speech", options.seeds, "neutral")
    if "fit" in wanted:
        for name, (take, speech, path) in real.items():
            print_table(f"fitted to {name}", PEOPLE, [take], spoken(speech, str(path), options.seeds), FIT_SHARE)


if __name__ == "__main__":
    main()
