"""Previews: a motion drawn as a figure in a studio, as a video with its sound, as pictures, or as one strip."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from gesta.avatar.figure import figure as dressed_figure
from gesta.avatar.looks import DEFAULT_LOOK, Look
from gesta.avatar.looks import look as look_named
from gesta.errors import InputError
from gesta.motion.kinematics import sole_positions
from gesta.motion.writing import replacing
from gesta.processes import thread_count
from gesta.records import Motion, Speech
from gesta.render.bones import bones_figure
from gesta.render.drawable import Drawable
from gesta.render.overlay import Overlay
from gesta.render.rasteriser import Rasteriser
from gesta.render.seat import SeatedFigure, seat_of
from gesta.render.video import VideoWriter, checked_size
from gesta.render.views import Follower, camera_for
from gesta.units import MOTION_FPS

DEFAULT_SIZE = (640, 640)
DEFAULT_CAMERA = "half"
PIXELS_PER_BATCH = 16 * 640 * 640
"""Pictures are drawn in batches of at most this many pixels."""
MOST_BATCH_FRAMES = 16
FLOOR_STRIDE, FLOOR_PERCENTILE = 5, 5.0
"""Where the floor is unknown, this percentile of the soles' heights, in every so many frames, is taken for it."""
STRIP_TILE_PX = (240, 320)
STRIP_MARGIN_SHARE = 0.04
"""A strip shows frames from this share of the take on to as much before its end."""

Progress = Callable[[int, int], None]
"""Called with the frames done and the frames in all."""


def render_preview(
    motion: Motion,
    speech: Speech | None,
    path: str | Path,
    *,
    size: tuple[int, int] = DEFAULT_SIZE,
    camera: str = DEFAULT_CAMERA,
    look: Look | str = DEFAULT_LOOK,
    bones: bool = False,
    progress: Progress | None = None,
) -> None:
    """Write a video of a motion, with its sound if there is one.

    Args:
        motion: T frames at 30 a second.
        speech: the sound; None for a silent video.
        path: the MP4 to write.
        size: width and height in pixels, even.
        camera: a name in `gesta.render.views.VIEWS`.
        look: how the body is dressed, as `gesta.avatar.looks.look` takes it.
        bones: whether the skeleton is drawn over it.
        progress: called now and then.

    Raises:
        InputError: the size, the camera or the look cannot be.
        OutputError: the file cannot be written; nothing is left behind.
    """
    studio = Studio(motion, size, camera, look, bones=bones)
    done = 0
    with VideoWriter(path, size, MOTION_FPS, speech) as video:
        for pictures in studio.batches(range(motion.frame_count)):
            video.write(pictures)
            done += len(pictures)
            if progress is not None:
                progress(done, motion.frame_count)


def frames(
    motion: Motion,
    indices: Iterable[int],
    size: tuple[int, int] = DEFAULT_SIZE,
    camera: str = DEFAULT_CAMERA,
    look: Look | str = DEFAULT_LOOK,
    *,
    bones: bool = False,
    figure: Drawable | None = None,
) -> np.ndarray:
    """Draw some frames of a motion: (N, H, W, 3) uint8 for N frame indices; see `Studio`."""
    wanted = [int(index) for index in indices]
    if any(not 0 <= index < motion.frame_count for index in wanted):
        raise InputError(f"The motion has the frames 0 to {motion.frame_count - 1}; ask for those only.")
    width, height = checked_size(size)
    studio = Studio(motion, size, camera, look, bones=bones, figure=figure)
    return np.concatenate([np.empty((0, height, width, 3), np.uint8), *studio.batches(wanted)])


def strip(
    motion: Motion,
    path: str | Path,
    count: int = 8,
    camera: str = DEFAULT_CAMERA,
    look: Look | str = DEFAULT_LOOK,
) -> None:
    """Write a PNG with `count` frames of a motion, evenly spaced in time, side by side."""
    from PIL import Image

    first, last = np.array((STRIP_MARGIN_SHARE, 1.0 - STRIP_MARGIN_SHARE)) * (motion.frame_count - 1)
    pictures = frames(motion, np.rint(np.linspace(first, last, count)).astype(int), STRIP_TILE_PX, camera, look)
    with replacing(path) as beside:
        Image.fromarray(np.concatenate(list(pictures), axis=1)).save(beside, format="PNG")


