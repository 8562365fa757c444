"""Pairs of films of the same speech by two models, side by side by lot, to be judged blind; and the count afterwards.

    python runs/blind_pairs.py make JUDGED SPEECH OUT [--pairs 24] [--seconds 10] [--seed 0] [--no-films]
    python runs/blind_pairs.py count OUT

JUDGED is the folder that runs/judge_default.py filled with takes of the held-out recordings in SPEECH. `make` draws
recordings, seeds and moments, and writes PAIR.mp4 (half body, with the sound), PAIR.png (frames of both sides in order
of time, paths and speeds of their hands) and form.csv, where whoever judges fills in `better` (left, right or same) and
why. The key lies in key.json; nobody looks at it before the form is full, and `count` does not open it before that.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from beside_people import write_film
from held_out import LIST, held_out
from judge_limits import PAIRS, PAIRS_WON
from pair_sheets import Sheet
from PIL import Image
from procedural_floor import beginning
from scipy.stats import binom

from gesta.audio.read import speech_from_samples
from gesta.metrics.motion import speech_envelope
from gesta.motion.npz import read_npz
from gesta.randomness import generator
from gesta.records import Motion, Speech
from gesta.reports import write_json
from gesta.units import MOTION_FPS, SAMPLE_RATE

MODELS = ("model", "against")
"""Folders of the two sides in a judged folder."""
SIDES, SAME = ("left", "right"), "same"
FORM, KEY = "form.csv", "key.json"
COLUMNS = ("pair", "better", "why")
LONGEST_S = 3600.0


@dataclass(frozen=True)
class Pair:
    """Two takes of one recording at one moment.

    Attributes:
        recording: the sound.
        seed: of both takes.
        start_s: where the shown stretch begins.
        swapped: whether the judged model is on the right.
    """

    recording: Path
    seed: int
    start_s: float
    swapped: bool


def drawn(recordings: dict[Path, float], seeds: int, count: int, seconds: float, seed: int) -> Iterator[Pair]:
    """Pairs by lot: recordings in turn, so that all voices are heard; sides even in number.

    Args:
        recordings: their lengths in seconds; shorter ones than `seconds` are left out.
        seeds: takes of each.
        count: of pairs.
        seconds: length of a stretch.
        seed: of the lots.
    """
    lots = generator(seed, "blind pairs")
    usable = [path for path, length in recordings.items() if length >= seconds]
    if not usable:
        raise SystemExit(f"No recording lasts {seconds:g} s.")
    order = [usable[at] for at in lots.permutation(len(usable))]
    swapped = lots.permutation(np.arange(count) % 2 == 1)
    for at in range(count):
        path = order[at % len(order)]
        start = float(lots.uniform(0.0, recordings[path] - seconds))
        yield Pair(path, int(lots.integers(seeds)), start, bool(swapped[at]))


def shown(pair: Pair, judged: Path, seconds: float) -> tuple[list[Motion], Speech]:
    """Both motions, left and right, and the sound of the stretch."""
    first = round(pair.start_s * MOTION_FPS)
    names = MODELS[::-1] if pair.swapped else MODELS
    takes = [read_npz(judged / name / f"{pair.recording.stem}-{pair.seed}.npz") for name in names]
    samples = np.concatenate(list(beginning(pair.recording, LONGEST_S).source.blocks()))
    start = round(first * SAMPLE_RATE / MOTION_FPS)
    sound = samples[start : start + round(seconds * SAMPLE_RATE)]
    stretch = [take.frames(first, first + round(seconds * MOTION_FPS)) for take in takes]
    return [_centred(motion) for motion in stretch], speech_from_samples(sound, SAMPLE_RATE, pair.recording.stem)


def _centred(motion: Motion) -> Motion:
    """In the middle of the picture."""
    translation = np.array(motion.translation)
    translation[:, (0, 2)] -= np.median(translation[:, (0, 2)], axis=0)
    return motion.replaced(translation=translation)


def make(options: argparse.Namespace) -> None:
    """Write films, sheets, the form and the key."""
    options.out.mkdir(parents=True, exist_ok=True)
    lengths = {}
    for path in held_out(options.speech, options.list):
        takes = sorted((options.judged / MODELS[0]).glob(f"{path.stem}-*.npz"))
        if takes:
            lengths[path] = read_npz(takes[0]).duration_s
    pairs = list(drawn(lengths, options.seeds, options.pairs, options.seconds, options.seed))
    names = [f"pair_{number:02}" for number in range(1, len(pairs) + 1)]
    for name, pair in zip(names, pairs, strict=True):
        sides, speech = shown(pair, options.judged, options.seconds)
        if options.films:
            write_film(options.out / f"{name}.mp4", (sides[0], sides[1]), speech)
        sheet = Sheet(sides, SIDES, speech_envelope(speech.source.blocks()))
        Image.fromarray(sheet.draw()).save(options.out / f"{name}.png")
        sys.stderr.write(f"\r{name} of {len(pairs)}")
    sys.stderr.write("\n")
    with (options.out / FORM).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([COLUMNS, *([name, "", ""] for name in names)])
    key = {
        name: {
            "left": MODELS[pair.swapped],
            "right": MODELS[not pair.swapped],
            "recording": pair.recording.stem,
            "seed": pair.seed,
            "start_s": round(pair.start_s, 2),
        }
        for name, pair in zip(names, pairs, strict=True)
    }
    write_json(options.out / KEY, key)


def answers(form: Path) -> dict[str, str]:
    """What was answered, by pair.

    Raises:
        SystemExit: a line is not filled in, or with something else than left, right or same.
    """
    with form.open(encoding="utf-8", newline="") as file:
        found = {line["pair"]: line["better"].strip().lower() for line in csv.DictReader(file)}
    if unfit := [pair for pair, answer in found.items() if answer not in (*SIDES, SAME)]:
        raise SystemExit(
            f"{form}: fill in left, right or same for {', '.join(unfit)}; the key stays closed until then."
        )
    return found


def counted(found: dict[str, str], key: dict[str, dict[str, str]]) -> dict[str, int]:
    """How often each model was preferred, and how often neither."""
    chosen = [answer if answer == SAME else key[pair][answer] for pair, answer in found.items()]
    return {name: chosen.count(name) for name in (*MODELS, SAME)}


def count(options: argparse.Namespace) -> None:
    """Open the key and print who was preferred."""
    found = answers(options.out / FORM)
    key = json.loads((options.out / KEY).read_text())
    numbers = counted(found, key)
    told = numbers[MODELS[0]] + numbers[MODELS[1]]
    lines = ["| pair | recording | seed | from, s | better | why |", "|---|---|---|---|---|---|"]
    with (options.out / FORM).open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            entry, answer = key[line["pair"]], found[line["pair"]]
            better = answer if answer == SAME else entry[answer]
            place = f"{entry['recording']} | {entry['seed']} | {entry['start_s']}"
            lines.append(f"| {line['pair']} | {place} | {better} | {line['why']} |")
    chance = float(binom.cdf(numbers[MODELS[0]], told, 0.5))
    wanted = PAIRS_WON / PAIRS * len(found)
    lines += [
        "",
        f"The model was preferred in {numbers['model']} of {len(found)} pairs, the other in {numbers['against']}, "
        f"neither in {numbers[SAME]}; of equals so few or fewer would be preferred in {chance:.0%} of such rounds. "
        f"Asked: {wanted:g}. {'Met' if numbers['model'] >= wanted else 'Missed'}.",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def main() -> None:
    """Make pairs or count answers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    orders = parser.add_subparsers(required=True)
    making = orders.add_parser("make")
    for name in ("judged", "speech", "out"):
        making.add_argument(name, type=Path)
    making.add_argument("--pairs", type=int, default=24)
    making.add_argument("--seconds", type=float, default=10.0)
    making.add_argument("--seed", type=int, default=0)
    making.add_argument("--seeds", type=int, default=5)
    making.add_argument("--list", type=Path, default=LIST)
    making.add_argument("--no-films", dest="films", action="store_false")
    making.set_defaults(order=make)
    counting = orders.add_parser("count")
    counting.add_argument("out", type=Path)
    counting.set_defaults(order=count)
    options = parser.parse_args()
    options.order(options)


if __name__ == "__main__":
    main()
