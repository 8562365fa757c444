"""How well a mouth predicts a captured rig's own shapes in recordings that it has not seen, beside two simpler ones.

    python runs/mouth_left_out.py DATASET [--steps N]

DATASET is what runs/mouth_corpus.sh makes. Every captured recording is left out in turn; printed is by how much the
squared error, pooled over the rig's 24 mouth shapes, lies below that of the mean pose of the others: for a net that
hears loudness alone, for one that hears everything, and for one that was trained on sounds with known times first.
"""

import argparse
import copy
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from gesta.audio.encoders.spectral import SpectralEncoder
from gesta.data.clips import Dataset
from gesta.data.face import CAPTURED, SPOKEN
from gesta.data.face_captured import MOUTH_SHAPES
from gesta.data.manifest import ClipRecord
from gesta.data.speech_features import HIGH, LOW, FeatureStore
from gesta.randomness import generator
from gesta.train.mouth_settings import MouthStageSettings
from gesta.train.mouth_stage import MouthNetwork, MouthWindows, mouth_config

LOUDNESS_CHANNELS = 2
"""The first channels of the lower level: loudness and its change."""
BATCH, FIRST_STEPS = 24, 1500
SHAPES_ONLY = {"poses": 0.0, "lips": 0.0}
HEARS_ALL = MouthStageSettings(tilt=0.5, noise=0.3, dropout=0.3, captured_repeats=1, weights=SHAPES_ONLY)
HEARS_LOUDNESS = MouthStageSettings(tilt=0.0, noise=0.0, dropout=0.1, captured_repeats=1, weights=SHAPES_ONLY)


class LeftOut:
    """A data set of which one captured recording at a time is left out."""

    def __init__(self, folder: Path) -> None:
        self.dataset = Dataset.open(folder)
        self.features = FeatureStore(self.dataset, SpectralEncoder())
        self.features.fill()
        self.captured = [clip for clip in self.dataset.clips if clip.speaker == CAPTURED]
        self.spoken = [clip for clip in self.dataset.clips if (clip.speaker, clip.split) == (SPOKEN, "train")]

    def shapes(self, clip: ClipRecord) -> np.ndarray:
        """(T, 24) what was captured."""
        return self.dataset.truth_rows(clip)[:, : len(MOUTH_SHAPES)]

    def trained(
        self, network: MouthNetwork, clips: list[ClipRecord], steps: int, rate: float, heard: torch.Tensor
    ) -> MouthNetwork:
        """A network after some steps on some clips; `heard` (C,) is 0 for channels that it does not hear."""
        windows, chance = MouthWindows(self.dataset, clips, self.features, network.settings), generator(0, "left out")
        optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.01)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
        network.train()
        for _ in range(steps):
            batch = windows.batch(chance.integers(len(windows), size=BATCH))
            batch["heard"] = batch["heard"] * heard
            optimiser.zero_grad()
            network(batch, 0.0)["loss"].backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
        return network.eval()

    def gain(self, start: Callable[[], MouthNetwork], steps: int, rate: float, heard: torch.Tensor) -> float:
        """Share of the mean pose's squared error that a network takes away."""
        error = usual = 0.0
        for clip in self.captured:
            others = [other for other in self.captured if other is not clip]
            torch.manual_seed(0)
            network = self.trained(start(), others, steps, rate, heard)
            mean = np.concatenate([self.shapes(other) for other in others]).mean(axis=0)
            rows = np.concatenate([self.features.features(clip, level) for level in (LOW, HIGH)], axis=1)
            mouth = network.mouth
            with torch.inference_mode():
                told = mouth(torch.from_numpy(rows)[None] * heard, mouth.config.sizes.ahead)[0].numpy()
            truth = self.shapes(clip)
            error += float(np.sum((told[:, -len(MOUTH_SHAPES) :] - truth) ** 2))
            usual += float(np.sum((mean - truth) ** 2))
        return 1.0 - error / usual


def new(settings: MouthStageSettings) -> MouthNetwork:
    """A network that has learnt nothing."""
    return MouthNetwork(mouth_config(settings.sizes), settings)


def main() -> None:
    """Train, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--steps", type=int, default=250)
    given = parser.parse_args()
    data = LeftOut(given.dataset)
    channels = mouth_config(HEARS_ALL.sizes).inputs
    everything = torch.ones(channels)
    loudness = (torch.arange(channels) < LOUDNESS_CHANNELS).float()

    def tell(name: str, gain: float) -> None:
        sys.stdout.write(f"{name}: {100 * gain:.1f} % below the mean pose\n")
        sys.stdout.flush()

    tell("loudness alone", data.gain(lambda: new(HEARS_LOUDNESS), given.steps, 2e-3, loudness))
    tell("everything", data.gain(lambda: new(HEARS_ALL), given.steps, 2e-3, everything))
    torch.manual_seed(0)
    learner = new(HEARS_ALL.model_copy(update={"weights": {}}))
    taught = data.trained(learner, data.spoken, FIRST_STEPS, 2e-3, everything)

    def prepared() -> MouthNetwork:
        network = new(HEARS_ALL)
        network.mouth.load_state_dict(copy.deepcopy(taught.mouth.state_dict()))
        return network

    tell("everything, after known sounds", data.gain(prepared, given.steps, 1e-3, everything))


if __name__ == "__main__":
    main()
