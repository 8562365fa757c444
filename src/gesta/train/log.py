"""The log of a training: one JSON line a look, and the same for tensorboard where that is installed.

{"step": 40, "split": "train", "loss": ..., "learning_rate": ..., "gradient_norm": ..., "seconds": ..., ...}
{"step": 500, "split": "validation", "loss": ..., ...}
"""

import importlib
import json
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from gesta.writing import replacing

LOG = "log.jsonl"
BOARD = "tensorboard"


class Clock:
    """How long a training takes.

    Args:
        before_s: seconds of its earlier pieces.
    """

    def __init__(self, before_s: float) -> None:
        self._began = time.perf_counter() - before_s
        self._looked: tuple[int, float] | None = None

    @property
    def seconds(self) -> float:
        """Seconds over all pieces."""
        return time.perf_counter() - self._began

    def speed(self, step: int, batch: int) -> float:
        """Windows a second since the last time this was asked; 0 the first time."""
        now = self.seconds
        before, self._looked = self._looked, (step, now)
        return (step - before[0]) * batch / max(now - before[1], 1e-9) if before else 0.0


class TrainingLog:
    """Appends to FOLDER/log.jsonl; lines after the step from which a training goes on are cut away first.

    Args:
        folder: of the training.
        step: steps that are done; later lines came from steps that will be done again.
        board: write for tensorboard too, if it is installed.
        silent: write nothing, as all processes but the first do.
    """

    def __init__(self, folder: Path, step: int, board: bool, silent: bool = False) -> None:
        self._file: TextIO | None = None
        self._board: Any = None
        if silent:
            return
        path = folder / LOG
        cut_log(path, step)
        self._file = path.open("a", encoding="utf-8")
        if board and find_spec("tensorboard"):
            writer = importlib.import_module("torch.utils.tensorboard").SummaryWriter
            self._board = writer(str(folder / BOARD), purge_step=step + 1)

    def write(self, step: int, split: str, values: Mapping[str, float]) -> None:
        """Add one line, at once on the disk's side of a crash of this process."""
        if self._file is None:
            return
        self._file.write(json.dumps({"step": step, "split": split, **values}) + "\n")
        self._file.flush()
        if self._board is not None:
            for name, value in values.items():
                self._board.add_scalar(f"{split}/{name}", value, step)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
        if self._board is not None:
            self._board.close()


def cut_log(path: Path, step: int) -> None:
    """Remove the lines after a step, and what a killed process left of its last line."""
    if not path.exists():
        return
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    kept = [line for line in lines if _step(line) <= step]
    if kept != lines:
        with replacing(path) as temporary:
            temporary.write_text("".join(kept), encoding="utf-8")


def _step(line: str) -> float:
    """The step of a line; endless for what is no whole line."""
    try:
        return int(json.loads(line)["step"]) if line.endswith("\n") else float("inf")
    except (ValueError, KeyError, TypeError):
        return float("inf")


def read_log(folder: Path) -> list[dict[str, Any]]:
    """The lines of a training's log."""
    return [json.loads(line) for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]
