"""What films cost: drawing, masks, hearing, both networks at their small size, and memory over length.

The networks have random weights, which changes no time. Full size and GPUs were not at hand where this was written.
"""

import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from denoiser import guided_call, random_conditions
from PIL import Image
from rows import Row, alternating, table_lines

from gesta.audio.read import open_speech
from gesta.audio.video_features.config import VideoFeaturesConfig
from gesta.audio.video_features.make import make_video_features
from gesta.keypoints.drawing import draw_poses
from gesta.keypoints.files import write_keypoints
from gesta.keypoints.levels import mask_levels
from gesta.mmgt.diffusion import guided
from gesta.mmgt.smga import Smga
from gesta.mmgt.smga_config import smga_config
from gesta.mmgt.video_config import video_config
from gesta.mmgt.video_network import VideoNetwork
from gesta.records import KEYPOINT_COUNT, Keypoints
from gesta.render.video import VideoWriter
from gesta.units import VIDEO_FPS

INTRODUCTION = """\
80 frames (3.2 s) where nothing else is said, one thread; small networks with random weights. A baseline alternates
with what it stands beside, in one run, 5 times; figures are medians."""
FRAMES, SIDE = 80, 512
LENGTHS_S = (10, 60)
"""Of the films whose memory is compared."""


def made_points(frames: int) -> Keypoints:
    """Points anywhere in the picture, all of them seen."""
    chance = np.random.default_rng(0)
    places = chance.uniform(0.2 * SIDE, 0.8 * SIDE, (frames, KEYPOINT_COUNT, 2))
    return Keypoints(places, np.ones((frames, KEYPOINT_COUNT)), (SIDE, SIDE))


def drawing_rows(work: Path) -> Iterator[Row]:
    """Poses and masks beside the encoding of the frames they are for."""
    points = made_points(FRAMES)
    drawn = draw_poses(points)

    def encode() -> None:
        with VideoWriter(work / "poses.mp4", (SIDE, SIDE), VIDEO_FPS) as video:
            video.write(drawn)

    for what, one in (
        (f"poses drawn, {SIDE}x{SIDE}", lambda: draw_poses(points)),
        ("region masks at four sizes, published steps", lambda: mask_levels(points, full="outside_lips")),
        ("region masks, even steps", lambda: mask_levels(points, full="outside_lips", steps="smooth")),
    ):
        seconds, encoded = alternating(one, encode)
        yield what, seconds, f"{FRAMES / seconds:.0f} frames/s", "encoding such frames", encoded


def hearing_row(voice: Path) -> Row:
    """The features that need no download."""
    speech, features = open_speech(voice), make_video_features(VideoFeaturesConfig())

    def read() -> None:
        for _ in speech.source.blocks():
            pass

    seconds, decoded = alternating(lambda: features.encode(speech), read)
    real_time = f"{speech.duration_s / seconds:.0f}x real time"
    return "spectral features of the demo voice", seconds, real_time, "reading the file", decoded


def keypoint_row() -> Row:
    """One guided step of SMGA, both halves at once and one after the other."""
    smga = Smga(smga_config("small", audio_size=174)).eval()
    poses, pose, time_step = torch.randn(1, FRAMES, 402), torch.randn(1, 402), torch.tensor([500])
    heard = smga.hear(torch.randn(1, FRAMES, 174))
    together, alone = (guided(smga, heard, pose, guidance) for guidance in (2.0, 1.0))

    def apart() -> None:
        alone(poses, time_step)
        alone(poses, time_step)

    seconds, one_by_one = alternating(lambda: together(poses, time_step), apart)
    what = "SMGA `small`, one guided step of a window"
    return what, seconds, f"{50 * seconds:.2f} s for 50 steps", "two calls without guidance", one_by_one


def video_rows() -> Iterator[Row]:
    """One guided call of the video network: both halves at once, and with the picture read each time."""
    config = video_config("small")
    network = VideoNetwork(config).eval()
    call, halves = guided_call(network), random_conditions(config)
    frames, grid, level = config.window, config.picture.grid, torch.tensor(500)
    picture = torch.randn(1, config.picture.latent_channels, grid, grid)
    token = torch.randn(1, 1, config.sizes.image_token)

    def apart() -> None:
        for seen in (call.references, None):
            network.denoise(call.latents[:1], level, halves, seen)

    def rereading() -> None:
        network.read_reference(picture, token)
        call()

    what = f"video network `small`, one guided call, {frames} frames of {config.picture.side} pixels"
    for baseline, other in (
        ("two calls, one without speech and picture", apart),
        ("reading the picture again", rereading),
    ):
        seconds, spent = alternating(call, other)
        yield what, seconds, f"{frames / seconds:.1f} frames/s a step", baseline, spent


def memory_line(voice: Path, work: Path) -> str:
    """The peak of `gesta film` for two lengths of speech."""
    Image.fromarray(np.full((SIDE, SIDE, 3), 128, np.uint8)).save(work / "me.png")
    write_keypoints(work / "me.npz", made_points(1))
    samples = np.concatenate(list(open_speech(voice).source.blocks()))
    peaks = []
    for seconds in LENGTHS_S:
        sound = np.resize(samples, seconds * 16_000)
        path = work / f"speech{seconds}.wav"
        write_wav(path, sound)
        command = [sys.executable, "-m", "gesta", "film", str(path), "--image", str(work / "me.png")]
        command += ["--points", str(work / "me.npz"), "--model", "debug", "-o", str(work / f"{seconds}.mp4")]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        peaks.append(float(done.stderr.rsplit("peak ", 1)[1].split()[0]))
    short, long = LENGTHS_S
    return (
        f"Peak memory of `gesta film` with the model `debug`: {peaks[0]:.0f} MB for {short} s of speech, "
        f"{peaks[1]:.0f} MB for {long} s."
    )


def write_wav(path: Path, samples: np.ndarray) -> None:
    """Samples (S,) in [-1, 1] at 16 kHz as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((samples * 32767).astype("<i2").tobytes())


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute with one thread, so that ratios mean work and not how it is shared."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def film_lines(voice: Path) -> list[str]:
    """The section of the page, without its title."""
    with tempfile.TemporaryDirectory() as name, one_thread(), torch.inference_mode():
        rows = [*drawing_rows(Path(name)), hearing_row(voice), keypoint_row(), *video_rows()]
        memory = memory_line(voice, Path(name))
    return [*INTRODUCTION.splitlines(), "", *table_lines(rows), "", memory]
