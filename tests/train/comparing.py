"""Compares trainings bit for bit, times aside."""

from pathlib import Path
from typing import Any

from safetensors.numpy import load_file

from gesta.train.checkpoint import BEST, LATEST, saved
from gesta.train.log import read_log
from gesta.train.loop import Outcome, train
from tests.train.tiny_stage import TinyStage, quick_settings

TIMES = ("seconds", "windows_per_second")


def weights_in(folder: Path) -> dict[str, bytes]:
    """Every tensor of the newest and of the best checkpoint of a training, as bytes."""
    newest = [saved(folder / "checkpoints", kind)[0] for kind in (LATEST, BEST)]
    return {
        f"{place.name}/{path.name}:{name}": values.tobytes()
        for place in newest
        for path in sorted(place.glob("*.safetensors"))
        for name, values in load_file(path).items()
    }


def log_without_times(folder: Path) -> list[dict[str, Any]]:
    """The lines of a training's log, without what differs each time."""
    return [{name: value for name, value in line.items() if name not in TIMES} for line in read_log(folder)]


def results(folder: Path) -> tuple[dict[str, bytes], list[dict[str, Any]], str]:
    """Everything that has to be the same after two trainings that are the same."""
    return weights_in(folder), log_without_times(folder), (folder / "model" / "tiny.json").read_text()


def train_tiny(folder: Path, stage: TinyStage | None = None, **changes: Any) -> Outcome:
    """Train the tiny stage on the quick settings, some of them changed."""
    return train(stage or TinyStage(), quick_settings(**changes), folder)
