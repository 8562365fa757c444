"""Identity drift: whether the face stays the face of the real film, without anybody else's network.

Each face is brought to one place by a shift, turn and scale that lay the points of eyes and nose on those of the
reference, at PATCH_PX; lips are left out, since they speak. The reference is the mean of the real film's first second
in which the face is seen. Two numbers a frame, over the face:

* structure: 1 - the correlation of brightness with the reference's; 0 for the same face, about 1 for another thing;
* colour: the mean distance of colours in cells of 8 x 8 pixels, in levels of 255.

The real film's own numbers, its expressions and turns, stand beside them. Drift is the structure of the last fifth of
the film less that of the first. A number for identity by a network trained on faces says more about who it is; this
says whether it changes.
"""

from dataclasses import dataclass

import numpy as np

from gesta.extras import extra_module
from gesta.keypoints.estimators.embedded.region import Region, around
from gesta.keypoints.layout import GROUPS, VISIBLE
from gesta.metrics.evaluation import Value
from gesta.records import Keypoints
from gesta.units import VIDEO_FPS

PATCH_PX, CELL_PX = 64, 8
REFERENCE_FRAMES = VIDEO_FPS
FACE_SHARE = 1.1
"""The side of a patch over that of the face's points."""
FIFTH = 5
LEAST_FRAMES = 2 * VIDEO_FPS
_FACE = GROUPS["face"]
STEADY = np.arange(27, 48)
"""Nose and eyes, of the 68: what shows how the head is held."""
JAW, BROWS, LIPS = np.arange(17), np.arange(26, 16, -1), np.arange(48, 60)
LIPS_SHARE = 1.5
"""How much larger the lips are made before they are left out."""


@dataclass(frozen=True)
class Reference:
    """The real film's face.

    Attributes:
        points: (68, 2) where its points lie across the patch, 0 to 1.
        patch: (PATCH_PX, PATCH_PX, 3) float32, 0 to 1.
        counted: (PATCH_PX, PATCH_PX) bool: the face without the lips.
    """

    points: np.ndarray
    patch: np.ndarray
    counted: np.ndarray


