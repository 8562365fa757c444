"""What looking ahead is worth to a stream: alignment, faults and speed at several look-aheads.

    python runs/stream_table.py SPEECH [--model procedural|FOLDER] [--recordings 8] [--seconds 60] [--seeds 1]
        [--look-aheads 0.1 0.2 0.4 0.8 inf] [--decoding stream_window=64]

Takes held-out recordings of the folder (runs/held_out_speech.txt), evenly spaced through the list, streams the first
--seconds of each in chunks of 133 ms at every look-ahead, and prints a line for each: normalised margin of hands and
head (weighted by their events) and its share of the whole file's, foot slide, jerk, hands in the body, largest step of
a wrist from frame to frame, the time that a chunk took, and the latency. The last line is the file as `speak` gives it,
cleaned up.
"""

import argparse
import math
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from held_out import held_out
from procedural_floor import beginning

from gesta.api import Model, load
from gesta.avatar.capsules import body_capsules
from gesta.metrics.motion import MotionReport, measure
from gesta.motion.cleanup.faults import FaultCounter, Faults
from gesta.motion.cleanup.overlaps import ArmOverlaps
from gesta.motion.cleanup.windows import joined
from gesta.motion.kinematics import track
from gesta.records import Motion, Speech
from gesta.units import MOTION_FPS, SAMPLE_RATE, TOKEN_FRAMES

LOOK_AHEADS_S = (0.1, 0.2, 0.4, 0.8, math.inf)
CHUNK_SAMPLES = SAMPLE_RATE * TOKEN_FRAMES // MOTION_FPS
WARM_UP_CHUNKS = 8
"""The first chunks are not timed: they compile and fill caches."""


@dataclass(frozen=True)
class Line:
    """One recording at one look-ahead."""

    report: MotionReport
    chunks_s: Sequence[float]
    frames: int
    faults: Faults
    largest_step_m: float


def streamed(
    model: Model, speech: Speech, look_ahead_s: float, seed: int, how: Mapping[str, str]
) -> tuple[Motion, list[float]]:
    """A recording through a stream, and how long each chunk took."""
    samples = np.concatenate(list(speech.source.blocks()))
    stream = model.stream(look_ahead_s, seed=seed, **how)
    motions, spent = [], []
    for start in range(0, len(samples), CHUNK_SAMPLES):
        before = time.perf_counter()
        motions.append(stream.push(samples[start : start + CHUNK_SAMPLES]))
        spent.append(time.perf_counter() - before)
    motions.append(stream.finish())
    return joined([motion for motion in motions if motion is not None]), spent[WARM_UP_CHUNKS:]


def line(motion: Motion, speech: Speech, chunks_s: Sequence[float]) -> Line:
    """Measure one take."""
    wrists = track(motion.rotations, motion.translation, ("left_wrist", "right_wrist")).positions
    step = float(np.linalg.norm(np.diff(wrists, axis=0), axis=-1).max())
    counter = FaultCounter(ArmOverlaps(body_capsules()))
    counter.push(motion)
    return Line(measure(motion, speech), chunks_s, motion.frame_count, counter.total(), step)


def margin(lines: Sequence[Line], name: str) -> float:
    """Normalised margin over all lines, weighted by events."""
    found = [getattr(line.report, name) for line in lines if getattr(line.report, name)]
    return float(np.average([one.normalised_margin for one in found], weights=[one.motion_events for one in found]))


def row(what: str, lines: Sequence[Line], whole: Sequence[Line], latency_s: float) -> str:
    """A line of the table."""
    hands, head = margin(lines, "hand_alignment"), margin(lines, "head_alignment")
    slides = [one.report.foot_slide.mm_per_planted_frame for one in lines if one.report.foot_slide]
    spent_ms = np.array([1000.0 * seconds for one in lines for seconds in one.chunks_s])
    speed = "-" if not len(spent_ms) else f"{np.percentile(spent_ms, 50):.0f} / {np.percentile(spent_ms, 99):.0f}"
    inside = sum(one.faults.hand_frames or 0 for one in lines) / sum(one.frames for one in lines)
    cells = [
        what,
        f"{hands:.3f}",
        f"{100 * hands / margin(whole, 'hand_alignment'):.0f} %",
        f"{head:.3f}",
        f"{100 * head / margin(whole, 'head_alignment'):.0f} %",
        f"{max(slides, default=0.0):.2f}",
        f"{100 * inside:.1f} %",
        f"{100 * max(one.largest_step_m for one in lines):.1f}",
        speed,
        "all" if math.isinf(latency_s) else f"{latency_s:.2f}",
    ]
    return f"| {' | '.join(cells)} |\n"


def main() -> None:
    """Stream, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("speech", type=Path)
    parser.add_argument("--model", default="procedural")
    parser.add_argument("--recordings", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--look-aheads", type=float, nargs="+", default=LOOK_AHEADS_S)
    parser.add_argument("--decoding", help="changes of it, for trained models; streams only, not the file")
    options = parser.parse_args()
    how = {} if options.decoding is None else {"decoding": options.decoding}
    model, paths = load(options.model), held_out(options.speech)
    places = np.unique(np.linspace(0, len(paths) - 1, options.recordings).astype(int))
    spoken = [(beginning(paths[place], options.seconds), seed) for place in places for seed in range(options.seeds)]
    whole = []
    for speech, seed in spoken:
        take = model.speak(speech, seed=seed)
        whole.append(line(take.motion, speech, []))
    sys.stdout.write(
        "| look-ahead, s | hands | of the file's | head | of the file's | slide, mm | hands inside | step, cm | "
        "chunk p50 / p99, ms | latency, s |\n|---|---|---|---|---|---|---|---|---|---|\n"
    )
    for look_ahead_s in options.look_aheads:
        latency_s = model.stream(look_ahead_s).latency_s
        lines = []
        for speech, seed in spoken:
            motion, spent = streamed(model, speech, look_ahead_s, seed, how)
            lines.append(line(motion, speech, [] if math.isinf(look_ahead_s) else spent))
        sys.stdout.write(row("full" if math.isinf(look_ahead_s) else f"{look_ahead_s:g}", lines, whole, latency_s))
        sys.stdout.flush()
    sys.stdout.write(row("the file", whole, whole, math.inf))


if __name__ == "__main__":
    main()
