"""Kept video features: heard once, mapped, apart from others, made again when damaged."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gesta.audio.read import speech_from_samples
from gesta.audio.video_features.cache import CachedVideoFeatures
from gesta.audio.video_features.protocol import VideoFeatures
from gesta.audio.video_features.spectral import SpectralVideoFeatures
from gesta.records import Speech
from gesta.units import SAMPLE_RATE
from tests.audio.made_sounds import speech_like


class Layered(VideoFeatures):
    """Three layers made of the spectral features; counts what it hears."""

    name = "layered"
    fingerprint = "layered-1"
    layers = 3
    size = SpectralVideoFeatures.size

    def __init__(self) -> None:
        self.heard = 0

    def stretches(self, speech: Speech) -> Iterator[np.ndarray]:
        self.heard += 1
        for part in SpectralVideoFeatures().stretches(speech):
            yield part * np.array([1.0, 2.0, 3.0], np.float32)[:, np.newaxis]


def spoken(seed: int = 1) -> Speech:
    return speech_from_samples(speech_like(seed, 3.0), SAMPLE_RATE)


def test_a_recording_is_heard_once_whatever_its_name(tmp_path: Path) -> None:
    inner = Layered()
    cached = CachedVideoFeatures(inner, tmp_path)
    expected = Layered().encode(spoken())
    for name in ("one", "two"):
        speech = speech_from_samples(speech_like(1, 3.0), SAMPLE_RATE, name)
        np.testing.assert_array_equal(cached.encode(speech), expected)
        np.testing.assert_array_equal(np.concatenate(list(cached.stretches(speech))), expected)
    assert inner.heard == 1
    cached.encode(spoken(2))
    assert inner.heard == 2
    assert (cached.name, cached.fingerprint, cached.layers, cached.size) == ("layered", "layered-1", 3, inner.size)


def test_features_are_mapped_and_read_only(tmp_path: Path) -> None:
    rows = CachedVideoFeatures(Layered(), tmp_path).encode(spoken())
    owner = rows
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    assert isinstance(owner, np.memmap)
    assert not rows.flags.writeable


def test_damaged_files_are_made_again(tmp_path: Path) -> None:
    inner = Layered()
    cached = CachedVideoFeatures(inner, tmp_path)
    expected = cached.encode(spoken()).copy()
    (path,) = tmp_path.glob("*/*.npy")
    path.write_bytes(path.read_bytes()[:-40])
    np.testing.assert_array_equal(cached.encode(spoken()), expected)
    assert inner.heard == 2


def test_where_nothing_can_be_kept_the_features_are_heard(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    found = CachedVideoFeatures(Layered(), tmp_path / "file").encode(spoken())
    np.testing.assert_array_equal(found, Layered().encode(spoken()))
    assert "not kept" in caplog.text
