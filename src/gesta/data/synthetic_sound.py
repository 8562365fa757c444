"""Altered copies of a recording: faster or slower, higher or lower, louder or softer, with noise, in a room.

Whatever is altered, the first sound of a word stays where it is relative to the others, and motion is made from the
altered sound itself, so that they are in step. Speed and pitch are changed by FFmpeg (atempo, a waveform-similarity
overlap-add, and asetrate); a room is decaying noise behind the direct sound (Moorer 1979: exponentially decaying
white noise sounds like a room); noise is white to brown, an autoregression whose power falls as f^-a (Kasdin 1995).
"""

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np
from pydantic import Field
from scipy.signal import fftconvolve, lfilter

from gesta.randomness import generator
from gesta.settings import Settings
from gesta.units import SAMPLE_RATE

Range = tuple[float, float]
WINDOW = SAMPLE_RATE // 50
"""Samples of the windows in which the level of speech is measured."""
ACTIVE_DB = 30.0
"""Windows that are no softer than this below the loud ones (the 95th percentile) are speech."""
HEADROOM = 0.98
COLOUR_TERMS = 64
DECAY_DB = 60.0
FIRST_ECHO_S = (0.003, 0.012)
WALL_PASS = 0.35
"""Of the one-pole low-pass that walls and air are, about 1.1 kHz."""


class Alterations(Settings):
    """What may be done to a recording, as ranges that are drawn from evenly."""

    copies: int = Field(0, ge=0, le=1000, description="altered copies of each recording that trains, beside itself")
    speed: Range = Field((0.88, 1.14), description="speed, as a factor; the pitch is kept or moves with it")
    pitch_semitones: Range = Field((-2.5, 2.5), description="pitch on its own, in every second copy")
    gain_db: Range = Field((-14.0, 4.0), description="loudness; less where the loudest sample would be clipped")
    noise_share: float = Field(0.7, ge=0.0, le=1.0, description="share of copies with noise")
    snr_db: Range = Field((12.0, 40.0), description="level of the speech over that of the noise")
    noise_slope: Range = Field((0.0, 1.6), description="a in the noise's power f^-a: 0 is white, 1 pink, 2 brown")
    room_share: float = Field(0.5, ge=0.0, le=1.0, description="share of copies in a room")
    reverberation_s: Range = Field((0.15, 0.7), description="time in which a room's sound falls by 60 dB")
    direct_db: Range = Field((2.0, 12.0), description="energy of the direct sound over that of the room")


class Sound(Settings):
    """How one copy is altered; recorded with every clip."""

    name: str = Field(description="of the recording and the copy; noise and room are drawn by it")
    speed: float = Field(ge=0.5, le=2.0, description="as a factor")
    pitch: float = Field(ge=0.5, le=2.0, description="as a factor")
    gain_db: float = Field(description="loudness, before the room for clipping is kept")
    snr_db: float | None = Field(None, description="level of the speech over that of the noise; None without noise")
    noise_slope: float = Field(0.0, description="a in the noise's power f^-a")
    reverberation_s: float | None = Field(None, description="time in which the room falls by 60 dB; None without room")
    direct_db: float = Field(0.0, description="energy of the direct sound over that of the room")


def drawn_sound(alterations: Alterations, name: str) -> Sound:
    """How the copy of this name is altered: the same name and settings always give the same."""
    chance = generator(0, "synthetic", "sound", name)

    def between(limits: Range) -> float:
        return round(float(chance.uniform(*limits)), 4)

    speed, moves, alone = between(alterations.speed), chance.random() < 0.5, chance.random() < 0.5
    pitch = 2.0 ** (between(alterations.pitch_semitones) / 12.0) if alone else 1.0
    values: dict[str, Any] = {
        "speed": speed,
        "pitch": round(pitch * (speed if moves and not alone else 1.0), 4),
        "gain_db": between(alterations.gain_db),
    }
    noise, slope = between(alterations.snr_db), between(alterations.noise_slope)
    room, direct = between(alterations.reverberation_s), between(alterations.direct_db)
    if chance.random() < alterations.noise_share:
        values |= {"snr_db": noise, "noise_slope": slope}
    if chance.random() < alterations.room_share:
        values |= {"reverberation_s": room, "direct_db": direct}
    return Sound(name=name, **values)


def altered(blocks: Iterable[np.ndarray], sound: Sound, level: "Level") -> Iterator[np.ndarray]:
    """A recording as one copy hears it.

    Args:
        blocks: (S,) float32 blocks, 16 kHz mono in [-1, 1].
        sound: how it is altered.
        level: of the recording, see `level_of`.

    Yields:
        (n,) float32 blocks, 16 kHz mono in [-1, 1]; the whole is about 1 / speed as long.
    """
    moved = respeeded(blocks, sound.speed, sound.pitch)
    if sound.reverberation_s is not None:
        moved = in_room(moved, room_response(sound.name, sound.reverberation_s, sound.direct_db))
    gain = 10.0 ** (sound.gain_db / 20.0)
    gain = min(gain, HEADROOM / max(level.peak, 1e-6))
    noise = None
    if sound.snr_db is not None and level.speech > 0.0:
        noise = Noise(sound.name, sound.noise_slope, gain * level.speech * 10.0 ** (-sound.snr_db / 20.0))
    for block in moved:
        result = gain * block
        if noise is not None:
            result = result + noise.next(len(block))
        yield np.clip(result, -1.0, 1.0).astype(np.float32)


