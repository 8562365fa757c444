"""Kept latents: found again as they were, never mistaken for others, and not trusted when damaged."""

import logging
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from gesta.errors import OutputError
from gesta.mmgt.latent_cache import LatentCache, fingerprint, state_fingerprint

LATENTS = torch.randn(4, 3, 2, 2, generator=torch.Generator().manual_seed(1))
SHAPE = tuple(LATENTS.shape)
KEY = fingerprint(film="one")


@pytest.fixture
def cache(tmp_path: Path) -> LatentCache:
    made = LatentCache(tmp_path / "latents")
    made.keep(3, KEY, LATENTS)
    return made


def found(cache: LatentCache, number: int = 3, key: str = KEY, shape: tuple[int, ...] = SHAPE) -> torch.Tensor | None:
    return LatentCache(cache.folder).kept(number, key, shape)


def test_latents_are_found_bit_for_bit(cache: LatentCache) -> None:
    again = found(cache)
    assert again is not None
    assert torch.equal(again, LATENTS)
    assert [path.suffix for path in cache.folder.iterdir()] == [".npy"]


def test_other_segments_and_films_are_not_found(cache: LatentCache) -> None:
    assert found(cache, number=4) is None
    assert found(cache, key=fingerprint(film="two")) is None
    assert found(cache, shape=(4, 2, 2, 2)) is None


@pytest.mark.parametrize("damage", ["flipped", "cut", "longer", "empty", "renamed", "huge header"])
def test_a_damaged_file_is_noticed_and_can_be_made_again(
    cache: LatentCache, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    path, key = cache.path(3, KEY), KEY
    content = bytearray(path.read_bytes())
    if damage == "flipped":
        content[200] ^= 1
    elif damage == "cut":
        del content[-5:]
    elif damage == "longer":
        content += b"\0" * 5000
    elif damage == "empty":
        content.clear()
    elif damage == "huge header":
        content[8:10] = b"\xff\xff"
    path.write_bytes(content)
    if damage == "renamed":
        key = fingerprint(film="two")
        path.rename(cache.path(3, key))
    with caplog.at_level(logging.WARNING, "gesta"):
        assert found(cache, key=key) is None
    assert "made again" in caplog.text
    cache.keep(3, key, LATENTS)
    assert found(cache, key=key) is not None


def test_only_what_this_film_used_is_removed(cache: LatentCache) -> None:
    other = LatentCache(cache.folder)
    other.keep(0, fingerprint(film="two"), LATENTS)
    cache.remove()
    assert [path.name for path in cache.folder.iterdir()] == [other.path(0, fingerprint(film="two")).name]


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OutputError, match="Cannot write"):
        LatentCache(tmp_path / "file").keep(0, KEY, LATENTS)


def test_fingerprints_tell_everything_apart() -> None:
    zeros = np.zeros((2, 3), np.float32)
    keys = [
        fingerprint(a=zeros),
        fingerprint(b=zeros),
        fingerprint(a=zeros.T),
        fingerprint(a=zeros.astype(np.float64)),
        fingerprint(a=zeros + 1e-6),
        fingerprint(a=1, b=2),
        fingerprint(a=2, b=1),
        fingerprint(a={"x": [1, 2]}),
    ]
    assert len(set(keys)) == len(keys)
    assert fingerprint(a=1, b=zeros) == fingerprint(b=zeros.copy(), a=1)


def test_a_network_is_known_by_its_weights() -> None:
    first, second = nn.Linear(3, 2), nn.Linear(3, 2)
    assert state_fingerprint(first.state_dict()) != state_fingerprint(second.state_dict())
    second.load_state_dict(first.state_dict())
    assert state_fingerprint(first.state_dict()) == state_fingerprint(second.state_dict())
    assert state_fingerprint(first.bfloat16().state_dict()) != state_fingerprint(second.state_dict())