class IdentityDrift:
    """Takes films block by block; keeps patches of the first second and two numbers a frame.

    Args:
        generated, real: the points of both films, in pixels of their pictures.
    """

    def __init__(self, generated: Keypoints, real: Keypoints) -> None:
        self._points = (generated, real)
        self._first = next((at for at in range(real.frame_count) if _seen(real, at)), None)
        template = None
        if self._first is not None:
            face = real.points[self._first, _FACE].astype(np.float64)
            template = around(face, _tilt(face), FACE_SHARE).from_picture(face)
        self._template = template
        self._waiting: list[tuple[np.ndarray | None, np.ndarray | None]] = []
        self._reference: Reference | None = None
        self._found: tuple[list[tuple[float, float]], ...] = ([], [])
        self._frame = 0

    def take(self, generated: np.ndarray, real: np.ndarray) -> None:
        """Take pictures of both films at the same moments: two (n, H, W, 3) uint8."""
        for pair in zip(generated, real, strict=True):
            self._waiting.append((self._patch(0, pair[0]), self._patch(1, pair[1])))
            self._frame += 1
            faces = sum(patch is not None for _, patch in self._waiting)
            if self._reference is not None or faces >= REFERENCE_FRAMES:
                self._compare()

    def _patch(self, side: int, picture: np.ndarray) -> np.ndarray | None:
        """The face of a side in its place, if it is seen: (PATCH_PX, PATCH_PX, 3)."""
        points = self._points[side]
        if self._template is None or self._frame >= points.frame_count or not _seen(points, self._frame):
            return None
        face = points.points[self._frame, _FACE].astype(np.float64)
        return laid(face[STEADY], self._template[STEADY]).cut(picture, PATCH_PX, "edge")

    def _compare(self) -> None:
        """Compare the patches that wait."""
        if self._reference is None:
            faces = [patch for _, patch in self._waiting if patch is not None]
            if not faces or self._template is None:
                return
            self._reference = Reference(self._template, np.mean(faces, axis=0), _counted(self._template))
        for patches in self._waiting:
            for found, patch in zip(self._found, patches, strict=True):
                if patch is not None:
                    found.append(differences(patch, self._reference))
        self._waiting.clear()

    def found(self) -> dict[str, Value]:
        """The numbers, by key; absent where a face is seen for under two seconds."""
        self._compare()
        if min(map(len, self._found)) < LEAST_FRAMES:
            return {}
        sides = [np.array(side) for side in self._found]
        fifths = [max(1, len(side) // FIFTH) for side in sides]
        drifts = [
            float(side[-fifth:, 0].mean() - side[:fifth, 0].mean()) for side, fifth in zip(sides, fifths, strict=True)
        ]
        return {
            "identity.structure": Value(*(float(side[:, 0].mean()) for side in sides)),
            "identity.colour": Value(*(float(side[:, 1].mean()) for side in sides)),
            "identity.drift": Value(*drifts),
        }


def differences(patch: np.ndarray, reference: Reference) -> tuple[float, float]:
    """How far a patch is from the reference: structure and colour, see above."""
    counted = reference.counted
    ours, theirs = (np.asarray(one).mean(axis=-1)[counted] for one in (patch, reference.patch))
    ours, theirs = ours - ours.mean(), theirs - theirs.mean()
    size = float(np.linalg.norm(ours) * np.linalg.norm(theirs))
    structure = 1.0 - (float(ours @ theirs) / size if size > 0.0 else 0.0)
    apart = np.abs(_cells(patch - reference.patch, counted)).mean() * 255.0
    return structure, float(apart)


def _cells(values: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """The means of (S, S, 3) values over cells, where at least half of a cell counts: (n, 3)."""
    cells = PATCH_PX // CELL_PX
    shape = (cells, CELL_PX, cells, CELL_PX)
    weights = counted.reshape(shape).sum(axis=(1, 3))
    sums = (values * counted[..., None]).reshape(*shape, 3).sum(axis=(1, 3))
    enough = weights >= CELL_PX**2 / 2
    return np.asarray(sums[enough] / weights[enough][:, None])


def _counted(face: np.ndarray) -> np.ndarray:
    """Where the face is without its lips, of (68, 2) points across the patch: (S, S) bool."""
    cv2 = extra_module("cv2", "Comparing faces", "film")
    lips = face[LIPS]
    wide = lips.mean(axis=0) + LIPS_SHARE * (lips - lips.mean(axis=0))
    mask = np.zeros((PATCH_PX, PATCH_PX), np.uint8)
    cv2.fillPoly(mask, [_pixels(face[np.concatenate([JAW, BROWS])])], 1)
    cv2.fillPoly(mask, [_pixels(wide)], 0)
    return mask.astype(bool)


def _pixels(points: np.ndarray) -> np.ndarray:
    return np.asarray(np.round(points * PATCH_PX), np.int32)


def laid(points: np.ndarray, places: np.ndarray) -> Region:
    """The square of a picture in which points (N, 2) lie nearest to their places (N, 2), 0 to 1 across it.

    Least squares over shift, turn and scale; as complex numbers it is a straight line.
    """
    seen, wanted = (side[:, 0] + 1j * side[:, 1] for side in (points, places - 0.5))
    away, there = seen - seen.mean(), wanted - wanted.mean()
    factor = (np.conj(there) @ away) / (np.conj(there) @ there)
    centre = seen.mean() - factor * wanted.mean()
    return Region(np.array((centre.real, centre.imag)), float(abs(factor)), float(np.angle(factor)))


def _seen(points: Keypoints, frame: int) -> bool:
    return bool((points.scores[frame, _FACE] >= VISIBLE).all())


def _tilt(face: np.ndarray) -> float:
    """How far the eyes' line is turned, radians."""
    along = face[42:48].mean(axis=0) - face[36:42].mean(axis=0)
    return float(np.arctan2(along[1], along[0]))
