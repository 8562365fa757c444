"""Autoencoders and the picture's token: sizes, round trips, files as diffusers and transformers write them."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from gesta.errors import InputError
from gesta.mmgt.autoencoders import (
    OLDER_NAMES,
    WEIGHTS_FILE,
    KlAutoencoder,
    KlConfig,
    PatchAutoencoder,
    check_autoencoder,
    in_slices,
    make_autoencoder,
)
from gesta.mmgt.image_token import ClipConfig, ClipToken, GridToken, ImageToken, check_image_token, make_image_token
from gesta.mmgt.video_config import video_config

TINY_KL = KlConfig(widths=(8, 16), layers=1, groups=4)
TINY_CLIP = ClipConfig(width=16, feed_forward=32, layers=1, heads=2, side=32, patch=16, size=24)


def pictures(count: int = 2, side: int = 16) -> torch.Tensor:
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(0)) * 2.0 - 1.0


@pytest.fixture
def kl() -> KlAutoencoder:
    pytest.importorskip("diffusers")
    torch.manual_seed(0)
    return KlAutoencoder(TINY_KL).eval()


@pytest.fixture
def clip() -> ClipToken:
    pytest.importorskip("transformers")
    torch.manual_seed(0)
    return ClipToken(TINY_CLIP).eval()


def test_patches_lose_nothing() -> None:
    patches = PatchAutoencoder(4)
    latents = patches.encode(pictures())
    assert latents.shape == (2, 48, 4, 4)
    assert 0.5 < latents.std() < 2.0
    assert torch.allclose(patches.decode(latents), pictures(), atol=1e-6)


def test_a_latent_is_the_patch_at_its_place() -> None:
    picture = torch.full((1, 3, 16, 16), -1.0)
    picture[:, :, 4:8, 8:12] = 1.0
    bright = PatchAutoencoder(4).encode(picture)[0].mean(dim=0) > 0.0
    assert bright.nonzero().tolist() == [[1, 2]]


@torch.no_grad()
def test_kl_has_its_sizes_and_draws_around_its_mean(kl: KlAutoencoder) -> None:
    mean = kl.encode(pictures())
    drawn = [kl.encode(pictures(), torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)]
    assert mean.shape == (2, kl.channels, 8, 8)
    assert kl.factor == 2
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])
    assert torch.equal(mean, kl.encode(pictures()))
    assert kl.decode(mean).shape == (2, 3, 16, 16)


@torch.no_grad()
def test_kl_scales_latents_as_published(kl: KlAutoencoder) -> None:
    theirs = kl.network.encode(pictures()).latent_dist.mean
    assert torch.allclose(kl.encode(pictures()), 0.18215 * theirs)
    assert torch.allclose(kl.decode(0.18215 * theirs), kl.network.decode(theirs).sample, atol=1e-5)


def test_kl_is_read_from_a_folder_of_diffusers_with_older_names_too(kl: KlAutoencoder, tmp_path: Path) -> None:
    kl.network.save_pretrained(tmp_path)
    state = load_file(tmp_path / WEIGHTS_FILE)
    for older, current in OLDER_NAMES.items():
        state = {name.replace(current, older) if "attentions" in name else name: item for name, item in state.items()}
    assert any(".proj_attn." in name for name in state)
    (tmp_path / "older").mkdir()
    (tmp_path / "older" / "config.json").write_text((tmp_path / "config.json").read_text())
    save_file(state, tmp_path / "older" / WEIGHTS_FILE)
    for folder in (tmp_path, tmp_path / "older"):
        again = KlAutoencoder.from_folder(folder)
        assert again.config == TINY_KL
        assert torch.equal(again.encode(pictures()), kl.encode(pictures()))


def test_a_folder_without_an_autoencoder_is_refused(kl: KlAutoencoder, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        KlAutoencoder.from_folder(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"hidden_size": 3}))
    with pytest.raises(InputError, match="no AutoencoderKL"):
        KlAutoencoder.from_folder(tmp_path)
    kl.network.save_pretrained(tmp_path)
    save_file({"other": torch.zeros(1)}, tmp_path / WEIGHTS_FILE)
    with pytest.raises(InputError, match="lacks"):
        KlAutoencoder.from_folder(tmp_path)


def test_an_autoencoder_must_be_the_networks(kl: KlAutoencoder) -> None:
    mini = video_config("mini").picture
    assert isinstance(make_autoencoder(mini), PatchAutoencoder)
    with pytest.raises(InputError, match="use the autoencoder it was trained with"):
        check_autoencoder(kl, mini)
    with pytest.raises(InputError, match="4 channels for 2 pixels"):
        make_autoencoder(video_config("gesta").picture, TINY_KL)


def test_slices_are_the_whole() -> None:
    seen: list[int] = []

    def doubled(items: torch.Tensor) -> torch.Tensor:
        seen.append(len(items))
        return 2.0 * items

    items = torch.arange(7.0)
    assert torch.equal(torch.cat(list(in_slices(doubled, items, 3))), 2.0 * items)
    assert seen == [3, 3, 1]


def test_a_grid_token_holds_mean_colours_cell_by_cell() -> None:
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[:4, 4:] = (255, 0, 0)
    token = GridToken(12).encode(picture)
    assert token.shape == (1, 1, 12)
    assert token.flatten().tolist() == [-1, -1, -1, 1, -1, -1, -1, -1, -1, -1, -1, -1]
    with pytest.raises(InputError, match="square grid"):
        GridToken(13)


def test_clip_sees_a_picture_as_its_own_processor_would_show_it(clip: ClipToken) -> None:
    transformers = pytest.importorskip("transformers")
    picture = np.random.default_rng(0).integers(0, 256, (48, 48, 3), dtype=np.uint8)
    processor = transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    seen = processor(picture, return_tensors="pt").pixel_values
    with torch.no_grad():
        expected = clip.network(pixel_values=seen).image_embeds
    assert clip.encode(picture).shape == (1, 1, 24)
    assert torch.allclose(clip.encode(picture)[0], expected, atol=0.02 * float(expected.std()))


@pytest.mark.parametrize("kind", ["safetensors", "torch"])
def test_clip_is_read_from_a_folder_of_transformers(clip: ClipToken, tmp_path: Path, kind: str) -> None:
    clip.network.save_pretrained(tmp_path)
    if kind == "torch":
        state = load_file(tmp_path / "model.safetensors")
        state["vision_model.embeddings.position_ids"] = torch.arange(5)[None]
        torch.save(state, tmp_path / "pytorch_model.bin")
        (tmp_path / "model.safetensors").unlink()
    again, picture = ClipToken.from_folder(tmp_path).eval(), np.full((40, 40, 3), 90, np.uint8)
    assert again.config == TINY_CLIP
    assert torch.equal(again.encode(picture), clip.encode(picture))


def test_a_token_must_be_the_networks() -> None:
    made: ImageToken = make_image_token(video_config("mini"))
    assert made.size == video_config("mini").sizes.image_token
    with pytest.raises(InputError, match="picture encoder it was trained with"):
        check_image_token(GridToken(12), video_config("mini"))
