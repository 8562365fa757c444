"""Batches of windows for training: from a data set, any windows by their numbers, as arrays."""

from collections.abc import Sequence

import numpy as np

from gesta.data.clips import Dataset
from gesta.data.speech_features import FeatureStore
from gesta.data.traits import clip_traits

LENGTH, STRIDE = 64, 20
"""Frames of a training window and between their beginnings: the published protocol's (BEAT2, EMAGE and EchoMask)."""


class Windows:
    """Every window of some splits, in a fixed order: clip by clip, from its beginning on.

    A clip gives the windows that fit into it, `stride` frames apart; frames behind the last one are not seen, as
    published. A clip shorter than a window gives one, in which the last frame is repeated.

    Args:
        dataset: where from.
        splits: one split or several.
        length: frames T of a window.
        stride: frames between the beginnings of windows.
        features: what the speech sounds like to an encoder, if wanted; its `fill` has been called.
        traits: names of the numbers of a style that are wanted, see `gesta.data.traits`.
    """

    def __init__(
        self,
        dataset: Dataset,
        splits: str | Sequence[str] = "train",
        *,
        length: int = LENGTH,
        stride: int = STRIDE,
        features: FeatureStore | None = None,
        traits: Sequence[str] = (),
    ) -> None:
        self.dataset, self.length, self.features = dataset, length, features
        self.clips = dataset.split(*([splits] if isinstance(splits, str) else splits))
        self.traits = clip_traits(dataset, self.clips, traits)
        counts = np.array([max(clip.frames - length, 0) // stride + 1 for clip in self.clips])
        self._clip = np.repeat(np.arange(len(self.clips)), counts)
        first = np.repeat(np.cumsum(counts) - counts, counts)
        self._start = (np.arange(len(self._clip)) - first) * stride

    def __len__(self) -> int:
        return len(self._clip)

    def place(self, index: int) -> tuple[int, int]:
        """Which clip a window lies in (its number in `clips`), and at which of its frames it begins."""
        return int(self._clip[index]), int(self._start[index])

    def batch(self, indices: Sequence[int] | np.ndarray) -> dict[str, np.ndarray]:
        """Some windows, in the order asked for.

        Returns:
            `motion.<part>` (B, T, C) float32, `valid.<part>` (B, C) bool, `real` (B, T) bool, `speaker` (B,) int64,
            `strokes` (B, T) float32, `traits` (B, S) float32 and, where features are given, `speech_low` and
            `speech_high` (B, T, C) float32.
        """
        indices = np.asarray(indices, dtype=np.int64)
        sizes = self.dataset.info.channels
        result: dict[str, np.ndarray] = {
            f"motion.{part}": np.empty((len(indices), self.length, size), np.float32) for part, size in sizes.items()
        }
        result |= {f"valid.{part}": np.empty((len(indices), size), bool) for part, size in sizes.items()}
        result["real"] = np.empty((len(indices), self.length), bool)
        result["speaker"] = np.empty(len(indices), np.int64)
        result["strokes"] = np.zeros((len(indices), self.length), np.float32)
        result["traits"] = self.traits[self._clip[indices]]
        if self.features is not None:
            for level, size in self.features.sizes.items():
                result[f"speech_{level}"] = np.empty((len(indices), self.length, size), np.float32)
        for row, index in enumerate(indices):
            self._fill(result, row, *self.place(int(index)))
        return result

    def _fill(self, result: dict[str, np.ndarray], row: int, number: int, start: int) -> None:
        """Put the window of clip `number` at `start` into row `row` of a batch."""
        clip = self.clips[number]
        held = min(clip.frames - start, self.length)
        rows = self.dataset.rows(clip)[start : start + held]
        for part, flags in self.dataset.valid(clip).items():
            _put(result[f"motion.{part}"][row], rows[:, self.dataset.slice(part)])
            result[f"valid.{part}"][row] = flags
        result["real"][row] = np.arange(self.length) < held
        result["speaker"][row] = clip.speaker_index
        if clip.strokes:
            result["strokes"][row, :held] = self.dataset.strokes(clip)[start : start + held]
        for level in self.features.sizes if self.features is not None else ():
            _put(result[f"speech_{level}"][row], self.features.features(clip, level)[start : start + held])  # type: ignore[union-attr]


def _put(target: np.ndarray, rows: np.ndarray) -> None:
    """Copy rows to the beginning of `target` and repeat the last one to its end."""
    target[: len(rows)] = rows
    target[len(rows) :] = rows[-1]
