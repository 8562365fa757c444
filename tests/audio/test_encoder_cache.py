"""Kept speech features: heard once, found by content, mapped, never trusted when damaged, and limited in size."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gesta.audio.encoders.cache import CachedEncoder
from gesta.audio.encoders.protocol import SpeechEncoder
from gesta.audio.encoders.spectral import SpectralEncoder
from gesta.audio.read import speech_from_samples
from gesta.audio.row_cache import cache_folder
from gesta.records import Speech, SpeechFeatures
from gesta.units import SAMPLE_RATE
from tests.audio.made_sounds import speech_like


class Counting(SpectralEncoder):
    """Counts what it hears."""

    def __init__(self) -> None:
        self.heard = 0

    def stretches(self, speech: Speech) -> Iterator[SpeechFeatures]:
        self.heard += 1
        return super().stretches(speech)


class Other(Counting):
    fingerprint = "other-1"


def spoken(seed: int = 1, duration_s: float = 3.0) -> Speech:
    return speech_from_samples(speech_like(seed, duration_s), SAMPLE_RATE)


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.npy"))


def test_a_recording_is_heard_once(tmp_path: Path) -> None:
    inner = Counting()
    cached: SpeechEncoder = CachedEncoder(inner, tmp_path)
    expected = SpectralEncoder().encode(spoken())
    for name in ("first", "renamed"):
        features = cached.encode(speech_from_samples(speech_like(1, 3.0), SAMPLE_RATE, name))
        np.testing.assert_array_equal(features.low, expected.low)
        np.testing.assert_array_equal(features.high, expected.high)
        assert features.encoder == expected.encoder
    assert inner.heard == 1
    assert (cached.name, cached.low_size, cached.high_size) == (inner.name, inner.low_size, inner.high_size)


def test_features_are_mapped_and_read_only(tmp_path: Path) -> None:
    low = CachedEncoder(Counting(), tmp_path).encode(spoken()).low
    owner = low
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    assert isinstance(owner, np.memmap)
    assert not low.flags.writeable


def test_other_encoders_and_other_recordings_do_not_meet(tmp_path: Path) -> None:
    for encoder in (Counting(), Other()):
        for seed in (1, 2):
            CachedEncoder(encoder, tmp_path).encode(spoken(seed))
        assert encoder.heard == 2
    assert len(kept(tmp_path)) == 4


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "shape", "text", "no checksum"])
def test_damaged_files_are_made_again(tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    inner = Counting()
    cached = CachedEncoder(inner, tmp_path)
    expected = cached.encode(spoken()).low.copy()
    (path,) = kept(tmp_path)
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    if damage == "shape":
        np.save(path, np.zeros((3, 2), np.float32))
    elif damage == "no checksum":
        path.with_suffix(".crc").unlink()
    else:
        path.unlink()
        damaged = {"empty": b"", "cut": content[:-40], "flipped": content, "text": b"not an array"}
        path.write_bytes(bytes(damaged[damage]))
    with caplog.at_level(logging.CRITICAL):
        np.testing.assert_array_equal(cached.encode(spoken()).low, expected)
        np.testing.assert_array_equal(cached.encode(spoken()).low, expected)
    assert inner.heard == 2


def test_what_was_not_used_longest_goes(tmp_path: Path) -> None:
    cached = CachedEncoder(Counting(), tmp_path)
    paths = []
    for age, seed in ((300, 1), (200, 2), (100, 3)):
        cached.encode(spoken(seed))
        (new,) = set(kept(tmp_path)) - set(paths)
        stamp = new.stat().st_mtime - age
        os.utime(new, (stamp, stamp))
        paths.append(new)
    cached.encode(spoken(1))  # used just now
    one = paths[0].stat().st_size
    assert cached.size_bytes() == 3 * one
    cached.shrink(2 * one)
    assert kept(tmp_path) == sorted([paths[0], paths[2]])
    CachedEncoder(Counting(), tmp_path, limit_bytes=1).encode(spoken(4))
    assert len(kept(tmp_path)) == 1, "what was just heard stays"
    assert len(list(tmp_path.glob("*/*.crc"))) == 1


def test_a_failing_encoder_leaves_nothing(tmp_path: Path) -> None:
    class Failing(SpectralEncoder):
        def stretches(self, speech: Speech) -> Iterator[SpeechFeatures]:
            yield from list(super().stretches(speech))[:1]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        CachedEncoder(Failing(), tmp_path).encode(spoken())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_where_nothing_can_be_kept_the_encoder_is_heard(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    features = CachedEncoder(Counting(), tmp_path / "file").encode(spoken())
    np.testing.assert_array_equal(features.low, SpectralEncoder().encode(spoken()).low)


def test_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.delenv("GESTA_CACHE", raising=False)
    assert cache_folder() == tmp_path / "xdg" / "gesta"
    monkeypatch.setenv("GESTA_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"
    CachedEncoder(Counting()).encode(spoken())
    assert len(kept(tmp_path / "own" / "speech")) == 1
