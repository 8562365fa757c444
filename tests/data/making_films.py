"""Films made on the spot: a figure of a few coloured shapes that follows planted points, with a sound it moves to."""

import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from gesta.audio.read import speech_from_samples
from gesta.keypoints.files import write_keypoints
from gesta.keypoints.layout import GROUPS
from gesta.records import KEYPOINT_COUNT, Keypoints
from gesta.render.video import VideoWriter
from gesta.units import SAMPLE_RATE, VIDEO_FPS
from tests.cli.running import write_wav

NUMBER_BITS = 8
SKIN, SHIRT, RIGHT_HAND, LEFT_HAND = (220, 180, 150), (40, 60, 160), (200, 60, 40), (60, 180, 60)


def swing(times_s: np.ndarray) -> np.ndarray:
    """How far the hands are up, 0 to 1, at some times: what sound, points and pictures have in common."""
    return 0.5 - 0.5 * np.cos(2.0 * np.pi * times_s / 0.8)


def made_points(frames: int, size: tuple[int, int] = (96, 128), fps: float = VIDEO_FPS) -> Keypoints:
    """Points of a person from the waist up: hands that swing against each other, a mouth that opens and shuts."""
    width, height = size
    up = swing(np.arange(frames) / fps)
    points = np.zeros((frames, KEYPOINT_COUNT, 2))
    scores = np.zeros((frames, KEYPOINT_COUNT))
    # Nose, neck, right shoulder, elbow, wrist, left shoulder, elbow, wrist; then eyes and ears.
    body = {0: (0.5, 0.25), 1: (0.5, 0.4), 2: (0.35, 0.42), 3: (0.28, 0.6), 5: (0.65, 0.42), 6: (0.72, 0.6)}
    body |= {14: (0.47, 0.22), 15: (0.53, 0.22), 16: (0.43, 0.24), 17: (0.57, 0.24)}
    for point, place in body.items():
        points[:, point] = place
        scores[:, point] = 0.95
    wrists = {4: (0.3, 0.75 - 0.3 * up), 7: (0.7, 0.45 + 0.3 * up)}
    for point, (x, y) in wrists.items():
        points[:, point] = np.stack([np.full(frames, x), y], axis=1)
        scores[:, point] = 0.9
    around = np.linspace(0.0, 2.0 * np.pi, 21)
    for group, wrist in (("left_hand", 7), ("right_hand", 4)):
        circle = np.stack([0.06 * np.cos(around), 0.05 * np.sin(around)], axis=1)
        points[:, GROUPS[group]] = points[:, wrist, None] + circle
        scores[:, GROUPS[group]] = 0.8
    around = np.linspace(0.0, 2.0 * np.pi, 68)
    oval = np.stack([0.5 + 0.09 * np.cos(around), 0.25 + 0.1 * np.sin(around)], axis=1)
    points[:, GROUPS["face"]] = oval
    around = np.linspace(0.0, 2.0 * np.pi, 20)
    mouth = np.stack([np.cos(around) * 0.03, np.sin(around)], axis=1)[None].repeat(frames, axis=0)
    mouth[..., 1] *= 0.005 + 0.02 * up[:, None]
    points[:, 72:92] = mouth + (0.5, 0.3)
    scores[:, GROUPS["face"]] = 0.9
    return Keypoints(points * (width, height), scores, size, fps)


def drawn_pictures(points: Keypoints) -> np.ndarray:
    """(F, H, W, 3) uint8: discs for head and hands, a box for the body, a dark mouth, where the points say."""
    width, height = points.size
    y, x = np.mgrid[:height, :width] + 0.5
    pictures = np.full((points.frame_count, height, width, 3), 110, np.uint8)
    for frame, places in enumerate(points.points):
        picture = pictures[frame]
        left, right, top = places[2, 0], places[5, 0], places[1, 1]
        picture[(x > left) & (x < right) & (y > top)] = SHIRT
        for centre, radius, colour in (
            (places[0], 0.12 * height, SKIN),
            (places[4], 0.07 * height, RIGHT_HAND),
            (places[7], 0.07 * height, LEFT_HAND),
        ):
            picture[np.hypot(x - centre[0], y - centre[1]) < radius] = colour
        lips = places[72:92]
        inside = np.abs(x - 0.5 * width) < np.ptp(lips[:, 0]) / 2
        picture[inside & (np.abs(y - lips[:, 1].mean()) < np.ptp(lips[:, 1]) / 2)] = (60, 10, 20)
    return pictures


