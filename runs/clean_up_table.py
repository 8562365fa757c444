"""Clean-up before and after: the table of docs/cleanup.md.

    python runs/clean_up_table.py SPEECH [MOTION ...]

Prints a Markdown row for each MOTION (BEAT2, SHOW, any npz or BVH), for the procedural speaker on SPEECH as it is made,
and for its lively take with planted faults: a body that glides at 2 cm/s, joints that tremble by 1 degree, and hands
led through the belly.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gesta.api import load
from gesta.avatar.capsules import body_capsules
from gesta.motion.cleanup.cleaner import clean
from gesta.motion.cleanup.two_bones import LIMBS, Limb
from gesta.motion.kinematics import forward
from gesta.motion.reading import read_motion
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from gesta.units import MOTION_FPS

GLIDE_M_S, TREMBLE_DEG = 0.02, 1.0
BELLY_M, PERIOD_S = (0.05, 1.05, 0.05), 5.0
COLUMNS = (
    ("foot_creep_mm_per_frame", "foot creep, mm a planted frame"),
    ("foot_creep_mm_per_plant", "mm a plant, worst"),
    ("limit_joint_frames", "joints beyond limits"),
    ("hand_depth_mm", "hands in the body, mm, deepest"),
    ("hand_longest_frames", "frames over 5 mm, longest run"),
)


def through_the_belly(motion: Motion) -> Motion:
    """The left wrist led into the belly and out again, over and over."""
    rotations = motion.rotations.astype(np.float64)
    arm = Limb.of("left_arm", forward(rotations, motion.translation.astype(np.float64)))
    phase = 2.0 * np.pi * np.arange(motion.frame_count) / (PERIOD_S * MOTION_FPS)
    share = (0.5 - 0.5 * np.cos(phase))[:, None]
    rotations[:, skeleton().indices(LIMBS[arm.name][0])] = arm.reaching(arm.end + share * (np.array(BELLY_M) - arm.end))
    return motion.replaced(rotations=rotations)


def cases(speech: str, files: list[str]) -> Iterator[tuple[str, Motion]]:
    """Names and motions."""
    for file in files:
        yield Path(file).stem, read_motion(file)
    made = {style: load("procedural").speak(speech, style=style, clean=False).motion for style in ("calm", "lively")}
    for style, motion in made.items():
        yield f"procedural, {style}", motion
    lively = made["lively"]
    way = np.arange(lively.frame_count)[:, None] * [GLIDE_M_S / MOTION_FPS, 0.0, 0.0]
    yield "lively that glides", lively.replaced(translation=lively.translation + way)
    noise = np.random.default_rng(0).normal(0.0, np.radians(TREMBLE_DEG), (lively.frame_count, 55, 3))
    yield "lively that trembles", lively.replaced(rotations=lively.rotations @ matrix_from_axis_angle(noise))
    yield "lively, a hand in the belly", through_the_belly(lively)


def shown(value: float | None) -> str:
    """A number for a cell."""
    return "-" if value is None else f"{value:.2f}" if 0.0 < value < 1.0 else f"{value:.1f}".removesuffix(".0")


def main(arguments: list[str]) -> None:
    """Print the table."""
    speech, *files = arguments
    capsules = body_capsules()
    lines = [f"| motion | {' | '.join(title for _, title in COLUMNS)} | times real time |"]
    lines.append("|---" * (len(COLUMNS) + 2) + "|")
    for name, motion in cases(speech, files):
        started = time.process_time()
        _, report = clean(motion, capsules)
        speed = motion.duration_s / (time.process_time() - started)
        faults = report.to_dict()["faults"]
        cells = [f"{shown(faults[key]['before'])} → {shown(faults[key]['after'])}" for key, _ in COLUMNS]
        lines.append(f"| {name} | {' | '.join(cells)} | {speed:.0f} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
