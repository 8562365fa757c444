"""The Fréchet distance between two Gaussians, and the Fréchet gesture distance (FGD) that is made of it.

The distance is |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) (Dowson & Landau 1982; Heusel et al. 2017, FID; Yoon et al.
2020, FGD), in the latents' own units and squared, as it is published. The trace of the root comes from two symmetric
eigen decompositions, which neither fail nor turn complex where the usual matrix root does; nothing is added to the
covariances. Covariances are those of a sample (divided by N - 1).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gesta.errors import InputError
from gesta.records import Motion

MARGIN = 1.25
"""A Gaussian needs this many latents for each dimension; with fewer its covariance is poor or singular."""


@dataclass(frozen=True)
class Gaussian:
    """Mean and covariance of a set of points.

    Attributes:
        count: number of points N.
        mean: (D,) float64.
        covariance: (D, D) float64, divided by N - 1.
    """

    count: int
    mean: np.ndarray
    covariance: np.ndarray

    @classmethod
    def fit(cls, points: Iterable[np.ndarray], name: str = "points") -> "Gaussian":
        """The Gaussian of all points together, one (N, D) array in memory at a time.

        Args:
            points: (N, D) arrays; empty ones are passed over.
            name: what the points are, for the sentence of an error.

        Raises:
            InputError: fewer than MARGIN times D points, or values that are not finite.
        """
        sums = RunningGaussian()
        for array in points:
            sums.add(array)
        return sums.gaussian(name)


class RunningGaussian:
    """A Gaussian that grows: points are taken array by array, and memory does not grow with them.

    Attributes:
        count: number of points N so far.
    """

    def __init__(self) -> None:
        self.count = 0
        self._mean, self._spread = np.zeros(0), np.zeros((0, 0))

    def add(self, points: np.ndarray) -> None:
        """Take (N, D) points; none is fine, too."""
        given = np.asarray(points, np.float64)
        if not len(given):
            return
        if not self.count:
            self._mean, self._spread = np.zeros(given.shape[1]), np.zeros((given.shape[1],) * 2)
        # Merging of partial sums after Chan et al. 1979: stable however the points come.
        centre = given.mean(axis=0)
        difference, total = centre - self._mean, self.count + len(given)
        self._spread += (given - centre).T @ (given - centre)
        self._spread += np.outer(difference, difference) * (self.count * len(given) / total)
        self._mean = self._mean + difference * (len(given) / total)
        self.count = total

    def gaussian(self, name: str = "points") -> Gaussian:
        """The Gaussian of all points so far.

        Args:
            name: what the points are, for the sentence of an error.

        Raises:
            InputError: fewer than MARGIN times D points, or values that are not finite.
        """
        needed = max(2, int(np.ceil(MARGIN * len(self._spread))))
        if self.count < needed:
            raise InputError(
                f"The {name} give {self.count} latents, but a Fréchet distance needs {needed}; measure more of them."
            )
        if not np.isfinite(self._spread).all():
            raise InputError(f"The {name} give latents that are not finite.")
        return Gaussian(self.count, self._mean, self._spread / (self.count - 1))


def frechet_distance(first: Gaussian, second: Gaussian) -> float:
    """The squared Fréchet distance between two Gaussians of D dimensions, at least 0."""
    root = _symmetric_root(first.covariance)
    # (C1 C2)^(1/2) has the trace of (C1^(1/2) C2 C1^(1/2))^(1/2), which is symmetric.
    product = np.linalg.eigvalsh(root @ second.covariance @ root)
    shared = np.sqrt(np.clip(product, 0.0, None)).sum()
    shift = first.mean - second.mean
    return max(0.0, float(shift @ shift + np.trace(first.covariance + second.covariance) - 2.0 * shared))


def distance_of_sides(real: RunningGaussian, generated: RunningGaussian, what: str) -> float:
    """The squared Fréchet distance of generated things from real ones, of which there are as many.

    The distance falls with the number of latents, and would favour the side that has more.

    Args:
        real, generated: the latents of each side.
        what: both sides are, in the plural, for the sentence of an error: "films".

    Raises:
        InputError: the sides have different numbers of latents, or too few.
    """
    if real.count != generated.count:
        raise InputError(
            f"The real {what} give {real.count} latents and the generated {what} {generated.count}, but a Fréchet "
            "distance needs as many on both sides; cut them alike."
        )
    return frechet_distance(real.gaussian(f"real {what}"), generated.gaussian(f"generated {what}"))


def _symmetric_root(covariance: np.ndarray) -> np.ndarray:
    """The symmetric square root of a covariance, rounding below zero taken as zero."""
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T


class MotionEncoder(Protocol):
    """What turns a motion into latents."""

    def latents(self, motion: Motion) -> np.ndarray:
        """(N, D) latents."""
        ...


def fgd(real: Iterable[Motion], generated: Iterable[Motion], encoder: MotionEncoder) -> float:
    """The Fréchet gesture distance between real and generated motions: latents of all motions of a side are pooled.

    Args:
        real, generated: one motion in memory at a time; cut both alike (published: generated length, seed included).
        encoder: for numbers that compare with the literature, the official `fgd_encoder`.

    Raises:
        InputError: a side is too short for the encoder's dimensions (official: 300 latents, 160 s).
    """
    return frechet_distance(
        Gaussian.fit((encoder.latents(motion) for motion in real), "real motions"),
        Gaussian.fit((encoder.latents(motion) for motion in generated), "generated motions"),
    )
