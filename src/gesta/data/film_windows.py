"""Windows of films for training, by their numbers: where each begins, and which picture shows the person.

A data set's windows are seen several times in a round, each time moved a little and with another picture of the
person; both depend on the window's number and the seed alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gesta.data.film_set import FilmSet
from gesta.data.films import FilmRecord
from gesta.randomness import generator


@dataclass(frozen=True)
class FilmWindow:
    """One window.

    Attributes:
        clip: the clip it lies in.
        frames: (n,) its frames; where the clip is shorter, its last frame is repeated.
        reference: the frame whose picture shows the person.
        chance: for whatever else is drawn for this window.
    """

    clip: FilmRecord
    frames: np.ndarray
    reference: int
    chance: np.random.Generator


class FilmWindows:
    """Every window of a split, in a fixed order.

    Args:
        films: where from.
        split: its name.
        length: frames of a window.
        stride: frames between the beginnings of windows; one begins up to as much later by chance, if `variants` is
            more than 1.
        variants: how often a window is there, each time drawn anew.
        gap: how many frames a reference is away from the window, if the clip is long enough; else as far as can be.
        seed: of the draws.
    """

    def __init__(
        self,
        films: FilmSet,
        split: str,
        *,
        length: int,
        stride: int,
        variants: int = 1,
        gap: int = 0,
        seed: int = 0,
    ) -> None:
        self.films, self.split, self.length, self.stride = films, split, length, stride
        self.variants, self.gap, self._seed = variants, gap, seed
        self.clips: Sequence[FilmRecord] = films.split(split)
        counts = np.array([max(clip.frames - length, 0) // stride + 1 for clip in self.clips])
        self._clip = np.repeat(np.arange(len(self.clips)), counts)
        first = np.repeat(np.cumsum(counts) - counts, counts)
        self._start = (np.arange(len(self._clip)) - first) * stride

    def __len__(self) -> int:
        return len(self._clip) * self.variants

    def window(self, index: int) -> FilmWindow:
        """The window of a number below `len`."""
        chance = generator(self._seed, "films", self.split, str(index))
        place = index % len(self._clip)
        clip, start = self.clips[self._clip[place]], int(self._start[place])
        if self.variants > 1:
            start = min(start + int(chance.integers(self.stride)), max(clip.frames - self.length, 0))
        frames = np.minimum(np.arange(start, start + self.length), clip.frames - 1)
        return FilmWindow(clip, frames, self._reference(clip, frames, chance), chance)

    def _reference(self, clip: FilmRecord, frames: np.ndarray, chance: np.random.Generator) -> int:
        every = np.arange(clip.frames)
        away = np.maximum(frames[0] - every, every - frames[-1])
        far = every[away >= min(self.gap, int(away.max()))]
        return int(chance.choice(far))
