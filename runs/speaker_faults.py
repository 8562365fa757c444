"""The procedural speaker's faults before and after clean-up, preset by preset: the table of docs/cleanup.md.

    python runs/speaker_faults.py FOLDER_OF_SPEECH [--styles neutral,seated] [--seconds 25] [--seeds 3]

Ten recordings evenly spaced through the folder, spoken with each seed in each preset. Prints Markdown: how deep hands
are in the body, joints beyond limits, creeping feet, how far hands are moved and how fast they are, the alignment of
the hands with the speech, each before and after, and what of real time clean-up takes on one core.
"""

import argparse
import itertools
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from procedural_floor import beginning, chosen

from gesta.api import load
from gesta.avatar.capsules import body_capsules
from gesta.metrics.motion import measure
from gesta.motion.cleanup.cleaner import Cleaner, CleanupReport, clean
from gesta.motion.cleanup.overlaps import ArmOverlaps
from gesta.motion.cleanup.settings import HANDS_ONLY
from gesta.motion.kinematics import forward, track
from gesta.procedural.presets import PRESETS
from gesta.records import Motion, Speech
from gesta.units import MOTION_FPS

COLUMNS = (
    "preset",
    "hands in the body, mm, deepest",
    "share of frames over 5 mm",
    "longest run, frames",
    "elbows in the trunk, mm, deepest",
    "joints beyond limits",
    "foot creep, mm a planted frame, worst take",
    "mm a plant, worst",
    "a wrist is moved, cm, 99 % of frames, most",
    "fastest wrist, m/s",
    "hands' margin",
    "of real time",
)


@dataclass(frozen=True)
class Line:
    """What is kept of one take; pairs are before and after.

    Attributes:
        report: of clean-up.
        elbows_m: how deep an elbow is in the trunk.
        moved_m: (T, 2) how far each wrist is moved.
        fastest_m_s: of the two wrists.
        margins: normalised, of the hands; NaN where there is none.
        frames: of the take.
        seconds: of processor time for clean-up, without counting.
    """

    report: CleanupReport
    elbows_m: tuple[float, float]
    moved_m: np.ndarray
    fastest_m_s: tuple[float, float]
    margins: tuple[float, float]
    frames: int
    seconds: float


def elbow_depth(motion: Motion, overlaps: ArmOverlaps) -> float:
    """Metres that an elbow is in the trunk, at the most."""
    pose = forward(motion.rotations.astype(np.float64), motion.translation.astype(np.float64))
    placed = overlaps.place(pose)
    return max(0.0, -min(float(overlaps.gaps(groups, placed).min()) for groups in overlaps.elbows.values()))


def spoken(speech: Speech, style: str, seed: int, overlaps: ArmOverlaps) -> Line:
    """Speak, clean, and look at both."""
    made = load("procedural").speak(speech, style=style, seed=seed, clean=False).motion
    found, report = clean(made, body_capsules(), HANDS_ONLY)
    started = time.process_time()
    for _ in Cleaner(body_capsules(), HANDS_ONLY, counting=False).cleaned([made]):
        pass
    seconds = time.process_time() - started
    both = (made, found)
    wrists = [track(m.rotations, m.translation, ("left_wrist", "right_wrist")).positions for m in both]
    fastest = [float(np.linalg.norm(np.diff(w, axis=0), axis=-1).max()) * MOTION_FPS for w in wrists]
    hands = [measure(m, speech).hand_alignment for m in both]
    margins = [h.normalised_margin if h else float("nan") for h in hands]
    return Line(
        report,
        (elbow_depth(made, overlaps), elbow_depth(found, overlaps)),
        np.linalg.norm(wrists[1] - wrists[0], axis=-1),
        (fastest[0], fastest[1]),
        (margins[0], margins[1]),
        made.frame_count,
        seconds,
    )


def row(style: str, lines: list[Line]) -> str:
    """One preset's row."""
    sides = ([line.report.before for line in lines], [line.report.after for line in lines])
    frames = sum(line.frames for line in lines)
    ends = range(len(sides))
    creeps = [max(f.foot_creep_mm_per_frame or 0.0 for f in side) for side in sides]
    plants = [max(f.foot_creep_mm_per_plant or 0.0 for f in side) for side in sides]
    moved = np.concatenate([line.moved_m for line in lines]).max(axis=1) * 100.0
    cells = (
        [f"{max(f.hand_depth_mm or 0.0 for f in side):.0f}" for side in sides],
        [f"{sum(f.hand_frames or 0 for f in side) / frames:.2%}" for side in sides],
        [f"{max(f.hand_longest_frames or 0 for f in side)}" for side in sides],
        [f"{max(line.elbows_m[end] for line in lines) * 1000.0:.0f}" for end in ends],
        [f"{sum(f.limit_joint_frames for f in side)}" for side in sides],
        [f"{creep:.2f}" for creep in creeps],
        [f"{plant:.2f}" for plant in plants],
        [f"{np.quantile(moved, 0.99):.1f}, {moved.max():.1f}"],
        [f"{max(line.fastest_m_s[end] for line in lines):.2f}" for end in ends],
        [f"{np.nanmean([line.margins[end] for line in lines]):.3f}" for end in ends],
        [f"{sum(line.seconds for line in lines) * MOTION_FPS / frames:.4f}"],
    )
    return f"| {style} | {' | '.join(' → '.join(cell) for cell in cells)} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--styles", default=",".join(PRESETS))
    parser.add_argument("--seconds", type=float, default=25.0)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    overlaps = ArmOverlaps(body_capsules())
    speeches = [beginning(path, options.seconds) for path in chosen(options.folder)]
    sys.stdout.write(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|\n")
    for style in options.styles.split(","):
        takes = itertools.product(speeches, range(options.seeds))
        sys.stdout.write(row(style, [spoken(speech, style, seed, overlaps) for speech, seed in takes]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
