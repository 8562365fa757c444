"""How a trained model chooses its tokens best: ways of decoding beside each other, by the measures of the judge.

    python runs/decoding_table.py SPEECH --model FOLDER --out OUT [--seconds 40] [--seeds 3] [--decodings "A;B;..."]
        [--style neutral] [--timed 30] [--threads 2] [--workers 1] [--list runs/held_out_speech.txt]

Each way speaks the first --seconds of every recording on the list with each seed; takes and measures are kept in OUT,
as judge_default.py keeps its own, so that the same command goes on where it was stopped. How long speaking takes is
measured on --timed seconds in a process of its own with --threads threads, once everything is loaded and has spoken (0:
not at all); cold is a new process, from its start to the first 4 s of motion. Prints Markdown, which OUT/decodings.md
holds as well.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from held_out import LIST, held_out
from judge_default import spoken_and_measured
from judge_limits import shown
from judge_pooled import Pooled, distances, weighted
from judge_report import table
from judge_takes import Side, jobs

from gesta.metrics.bootstrap import Interval, interval
from gesta.writing import replacing

SHIPPED = "past=16,temperature=1.5,guidance=9"
DECODINGS = (
    f"single,{SHIPPED}",
    *(f"iterative,order=earliest,steps={steps},{SHIPPED}" for steps in (2, 4, 8, 16)),
    f"iterative,order=surest,steps=4,{SHIPPED}",
    *(f"iterative,order=earliest,steps=4,past=16,temperature={heat},guidance=9" for heat in (0, 1)),
    *(f"iterative,order=earliest,steps=4,past=16,temperature=1.5,guidance={amount}" for amount in (1, 4)),
    f"iterative,order=earliest,steps=4,residuals=expected,{SHIPPED}",
)
"""How `echomask-small` chooses its tokens, and one thing of it changed at a time."""
WRITTEN = "decodings.md"
COLD_S = 4.0
CHILD = """
import sys, time
from pathlib import Path
from procedural_floor import beginning
from gesta.api import load
model, recording, style, decoding, first_s, timed_s = sys.argv[1:]
speaker, options = load(model, device="cpu"), {"style": style, "decoding": decoding}
speaker.speak(beginning(Path(recording), float(first_s)), **options)
print(time.time(), flush=True)
speech = beginning(Path(recording), float(timed_s))
for clean in (None, False):
    speaker.speak(speech, clean=clean, **options)
    started = time.perf_counter()
    speaker.speak(speech, clean=clean, **options)
    print((time.perf_counter() - started) / speech.duration_s)
"""
HEAD = (
    "decoding",
    "margin of hands",
    "of head",
    "wrists of two seeds apart, m",
    "variety, m",
    "wrist jerk 50 / 95 %",
    "slide, mm",
    "distance from people",
    "hand travel, m a minute",
    "time of real time, with clean-up / without",
    "cold, s",
)


def timed(
    model: str, recording: Path, style: str, decoding: str, timed_s: float, threads: int
) -> tuple[float, float, float] | None:
    """Seconds to the first motion of a new process, and time of real time with and without clean-up."""
    if timed_s <= 0.0:
        return None
    surroundings = os.environ | {"OMP_NUM_THREADS": str(threads), "PYTHONPATH": str(Path(__file__).parent)}
    started = time.time()
    said = subprocess.run(
        [sys.executable, "-c", CHILD, model, str(recording), style, decoding, str(COLD_S), str(timed_s)],
        env=surroundings,
        check=True,
        capture_output=True,
        text=True,
    )
    spoke, cleaned, bare = (float(line) for line in said.stdout.split())
    return spoke - started, cleaned, bare


def margin(side: Pooled, part: str) -> Interval:
    """How well a part keeps time, with its interval."""
    values, events = side.table(part, "margin"), side.table(part, "events")
    return interval(lambda rows, seeds: weighted(values[rows, seeds], events[rows, seeds]), *side.shape)


def row(decoding: str, side: Pooled, times: tuple[float, float, float] | None) -> list[str]:
    """A line of the table."""
    lasting = ["-", "-"] if times is None else [f"{times[1]:.3f} / {times[2]:.3f}", f"{times[0]:.1f}"]
    return [
        f"`{decoding}`",
        shown(margin(side, "hands")),
        shown(margin(side, "head")),
        f"{side.diversity.get('distance_m', np.nan):.3f}",
        f"{side.mean('variety', 'nearest_m'):.3f}",
        f"{side.mean('jerk', 'p50'):.1f} / {side.mean('jerk', 'p95'):.0f}",
        f"{side.mean('slide_mm'):.2f}",
        f"{distances(side.middles()).mean():.3f}",
        f"{side.mean('travel_m_per_minute'):.1f}",
        *lasting,
    ]


def main() -> None:
    """Speak, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("speech", type=Path)
    parser.add_argument("--model", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--decodings", default=";".join(DECODINGS))
    parser.add_argument("--style", default="neutral")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--timed", type=float, default=30.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--list", type=Path, default=LIST)
    options = parser.parse_args()
    recordings = held_out(options.speech, options.list)
    rows: Sequence[list[str]] = []
    for decoding in options.decodings.split(";"):
        label = re.sub(r"[^\w.=]+", "-", decoding)
        side = Side(label, options.model, options.style, decoding)
        wanted = jobs(side, recordings, options.seeds, options.seconds, options.out)
        done = spoken_and_measured(wanted, options.workers)
        longest = max(recordings, key=_size)
        times = timed(options.model, longest, options.style, decoding, options.timed, options.threads)
        rows = [*rows, row(decoding, Pooled([done[job] for job in wanted]), times)]
        with replacing(options.out / WRITTEN) as beside:
            beside.write_text(table(HEAD, rows) + "\n")
    sys.stdout.write((options.out / WRITTEN).read_text())


def _size(path: Path) -> int:
    return path.stat().st_size


if __name__ == "__main__":
    main()
