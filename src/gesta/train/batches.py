"""Reads the windows of the next steps while the present one is computed."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

import numpy as np
from torch import Tensor

from gesta.errors import InputError
from gesta.train.chance import step_windows
from gesta.train.settings import TrainingSettings
from gesta.train.stage import Stage

Pieces = list[Mapping[str, Tensor]]


class Batches:
    """The training windows of each step, as one process sees them; a context manager that ends its threads.

    Args:
        stage: has the windows.
        settings: batch, pieces, seed, threads.
        process: number of this process.
        processes: how many there are.

    Raises:
        InputError: there are no training windows, or a batch cannot be shared equally.
    """

    def __init__(self, stage: Stage, settings: TrainingSettings, process: int = 0, processes: int = 1) -> None:
        self._size = stage.train_size()
        if self._size < 1:
            raise InputError("The data set has no training windows; prepare it again with more or longer recordings.")
        shares = processes * settings.accumulate
        if settings.batch % shares:
            raise InputError(
                f"A batch of {settings.batch} windows cannot be shared equally by {processes} processes "
                f"in {settings.accumulate} pieces each: choose a multiple of {shares}."
            )
        self._stage, self._settings = stage, settings
        self._process, self._processes = process, processes
        self._threads = ThreadPoolExecutor(settings.workers) if settings.workers else None
        self._coming: dict[int, Future[Pieces]] = {}

    def of(self, step: int) -> Pieces:
        """The pieces of this process's share of a step's windows, on the CPU."""
        if self._threads is None:
            return self._read(step)
        for later in range(step, min(step + self._settings.workers + 1, self._settings.steps)):
            if later not in self._coming:
                self._coming[later] = self._threads.submit(self._read, later)
        return self._coming.pop(step).result()

    def _read(self, step: int) -> Pieces:
        settings = self._settings
        windows = step_windows(settings.seed, self._stage.name, step, settings.batch, self._size)
        share = np.split(windows, self._processes)[self._process]
        return [self._stage.batch("train", piece) for piece in np.split(share, settings.accumulate)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=True, cancel_futures=True)
