"""Tensors on the disk: the same numbers, readable by whom the user lets read, whole or not at all."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from gesta.bundles.tensors import write_tensors
from gesta.errors import InputError, OutputError
from gesta.foreign import read_tensors


@pytest.fixture(params=[0o022, 0o027, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.skipif(os.name == "nt", reason="modes are those of POSIX systems")
def test_files_have_the_mode_that_the_user_wants(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "a.safetensors"
    for _ in range(2):
        write_tensors(path, {"a": torch.zeros(3)})
        assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask


def test_shared_and_turned_tensors_come_back(tmp_path: Path) -> None:
    numbers = torch.arange(6.0).reshape(2, 3)
    tensors = {"a": numbers, "again": numbers, "turned": numbers.T, "number": torch.tensor(3), "half": numbers.half()}
    write_tensors(tmp_path / "a.safetensors", tensors)
    found = read_tensors(tmp_path / "a.safetensors", "model")
    assert found.keys() == tensors.keys()
    for name, value in tensors.items():
        assert torch.equal(found[name], value)
        assert found[name].dtype == value.dtype


def test_an_older_file_stays_whole_where_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    write_tensors(path, {"a": torch.ones(2)})
    path.rename(tmp_path / "kept")
    path.mkdir()
    with pytest.raises(OutputError, match="Cannot write"):
        write_tensors(path, {"a": torch.zeros(2)})
    assert sorted(place.name for place in tmp_path.iterdir()) == ["a.safetensors", "kept"]
    with pytest.raises(OutputError, match="Cannot write"):
        write_tensors(tmp_path / "nowhere" / "a.safetensors", {"a": torch.zeros(2)})


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    write_tensors(path, {"a": torch.ones(2)})
    # It has holes, and takes no room.
    os.truncate(path, 10**10)
    with pytest.raises(InputError, match="larger than 8 GB"):
        read_tensors(path, "model")
