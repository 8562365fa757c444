"""A body as data: pieces of surface at rest, and what they are."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gesta.avatar.info import BodyInfo
from gesta.avatar.shapes import SparseShapes


@dataclass(frozen=True)
class Piece:
    """One piece of a body at rest, in the T-pose: V vertices, N triangles.

    Attributes:
        vertices: (V, 3) float32 metres.
        faces: (N, 3) int32, counter-clockwise seen from outside.
        joints: (V, 4) uint8, indices into the rig's joints: the skeleton's 55, then the helpers.
        weights: (V, 4) float32, rows sum to 1.
        tints: (V, K) uint8, share of each swatch in the vertex' colour, rows sum to 255.
        shade: (V,) uint8, how light the vertex stays in folds and corners; 255 is unshaded.
        shapes: the 52 ARKit units.
        correctives: the shapes of `BodyInfo.correctives`.
    """

    vertices: np.ndarray
    faces: np.ndarray
    joints: np.ndarray
    weights: np.ndarray
    tints: np.ndarray
    shade: np.ndarray
    shapes: SparseShapes
    correctives: SparseShapes


@dataclass(frozen=True)
class BodyAsset:
    """A body with everything it can wear.

    Attributes:
        info: what it consists of.
        pieces: by name.
        hidden: by outfit, (n,) int32 faces of the skin that it hides.
    """

    info: BodyInfo
    pieces: Mapping[str, Piece]
    hidden: Mapping[str, np.ndarray]
