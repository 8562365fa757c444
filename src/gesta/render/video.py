"""Video files: H.264 pictures with the speech as AAC, written beside the target and renamed when whole.

The MP4 begins with its index (`faststart`), so it plays while it loads. Memory is constant for any length: pictures
wait in a short queue for the thread that encodes them, and the sound is read block by block as the pictures pass it.
"""

import os
import queue
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import av
import numpy as np

from gesta.errors import InputError, OutputError
from gesta.records import Speech
from gesta.render.planes import part_planes
from gesta.render.sound_track import SoundTrack
from gesta.units import SAMPLE_RATE, SLACK_SAMPLES

LEAST_SIDE_PX, GREATEST_SIDE_PX = 64, 4096
QUALITY = "20"
"""x264's constant rate factor: lower is better and larger."""
SPEED = "veryfast"
SEARCH = "subme=1:b-adapt=0:rc-lookahead=5:weightp=0"
"""What x264 leaves out for speed: finer steps of motion, how many pictures may be told from both sides, far looks ahead
and fades. It takes less than half of the time and 8 % fewer bytes; pictures are 39.6 dB near to what was drawn, not
40.1."""
WAITING_BATCHES = 4
SLACK_S = SLACK_SAMPLES / SAMPLE_RATE
"""Sound that lasts no longer than this beyond the last picture needs no further one."""
SOUND_LEAD_S = 0.5
"""How far the sound may be written ahead of the pictures."""


