"""An estimator that reads what a film's corner says, so that tests of films take no time."""

from collections.abc import Iterable, Iterator

import numpy as np

from gesta.keypoints.estimators.embedded.body import NAMES, Body
from gesta.keypoints.estimators.embedded.config import EmbeddedConfig
from gesta.keypoints.estimators.embedded.face import MESH_POINTS, Face
from gesta.keypoints.estimators.embedded.hands import Hand
from gesta.keypoints.estimators.embedded.region import Region
from gesta.keypoints.estimators.embedded.seen import Seen

ONE, SEVERAL, NO_HANDS, NOBODY = (220, 220, 220), (220, 30, 30), (30, 30, 220), (20, 20, 20)
"""Colours of a film's upper left corner: one person with hands, two, one without, none."""
PLACES = {
    "nose": (0.5, 0.3), "left_eye": (0.55, 0.27), "right_eye": (0.45, 0.27), "left_shoulder": (0.7, 0.5),
    "right_shoulder": (0.3, 0.5), "left_elbow": (0.75, 0.7), "right_elbow": (0.25, 0.7), "left_wrist": (0.65, 0.8),
    "right_wrist": (0.35, 0.8), "mouth_left": (0.53, 0.35), "mouth_right": (0.47, 0.35),
}  # fmt: skip
CORNER = 16


class FakeEstimator:
    """Stands for `Embedded`: a person who does not move, as the corner says."""

    config = EmbeddedConfig()

    def watched(self, frames: Iterable[np.ndarray]) -> Iterator[Seen | None]:
        for frame in frames:
            yield self._seen(frame)

    def mask(self, image: np.ndarray, region: Region) -> np.ndarray:
        assert region.side == max(image.shape)
        likely = np.zeros((256, 256))
        likely[:, :128] = 1.0
        return likely

    def _seen(self, image: np.ndarray) -> Seen | None:
        told = np.abs(np.array([ONE, SEVERAL, NO_HANDS, NOBODY]) - image[4:12, 4:12].mean(axis=(0, 1))).sum(axis=1)
        kind = int(told.argmin())
        if kind == 3:
            return None
        size = np.array(image.shape[1::-1], dtype=float)
        points = np.full((len(NAMES) + 2, 2), 0.5) * size
        scores = np.zeros(len(NAMES))
        for name, place in PLACES.items():
            points[NAMES.index(name)], scores[NAMES.index(name)] = np.array(place) * size, 0.9
        mesh = (np.array((0.5, 0.3)) + 0.12 * unit_circle(MESH_POINTS)) * size
        body = Body(points, scores, 1.0, Region(size / 2.0, float(size.max())), np.ones((8, 8)))
        hands = {
            f"{side}_hand": Hand((np.array(PLACES[f"{side}_wrist"]) + 0.05 * unit_circle(21)) * size, 0.9)
            for side in ("left", "right")
        }
        return Seen(body, Face(mesh, 0.95), {} if kind == 2 else hands, 2 if kind == 1 else 1)


def unit_circle(count: int) -> np.ndarray:
    around = np.linspace(0.0, 2.0 * np.pi, count)
    return np.stack([np.cos(around), np.sin(around)], axis=1)


def telling_pictures(kinds: Iterable[tuple[tuple[int, int, int], int, int]], size: tuple[int, int]) -> np.ndarray:
    """(F, H, W, 3) uint8 pictures of rooms.

    Args:
        kinds: for each stretch what its corner says, how many frames it has, and the number of its room.
        size: width and height.
    """
    pictures = []
    for colour, frames, room in kinds:
        chance = np.random.default_rng(room)
        blocks = chance.integers(0, 256, (4, 4, 3))
        picture = np.kron(blocks, np.ones((size[1] // 4, size[0] // 4, 1))).astype(np.uint8)
        picture[:CORNER, :CORNER] = colour
        pictures += [picture] * frames
    return np.stack(pictures)
