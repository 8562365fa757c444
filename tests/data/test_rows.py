"""Files of rows that grow, and sound files whose hash is known before they are read again."""

from pathlib import Path

import numpy as np
import pytest

from gesta.audio.read import open_speech
from gesta.data.rows import GrowingRows, open_rows
from gesta.data.speech_files import cut, write_speech
from gesta.errors import InputError, OutputError
from tests.npy_headers import HOSTILE_HEADERS, with_header


def rows(count: int, start: int = 0) -> np.ndarray:
    return np.arange(start * 3, (start + count) * 3, dtype=np.float32).reshape(count, 3)


def test_rows_are_a_plain_npy_file_after_every_addition(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    file = GrowingRows(path, 3)
    for start, count in ((0, 2), (2, 1), (3, 100_000)):
        file.append([rows(count, start)])
        assert np.array_equal(np.load(path), rows(start + count))
    file.close()
    found = open_rows(path, 3)
    assert isinstance(found, np.memmap)
    assert not found.flags.writeable


def test_rows_beyond_those_that_count_are_cut_off(tmp_path: Path) -> None:
    path, other = tmp_path / "a.npy", tmp_path / "b.npy"
    for target, first in ((path, 5), (other, 3)):
        file = GrowingRows(target, 3)
        file.append([rows(first)])
        file.close()
    path.write_bytes(path.read_bytes() + b"half a row")
    file = GrowingRows(path, 3, 3)
    file.close()
    assert path.read_bytes() == other.read_bytes()
    with pytest.raises(OutputError, match="lost rows"):
        GrowingRows(path, 3, 4)


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    file = GrowingRows(tmp_path / "a.npy", 3)
    file.append([rows(2)])
    before = (tmp_path / "a.npy").read_bytes()

    def breaking():
        yield rows(10_000)
        raise InputError("no more")

    with pytest.raises(InputError):
        file.append(breaking())
    assert (tmp_path / "a.npy").read_bytes() == before
    with pytest.raises(ValueError, match="rows must be"):
        file.append([np.zeros((1, 4))])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (np.zeros((2, 4), np.float32), "not rows of 3"),
        (np.zeros(6, np.float32), "not rows of 3"),
        (np.zeros((0, 3), np.float32), "not rows of 3"),
        (np.zeros((2, 3), np.float64), "no npy file of float32"),
        (np.asfortranarray(np.zeros((2, 3), np.float32)), "no npy file of float32"),
        (np.full((2, 3), None), "no npy file of float32"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: np.ndarray, reason: str) -> None:
    np.save(tmp_path / "a.npy", content, allow_pickle=True)
    with pytest.raises(InputError, match=reason):
        open_rows(tmp_path / "a.npy", 3)


def test_a_file_that_claims_more_than_it_holds_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", rows(9))
    data = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(data[:-1])
    with pytest.raises(InputError, match="shorter than its header says"):
        open_rows(tmp_path / "a.npy", 3)
    (tmp_path / "a.npy").write_bytes(data.replace(b"(9, 3)", b"(9999999999999, 3)"[:6].ljust(6)))
    with pytest.raises(InputError):
        open_rows(tmp_path / "a.npy", 3)
    (tmp_path / "a.npy").write_bytes(b"hello")
    with pytest.raises(InputError, match="no npy file"):
        open_rows(tmp_path / "a.npy", 3)
    with pytest.raises(InputError, match="no such file"):
        open_rows(tmp_path / "b.npy", 3)


@pytest.mark.parametrize("header", HOSTILE_HEADERS)
def test_hostile_headers_are_refused(tmp_path: Path, header: bytes) -> None:
    (tmp_path / "a.npy").write_bytes(with_header(header) + bytes(1000))
    with pytest.raises(InputError, match="no npy file of float32"):
        open_rows(tmp_path / "a.npy", 3)


def test_sound_is_lossless_and_its_hash_is_the_readers(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, 5000).astype(np.float32)
    samples[:2] = (-1.0, 1.0)
    count, sha256 = write_speech(tmp_path / "a.flac", [samples[:100], samples[100:]])
    speech = open_speech(tmp_path / "a.flac")
    assert (speech.sample_count, speech.sha256) == (count, sha256) == (5000, speech.sha256)
    heard = np.concatenate(list(speech.source.blocks()))
    assert np.abs(heard - samples).max() <= 1 / 32768
    again = write_speech(tmp_path / "b.flac", speech.source.blocks())
    assert again == (count, sha256)
    assert (tmp_path / "a.flac").read_bytes() == (tmp_path / "b.flac").read_bytes()


def test_a_stretch_is_cut_out_of_blocks() -> None:
    samples = np.arange(100, dtype=np.float32)
    blocks = [samples[:30], samples[30:31], samples[31:]]
    for start, stop in ((0, 100), (10, 30), (29, 33), (30, 31), (99, 100), (40, 1000)):
        found = np.concatenate(list(cut(iter(blocks), start, stop)))
        assert np.array_equal(found, samples[start:stop])