class Level(Settings):
    """How loud a recording is.

    Attributes:
        peak: largest absolute sample.
        speech: root mean square where somebody speaks.
    """

    peak: float = Field(description="largest absolute sample")
    speech: float = Field(description="root mean square where somebody speaks")


def level_of(blocks: Iterable[np.ndarray]) -> Level:
    """How loud a recording is, from (S,) float32 blocks; noise between the words does not count as speech."""
    peak, powers, rest = 0.0, [], np.zeros(0, np.float32)
    for block in blocks:
        peak = max(peak, float(np.max(np.abs(block), initial=0.0)))
        joined = np.concatenate([rest, block])
        whole = len(joined) - len(joined) % WINDOW
        powers.append(np.mean(np.square(joined[:whole].reshape(-1, WINDOW), dtype=np.float64), axis=1))
        rest = joined[whole:]
    power = np.concatenate(powers) if powers else np.zeros(0)
    if not len(power):
        return Level(peak=peak, speech=0.0)
    active = power[power >= np.quantile(power, 0.95) * 10.0 ** (-ACTIVE_DB / 10.0)]
    return Level(peak=peak, speech=math.sqrt(float(active.mean())))


def respeeded(blocks: Iterable[np.ndarray], speed: float, pitch: float) -> Iterator[np.ndarray]:
    """A recording at another speed and another pitch, both as factors; (n,) float32 blocks."""
    if speed == pitch == 1.0:
        yield from blocks
        return
    graph = av.filter.Graph()
    entry = f"sample_rate={SAMPLE_RATE}:sample_fmt=flt:channel_layout=mono:time_base=1/{SAMPLE_RATE}"
    chain = [
        graph.add("abuffer", entry),
        graph.add("asetrate", str(round(SAMPLE_RATE * pitch))),
        graph.add("atempo", f"{speed / pitch:.6f}"),
        graph.add("aresample", str(SAMPLE_RATE)),
        graph.add("aformat", f"sample_fmts=flt:sample_rates={SAMPLE_RATE}:channel_layouts=mono"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*chain).configure()
    count = 0
    for block in blocks:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block, np.float32)[None], "flt", "mono")
        frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, Fraction(1, SAMPLE_RATE), count
        count += len(block)
        graph.push(frame)
        yield from _pulled(graph)
    graph.push(None)
    yield from _pulled(graph)


def _pulled(graph: "av.filter.Graph") -> Iterator[np.ndarray]:
    while True:
        try:
            frame = graph.pull()
        except (BlockingIOError, EOFError):
            return
        yield frame.to_ndarray()[0]


def room_response(name: str, reverberation_s: float, direct_db: float) -> np.ndarray:
    """(L,) float32 impulse response of a made-up room, its energy 1, the direct sound in its first sample."""
    chance = generator(0, "synthetic", "room", name)
    times = np.arange(round(reverberation_s * SAMPLE_RATE)) / SAMPLE_RATE
    echo = chance.standard_normal(len(times)) * 10.0 ** (-DECAY_DB / 20.0 * times / reverberation_s)
    echo = lfilter([WALL_PASS], [1.0, WALL_PASS - 1.0], echo)
    echo[times < chance.uniform(*FIRST_ECHO_S)] = 0.0
    echo *= 10.0 ** (-direct_db / 20.0) / np.sqrt(np.sum(echo**2))
    echo[0] = 1.0
    return (echo / np.sqrt(np.sum(echo**2))).astype(np.float32)


def in_room(blocks: Iterable[np.ndarray], response: np.ndarray) -> Iterator[np.ndarray]:
    """A recording behind an impulse response, as long as it was: what would sound on after its end is cut off."""
    tail = np.zeros(0, np.float32)
    for block in blocks:
        sound = fftconvolve(block, response)
        sound[: len(tail)] += tail
        yield sound[: len(block)]
        tail = sound[len(block) :]


class Noise:
    """Noise whose power falls as f^-a, given out piece by piece.

    Args:
        name: what it is drawn by.
        slope: a.
        level: root mean square.
    """

    def __init__(self, name: str, slope: float, level: float) -> None:
        self._chance = generator(0, "synthetic", "noise", name)
        terms = np.arange(1, COLOUR_TERMS)
        self._feedback = np.concatenate([[1.0], np.cumprod((terms - 1.0 - slope / 2.0) / terms)])
        heard = lfilter([1.0], self._feedback, np.eye(1, SAMPLE_RATE)[0])
        self._level = level / math.sqrt(float(np.sum(heard**2)))
        self._state = np.zeros(COLOUR_TERMS - 1)

    def next(self, count: int) -> np.ndarray:
        """The next (count,) samples."""
        sound, self._state = lfilter([1.0], self._feedback, self._chance.standard_normal(count), zi=self._state)
        return self._level * sound
