"""DWPose: a YOLOX detector finds persons, a SimCC network the 133 points of one of them, which become gesta's 134.

Facts: DWPose (arXiv 2307.15880, IDEA-Research/DWPose, onnxdet.py and onnxpose.py) as MMGT uses it (src/dwpose at
commit 1d0926e). The detector was trained on pictures with blue first and values 0 to 255 (YOLOX reads with OpenCV and
no longer normalises), the point network on red first (`bgr_to_rgb=True` with the mean and deviation below in
dwpose-l_384x288.py). MMGT, DWPose's own program and rtmlib give blue first to both: `channels = "as_published"`.
Where nobody is found the published program takes the whole picture for a person; here that is an error.
"""

from collections.abc import Iterable

import numpy as np

from gesta.errors import InputError
from gesta.keypoints.estimators.boxes import chosen
from gesta.keypoints.estimators.crop import crop_around
from gesta.keypoints.estimators.detection import PERSON, cell_count, persons
from gesta.keypoints.estimators.dwpose_config import DWPoseConfig
from gesta.keypoints.estimators.dwpose_files import DETECTOR_FILE, POINTS_FILE, dwpose_folder
from gesta.keypoints.estimators.following import Follower, Found
from gesta.keypoints.estimators.letterbox import letterboxed
from gesta.keypoints.estimators.networks import Network
from gesta.keypoints.estimators.pictures import as_rgb, scaled, size_of
from gesta.keypoints.estimators.simcc import BINS_A_PIXEL, decoded
from gesta.keypoints.estimators.wholebody import COCO_POINTS, from_coco
from gesta.records import Keypoints

MEAN, DEVIATION = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
"""Of the channels, red first, 0 to 255."""


class DWPose:
    """A pose estimator; see gesta.keypoints.estimators.protocol."""

    name = "dwpose"

    def __init__(self, config: DWPoseConfig | None = None) -> None:
        """Find and open both networks.

        Raises:
            InputError: onnxruntime or opencv is not installed, or a file is missing or is another network.
        """
        self.config = config or DWPoseConfig()
        folder = dwpose_folder(self.config.model, self.config.pinned_revision)
        self._detector = Network(folder / DETECTOR_FILE, "person detector")
        self._pointer = Network(folder / POINTS_FILE, "point network")
        side, height = self._detector.size
        if side != height:
            raise self._detector.unfit(f"reads pictures of {side} x {height} pixels, not square ones")
        self._cells = [(1, cell_count(side), None)]
        self._bins = [(1, COCO_POINTS, BINS_A_PIXEL * length) for length in self._pointer.size]
        self._detector.need_outputs(self._cells)
        self._pointer.need_outputs(self._bins)

    def picture(self, image: np.ndarray) -> Keypoints:
        """The points of one person in an (H, W, 3) uint8 picture, in its pixels, as one frame.

        Raises:
            InputError: there is nobody in it.
        """
        image = as_rgb(image)
        small = self._scaled(image)
        boxes, scores = self.persons(small)
        if not len(boxes):
            raise InputError("Nobody is found in the picture: take one that shows a person clearly, or give points.")
        found = self.points(small, chosen(boxes, scores, size_of(small), self.config.person))
        return self._keypoints([found], size_of(small), size_of(image))

    def film(self, frames: Iterable[np.ndarray], fps: float) -> Keypoints:
        """The points of one person through a film of (H, W, 3) uint8 pictures; scores are 0 where nobody is found.

        Raises:
            InputError: there is no frame, frames have several sizes, or nobody is found in any.
        """
        follower = Follower(self, self.config)
        found: list[Found] = []
        sizes = set()
        for frame in frames:
            image = as_rgb(frame)
            small = self._scaled(image)
            sizes.add((size_of(small), size_of(image)))
            if len(sizes) > 1:
                raise InputError(f"Frame {len(found)} of the film has another size than those before it.")
            found.append(follower.next(small))
        if not any(scores.any() for _, scores in found):
            raise InputError(f"Nobody is found in the {len(found)} frames of the film: take one that shows a person.")
        small_size, size = sizes.pop()
        return self._keypoints(found, small_size, size).replaced(fps=fps)

    def persons(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Boxes of persons in a picture, (N, 4) left, top, right, bottom in its pixels, and how sure: (N,)."""
        square, factor = letterboxed(image, self._detector.size[0])
        (output,) = self._detector.answer(_channels_first(square[..., ::-1]), self._cells)
        if output.shape[2] <= PERSON:
            raise self._detector.unfit(f"answers with {output.shape[2]} numbers for a cell")
        return persons(output[0], self._detector.size[0], factor, self.config.least_score)

    def points(self, image: np.ndarray, box: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The points of the person in a box, (134, 2) in the picture's pixels, and how sure: (134,)."""
        crop = crop_around(box, self._pointer.size)
        pixels = crop.cut(image)
        given = pixels if self.config.channels == "as_trained" else pixels[..., ::-1]
        normalised = (given - np.array(MEAN)) / np.array(DEVIATION)
        columns, rows = self._pointer.answer(_channels_first(normalised), self._bins)
        inside, scores = decoded(columns[0], rows[0])
        return from_coco(crop.to_picture(inside), scores)

    def _scaled(self, image: np.ndarray) -> np.ndarray:
        return scaled(image, self.config.short_side, self.config.sides)

    def _keypoints(self, found: list[Found], worked_on: tuple[int, int], size: tuple[int, int]) -> Keypoints:
        """Points in pixels of the resized pictures as a record in pixels of the pictures themselves."""
        points = np.array([points for points, _ in found], dtype=np.float32)
        factor = np.array([size[0] / worked_on[0], size[1] / worked_on[1]], dtype=np.float32)
        return Keypoints(points * factor, np.array([scores for _, scores in found]), size)


def _channels_first(picture: np.ndarray) -> np.ndarray:
    """(H, W, 3) as a batch of one: (1, 3, H, W)."""
    return picture.transpose(2, 0, 1)[None]