def on_the_floor(motion: Motion) -> Motion:
    """A motion as it is drawn: where nobody knows the floor, it is put just below the soles' lowest places."""
    if motion.floor_known:
        return motion
    some = slice(None, None, FLOOR_STRIDE)
    soles = sole_positions(motion.rotations[some], motion.translation[some])
    lift = -np.percentile(soles[..., 1], FLOOR_PERCENTILE)
    return motion.replaced(translation=motion.translation + np.array((0.0, lift, 0.0), np.float32))


class Studio:
    """Draws frames of one motion, each thread with its own rasteriser and its own frames; who sits gets a stool.

    Args:
        motion: what is drawn.
        size: width and height in pixels, even.
        camera: a name in `gesta.render.views.VIEWS`.
        look: how the body is dressed, as `gesta.avatar.looks.look` takes it.
        bones: whether the skeleton is drawn over it.
        figure: who is drawn instead of the built-in body in a look.
        threads: how many frames are drawn at a time; as many as this process is to use by default.
    """

    def __init__(
        self,
        motion: Motion,
        size: tuple[int, int],
        camera: str,
        look: Look | str = DEFAULT_LOOK,
        *,
        bones: bool = False,
        figure: Drawable | None = None,
        threads: int | None = None,
    ) -> None:
        self._size = checked_size(size)
        self._motion = on_the_floor(motion)
        self._follower = Follower(self._motion, camera_for(camera), size)
        drawn = figure or dressed_figure(look_named(look) if isinstance(look, str) else look)
        seat = seat_of(drawn, self._motion)
        self._figure = drawn if seat is None else SeatedFigure(drawn, seat)
        self._bones = bones_figure() if bones else None
        self._threads = threads or thread_count()
        self._own = threading.local()
        self._batch = max(1, min(MOST_BATCH_FRAMES, PIXELS_PER_BATCH // (size[0] * size[1])))

    def batches(self, indices: Iterable[int]) -> Iterator[np.ndarray]:
        """The pictures (n, H, W, 3) uint8 of the frames `indices`, in order and a few at a time."""
        wanted = list(indices)
        waiting: deque[Future[np.ndarray]] = deque()
        with ThreadPoolExecutor(self._threads, thread_name_prefix="gesta-draw") as pool:
            try:
                for start in range(0, len(wanted), self._batch):
                    waiting.append(pool.submit(self._draw, wanted[start : start + self._batch]))
                    if len(waiting) > self._threads:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _draw(self, indices: list[int]) -> np.ndarray:
        """Draw a batch on this thread: (n, H, W, 3) uint8."""
        width, height = self._size
        if not hasattr(self._own, "rasteriser"):
            self._own.rasteriser = Rasteriser(
                self._figure.faces, self._figure.material, self._size, self._figure.kind, self._figure.two_sided
            )
        vertices, normals = self._posed(self._figure, indices)
        pictures = np.empty((len(indices), height, width, 3), np.uint8)
        for at, index in enumerate(indices):
            self._own.rasteriser.draw(vertices[at], normals[at], self._follower.camera(index), pictures[at])
        if self._bones is not None:
            self._lay_over(self._bones, indices, pictures)
        return pictures

    def _posed(self, figure: Drawable, indices: list[int]) -> tuple[np.ndarray, np.ndarray]:
        face = self._motion.face[indices] if self._motion.face_basis == "arkit52" else None
        return figure.pose(self._motion.rotations[indices], self._motion.translation[indices], face)

    def _lay_over(self, bones: Drawable, indices: list[int], pictures: np.ndarray) -> None:
        """Draw the skeleton over a batch of pictures."""
        if not hasattr(self._own, "overlay"):
            self._own.overlay = Overlay(bones.faces, bones.material, self._size)
        vertices, normals = self._posed(bones, indices)
        for at, index in enumerate(indices):
            self._own.overlay.draw(vertices[at], normals[at], self._follower.camera(index), pictures[at])
