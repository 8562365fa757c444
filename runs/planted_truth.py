"""Measures how well SQA scores find strokes that are known, in recordings that no training has heard.

    python runs/planted_truth.py WORK_FOLDER

WORK_FOLDER is what runs/planted_truth.sh has made; trainings that are not finished are left out. A frame is to be found
if a hand is in a stroke (`gesta.data.synthetic.stroke_frames`, from the procedural speaker's own plan). SQA scores
windows of 64 frames, 60 apart, whose true motion is all visible; as in the `attention` that `gesta speak` writes, they
are divided by their mean in the window. The area under the curve is taken within each window and averaged, and over all
frames together. Beside the trained networks stand their own first weights; motion energy as the mask policy
`motion_energy` takes it, and that of the upper body alone; the loudness that the encoder hears; random numbers; and, to
say how much there is to be found, linear maps that were fitted to the strokes of the training recordings: of what the
encoder hears and of how fast each joint of the upper body turns, half a second around. Prints a table in Markdown.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gesta.audio.encoders.make import make_encoder
from gesta.bundles.folder import load_bundle
from gesta.data.clips import Dataset
from gesta.data.manifest import ClipRecord
from gesta.data.speech_features import LOW, FeatureStore
from gesta.data.windows import Windows
from gesta.echomask.masking import motion_energy
from gesta.echomask.model import EchoMask
from gesta.echomask.parts import ALL_PARTS
from gesta.echomask.who import Who
from gesta.metrics.ranking import area_under_curve
from gesta.motion.representation import SIX
from gesta.randomness import generator as chance_for
from gesta.train.log import read_log
from gesta.train.loop import FINISHED, MODEL
from gesta.train.recipe import read_recipe
from gesta.train.stages import build_stage

RECIPE = Path(__file__).parents[1] / "recipes" / "planted.toml"
SEEDS = (0, 1, 2)
POLICIES = ("speech_query", "random", "motion_energy")
BATCH = 16
REACH, RIDGE = 8, 1e-4
"""Frames that linear maps see on each side, every second of them; and what holds them back."""
Scores = np.ndarray
"""(windows, T)."""


class Heard:
    """The held-out windows.

    Attributes:
        strokes: (windows, T) bool.
        real: (windows, T) bool, frames that are no padding.
        places: of each window, which of the clips it lies in and where it begins.
    """

    def __init__(self, work: Path) -> None:
        changes = [f"data.dataset={work / 'dataset'}", f"tokenizer_model={work / 'tokenizer' / MODEL}"]
        self.changes, recipe = changes, read_recipe(RECIPE, changes)
        sizes = recipe.motion.sizes
        self.dataset = Dataset.open(work / "dataset")
        self.features = FeatureStore(self.dataset, make_encoder(recipe.encoder))
        self.features.fill()
        hop = sizes.window - sizes.seed_frames
        self.windows = Windows(self.dataset, "validation", length=sizes.window, stride=hop, features=self.features)
        found = self.windows.batch(np.arange(len(self.windows)))
        self.strokes, self.real = found["strokes"] > 0.5, found["real"]
        self.places = [self.windows.place(index) for index in range(len(self.windows))]

    def batches(self) -> Iterator[Mapping[str, Tensor]]:
        """All windows, some at a time."""
        for start in range(0, len(self.windows), BATCH):
            indices = np.arange(start, min(start + BATCH, len(self.windows)))
            yield {name: torch.from_numpy(values) for name, values in self.windows.batch(indices).items()}

    def untrained(self, seed: int) -> EchoMask:
        """The weights with which the trainings of a seed begin."""
        stage = build_stage("motion", read_recipe(RECIPE, [*self.changes, f"motion_training.seed={seed}"]))
        return stage.network.model.eval()  # type: ignore[return-value, union-attr]


@torch.inference_mode()
def attention(model: EchoMask, heard: Heard) -> Scores:
    """SQA's scores of all windows, where the whole motion is visible, divided by each window's mean."""
    found = []
    for batch in heard.batches():
        motion, visible = seen(model, batch)
        traits = batch["traits"] if model.config.traits else None
        queries = model.generator.hear(batch["speech_low"], batch["speech_high"])
        found.append(model.generator.scores(motion, visible, queries, Who(batch["speaker"], traits)).numpy())
    scores = np.concatenate(found)
    return scores / scores.mean(axis=1, keepdims=True)


def seen(model: EchoMask, batch: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
    """The generator's input (B, T, channels), and which of it is there."""
    valid = {part: batch[f"valid.{part}"] for part in ALL_PARTS}
    parts = {part: batch[f"motion.{part}"] for part in ALL_PARTS}
    return model.seen(parts, valid), model.motion_input.visible(batch["real"], valid)


@torch.inference_mode()
def energy(model: EchoMask, heard: Heard) -> Scores:
    """How fast the motion is, as the mask policy takes it."""
    return np.concatenate([motion_energy({"all": seen(model, batch)[0]}).numpy() for batch in heard.batches()])


def speech(heard: Heard, clip: ClipRecord) -> np.ndarray:
    """(T, C) both levels of what the encoder hears."""
    return np.concatenate([heard.features.features(clip, level) for level in heard.features.sizes], axis=1)


