"""The network's arithmetic in numpy: it is so small that loading torch would take longer than an hour of speech.

A frame hears itself, `before` frames before it and up to `ahead` after it; three layers follow, the second of which
also looks at the inner channels of the frames just before. `gesta.mouth.trainable` is the same in torch.

It computes in float64 and gives float32: sums of matrices depend on how many frames come at once, but not in the digits
that are left, so that any stretches give the same bits.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gesta.mouth.config import MouthConfig

ROWS_AT_ONCE = 1800


@dataclass(frozen=True)
class MouthNetwork:
    """Trained weights.

    Attributes:
        config: what it is.
        hear: (W, C, before + 1 + ahead), `hear_bias` (W,) the first layer.
        known: (W, ahead) what the first layer adds for each frame ahead that is heard.
        recall: (W, W, memory), `recall_bias` (W,) the second layer.
        mix: (W, W), `mix_bias` (W,) the third layer.
        tell: (O, W), `tell_bias` (O,) the last layer.
    """

    config: MouthConfig
    hear: np.ndarray
    hear_bias: np.ndarray
    known: np.ndarray
    recall: np.ndarray
    recall_bias: np.ndarray
    mix: np.ndarray
    mix_bias: np.ndarray
    tell: np.ndarray
    tell_bias: np.ndarray

    @staticmethod
    def shapes(config: MouthConfig) -> Mapping[str, tuple[int, ...]]:
        """The shape of each array of weights."""
        sizes = config.sizes
        width, outputs = sizes.width, config.outputs
        return {
            "hear": (width, config.inputs, sizes.before + 1 + sizes.ahead),
            "hear_bias": (width,),
            "known": (width, sizes.ahead),
            "recall": (width, width, sizes.memory),
            "recall_bias": (width,),
            "mix": (width, width),
            "mix_bias": (width,),
            "tell": (outputs, width),
            "tell_bias": (outputs,),
        }

    def inner(self, rows: np.ndarray, ahead: int) -> np.ndarray:
        """The first layer: (T, W) float64.

        Args:
            rows: (before + T + ahead of the config, C) what is heard; zeros where nothing is.
            ahead: how many frames ahead are heard; the others' rows are not looked at.
        """
        sizes = self.config.sizes
        taps = sizes.before + 1 + ahead
        weights = self.hear[:, :, :taps].reshape(len(self.hear), -1).astype(np.float64)
        bias = self.hear_bias + self.known[:, :ahead].sum(axis=1)
        windows = np.lib.stride_tricks.sliding_window_view(rows.astype(np.float64), taps, axis=0)
        count = len(rows) - sizes.before - sizes.ahead
        parts = [
            windows[start : min(start + ROWS_AT_ONCE, count)].reshape(-1, weights.shape[1]) @ weights.T
            for start in range(0, count, ROWS_AT_ONCE)
        ]
        return _activated(np.concatenate(parts) + bias) if parts else np.zeros((0, len(bias)))

    def outputs(self, inner: np.ndarray) -> np.ndarray:
        """The layers after the first: (T, O) float32.

        Args:
            inner: (memory - 1 + T, W) of the first layer, zeros before a recording begins.
        """
        windows = np.lib.stride_tricks.sliding_window_view(inner, self.recall.shape[2], axis=0)
        weights = self.recall.reshape(len(self.recall), -1)
        recalled = _activated(windows.reshape(len(windows), -1) @ weights.T + self.recall_bias)
        mixed = recalled + _activated(recalled @ self.mix.T + self.mix_bias)
        told: np.ndarray = (mixed @ self.tell.T + self.tell_bias).astype(np.float32)
        return told


def _activated(values: np.ndarray) -> np.ndarray:
    """x times its logistic function (Elfwing et al., 2018)."""
    with np.errstate(over="ignore"):
        result: np.ndarray = values / (1.0 + np.exp(-values))
    return result
