"""The autoencoder that is trained here: its sizes, the variance of its latents, its folder, what it refuses."""

import json
from pathlib import Path

import pytest
import torch
from torch.nn import functional

from gesta.bundles.film_config import VideoModel
from gesta.bundles.tensors import write_tensors
from gesta.errors import InputError
from gesta.mmgt.autoencoder_config import ConvolutionalConfig
from gesta.mmgt.autoencoders import make_autoencoder
from gesta.mmgt.convolutional_autoencoder import CONFIG_FILE, WEIGHTS_FILE, ConvolutionalAutoencoder
from gesta.mmgt.video_config import video_config

TINY = ConvolutionalConfig(widths=(8, 8, 16), groups=4, latent_channels=5)


@pytest.fixture
def tiny() -> ConvolutionalAutoencoder:
    torch.manual_seed(0)
    return ConvolutionalAutoencoder(TINY).eval()


def pictures(count: int = 4, side: int = 16) -> torch.Tensor:
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(0)) * 2.0 - 1.0


@torch.no_grad()
def test_it_halves_once_less_than_it_has_widths(tiny: ConvolutionalAutoencoder) -> None:
    assert (tiny.factor, tiny.channels) == (4, 5)
    latents = tiny.encode(pictures())
    assert latents.shape == (4, 5, 4, 4)
    assert tiny.decode(latents).shape == (4, 3, 16, 16)
    assert torch.equal(latents, tiny.encode(pictures(), torch.Generator().manual_seed(1)))


@torch.no_grad()
def test_it_begins_with_the_best_matrix_there_is(tiny: ConvolutionalAutoencoder) -> None:
    """Pictures whose patches lie in a space of as many directions as latents have channels come back whole."""
    chance = torch.Generator().manual_seed(3)
    patches = torch.randn(6 * 16, 5, generator=chance) @ torch.randn(5, 48, generator=chance) / 8.0 + 0.1
    planted = functional.pixel_shuffle(patches.reshape(6, 4, 4, 48).permute(0, 3, 1, 2), 4)
    assert not torch.allclose(tiny.decode(tiny.encode(planted)), planted, atol=0.1)
    tiny.begin_with(planted)
    latents = tiny.encode(planted)
    assert torch.allclose(tiny.decode(latents), planted, atol=1e-4)
    assert torch.allclose(latents.std((0, 2, 3)), torch.ones(5), atol=0.02)
    assert torch.allclose(latents.mean((0, 2, 3)), torch.zeros(5), atol=1e-4)


@torch.no_grad()
def test_latents_get_zero_mean_and_unit_variance_from_what_was_seen(tiny: ConvolutionalAutoencoder) -> None:
    tiny.train()
    seen = tiny.encode(pictures())
    assert torch.allclose(seen.mean((0, 2, 3)), torch.zeros(5), atol=1e-5)
    assert torch.allclose(seen.var((0, 2, 3)), torch.ones(5), atol=1e-4)
    for _ in range(400):
        tiny.encode(pictures())
    stored = tiny.eval().encode(pictures())
    assert torch.allclose(stored, seen, atol=1e-2)
    assert torch.allclose(tiny.encode(pictures()[:1]), stored[:1], atol=1e-5)


def test_looking_does_not_change_the_statistics(tiny: ConvolutionalAutoencoder) -> None:
    before = tiny.statistics.mean.clone()
    tiny.encode(pictures())
    assert torch.equal(tiny.statistics.mean, before)


def test_its_folder_gives_it_back(tiny: ConvolutionalAutoencoder, tmp_path: Path) -> None:
    tiny.save_config(tmp_path)
    write_tensors(tmp_path / WEIGHTS_FILE, tiny.state_dict())
    again = ConvolutionalAutoencoder.from_folder(tmp_path)
    assert again.config == TINY
    assert not again.training
    with torch.no_grad():
        assert torch.equal(again.decode(again.encode(pictures())), tiny.decode(tiny.encode(pictures())))


def test_a_folder_of_something_else_is_refused(tiny: ConvolutionalAutoencoder, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        ConvolutionalAutoencoder.from_folder(tmp_path)
    tiny.save_config(tmp_path)
    write_tensors(tmp_path / WEIGHTS_FILE, {"other": torch.zeros(1)})
    with pytest.raises(InputError, match="lacks"):
        ConvolutionalAutoencoder.from_folder(tmp_path)
    spoilt = {name: torch.full_like(value, torch.nan) for name, value in tiny.state_dict().items()}
    write_tensors(tmp_path / WEIGHTS_FILE, spoilt)
    with pytest.raises(InputError, match="no numbers"):
        ConvolutionalAutoencoder.from_folder(tmp_path)
    (tmp_path / CONFIG_FILE).write_text(json.dumps({"widths": [8, 9], "groups": 4}))
    with pytest.raises(InputError, match="width of 9"):
        ConvolutionalAutoencoder.from_folder(tmp_path)


def test_the_network_names_its_kind_and_sizes() -> None:
    picture = {"side": 16, "factor": 4, "latent_channels": 5, "autoencoder": "convolutional", "image_token": "grid"}
    network = video_config("mini", picture=picture)
    assert isinstance(make_autoencoder(network.picture, TINY), ConvolutionalAutoencoder)
    with pytest.raises(InputError, match="6 channels for 4 pixels"):
        make_autoencoder(network.picture)
    assert VideoModel(network=network, convolutional=TINY).autoencoder_sizes == TINY
    with pytest.raises(ValueError, match="convolutional is needed"):
        VideoModel(network=network)
    with pytest.raises(ValueError, match="convolutional is needed"):
        VideoModel(network=video_config("mini"), convolutional=TINY)