def turning(heard: Heard, clip: ClipRecord) -> np.ndarray:
    """(T, J) how fast each joint of the upper body turns: change of its 6D a frame."""
    rows = heard.dataset.rows(clip)[:, heard.dataset.slice("upper")]
    change = np.diff(rows, axis=0, prepend=rows[:1])
    return np.sqrt(np.square(change.reshape(len(change), -1, SIX)).sum(axis=-1))


def around(rows: np.ndarray) -> np.ndarray:
    """Rows (T, C) beside those around them and a one: (T, n)."""
    padded = np.pad(rows, ((REACH, REACH), (0, 0)), mode="edge")
    near = [padded[shift : shift + len(rows)] for shift in range(0, 2 * REACH + 1, 2)]
    return np.concatenate([*near, np.ones((len(rows), 1))], axis=1)


def fitted(heard: Heard, of: Callable[[Heard, ClipRecord], np.ndarray]) -> Scores:
    """A linear map of some rows, fitted to the training recordings' strokes by least squares with a little ridge."""
    squares, sums = 0.0, 0.0
    for clip in heard.dataset.split("train"):
        rows = around(of(heard, clip))
        squares, sums = squares + rows.T @ rows, sums + rows.T @ heard.dataset.strokes(clip).astype(float)
    scale = np.sqrt(np.diag(squares))
    map_ = np.linalg.solve(squares / np.outer(scale, scale) + RIDGE * np.eye(len(scale)), sums / scale) / scale
    return in_windows(heard, lambda clip: around(of(heard, clip)) @ map_)


def in_windows(heard: Heard, of: Callable[[ClipRecord], np.ndarray]) -> Scores:
    """A score (T,) of whole clips as one of windows."""
    found, whole = np.zeros(heard.strokes.shape), {clip.id: of(clip) for clip in heard.windows.clips}
    for row, (number, start) in enumerate(heard.places):
        values = whole[heard.windows.clips[number].id][start : start + found.shape[1]]
        found[row, : len(values)] = values
    return found


def areas(scores: Scores, heard: Heard) -> tuple[float, float]:
    """Area under the curve: mean of those within windows, and that of all frames."""
    rows = zip(scores, heard.strokes, heard.real, strict=True)
    within = [area_under_curve(score[real], truth[real]) for score, truth, real in rows]
    whole = area_under_curve(scores[heard.real], heard.strokes[heard.real])
    assert whole is not None
    return float(np.mean([area for area in within if area is not None])), whole


def line(name: str, found: Iterable[tuple[float, float]], said: str = "") -> str:
    """A row of the table: means over seeds and the deviation between them."""
    values = np.array(list(found)).T
    many = values.shape[1] > 1
    cells = [f"{row.mean():.3f}" + (f" ± {row.std(ddof=1):.3f}" if many else "") for row in values]
    each = ", ".join(f"{value:.3f}" for value in values[0]) if many else ""
    return f"| {name} | {' | '.join(cells)} | {each} | {said} |"


def accuracy(folder: Path) -> float:
    """Share of right base tokens from seed frames and speech alone, at the last look at held-out windows."""
    looks = [entry for entry in read_log(folder) if entry["split"] == "validation"]
    return looks[-1]["seed_accuracy"]


def trained(work: Path, policy: str, heard: Heard) -> str | None:
    """The row of a mask policy; None where no training is finished."""
    places = [work / f"{policy}-{seed}" / "motion" for seed in SEEDS]
    places = [place for place in places if (place / MODEL / FINISHED).is_file()]
    if not places:
        return None
    found = [areas(attention(load_bundle(place / MODEL).model, heard), heard) for place in places]
    right = np.mean([accuracy(place) for place in places])
    return line(f"SQA, trained with `{policy}` ({len(places)} seeds)", found, f"{100 * right:.1f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    work = parser.parse_args().work
    heard = Heard(work)
    share = heard.strokes[heard.real].mean()
    lines = [
        f"{len(heard.windows)} windows; {share:.1%} of {heard.real.sum()} frames are in a stroke",
        "",
        "| score | within windows | all frames | each seed, within windows | right base tokens, % |",
        "|---|---|---|---|---|",
    ]
    lines += [row for policy in POLICIES if (row := trained(work, policy, heard)) is not None]
    first = [heard.untrained(seed) for seed in SEEDS]
    lines.append(line("SQA, untrained", [areas(attention(model, heard), heard) for model in first]))
    lines.append(line("motion energy itself", [areas(energy(first[0], heard), heard)]))
    of_joints = in_windows(heard, lambda clip: np.sqrt(np.square(turning(heard, clip)).mean(axis=1)))
    lines.append(line("motion energy of the upper body", [areas(of_joints, heard)]))
    lines.append(
        line("loudness", [areas(in_windows(heard, lambda clip: heard.features.features(clip, LOW)[:, 0]), heard)])
    )
    lines.append(line("linear map of speech, told the strokes", [areas(fitted(heard, speech), heard)]))
    lines.append(line("linear map of speeds, told the strokes", [areas(fitted(heard, turning), heard)]))
    shape = heard.strokes.shape
    drawn = [chance_for(seed, "planted truth").random(shape) for seed in SEEDS]
    lines.append(line("random numbers", [areas(scores, heard) for scores in drawn]))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