def numbered_pictures(frames: int, size: tuple[int, int]) -> np.ndarray:
    """(F, H, W, 3) uint8: each shows its number, as black and white columns, so that it can be read from a film."""
    width, height = size
    numbers = np.arange(frames)[:, None] >> np.arange(NUMBER_BITS) & 1
    columns = np.repeat(numbers, width // NUMBER_BITS, axis=1) * 215 + 20
    row = np.pad(columns, ((0, 0), (0, width - columns.shape[1])))
    return np.broadcast_to(row[:, None, :, None], (frames, height, width, 3)).astype(np.uint8)


def numbers_shown(pictures: np.ndarray, width: int | None = None, left: int = 0) -> list[int]:
    """The numbers that pictures (n, H, W, 3) show, in the columns from `left` on."""
    step = (width or pictures.shape[2]) // NUMBER_BITS
    middle = pictures[:, pictures.shape[1] // 2, left + step // 2 : left + step * NUMBER_BITS : step].mean(axis=-1)
    return [int(value) for value in (middle > 128) @ (1 << np.arange(NUMBER_BITS))]


def made_sound(seconds: float, seed: int = 0) -> np.ndarray:
    """(S,) int16 at 16 kHz: a tone that is as loud as the hands are up, and a little noise."""
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    noise = np.random.default_rng(seed).normal(0.0, 0.01, len(times))
    tone = 0.3 * swing(times) * np.sin(2.0 * np.pi * (180.0 + 40.0 * swing(times)) * times)
    return np.round(32767 * np.clip(tone + noise, -1.0, 1.0)).astype(np.int16)


def write_talk(
    folder: Path,
    name: str,
    frames: int = 100,
    size: tuple[int, int] = (96, 128),
    *,
    fps: float = VIDEO_FPS,
    sound: str = "inside",
    draw: Callable[[Keypoints], np.ndarray] = drawn_pictures,
    points: bool = True,
) -> Path:
    """A film NAME.mp4 with its points NAME.npz, and its sound inside, or beside it as NAME.wav, or "none"."""
    folder.mkdir(parents=True, exist_ok=True)
    samples = made_sound(frames / fps, seed=sum(map(ord, name)))
    truth = made_points(frames, size, fps)
    speech = speech_from_samples(samples, SAMPLE_RATE) if sound == "inside" else None
    path = folder / f"{name}.mp4"
    with VideoWriter(path, size, Fraction(fps).limit_denominator(1001), speech) as film:
        film.write(draw(truth))
    if sound == "beside":
        write_wav(folder / f"{name}.wav", samples)
    if points:
        write_keypoints(folder / f"{name}.npz", truth)
    return path


def png_of(width: int, height: int) -> bytes:
    """A whole and true PNG, all black, which packs a thousand times."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packer, row = zlib.compressobj(1), bytes(3 * width + 1)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def write_png_film(path: Path, pictures: list[bytes]) -> None:
    """A film of PNGs, whose container says that they have 96 x 128 pixels."""
    with av.open(str(path), "w", format="avi") as container:
        track = container.add_stream("png", rate=VIDEO_FPS)
        track.width, track.height, track.pix_fmt = 96, 128, "rgb24"
        # The encoder is opened by its first picture, which is left out.
        list(track.encode(av.VideoFrame(96, 128, "rgb24")))
        for number, picture in enumerate(pictures):
            packet = av.Packet(picture)
            packet.stream, packet.time_base = track, Fraction(1, VIDEO_FPS)
            packet.pts = packet.dts = number
            packet.is_keyframe = True
            container.mux(packet)
