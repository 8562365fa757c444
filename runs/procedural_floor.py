"""The procedural speaker held against its floor: ten recordings, three seeds, the measures of docs/metrics.md.

    python runs/procedural_floor.py FOLDER_OF_SPEECH [--style neutral] [--seconds 60]

Takes ten recordings evenly spaced through the folder's sorted files (sound files, searched below it, too), speaks the
first --seconds of each with seeds 0 to 2, prints one line per take and the pooled figures, and ends with status 1
where the floor is not met: normalised margin 0.15 to 0.5, wrists still 5 to 60 % of the time, no joint beyond its
limit, foot slide at most 1 mm per planted frame, mouth shut in silence, two seeds visibly different.
"""

import argparse
import itertools
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gesta.api import load
from gesta.audio.read import open_speech, speech_from_samples
from gesta.metrics.motion import MotionReport, measure
from gesta.motion.face import ARKIT_INDEX
from gesta.motion.kinematics import track
from gesta.records import Speech
from gesta.take import Take
from gesta.units import SAMPLE_RATE

SUFFIXES = {".flac", ".ogg", ".wav", ".mp3"}
RECORDINGS, SEEDS = 10, 3
SILENT_ACTIVITY = 0.05
SILENT_FRAMES, AHEAD_FRAMES = 6, 3
"""A frame is silent if nobody speaks in this many frames up to it and in these after it: mouths open early."""
MARGIN_RANGE, STILL_RANGE = (0.15, 0.5), (0.05, 0.6)
SLIDE_MM, DIFFERENT_M, SHUT = 1.0, 0.03, 0.02


@dataclass(frozen=True)
class Line:
    """What is kept of one take."""

    name: str
    seed: int
    report: MotionReport
    jaw_in_silence: float
    wrists: np.ndarray


def chosen(folder: Path) -> list[Path]:
    """Ten recordings evenly spaced through the folder."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)
    if len(files) < RECORDINGS:
        raise SystemExit(f"{folder} has {len(files)} recordings, {RECORDINGS} are needed")
    return [files[int(index)] for index in np.linspace(0, len(files) - 1, RECORDINGS)]


def beginning(path: Path, seconds: float) -> Speech:
    """The first seconds of a recording."""
    limit, kept = int(seconds * SAMPLE_RATE), []
    for block in open_speech(path).source.blocks():
        kept.append(block)
        if sum(map(len, kept)) >= limit:
            break
    return speech_from_samples(np.concatenate(kept)[:limit], SAMPLE_RATE, path.stem)


def jaw_in_silence(take: Take) -> float:
    """Widest jawOpen where nobody has spoken for a moment; 0 if there is no such frame."""
    quiet = take.prosody.activity < SILENT_ACTIVITY
    frames = SILENT_FRAMES + AHEAD_FRAMES
    around = np.convolve(np.pad(quiet, (0, AHEAD_FRAMES), "edge"), np.ones(frames))
    long_quiet = around[AHEAD_FRAMES : AHEAD_FRAMES + len(quiet)] >= frames
    jaw = take.motion.face[long_quiet, ARKIT_INDEX["jawOpen"]]
    return float(jaw.max(initial=0.0))


def spoken(path: Path, seed: int, style: str, seconds: float) -> Line:
    """Speak one recording and measure it."""
    take = load("procedural").speak(beginning(path, seconds), seed=seed, style=style)
    wrists = track(take.motion.rotations, take.motion.translation, ("left_wrist", "right_wrist")).positions
    return Line(path.stem, seed, measure(take.motion, take.speech), jaw_in_silence(take), wrists)


def pooled(lines: list[Line]) -> dict[str, float]:
    """The floor's figures over all takes."""
    hands = [line.report.hand_alignment for line in lines if line.report.hand_alignment]
    heads = [line.report.head_alignment for line in lines if line.report.head_alignment]
    apart = [
        float(np.linalg.norm(first.wrists - second.wrists, axis=-1).mean())
        for first, second in itertools.combinations(lines, 2)
        if first.name == second.name
    ]
    return {
        "margin, weighted by events": float(
            np.average([a.normalised_margin for a in hands], weights=[a.motion_events for a in hands])
        ),
        "margin, mean of takes": float(np.mean([a.normalised_margin for a in hands])),
        "head margin, mean of takes": float(np.mean([a.normalised_margin for a in heads])),
        "still share": float(np.average([line.report.hands.activity.still_share for line in lines])),
        "joint-frames beyond limits": float(sum(line.report.limits.joint_frames for line in lines)),
        "foot slide, mm": max(line.report.foot_slide.mm_per_planted_frame for line in lines if line.report.foot_slide),
        "jawOpen in silence": max(line.jaw_in_silence for line in lines),
        "wrists of two seeds apart, m": min(apart),
    }


def met(figures: dict[str, float]) -> bool:
    """Whether the floor is met."""
    low, high = MARGIN_RANGE
    return (
        low <= figures["margin, weighted by events"] <= high
        and low <= figures["margin, mean of takes"] <= high
        and STILL_RANGE[0] <= figures["still share"] <= STILL_RANGE[1]
        and figures["joint-frames beyond limits"] == 0
        and figures["foot slide, mm"] <= SLIDE_MM
        and figures["jawOpen in silence"] <= SHUT
        and figures["wrists of two seeds apart, m"] >= DIFFERENT_M
    )


def main() -> None:
    """Speak, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--style", default="neutral")
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    lines = []
    for path, seed in itertools.product(chosen(options.folder), range(SEEDS)):
        line = spoken(path, seed, options.style, options.seconds)
        hands, margin = line.report.hands, line.report.hand_alignment
        speed = hands.speed_m_s
        sys.stdout.write(
            f"{line.name:28} seed {seed}  margin {margin.normalised_margin if margin else float('nan'):6.2f}  "
            f"still {hands.activity.still_share:.2f}  wrist 50/95 % {speed['p50']:.2f}/{speed['p95']:.2f} m/s\n"
        )
        lines.append(line)
    figures = pooled(lines)
    for name, value in figures.items():
        sys.stdout.write(f"{name:32} {value:.4f}\n")
    sys.exit(0 if met(figures) else 1)


if __name__ == "__main__":
    main()
