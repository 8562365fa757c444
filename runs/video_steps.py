"""How few steps a trained video network needs: films by each scheduler in 30, 8 and 4 steps, their errors, their time.

    python runs/video_steps.py MODEL DATASET [-o TABLE.md] [--people 6] [--frames 24] [--steps 30 8 4]

MODEL is what the stage video has made, for example WORK/full-0/video/model of runs/video_proof.sh; DATASET what it was
trained on. People of the split test are filmed as in runs/video_proof.py, with guidance as there. Columns:

from 30, dB     PSNR against the film of the same seed by the same scheduler in most steps
from true, dB   PSNR against the true film: whole picture, hands, lips
sharp           mean size of the differences between neighbouring pixels beside the true film's; below 1 is blurred
s a frame       processor time, seconds; also where other programs run beside it

The line below it is the PSNR between two films from other noise: what is closer changes less than chance does.
`lcm` is not among them: it is for networks that were distilled for it.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from video_proof import SAMPLING, Person, chosen, filmer, psnr_db, video_of

from gesta.data.film_set import FilmSet
from gesta.mmgt.schedulers import CAN_BE_FINER

SCHEDULERS = ("ddim", "dpm++", "unipc")


def films_of(
    film: Callable[..., np.ndarray], people: Sequence[Person], seed: int = 0
) -> tuple[list[np.ndarray], float]:
    """Films of people, and processor seconds a frame."""
    began = time.process_time()
    made = [film(person, person.points, seed) for person in people]
    return made, (time.process_time() - began) / sum(map(len, made))


def sharpness(films: Sequence[np.ndarray]) -> float:
    """The mean absolute difference between neighbouring pixels."""
    return float(
        np.mean([np.abs(np.diff(film.astype(np.float32), axis=axis)).mean() for film in films for axis in (1, 2)])
    )


def mean_db(ones: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> float:
    """PSNR between films, the mean over people."""
    pairs = [psnr_db(one, other) for one, other in zip(ones, others, strict=True)]
    return float(np.mean([pair for pair in pairs if pair is not None]))


def region_db(films: Sequence[np.ndarray], people: Sequence[Person], region: str) -> float:
    """PSNR against the true films in a region, the mean over people who show it."""
    found = [psnr_db(film, person.true, person.regions()[region]) for film, person in zip(films, people, strict=True)]
    return float(np.mean([value for value in found if value is not None]))


def main() -> None:
    """Film, measure, write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("-o", "--output", type=Path, help="where the table goes, too")
    parser.add_argument("--people", type=int, default=6)
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--steps", type=int, nargs="+", default=[30, 8, 4], help="the most first")
    given = parser.parse_args()
    torch.set_grad_enabled(False)
    people = chosen(FilmSet.open(given.dataset), given.people, given.frames)
    true, bundle = [person.true for person in people], video_of(given.model)
    lines = ["| scheduler | steps | from 30, dB | from true, dB | hands | lips | sharp | s a frame |", "|---" * 8 + "|"]
    for scheduler in SCHEDULERS:
        longest: list[np.ndarray] = []
        for steps in given.steps:
            film = filmer(bundle, {**SAMPLING, "scheduler": scheduler, "steps": steps})
            made, seconds = films_of(film, people)
            apart = f"{mean_db(made, longest):.1f}" if longest else "-"
            longest = longest or made
            regions = " | ".join(f"{region_db(made, people, name):.2f}" for name in ("hands", "lips"))
            share = sharpness(made) / sharpness(true)
            name = f"{scheduler}, finer at the end" if scheduler in CAN_BE_FINER else scheduler
            lines.append(
                f"| {name} | {steps} | {apart} | {mean_db(made, true):.2f} | {regions} | {share:.2f} | {seconds:.2f} |"
            )
            sys.stderr.write(lines[-1] + "\n")
    film = filmer(bundle, {**SAMPLING, "scheduler": SCHEDULERS[0], "steps": given.steps[0]})
    seeds = [films_of(film, people, seed)[0] for seed in (0, 1)]
    lines += ["", f"Other seed: {mean_db(*seeds):.1f} dB ({SCHEDULERS[0]}, {given.steps[0]} steps)."]
    text = "\n".join(lines) + "\n"
    if given.output is not None:
        given.output.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
