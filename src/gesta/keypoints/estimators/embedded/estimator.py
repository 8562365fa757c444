"""The embedded pose estimator: person, body, face and hands, one after the other.

A body is looked at twice in a picture: its own points say better than the detector where it is. In a film they say
where it is in the next frame, face and hands are looked for where they were and, if they are lost, around it; the whole
picture is searched now and then.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from gesta.errors import InputError
from gesta.keypoints.estimators.boxes import chosen, overlap
from gesta.keypoints.estimators.embedded.body import Body, BodyNetwork
from gesta.keypoints.estimators.embedded.config import EmbeddedConfig
from gesta.keypoints.estimators.embedded.face import FaceNetwork
from gesta.keypoints.estimators.embedded.hands import HandNetworks
from gesta.keypoints.estimators.embedded.people import HIPS, REACH, PersonDetector, body_region
from gesta.keypoints.estimators.embedded.points import as_keypoints
from gesta.keypoints.estimators.embedded.region import Region
from gesta.keypoints.estimators.embedded.seen import Seen
from gesta.keypoints.estimators.pictures import as_rgb, size_of
from gesta.keypoints.layout import GROUPS
from gesta.records import KEYPOINT_COUNT, Keypoints

SAME_PERSON = 0.3
"""Overlap from which a person found again is the one who is followed."""
NOT_MUCH_SMALLER = 0.4
"""Who is smaller than this share of the person who is meant stands far behind them and does not count."""

Regions = list[tuple[Region, float]]
"""Where bodies are, and how sure, surest first."""


class Embedded:
    """A pose estimator; see gesta.keypoints.estimators.protocol."""

    name = "embedded"

    def __init__(self, config: EmbeddedConfig | None = None) -> None:
        """Open the networks.

        Raises:
            InputError: ai-edge-litert or opencv is not installed.
        """
        self.config = config or EmbeddedConfig()
        self._persons, self._bodies = PersonDetector(), BodyNetwork()
        self._faces, self._hands = FaceNetwork(), HandNetworks()

    def picture(self, image: np.ndarray) -> Keypoints:
        """The points of one person in an (H, W, 3) uint8 picture, in its pixels, as one frame.

        Raises:
            InputError: there is nobody in it.
        """
        return self.noted(image)[0]

    def noted(self, image: np.ndarray) -> tuple[Keypoints, list[str]]:
        """As `picture`, and sentences about what a film of this person will lack."""
        image = as_rgb(image)
        seen = self.look(image)
        points, scores = as_keypoints(seen.body, seen.face, seen.hands, size_of(image))
        whole_face = bool((scores[GROUPS["face"]] > 0.0).all())
        return Keypoints(points[None], scores[None], size_of(image)), seen.notes(whole_face)

    def look(self, image: np.ndarray) -> Seen:
        """The person in an (H, W, 3) uint8 picture, with all that is seen of them.

        Raises:
            InputError: there is nobody in it.
        """
        image = as_rgb(image)
        regions = self._regions(image)
        if regions:
            body = self._bodies.read(image, self._bodies.read(image, self._chosen(regions, image)).next_region())
            if body.presence >= self.config.least_presence:
                return self._seen(image, body, self._counted(image, body, regions))
        raise InputError("Nobody is found in the picture: take one that shows a person clearly, or give points.")

    def film(self, frames: Iterable[np.ndarray], fps: float) -> Keypoints:
        """The points of one person through a film of (H, W, 3) uint8 pictures; scores are 0 where nobody is found.

        Raises:
            InputError: there is no frame, frames have several sizes, or nobody is found in any.
        """
        points, scores, sizes = [], [], set()

        def measured() -> Iterator[np.ndarray]:
            for frame in frames:
                sizes.add(size_of(frame))
                yield frame

        for seen in self.watched(measured()):
            (size,) = sizes
            found = np.zeros((KEYPOINT_COUNT, 2), np.float32), np.zeros(KEYPOINT_COUNT, np.float32)
            if seen is not None:
                found = as_keypoints(seen.body, seen.face, seen.hands, size)
            points.append(found[0])
            scores.append(found[1])
        if not any(each.any() for each in scores):
            raise InputError(f"Nobody is found in the {len(scores)} frames of the film: take one that shows a person.")
        return Keypoints(np.array(points), np.array(scores), sizes.pop(), fps)

    def watched(self, frames: Iterable[np.ndarray]) -> Iterator[Seen | None]:
        """The same person in each frame of a film of (H, W, 3) uint8 pictures; None where nobody is found.

        How many persons there are is known from the frames in which the whole picture is searched, and stands for
        those that follow.

        Raises:
            InputError: frames have several sizes.
        """
        seen: Seen | None = None
        size: tuple[int, int] | None = None
        for number, frame in enumerate(frames):
            image = as_rgb(frame)
            if size not in (None, size_of(image)):
                raise InputError(f"Frame {number} of the film has another size than those before it.")
            size = size_of(image)
            seen = self._next(image, seen, number % self.config.look_again == 0)
            yield seen

    def mask(self, image: np.ndarray, region: Region) -> np.ndarray:
        """Where in a region of an (H, W, 3) uint8 picture the person is whose body is looked for there.

        Returns:
            (S, S) of the region, 0 to 1; `Region.spread` lays it on the picture.
        """
        return self._bodies.read(as_rgb(image), region).mask

    def _next(self, image: np.ndarray, before: Seen | None, search: bool) -> Seen | None:
        """What is seen of the person in the next frame."""
        regions = self._regions(image) if search or before is None else []
        body = self._followed(image, before.body if before is not None else None, regions)
        if body is None:
            return None
        persons = self._counted(image, body, regions) if regions else before.persons if before is not None else 1
        return self._seen(image, body, persons, before)

    def _followed(self, image: np.ndarray, before: Body | None, regions: Regions) -> Body | None:
        """The body in the next frame: where it was, or, if it is lost or it was looked for, where the picture has one.

        Args:
            image: the frame.
            before: the body in the frame before.
            regions: where bodies are, if the whole picture was searched.
        """
        if before is not None and not regions:
            body = self._bodies.read(image, before.next_region())
            if body.presence >= self.config.least_presence:
                return body
        regions = regions or self._regions(image)
        if not regions:
            return None
        region = self._chosen(regions, image) if before is None else _nearest(before.next_region(), regions)
        body = self._bodies.read(image, region or self._chosen(regions, image))
        return body if body.presence >= self.config.least_presence else None

    def _counted(self, image: np.ndarray, body: Body, regions: Regions) -> int:
        """How many persons there are: the one who is meant, and others who are not much smaller."""
        meant = body.next_region()
        count = 1
        for region, _ in regions:
            if region.side < NOT_MUCH_SMALLER * meant.side or _shared(meant, region) >= SAME_PERSON:
                continue
            other = self._bodies.read(image, region)
            apart = _shared(meant, other.next_region()) < SAME_PERSON
            count += other.presence >= self.config.least_presence and apart
        return count

    def _seen(self, image: np.ndarray, body: Body, persons: int, before: Seen | None = None) -> Seen:
        face = self._faces.of_body(image, body, before.face if before is not None else None)
        there = face.presence >= self.config.least_presence
        hands = self._hands.of_body(image, body, before.hands if before is not None else {})
        return Seen(body, face if there else None, hands, persons)

    def _regions(self, image: np.ndarray) -> Regions:
        """Where bodies are, and how sure, surest first."""
        found = self._persons.find(image)
        regions = (body_region(points[HIPS], points[REACH]) for points in found.points)
        return list(zip(regions, found.scores.tolist(), strict=True))

    def _chosen(self, regions: Regions, image: np.ndarray) -> Region:
        boxes = np.array([region.box() for region, _ in regions])
        scores = np.array([score for _, score in regions])
        meant = chosen(boxes, scores, size_of(image), self.config.person)
        return regions[int((boxes == meant).all(axis=1).argmax())][0]


def _shared(region: Region, other: Region) -> float:
    """Shared area of two regions over their joint one."""
    return float(overlap(region.box(), other.box()[None])[0])


def _nearest(region: Region, others: Regions) -> Region | None:
    """The one of several that overlaps a region most; None where none is the same person's."""
    shared = overlap(region.box(), np.array([other.box() for other, _ in others]))
    best = int(shared.argmax())
    return others[best][0] if shared[best] >= SAME_PERSON else None
