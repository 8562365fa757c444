"""Pictures of the built-in body: a contact sheet (rest pose, five poses, 52 faces), its looks, and a portrait."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from gesta.avatar.looks import DEFAULT_LOOK, Look
from gesta.render.preview import frames
from gesta.render.still_poses import FACES, PORTRAIT, POSES, SIDES, SPEAKING, StillPose, still_motion
from gesta.writing import replacing

SHEET_WIDTH_PX = 2340
FACES_PER_ROW, FACE_MARGIN_PX = 13, 32
SIDES_HEIGHT_PX = POSES_HEIGHT_PX = 600
LOOKS_PER_ROW = 4
LABEL_HEIGHT_PX, LABEL_SIZE_PX = 24, 15
PAPER, INK = (243, 244, 246), (40, 44, 52)
PORTRAIT_PX = 1024


def contact_sheet(look: Look | str = DEFAULT_LOOK) -> np.ndarray:
    """The body in a look: from three sides, in five poses, and with each of its 52 face shapes.

    Args:
        look: how the body is dressed, as `gesta.avatar.looks.look` takes it.

    Returns:
        (H, SHEET_WIDTH_PX, 3) uint8.

    Raises:
        InputError: there is no such look.
    """
    rows = [_row(SIDES, "full", SIDES_HEIGHT_PX, look), _row(POSES, "full", POSES_HEIGHT_PX, look)]
    rows += [_row_of_faces(FACES[start : start + FACES_PER_ROW], look) for start in range(0, len(FACES), FACES_PER_ROW)]
    return np.concatenate(rows)


def looks_sheet(worn: Mapping[str, Look]) -> np.ndarray:
    """Looks from the belly up, each above its name: (H, SHEET_WIDTH_PX, 3) uint8."""
    names, side = list(worn), _width(LOOKS_PER_ROW)
    motion = still_motion([SPEAKING])
    rows = []
    for start in range(0, len(names), LOOKS_PER_ROW):
        some = names[start : start + LOOKS_PER_ROW]
        rows.append(_labelled([frames(motion, [0], (side, side), "half", worn[name])[0] for name in some], some))
    return np.concatenate(rows)


def portrait(look: Look | str = DEFAULT_LOOK) -> np.ndarray:
    """Half a body in a look, hands in the picture: (PORTRAIT_PX, PORTRAIT_PX, 3) uint8; see `contact_sheet`."""
    return frames(still_motion([PORTRAIT]), [0], (PORTRAIT_PX, PORTRAIT_PX), "half", look)[0]


def write_picture(path: str | Path, picture: np.ndarray) -> None:
    """Write a picture (H, W, 3) uint8 as PNG.

    Raises:
        OutputError: it cannot be written.
    """
    with replacing(path) as beside:
        Image.fromarray(picture).save(beside, format="PNG")


def _row(poses: Sequence[StillPose], camera: str, height: int, look: Look | str) -> np.ndarray:
    """Poses side by side, each above its name."""
    size = _width(len(poses)), height
    return _labelled(frames(still_motion(poses), range(len(poses)), size, camera, look), [pose.name for pose in poses])


def _row_of_faces(poses: Sequence[StillPose], look: Look | str) -> np.ndarray:
    """The middle of what the camera for faces sees, without shoulders and most of the hair."""
    side = _width(FACES_PER_ROW)
    whole = side + 2 * FACE_MARGIN_PX
    middle = slice(FACE_MARGIN_PX, FACE_MARGIN_PX + side)
    pictures = frames(still_motion(poses), range(len(poses)), (whole, whole), "face", look)
    return _labelled(pictures[:, middle, middle], [pose.name for pose in poses])


def _width(count: int) -> int:
    """Pixels for each of several pictures side by side; even, as frames of films must be."""
    return SHEET_WIDTH_PX // count // 2 * 2


def _labelled(pictures: Sequence[np.ndarray] | np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Pictures (H, W, 3) side by side above their names: (H + LABEL_HEIGHT_PX, SHEET_WIDTH_PX, 3) uint8."""
    height, width, _ = pictures[0].shape
    paper = Image.new("RGB", (SHEET_WIDTH_PX, height + LABEL_HEIGHT_PX), PAPER)
    pen, font = ImageDraw.Draw(paper), ImageFont.load_default(LABEL_SIZE_PX)
    for column, (picture, name) in enumerate(zip(pictures, names, strict=True)):
        paper.paste(Image.fromarray(picture), (column * width, 0))
        pen.text(((column + 0.5) * width, height + LABEL_HEIGHT_PX / 2), name, INK, font, anchor="mm")
    return np.asarray(paper)
