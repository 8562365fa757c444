"""What a studio draws: any figure that takes the poses of a motion."""

from typing import Protocol

import numpy as np


class Drawable(Protocol):
    """A mesh of V vertices and N triangles that a motion moves.

    Attributes:
        faces: (N, 3) int32, counter-clockwise seen from outside.
        material: (V, 4) float32 linear red, green, blue and gloss.
        kind: (V,) rows of `gesta.render.finish.FINISHES`: what each vertex is made of.
        two_sided: (N,) bool: faces that are seen from behind too.
    """

    @property
    def faces(self) -> np.ndarray: ...

    @property
    def material(self) -> np.ndarray: ...

    @property
    def kind(self) -> np.ndarray: ...

    @property
    def two_sided(self) -> np.ndarray: ...

    def pose(
        self, rotations: np.ndarray, translation: np.ndarray, face: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Vertices (T, V, 3) in metres and unit normals (T, V, 3) of T frames.

        Args:
            rotations: (T, 55, 3, 3) local rotations.
            translation: (T, 3) position of the pelvis joint, metres.
            face: (T, 52) ARKit weights, or None for a face that only the jaw and eye joints move.
        """
        ...
