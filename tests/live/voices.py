"""The demo voice as samples, and streams fed in blocks of chosen sizes."""

from collections.abc import Iterator, Sequence
from importlib import resources

import numpy as np

from gesta.audio.read import open_speech
from gesta.live.stream import Stream
from gesta.records import Motion, Speech

ARRAYS = ("rotations", "translation", "face", "contacts", "attention")


def demo_voice() -> Speech:
    with resources.as_file(resources.files("gesta").joinpath("assets", "demo_voice.flac")) as path:
        return open_speech(path)


def samples_of(speech: Speech, seconds: float = 1e9) -> np.ndarray:
    return np.concatenate(list(speech.source.blocks()))[: int(seconds * 16_000)]


def pushed(stream: Stream, blocks: Sequence[np.ndarray]) -> list[Motion]:
    return [motion for block in blocks if (motion := stream.push(block)) is not None]


def ended(stream: Stream) -> list[Motion]:
    rest = stream.finish()
    return [] if rest is None else [rest]


def uneven(samples: np.ndarray, seed: int, longest: int = 6000) -> list[np.ndarray]:
    """The samples in blocks of random lengths, empty ones among them."""
    cuts = np.cumsum(np.random.default_rng(seed).integers(0, longest, 2 * len(samples) // longest + 20))
    return np.split(samples, cuts[cuts < len(samples)])


def arrays(motions: Sequence[Motion]) -> Iterator[np.ndarray]:
    for name in ARRAYS:
        yield np.concatenate([getattr(motion, name) for motion in motions])


def assert_identical(left: Sequence[Motion], right: Sequence[Motion]) -> None:
    for name, ours, theirs in zip(ARRAYS, arrays(left), arrays(right), strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg=name)
