"""The procedural speaker beside people, by our own measures: the tables of docs/procedural.md.

    python runs/people_table.py DATA [--tables people,movement,margins,fit] [--seeds 3] [--styles neutral,seated]

DATA holds beat2/ and show/ (research data, local only) and speech/. `people`: the style `seated` beside the median of
the SHOW clips and `restless` beside BEAT2's scott, on the same speech. `movement`: how hands, arms, head and trunk go,
beside scott. `margins`: for each of `--styles`, how well hands and head keep time, pooled over the first minute of ten
recordings and the seeds. `fit`: for each real take, the style fitted to it and spoken on its own speech, by each seed;
then one by one what the first seed reaches. A value is met within 30 % (fit: 25 %) or the absolute allowance of its
row, whichever is wider; values that are not are printed in bold.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from movement_numbers import Seen
from people_rows import MOVEMENT, PEOPLE, Row, numbers
from procedural_floor import beginning as first_seconds
from procedural_floor import chosen
from real_or_ours import real_takes

from gesta.api import load
from gesta.audio.read import open_speech
from gesta.metrics.motion import measure
from gesta.metrics.motion.envelope import envelope_peaks, speech_envelope
from gesta.motion.reading import read_motion
from gesta.records import Motion, Speech

SCOTT, SHORTEST_FRAMES = "2_scott_0_1_1", 240
SHARE, FIT_SHARE = 0.3, 0.25
TABLES = ("people", "movement", "margins", "fit")
SECONDS = 60.0


def seen(motion: Motion, speech: Speech) -> Seen:
    """Measure a take."""
    envelope = speech_envelope(speech.source.blocks())
    return Seen(measure(motion, envelope), motion, envelope_peaks(envelope))


def compared(
    rows: Sequence[Row], people: Sequence[Seen], ours: Sequence[Seen], share: float
) -> tuple[list[str], tuple[int, int]]:
    """Lines of people beside ours, and how many numbers are met and asked."""
    lines, met, asked = [], 0, 0
    for row in rows:
        wanted, reached = numbers(row, people), numbers(row, ours)
        if wanted is None or reached is None:
            continue
        near = row.near(wanted, reached, share, float(np.median([take.motion.duration_s for take in people])))
        met, asked = met + int(near.sum()), asked + len(near)
        said = [f"{value:.{row.decimals}f}" for value in reached]
        bold = [text if fine else f"**{text}**" for text, fine in zip(said, near, strict=True)]
        theirs = " / ".join(f"{value:.{row.decimals}f}" for value in wanted)
        lines.append(f"| {row.label} | {theirs} | {' / '.join(bold)} |")
    return lines, (met, asked)


def spoken(speech: Speech, style: str, seeds: int) -> list[Seen]:
    """Ours, for each seed."""
    return [seen(load("procedural").speak(speech, style=style, seed=seed).motion, speech) for seed in range(seeds)]


def takes_of(data: Path) -> dict[str, tuple[Seen, Speech, Path]]:
    """The real takes that are long enough, measured."""
    found = {}
    for name, (path, sound) in real_takes(data).items():
        motion, speech = read_motion(path), open_speech(sound)
        if motion.frame_count >= SHORTEST_FRAMES:
            found[name] = seen(motion, speech), speech, path
    return found


def print_table(title: str, rows: Sequence[Row], people: Sequence[Seen], ours: Sequence[Seen], share: float) -> None:
    """One table of people beside ours."""
    lines, (met, asked) = compared(rows, people, ours, share)
    sys.stdout.write(
        f"\n| {title} ({met} of {asked} numbers met) | people | ours |\n|---|---|---|\n" + "\n".join(lines) + "\n"
    )


def margins(folder: Path, seeds: int, styles: Sequence[str]) -> None:
    """How well hands and head keep time, over ten recordings."""
    sys.stdout.write(
        "\n| margin over ten recordings | hands, by events | hands, mean (sd) of takes | head |\n|---|---|---|---|\n"
    )
    recordings = [first_seconds(path, SECONDS) for path in chosen(folder)]
    for style in styles:
        reports = [take.report for speech in recordings for take in spoken(speech, style, seeds)]
        hands = [one.hand_alignment for one in reports if one.hand_alignment]
        heads = [one.head_alignment.normalised_margin for one in reports if one.head_alignment]
        each = np.array([one.normalised_margin for one in hands])
        pooled = np.average(each, weights=[one.motion_events for one in hands])
        sys.stdout.write(
            f"| `{style}` | {pooled:.2f} | {each.mean():.2f} ({each.std():.2f}) | {np.mean(heads):.2f} |\n"
        )


def fits(real: Mapping[str, tuple[Seen, Speech, Path]], seeds: int) -> None:
    """For each real take, how many numbers are met by each seed; then, one by one, what the first seed reaches."""
    tables, counts = [], []
    for name, (take, speech, path) in real.items():
        ours = spoken(speech, str(path), seeds)
        each = [compared(PEOPLE, [take], [one], FIT_SHARE)[1] for one in ours]
        counts.append(f"| {name} | {' / '.join(str(met) for met, _ in each)} | {each[0][1]} |")
        tables.append((f"fitted to {name}, seed 0", [take], ours[:1]))
    sys.stdout.write("\n| take | numbers met, by seed | of |\n|---|---|---|\n" + "\n".join(counts) + "\n")
    for title, people, ours in tables:
        print_table(title, PEOPLE, people, ours, FIT_SHARE)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--tables", default=",".join(TABLES))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--styles", default="neutral")
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
        margins(options.data / "speech", options.seeds, options.styles.split(","))
    if "fit" in wanted:
        fits(real, options.seeds)


if __name__ == "__main__":
    main()
