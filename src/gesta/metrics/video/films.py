"""Films as measures take them: generated beside real, a few pictures at a time, in step and of one size.

Films are opened by whoever calls, since reading them safely belongs to a higher part; here they are ways to get
pictures, 25 a second, as often as wanted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch

from gesta.errors import InputError
from gesta.metrics.lengths import LENGTHS_APART_S
from gesta.records import Speech
from gesta.units import VIDEO_FPS

AT_ONCE = 16
"""Pictures of each side in memory; as many as an FVD looks at together."""
LENGTHS_APART = round(LENGTHS_APART_S * VIDEO_FPS)
"""Pictures by which films of one speech may differ in length."""
LEAST_SIDE_PX = 32


@dataclass(frozen=True)
class Film:
    """A film that can be watched.

    Attributes:
        name: how it is called in sentences.
        size: (width, height) of its pictures, pixels.
        pictures: gives its pictures, (H, W, 3) uint8, 25 a second; each call begins anew.
    """

    name: str
    size: tuple[int, int]
    pictures: Callable[[], Iterator[np.ndarray]]

    def at_size(self, size: tuple[int, int]) -> "Film":
        """The same film with pictures of a size (width, height), smoothed before pixels are left out.

        Raises:
            InputError: the film has another shape.
        """
        if size == self.size:
            return self
        factors = [new / old for new, old in zip(size, self.size, strict=True)]
        if abs(factors[0] * self.size[1] - factors[1] * self.size[1]) > 1.0:
            raise InputError(
                f"'{self.name}' has pictures of {self.size[0]} x {self.size[1]} pixels, which have another shape than "
                f"{size[0]} x {size[1]}; cut the films alike."
            )
        return Film(self.name, size, lambda: (resized(picture, size) for picture in self.pictures()))


@dataclass(frozen=True)
class FilmPair:
    """One clip.

    Attributes:
        name: of the clip.
        generated, real: the films, of one size.
        speech: what is said; None where it is not known. It begins with the first picture.
    """

    name: str
    generated: Film
    real: Film
    speech: Speech | None = None

    def __post_init__(self) -> None:
        sizes = self.generated.size, self.real.size
        if sizes[0] != sizes[1]:
            shown = " and ".join(f"{width} x {height}" for width, height in sizes)
            raise InputError(
                f"'{self.name}' is generated and real of two sizes, {shown}; name one for both with --size."
            )
        if min(sizes[0]) < LEAST_SIDE_PX:
            raise InputError(f"'{self.name}' has pictures of {sizes[0][0]} x {sizes[0][1]} pixels, which is too small.")

    def blocks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Pictures of both at the same moments: two (n, H, W, 3) uint8, n up to AT_ONCE.

        Raises:
            InputError: one film is longer than the other, or cannot be read.
        """
        ours, theirs = self.generated.pictures(), self.real.pictures()
        while True:
            sides = [list(islice(side, AT_ONCE)) for side in (ours, theirs)]
            both = min(map(len, sides))
            if both:
                yield np.stack(sides[0][:both]), np.stack(sides[1][:both])
            if both < AT_ONCE:
                break
        left = [len(side) - both + sum(1 for _ in islice(more, LENGTHS_APART + 1)) for side, more in
                zip(sides, (ours, theirs), strict=True)]  # fmt: skip
        if max(left) > LENGTHS_APART:
            longer = (self.generated, self.real)[left.index(max(left))]
            raise InputError(
                f"'{longer.name}' is longer than the film it is compared with by {LENGTHS_APART / VIDEO_FPS:g} s or "
                "more; cut both to the same speech."
            )


def resized(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """An (H, W, 3) uint8 picture at a size (width, height): bilinear, smoothed before pixels are left out."""
    planes = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None].float()
    found = torch.nn.functional.interpolate(planes, size[::-1], mode="bilinear", antialias=True, align_corners=False)
    return found[0].round().clamp(0.0, 255.0).byte().permute(1, 2, 0).numpy()
