"""Sounds made on the spot for the tests: tones, buzzing syllables, and files of many kinds."""

import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

RATE = 16_000


def sine(frequency_hz: float, duration_s: float, rate: int = RATE, amplitude: float = 0.5) -> np.ndarray:
    """(S,) float32 sine."""
    time = np.arange(round(duration_s * rate)) / rate
    return (amplitude * np.sin(2.0 * np.pi * frequency_hz * time)).astype(np.float32)


def buzz(f0_hz: np.ndarray, rate: int = RATE) -> np.ndarray:
    """(S,) float32 vowel-like sound: harmonics of f0_hz (S,) up to 4 kHz, weaker the higher, peak about 0.5."""
    phase = 2.0 * np.pi * np.cumsum(f0_hz) / rate
    harmonics = range(1, 1 + int(4000.0 / f0_hz.max()))
    sound = sum(np.cos(number * phase) / number for number in harmonics)
    return (0.5 * sound / np.max(np.abs(sound))).astype(np.float32)


def syllables(times_s: list[float], duration_s: float, width_s: float = 0.16, f0_hz: float = 120.0) -> np.ndarray:
    """(S,) float32 buzz that swells (a raised cosine of full width `width_s`) around each time, over faint noise."""
    time = np.arange(round(duration_s * RATE)) / RATE
    swell = np.zeros_like(time)
    for centre in times_s:
        near = np.abs(time - centre) < width_s / 2.0
        swell[near] = np.maximum(swell[near], 0.5 + 0.5 * np.cos(2.0 * np.pi * (time[near] - centre) / width_s))
    noise = np.random.default_rng(0).normal(0.0, 3e-4, len(time))
    return (buzz(np.full(len(time), f0_hz)) * swell + noise).astype(np.float32)


def write_wav(path: Path, samples: np.ndarray, rate: int, sample_bytes: int = 2) -> Path:
    """A PCM WAV of (S,) or (S, channels) samples in [-1, 1], 1 to 3 bytes a sample."""
    channels = samples[:, np.newaxis] if samples.ndim == 1 else samples
    if sample_bytes == 1:
        data = np.rint(channels * 127.0 + 128.0).astype(np.uint8).tobytes()
    else:
        whole = np.rint(channels * (2 ** (8 * sample_bytes - 1) - 1)).astype("<i4")
        data = whole[..., np.newaxis].view(np.uint8)[..., :sample_bytes].tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels.shape[1])
        file.setsampwidth(sample_bytes)
        file.setframerate(rate)
        file.writeframes(data)
    return path


def write_sound(
    path: Path, samples: np.ndarray, rate: int, codec: str, picture: bool = False, layout: str = "mono"
) -> Path:
    """(S,) samples in a file whose container the name chooses, encoded by FFmpeg, beside a picture if asked for.

    With a layout of several channels each of them holds the samples.
    """
    width = av.AudioLayout(layout).nb_channels
    with av.open(str(path), "w") as container:
        sound = container.add_stream(codec, rate=rate, layout=layout)
        if picture:
            add_picture(container)
        size = sound.codec_context.frame_size or 1024
        for start in range(0, len(samples), size):
            block = np.repeat(samples[start : start + size], width)[np.newaxis].astype(np.float32)
            frame = av.AudioFrame.from_ndarray(block, format="flt", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    return path


def add_picture(container: av.container.OutputContainer) -> None:
    """Ten grey pictures."""
    stream = container.add_stream("mpeg4", rate=25)
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    for _ in range(10):
        frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 128, np.uint8), format="rgb24")
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def speech_like(seed: int, duration_s: float) -> np.ndarray:
    """(S,) float32: buzzing syllables of random loudness, pitch and spacing with pauses, over faint noise."""
    random = np.random.default_rng(seed)
    time = np.arange(round(duration_s * RATE)) / RATE
    swell, pitch, centre = np.zeros_like(time), np.full_like(time, 150.0), 0.3
    while centre < duration_s:
        width, loudness = random.uniform(0.14, 0.26), 10.0 ** random.uniform(-0.6, 0.0)
        near = np.abs(time - centre) < width / 2.0
        swell[near] = np.maximum(swell[near], loudness * np.cos(np.pi * (time[near] - centre) / width) ** 2)
        pitch[near] = random.uniform(110.0, 220.0)
        centre += random.uniform(0.15, 0.3) if random.random() < 0.85 else 0.7
    return (buzz(pitch) * swell + random.normal(0.0, 1e-3, len(time))).astype(np.float32)
