"""Folders of a training: whole or not there, and named by their own names in errors."""

import json
from pathlib import Path

import pytest
import torch

from gesta.bundles.tensors import write_tensors
from gesta.errors import InputError, OutputError
from gesta.train.folders import appearing
from gesta.train.tokenizer_folder import load_tokenizers, save_tokenizers
from tests.tokenizer.made_tokenizers import tiny_tokenizers


def test_what_cannot_be_written_is_named_by_its_own_name_and_leaves_nothing(tmp_path: Path) -> None:
    place = tmp_path / "model"
    with pytest.raises(OutputError, match=f"'{place}' cannot be written") as caught, appearing(place) as hidden:
        write_tensors(hidden / "nowhere" / "a.safetensors", {"a": torch.zeros(2)})
    assert hidden.name not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_keeps_the_older_folder(tmp_path: Path) -> None:
    place = tmp_path / "model"
    with appearing(place) as hidden:
        (hidden / "a").write_text("old")
    with pytest.raises(KeyError), appearing(place) as hidden:
        (hidden / "a").write_text("new")
        raise KeyError
    assert (place / "a").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_tokenizers_come_back_and_other_sizes_than_the_files_are_refused(tmp_path: Path) -> None:
    made = tiny_tokenizers()
    save_tokenizers(tmp_path, made)
    found = load_tokenizers(tmp_path)
    assert found.config == made.config
    assert all(torch.equal(found.state_dict()[name], value) for name, value in made.state_dict().items())
    path = tmp_path / "tokenizer.json"
    said = json.loads(path.read_text())
    said["tokenizer"] |= {"width": 4096, "codes": 4096}
    path.write_text(json.dumps(said))
    with pytest.raises(InputError, match="another shape"):
        load_tokenizers(tmp_path)
    (tmp_path / "tokenizer.safetensors").write_bytes(b"cut")
    with pytest.raises(InputError, match=r"tokenizer\.safetensors' is damaged"):
        load_tokenizers(tmp_path)