def checked_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return width and height in pixels, or raise InputError if no video can have them."""
    width, height = size
    if not all(LEAST_SIDE_PX <= side <= GREATEST_SIDE_PX for side in size):
        allowed = f"{LEAST_SIDE_PX} to {GREATEST_SIDE_PX} pixels"
        raise InputError(f"The size {width}x{height} cannot be drawn: each side must be {allowed}.")
    if width % 2 or height % 2:
        raise InputError(f"The size {width}x{height} cannot be a video: use even numbers of pixels.")
    return width, height


class VideoWriter:
    """Writes one MP4; use it in a `with` block, so that an error or Ctrl-C leaves no file and the old one whole.

    Args:
        path: the file to write.
        size: width and height, pixels, even.
        fps: pictures a second.
        speech: the sound, if any. It is kept whole: the last picture stands until it ends.
        own_sound: write the sound of the recording's file as it is, not what the body hears of it.
        comment: what the file says of itself, where players show it.
    """

    def __init__(
        self,
        path: str | Path,
        size: tuple[int, int],
        fps: int | Fraction,
        speech: Speech | None = None,
        *,
        own_sound: bool = False,
        comment: str | None = None,
    ) -> None:
        self._path = Path(path)
        self._size = checked_size(size)
        self._fps = Fraction(fps)
        self._speech = speech
        self._own_sound = own_sound
        self._comment = comment
        self._batches: queue.Queue[np.ndarray | None] = queue.Queue(WAITING_BATCHES)
        self._failure: BaseException | None = None
        self._cancelled = threading.Event()
        self._worker: threading.Thread | None = None
        self._temporary: Path | None = None

    def __enter__(self) -> Self:
        try:
            temporary = self._path.with_name(f".{self._path.stem}-{uuid4().hex}.mp4")
            temporary.touch(exist_ok=False)
        except OSError as error:
            raise self._refusal(error) from error
        self._temporary = temporary
        self._worker = threading.Thread(target=self._encode, name="gesta-video", daemon=True)
        self._worker.start()
        return self

    def write(self, frames: np.ndarray) -> None:
        """Add pictures (n, H, W, 3) uint8; returns when they are queued, and keeps them: do not change them after."""
        width, height = self._size
        if frames.ndim != 4 or frames.shape[1:] != (height, width, 3) or frames.dtype != np.uint8:
            raise ValueError(f"pictures must be (n, {height}, {width}, 3) uint8, not {frames.shape} {frames.dtype}")
        self._put(frames)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._worker is not None and self._temporary is not None
        try:
            if error is None:
                self._put(None)
            else:
                self._cancelled.set()
            self._worker.join()
            if error is None:
                self._raise_failure()
                self._publish()
        finally:
            # After Ctrl-C during the wait above the thread may still be writing: it stops at the next picture.
            self._cancelled.set()
            self._worker.join()
            self._temporary.unlink(missing_ok=True)

    def _put(self, batch: np.ndarray | None) -> None:
        """Queue a batch (None: the end), unless the encoder has failed."""
        while True:
            self._raise_failure()
            try:
                return self._batches.put(batch, timeout=0.1)
            except queue.Full:
                continue

    def _raise_failure(self) -> None:
        """Raise here what went wrong in the encoder's thread."""
        if isinstance(self._failure, OSError):
            raise self._refusal(self._failure) from self._failure
        if self._failure is not None:
            raise self._failure

    def _refusal(self, error: OSError) -> OutputError:
        reason = error.strerror or str(error)
        return OutputError(
            f"The video '{self._path}' cannot be written ({reason}): check the folder and its free space."
        )

    def _publish(self) -> None:
        """Put the finished file in the target's place."""
        assert self._temporary is not None
        try:
            with self._temporary.open("rb+") as file:
                os.fsync(file.fileno())
            self._temporary.replace(self._path)
        except OSError as error:
            raise self._refusal(error) from error

    def _encode(self) -> None:
        """The encoder's thread: everything that touches the file."""
        try:
            with av.open(str(self._temporary), "w", format="mp4", options={"movflags": "+faststart"}) as container:
                self._encode_into(container)
        except BaseException as error:
            self._failure = error

    def _encode_into(self, container: av.container.OutputContainer) -> None:
        """Encode queued pictures, and the sound up to where they are, until the end is queued."""
        width, height = self._size
        if self._comment is not None:
            container.metadata["comment"] = self._comment
        picture_track = container.add_stream("libx264", rate=self._fps)
        picture_track.width, picture_track.height, picture_track.pix_fmt = width, height, "yuv420p"
        picture_track.options = {"preset": SPEED, "crf": QUALITY, "x264-params": SEARCH}
        sound = SoundTrack(container, self._speech, self._own_sound) if self._speech is not None else None
        last, count = None, 0
        for picture in self._pictures():
            container.mux(picture_track.encode(_video_frame(picture, count)))
            last, count = picture, count + 1
            if sound is not None:
                sound.advance(float(count / self._fps) + SOUND_LEAD_S)
        if self._cancelled.is_set():
            return
        if sound is not None and last is not None:
            while float(count / self._fps) < sound.duration_s - SLACK_S and not self._cancelled.is_set():
                container.mux(picture_track.encode(_video_frame(last, count)))
                count += 1
                sound.advance(float(count / self._fps) + SOUND_LEAD_S)
            sound.finish()
        container.mux(picture_track.encode(None))

    def _pictures(self) -> Iterator[np.ndarray]:
        """The queued pictures (H, W, 3), one by one, until the end or until cancelled."""
        while not self._cancelled.is_set():
            try:
                batch = self._batches.get(timeout=0.1)
            except queue.Empty:
                continue
            if batch is None:
                return
            for picture in batch:
                if self._cancelled.is_set():
                    return
                yield picture


def _video_frame(picture: np.ndarray, index: int) -> av.VideoFrame:
    """A picture (H, W, 3) uint8 as the frame number `index`."""
    frame = av.VideoFrame(picture.shape[1], picture.shape[0], "yuv420p")
    # A plane lends its memory, which the stubs of the library do not say.
    planes: Any = frame.planes
    rows = (np.frombuffer(plane, np.uint8).reshape(plane.height, -1) for plane in planes)
    part_planes(np.ascontiguousarray(picture), *rows)
    frame.pts = index
    return frame
