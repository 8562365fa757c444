"""The puppet: set up once for a picture, then drawn frame by frame from any motion."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

import numpy as np

from gesta.avatar.skinning import carry
from gesta.film.cutout.cutting import cut_out
from gesta.film.cutout.layers import Cutout
from gesta.film.puppet.body import PicturedBody
from gesta.film.puppet.face import Face, face_is_seen
from gesta.film.puppet.relief import Relief, Surface, relief_of
from gesta.film.puppet.sheet import sheet_over
from gesta.film.puppet.stream import REST_BLOCKS, at_rate, even_blocks
from gesta.film.puppet.stream import Stretch
from gesta.film.puppet.transfer import SIDES, Rest, Transfer
from gesta.keypoints.bridge.fit import BodyFit, fit_picture
from gesta.keypoints.layout import GROUPS, VISIBLE
from gesta.records import Keypoints, Motion
from gesta.render.textured import CHANNELS, TexturedMesh, screen_of, to_bytes

UPPER_ARM = ("collar", "shoulder", "upper")
BELOW_ELBOW = ("elbow", "forearm", "wrist", "thumb", "index", "middle", "ring", "pinky")
"""Joints of an arm, by how their names begin."""
CELL_SHARE = 1.0 / 64.0
"""Cells of the sheets, in longer sides of the picture."""


class Puppet:
    """A person of whom there is one picture, ready to move; see `of`."""

    def __init__(self, body: PicturedBody, cutout: Cutout, keypoints: Keypoints) -> None:
        self._body = body
        moving = [side for side in SIDES if _hand_is_seen(keypoints, side)]
        self._moving = moving
        self._transfer = Transfer(body, moving)
        self.notes = tuple(
            f"The {side} hand is not in the picture: that arm stays where it is." for side in SIDES if side not in moving
        )
        height, width = cutout.background.shape[:2]
        self.size = (width, height)
        self._background = np.concatenate([cutout.background, np.ones((height, width, 1), np.float32)], axis=2)
        surface = Surface(body)
        cell = max(4, round(max(self.size) * CELL_SHARE))
        arms = [cut.name.removesuffix("_arm") for cut in cutout.layers if cut.name != "body"]
        self._layers = [
            layer
            for cut in cutout.layers
            if (layer := _Layer.of(cut.name, cut.colour, cut.alpha, surface, cell, arms))
        ]
        self._face = Face(body, keypoints, self._layers[0].texture) if face_is_seen(keypoints) else None

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
            InputError: a shoulder is not seen.
        """
        from gesta.film.size import resized

        if size is not None and size != (picture.shape[1], picture.shape[0]):
            across = np.array(size) / (picture.shape[1], picture.shape[0])
            picture = resized(picture[None], size)[0]
            keypoints = keypoints.replaced(points=keypoints.points * across.astype(np.float32), size=size)
        fit: BodyFit = fit_picture(keypoints, seed)
        return cls(PicturedBody.of(fit), cut_out(picture, keypoints, fit), keypoints)

    def frames(self, motion: Motion | Iterable[Motion], frame_rate: float = 25.0) -> Iterator[np.ndarray]:
        """The film, picture by picture, (H, W, 3) uint8.

        Args:
            motion: any length, in one piece or in pieces that follow each other; memory does not grow with it.
            frame_rate: of the film.
        """
        blocks = even_blocks(motion)
        first = list(islice(blocks, REST_BLOCKS))
        if not first:
            return
        rest = Rest(np.concatenate([block.rotations for block in first]))

        def moved(block: Stretch) -> Stretch:
            return Stretch(self._transfer(block.rotations, rest), block.face)

        for stretch in at_rate(chain(first, blocks), frame_rate, moved):
            turns, shifts = self._body.moves(stretch.rotations, self._moving)
            for number in range(len(turns)):
                yield self.drawn(turns[number], shifts[number], stretch.face[number])

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


class _Layer:
    """One layer of the picture as a mesh in space."""

    def __init__(self, name: str, texture: np.ndarray, relief: Relief, view: np.ndarray) -> None:
        self.name = name
        self.texture = texture
        self.relief = relief
        height, width = texture.shape[:2]
        # Corners are snapped as they are drawn, so that an unmoved mesh gives the very pixels of its texture.
        self._mesh = TexturedMesh(relief.sheet.faces, screen_of(relief.points, view)[:, :2], (width, height))
        self._points = np.empty_like(relief.points)

    @classmethod
    def of(
        cls, name: str, colour: np.ndarray, alpha: np.ndarray, surface: Surface, cell: int, moving: Sequence[str]
    ) -> "_Layer | None":
        sheet = sheet_over(alpha, cell)
        if sheet is None:
            return None
        counts = _counted(name, surface, moving)
        height = alpha.shape[0]
        still = np.clip((sheet.places[:, 1] / height - 0.9) / 0.1, 0.0, 1.0) if name == "body" else None
        beside = ~counts if name == "body" else None
        relief = relief_of(sheet, surface, counts, np.zeros(len(sheet.places)) if still is None else still, beside)
        texture = np.concatenate([colour * alpha[..., None], alpha[..., None]], axis=2).astype(np.float32)
        assert texture.shape[2] == CHANNELS
        return cls(name, texture, relief, surface.body.view)

    def draw(self, turns: np.ndarray, shifts: np.ndarray, view: np.ndarray, picture: np.ndarray) -> None:
        carry(self.relief.points, self.relief.joints, self.relief.weights, turns, shifts, self._points)
        self._mesh.draw(screen_of(self._points, view), self.texture, picture)


def _counted(name: str, surface: Surface, moving: Sequence[str]) -> np.ndarray:
    """Which of the body's points a layer may take depth and joints from."""
    side = name.partition("_")[0]
    if side in SIDES:
        return surface.carried_by(tuple(f"{side}_{part}" for part in (*UPPER_ARM, *BELOW_ELBOW))) >= 0.5
    # What hangs below the elbows is drawn on the arms' own layers.
    hidden = [f"{side}_{part}" for side in moving for part in BELOW_ELBOW]
    return surface.carried_by(tuple(hidden)) < 0.5 if hidden else np.ones(len(surface.chosen), bool)


def _hand_is_seen(keypoints: Keypoints, side: str) -> bool:
    scores = keypoints.scores[0, GROUPS[f"{side}_hand"]]
    return bool((scores >= VISIBLE).mean() >= 0.5)
