"""The puppet: set up once for a picture, then drawn frame by frame from any motion."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice

import numpy as np

from gesta.film.cutout.cutting import cut_out
from gesta.film.cutout.layers import Cutout
from gesta.film.puppet.body import PicturedBody
from gesta.film.puppet.face import Face
from gesta.film.puppet.lacking import arms_touch, face_is_seen, hand_is_seen, lacking
from gesta.film.puppet.layer import carried_layer
from gesta.film.puppet.measures import Measures
from gesta.film.puppet.relief import Surface
from gesta.film.puppet.shown_face import resting_face, shown_face
from gesta.film.puppet.stream import REST_BLOCKS, Stretch, at_rate, even_blocks
from gesta.film.puppet.transfer import SIDES, Rest, Transfer
from gesta.film.size import in_size, resized
from gesta.keypoints.bridge.body_fit import BodyFit
from gesta.keypoints.bridge.fit import fit_picture
from gesta.keypoints.bridge.projection import projected
from gesta.records import Keypoints, Motion
from gesta.render.textured import to_bytes
from gesta.units import MOTION_FPS

CELL_SHARE = 1.0 / 64.0
"""Cells of the meshes, in longer sides of the picture."""
LEAST_CELL_PX = 4
MEASURED_EACH = 5
"""Every so many frames it is measured how far the picture is stretched."""


class Puppet:
    """A person of whom there is one picture, ready to move; `of` makes one.

    Attributes:
        size: width and height of its films, pixels.
        notes: sentences about what it cannot show.
        fit: our body as the person.
    """

    def __init__(self, fit: BodyFit, cutout: Cutout, keypoints: Keypoints) -> None:
        height, width = cutout.background.shape[:2]
        self.size = (width, height)
        self.fit = fit
        body = PicturedBody.of(fit)
        arms = [cut.name.removesuffix("_arm") for cut in cutout.layers if cut.name != "body"]
        touching = arms_touch(keypoints)
        self._moving = [side for side in arms if hand_is_seen(keypoints, side) and not touching]
        self.notes = (*cutout.notes, *lacking(keypoints, self._moving))
        self._body = body
        self._transfer = Transfer(body, self._moving)
        self._background = np.concatenate([cutout.background, np.ones((height, width, 1), np.float32)], axis=2)
        surface, cell = Surface(body), max(LEAST_CELL_PX, round(max(self.size) * CELL_SHARE))
        meshes = (carried_layer(cut, surface, cell, arms) for cut in cutout.layers)
        self._layers = [mesh for mesh in meshes if mesh is not None]
        self._face = Face(body, keypoints, self._layers[0].texture) if face_is_seen(keypoints) else None
        self._measures = Measures()

    @classmethod
    def of(
        cls, picture: np.ndarray, keypoints: Keypoints, size: tuple[int, int] | None = None, seed: int = 0
    ) -> "Puppet":
        """Set a puppet up.

        Args:
            picture: (H, W, 3) uint8.
            keypoints: of the person in it, one frame.
            size: width and height of the film, pixels, in the picture's shape; none: the picture's.
            seed: of the fit.

        Raises:
            InputError: a shoulder is not seen, nobody is seen at the points, or a needed package is not installed.
        """
        if size is not None and size != (picture.shape[1], picture.shape[0]):
            picture, keypoints = resized(picture[None], size)[0], in_size(keypoints, size)
        fit = fit_picture(keypoints, seed)
        return cls(fit, cut_out(picture, keypoints, fit), keypoints)

    def frames(
        self, motion: Motion | Iterable[Motion], frame_rate: float = 25.0, motion_rate: float = MOTION_FPS
    ) -> Iterator[np.ndarray]:
        """The film, picture by picture, (H, W, 3) uint8.

        Args:
            motion: any length, in one piece or in pieces that follow each other; memory does not grow with it.
            frame_rate: of the film.
            motion_rate: frames a second of the motion.
        """
        self._measures = measures = Measures()
        for count, (turns, shifts, face) in enumerate(self._moves(self.stretches(motion, frame_rate, motion_rate))):
            yield self.drawn(turns, shifts, face)
            if count % MEASURED_EACH == 0:
                measures.add_frame(self._layers)

    def stretches(
        self, motion: Motion | Iterable[Motion], frame_rate: float = 25.0, motion_rate: float = MOTION_FPS
    ) -> Iterator[Stretch]:
        """What the person does in a film: poses and faces, some frames at a time; arguments as for `frames`."""
        blocks = even_blocks(motion)
        first = list(islice(blocks, REST_BLOCKS))
        if not first:
            return
        rest = Rest(np.concatenate([block.rotations for block in first]))
        resting = resting_face(np.concatenate([block.face for block in first]))

        def moved(block: Stretch) -> Stretch:
            poses = self._transfer(block.rotations, rest)
            if self._moving:
                sides = [SIDES.index(side) for side in self._moving]
                asked = self._transfer.asked(block.rotations, rest)
                self._measures.add_wrists(asked[:, sides], self._transfer.kept(poses)[:, sides])
            return Stretch(poses, shown_face(block.face, resting))

        yield from at_rate(chain(first, blocks), frame_rate, moved, motion_rate)

    def keypoints(
        self, motion: Motion | Iterable[Motion], frame_rate: float = 25.0, motion_rate: float = MOTION_FPS
    ) -> Iterator[Keypoints]:
        """The 134 points of the fitted body in a film, some frames at a time; arguments as for `frames`."""
        for poses, face in self.stretches(motion, frame_rate, motion_rate):
            pelvis = np.tile(self.fit.pelvis[0].numpy(), (len(poses), 1))
            yield from projected(Motion(poses, pelvis, face), self.fit, self.size, np.zeros(3, np.float32))

    def _moves(self, stretches: Iterable[Stretch]) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """For each frame what carries the meshes there, and the face's weights."""
        for stretch in stretches:
            turns, shifts = self._body.moves(stretch.rotations, self._moving)
            yield from zip(turns, shifts, stretch.face, strict=True)

    def report(self) -> Mapping[str, float]:
        """The last film in numbers, as far as it was drawn; see `Measures.report`. And "fit_error", how far the
        fitted body misses the picture's points, in widths of the shoulders."""
        return {**self._measures.report(), "fit_error": round(float(self.fit.error[0]), 4)}

    def still(self) -> np.ndarray:
        """The person as the picture has them, drawn through the whole mesh: (H, W, 3) uint8."""
        turns, shifts = self._body.moves(self._body.local[None])
        return self.drawn(turns[0], shifts[0], None)

    def drawn(self, turns: np.ndarray, shifts: np.ndarray, face: np.ndarray | None) -> np.ndarray:
        """One picture (H, W, 3) uint8.

        Args:
            turns, shifts: (J, 3, 3) and (J, 3) from `PicturedBody.moves`.
            face: (52,) ARKit weights; none: as in the picture.
        """
        if self._face is not None:
            self._face.draw(face, self._layers[0].texture)
        picture = self._background.copy()
        for layer in self._layers:
            layer.draw(turns, shifts, self._body.view, picture)
        found = np.empty((*picture.shape[:2], 3), np.uint8)
        to_bytes(picture, found)
        return found
