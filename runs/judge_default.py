"""Is a trained model as good as its teacher? Both speak recordings that nothing trained on, and are measured alike.

    python runs/judge_default.py SPEECH --model FOLDER --against procedural --out OUT [--seeds 5] [--seconds 120]
        [--style neutral] [--decoding D] [--data DATA] [--workers 1] [--list runs/held_out_speech.txt]

SPEECH holds the recordings that the list names; the first --seconds of each are spoken. Takes and what is measured of
them are kept in OUT, so that the same command goes on where it was stopped; OUT/report.md and OUT/report.json say how
the limits of docs/default_model.md are met, and everything else that was measured. With --data (beat2/ and show/,
research data, local only) both sides also speak the speech of real takes, and runs/real_or_ours.py says how well they
are told from people. --through takes the model's takes through the codes of a tokenizer's folder first: the teacher's
own are the ceiling of what a model with these codes can reach. --fault and --one-seed spoil the model's takes on
purpose, --first-seed gives it other seeds: what the judge says of a fault that was planted, and of the teacher beside
itself, says what its word is worth.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
from held_out import LIST, held_out
from judge_codes import used
from judge_faults import FAULTS
from judge_pooled import Pooled
from judge_report import report
from judge_takes import Job, Side, jobs, loaded

from gesta.audio.read import open_speech
from gesta.motion.npz import write_npz
from gesta.reports import write_json
from gesta.writing import replacing

REPORT = "report"
CODE_SEEDS = 2
"""Takes of so many seeds are enough to count codes."""
CLASSIFIED_SEEDS = 3


def main() -> None:
    """Speak, measure, judge."""
    options = _options()
    torch.set_num_threads(1)
    fault = {
        "fault": options.fault,
        "one_seed": options.one_seed,
        "first_seed": options.first_seed,
        "codes": options.through,
    }
    ours = Side("model", options.model, options.style, options.decoding, **fault)
    teacher = Side("against", options.against, options.style)
    recordings = held_out(options.speech, options.list)
    made = {side: jobs(side, recordings, options.seeds, options.seconds, options.out) for side in (ours, teacher)}
    done = spoken_and_measured([job for side in made.values() for job in side], options.workers)
    pooled = [Pooled([done[job] for job in side]) for side in made.values()]
    text, numbers = report(
        _labels(ours, teacher), pooled[0], pooled[1], _codes(ours, made), _classified(options, (ours, teacher))
    )
    write_json(options.out / f"{REPORT}.json", numbers)
    with replacing(options.out / f"{REPORT}.md") as beside:
        beside.write_text(text)
    sys.stdout.write(text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("speech", type=Path)
    parser.add_argument("--model", required=True)
    parser.add_argument("--against", default="procedural")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--style", default="neutral")
    parser.add_argument("--decoding")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--list", type=Path, default=LIST)
    parser.add_argument("--through", default="")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--one-seed", action="store_true")
    parser.add_argument("--fault", choices=("", *FAULTS), default="")
    return parser.parse_args()


def _labels(ours: Side, teacher: Side) -> tuple[str, str]:
    """What the sides are called: their models' names, and what was done to them where that is the same."""
    names = [Path(side.model).name or side.model for side in (ours, teacher)]
    if ours.model == teacher.model:
        names[0] += f" {ours.fault or ('through codes' if ours.codes else 'one seed' if ours.one_seed else 'again')}"
    return names[0], names[1]


def spoken_and_measured(wanted: Sequence[Job], workers: int) -> dict[Job, dict[str, Any]]:
    """What is measured of all takes, made by so many processes."""
    if workers == 1:
        return _counted(wanted, map(Job.done, wanted))
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=torch.set_num_threads, initargs=(1,)) as pool:
        return _counted(wanted, pool.map(Job.done, wanted))


def _counted(wanted: Sequence[Job], done: Iterable[dict[str, Any]]) -> dict[Job, dict[str, Any]]:
    """What comes of each job, with somebody told how many there were."""
    found = {}
    for at, (job, numbers) in enumerate(zip(wanted, done, strict=True)):
        found[job] = numbers
        sys.stderr.write(f"\r{at + 1} of {len(wanted)} recordings spoken and measured")
    sys.stderr.write("\n")
    return found


def _codes(ours: Side, made: dict[Side, list[Job]]) -> dict[str, Any] | None:
    """The codes that both sides' takes use; None where the model has none."""
    model = loaded(ours.model)
    if not hasattr(model, "bundle"):
        return None
    labels = _labels(*made)
    takes = {
        label: [job.take(seed) for job in wanted for seed in range(min(CODE_SEEDS, job.seeds))]
        for label, wanted in zip(labels, made.values(), strict=True)
    }
    return used(model.bundle.model.tokenizers, takes)


def _classified(options: argparse.Namespace, sides: Sequence[Side]) -> list[str]:
    """What runs/real_or_ours.py says of each side; nothing without real takes."""
    if options.data is None:
        return []
    # The classifier's library is wanted by nothing else here.
    from real_or_ours import real_takes

    tables = []
    for side in sides:
        folder = options.out / side.label / "real"
        folder.mkdir(exist_ok=True)
        for name, (_, sound) in real_takes(options.data).items():
            for seed in range(CLASSIFIED_SEEDS):
                if not (path := folder / f"{name}-{seed}.npz").is_file():
                    write_npz(side.speak(open_speech(sound), seed), path)
        said = folder / "classifier.md"
        if not said.is_file():
            script = Path(__file__).with_name("real_or_ours.py")
            command = [sys.executable, str(script), str(options.data), "--motion", str(folder)]
            asked = subprocess.run([*command, "--seeds", str(CLASSIFIED_SEEDS)], check=True, capture_output=True)
            with replacing(said) as beside:
                beside.write_bytes(asked.stdout)
        tables.append(said.read_text().rstrip())
    return tables


if __name__ == "__main__":
    main()
