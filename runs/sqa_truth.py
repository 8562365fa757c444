"""Does SQA find the strokes? Its scores against the plan's own strokes, in recordings that no training has heard.

    python runs/sqa_truth.py --model FOLDER --dataset FOLDER [--split test] [--windows 1200]

The data set is made by `gesta prepare synthetic`, so that each frame's truth is known: whether a hand is in a stroke,
and whether the voice (an accent, a phrase) or what was said (content) called for it. Windows as the model was trained
with, spread evenly over the split, whose true motion is all visible; scores are divided by their mean in the window.
The area under the curve asks whether frames in a stroke score higher than frames in no stroke: of all strokes, of those
the voice called for, and of those the content called for; within each window (mean over windows, with a standard error
over recordings), and over all frames together. Beside the model: motion energy, loudness, random numbers. Markdown.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from planted_truth import Heard, attention, energy, in_windows, turning
from torch import Tensor

from gesta.audio.encoders.make import make_encoder
from gesta.bundles.folder import Bundle, load_bundle
from gesta.data.clips import Dataset
from gesta.data.manifest import ClipRecord
from gesta.data.speech_features import LOW, FeatureStore
from gesta.data.truth import HANDS
from gesta.data.windows import Windows
from gesta.metrics.ranking import area_under_curve
from gesta.randomness import generator

BATCH = 16
CONTENT = "content"
KINDS = ("all strokes", "the voice's", "the content's")
FEWEST_FRAMES = 3
"""A window with fewer frames of either kind says little and is left out."""


class HeldOut(Heard):
    """Windows of recordings that nothing trained on, as `planted_truth` looks at them.

    Attributes:
        strokes: (windows, T) bool, a hand is in a stroke.
        real: (windows, T) bool, frames that are no padding.
        places: of each window, which of the clips it lies in and where it begins.
    """

    def __init__(self, bundle: Bundle, folder: Path, split: str, most: int) -> None:
        self.dataset = Dataset.open(folder)
        self.features = FeatureStore(self.dataset, make_encoder(bundle.config.encoder))
        self.features.fill(self.dataset.split(split))
        sizes, traits = bundle.config.generator.sizes, bundle.config.generator.traits
        hop = sizes.window - sizes.seed_frames
        self.windows = Windows(
            self.dataset, split, length=sizes.window, stride=hop, features=self.features, traits=traits
        )
        whole = len(self.windows)
        self.chosen = np.unique(np.linspace(0, whole - 1, min(most, whole)).astype(int))
        found = self.windows.batch(self.chosen)
        self.strokes, self.real = found["strokes"] > 0.5, found["real"]
        self.places = [self.windows.place(int(index)) for index in self.chosen]

    def batches(self) -> Iterator[Mapping[str, Tensor]]:
        """The chosen windows, some at a time."""
        for start in range(0, len(self.chosen), BATCH):
            found = self.windows.batch(self.chosen[start : start + BATCH])
            yield {name: torch.from_numpy(values) for name, values in found.items()}

    def kinds(self) -> dict[str, np.ndarray]:
        """(windows, T) bool: frames in a stroke of each of KINDS."""
        content = in_windows(self, lambda clip: _content(self.dataset.labels(clip), clip.frames)) > 0.5
        return dict(zip(KINDS, (self.strokes, self.strokes & ~content, content & self.strokes), strict=True))

    def recording(self, row: int) -> str:
        """Which recording a window is of."""
        return self.windows.clips[self.places[row][0]].speech_sha256


def _content(labels: Mapping[str, np.ndarray], frames: int) -> np.ndarray:
    """(T,) 1 where a hand is in a stroke that the content called for."""
    found = np.zeros(frames, bool)
    for hand in HANDS if labels else ():
        found |= (labels[f"{hand}_phase"] == "stroke") & (labels[f"{hand}_cause"] == CONTENT)
    return found.astype(float)


def cell(scores: np.ndarray, wanted: np.ndarray, held: HeldOut) -> str:
    """Areas under the curve of the wanted frames against those in no stroke."""
    asked = held.real & (wanted | ~held.strokes)
    whole = area_under_curve(scores[asked], wanted[asked])
    by_recording = defaultdict(list)
    for row in range(len(scores)):
        score, truth = scores[row][asked[row]], wanted[row][asked[row]]
        if FEWEST_FRAMES <= truth.sum() <= len(truth) - FEWEST_FRAMES:
            by_recording[held.recording(row)].append(area_under_curve(score, truth))
    if whole is None or not by_recording:
        return "-"
    every = [area for areas in by_recording.values() for area in areas]
    means = np.array([np.mean(areas) for areas in by_recording.values()])
    error = means.std(ddof=1) / np.sqrt(len(means)) if len(means) > 1 else np.nan
    return f"{np.mean(every):.3f} ± {error:.3f}; {whole:.3f}"


def rivals(bundle: Bundle, held: HeldOut) -> Iterator[tuple[str, np.ndarray]]:
    """Scores (windows, T) by name."""

    def loudness(clip: ClipRecord) -> np.ndarray:
        return np.asarray(held.features.features(clip, LOW)[:, 0])

    def upper(clip: ClipRecord) -> np.ndarray:
        return np.sqrt(np.square(turning(held, clip)).mean(axis=1))

    yield f"SQA of {bundle.config.name}", attention(bundle.model, held)
    yield "motion energy, as a mask policy takes it", energy(bundle.model, held)
    yield "motion energy of the upper body", in_windows(held, upper)
    yield "loudness", in_windows(held, loudness)
    yield "random numbers", generator(0, "sqa truth").random(held.real.shape)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--dataset", type=Path, required=True)
    parser.add_argument("--split", default="test")
    parser.add_argument("--windows", type=int, default=1200)
    options = parser.parse_args()
    bundle = load_bundle(options.model)
    held = HeldOut(bundle, options.dataset, options.split, options.windows)
    kinds = held.kinds()
    shares = ", ".join(f"{name} {wanted[held.real].mean():.1%}" for name, wanted in kinds.items())
    lines = [
        f"{len(held.chosen)} windows of {len({held.recording(row) for row in range(len(held.chosen))})} recordings; "
        f"of {held.real.sum()} frames: {shares}",
        "",
        f"| within windows; all frames | {' | '.join(KINDS)} |",
        "|---" * (len(KINDS) + 1) + "|",
    ]
    for name, scores in rivals(bundle, held):
        cells = [cell(scores, wanted, held) for wanted in kinds.values()]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
