"""The Fréchet gesture distance (FGD) of films: how far generated gestures as a whole are from real ones.

The distance between two Gaussians (`gesta.metrics.frechet`), fitted to the latents of all windows of each side
(`encoder`). It is refused under 1,000 latents a side, about eleven minutes: with fewer the covariances are guesses and
the distance of the real to itself is not small. It is refused with unequal numbers of latents, since it falls with
their number and would favour the side that has more.
"""

from collections.abc import Iterable

from gesta.errors import InputError
from gesta.metrics.frechet import RunningGaussian, distance_of_sides
from gesta.metrics.keypoints.encoder import GestureEncoder
from gesta.records import Keypoints

LEAST_LATENTS = 1000


class GestureLatents:
    """The latents of films, taken one film at a time; memory does not grow with them.

    Attributes:
        films: what they are, for the sentence of an error, for example "real films".
    """

    def __init__(self, films: str, encoder: GestureEncoder) -> None:
        self.films = films
        self._encoder = encoder
        self._sums = RunningGaussian()

    @property
    def count(self) -> int:
        """How many latents there are."""
        return self._sums.count

    def add(self, keypoints: Keypoints) -> None:
        """Take the latents of a film at 25 frames a second."""
        self._sums.add(self._encoder.latents(keypoints))

    def sums(self) -> RunningGaussian:
        """Of all latents taken.

        Raises:
            InputError: there are fewer than LEAST_LATENTS.
        """
        if self.count < LEAST_LATENTS:
            raise InputError(
                f"The {self.films} give {self.count} latents, but a Fréchet gesture distance needs {LEAST_LATENTS}, "
                "about eleven minutes of film; evaluate more of it."
            )
        return self._sums


def gesture_distance(real: GestureLatents, generated: GestureLatents) -> float:
    """The squared Fréchet distance of two sets of films.

    Raises:
        InputError: a side has too few latents, or the sides have different numbers of them.
    """
    return distance_of_sides(real.sums(), generated.sums(), "films")


def films_distance(real: Iterable[Keypoints], generated: Iterable[Keypoints], encoder: GestureEncoder) -> float:
    """The same of films, one in memory at a time.

    Raises:
        InputError: as above.
    """
    sides = (GestureLatents("real films", encoder), GestureLatents("generated films", encoder))
    for side, films in zip(sides, (real, generated), strict=True):
        for film in films:
            side.add(film)
    return gesture_distance(*sides)
