"""A bundle that makes films is the same after a round trip, and a changed or foreign one is refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from gesta.bundles.config import CONFIG_FILE
from gesta.bundles.files import kinds_of
from gesta.bundles.film_config import KEYPOINTS_FILE, VIDEO_FILES, VideoModel
from gesta.bundles.film_debug import film_debug_bundle, film_debug_config
from gesta.bundles.film_folder import FilmBundle, build_video, load_film_bundle, save_film_bundle
from gesta.errors import InputError
from gesta.mmgt.autoencoders import KlConfig
from gesta.mmgt.image_token import ClipConfig
from gesta.mmgt.video_config import video_config

TINY_KL = KlConfig(widths=(8, 16, 16), layers=1, groups=4)
TINY_CLIP = ClipConfig(width=16, feed_forward=32, layers=1, heads=2, side=28, patch=14, size=48)


@pytest.fixture(scope="module")
def bundle() -> FilmBundle:
    return film_debug_bundle()


@pytest.fixture
def folder(tmp_path: Path, bundle: FilmBundle) -> Path:
    save_film_bundle(tmp_path / "bundle", bundle, "# A test")
    return tmp_path / "bundle"


def same(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    mine, theirs = one.state_dict(), other.state_dict()
    return list(mine) == list(theirs) and all(torch.equal(mine[name], theirs[name]) for name in mine)


def test_a_bundle_survives_its_folder(folder: Path, bundle: FilmBundle) -> None:
    read = load_film_bundle(folder)
    assert kinds_of(folder) == ("keypoints", "video")
    assert read.smga is not None and bundle.smga is not None and same(read.smga, bundle.smga)
    assert read.video is not None and bundle.video is not None and same(read.video.network, bundle.video.network)
    assert read.config.video == bundle.config.video
    assert not any(module.training for module in read.video.network.modules())


def test_the_debug_model_is_always_the_same(bundle: FilmBundle) -> None:
    again = film_debug_bundle()
    assert again.video is not None and bundle.video is not None and same(again.video.network, bundle.video.network)


def test_half_a_bundle_makes_one_thing(tmp_path: Path, bundle: FilmBundle) -> None:
    config = bundle.config.model_copy(update={"kinds": ("keypoints",), "video": None})
    save_film_bundle(tmp_path / "half", replace(bundle, config=config, video=None), "# A test")
    read = load_film_bundle(tmp_path / "half")
    assert read.video is None and read.smga is not None
    assert not (tmp_path / "half" / VIDEO_FILES["denoiser"]).exists()


def test_autoencoder_and_picture_encoder_are_part_of_it(tmp_path: Path) -> None:
    picture = {"side": 32, "factor": 4, "latent_channels": 4, "autoencoder": "kl", "image_token": "clip"}
    debug = film_debug_config()
    assert debug.video is not None
    network = video_config("mini", picture=picture, sizes=debug.video.network.sizes.model_dump())
    model = VideoModel(network=network, autoencoder=TINY_KL, image_encoder=TINY_CLIP)
    config = debug.model_copy(update={"kinds": ("video",), "keypoints": None, "video": model})
    made = FilmBundle(config, video=build_video(model))
    save_film_bundle(tmp_path / "all", made, "# A test")
    read = load_film_bundle(tmp_path / "all")
    assert read.video is not None and made.video is not None
    assert same(read.video.autoencoder, made.video.autoencoder)
    assert same(read.video.image_token, made.video.image_token)
    pictures = torch.rand(1, 3, 32, 32) * 2.0 - 1.0
    assert torch.equal(read.video.autoencoder.encode(pictures), made.video.autoencoder.encode(pictures))
    seen = (pictures[0].permute(1, 2, 0).numpy() * 100 + 128).astype("uint8")
    assert torch.equal(read.video.image_token.encode(seen), made.video.image_token.encode(seen))


def test_a_changed_file_is_refused(folder: Path) -> None:
    path = folder / KEYPOINTS_FILE
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match="is not the one that its bundle was saved with"):
        load_film_bundle(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kinds": ["keypoints"]}, "'video' must be among the kinds"),
        ({"video": None}, "'video' must be among the kinds"),
        ({"spee": 1}, "Unknown setting"),
    ],
)
def test_a_config_that_contradicts_itself_is_refused(folder: Path, change: dict, said: str) -> None:
    path = folder / CONFIG_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InputError, match=said):
        load_film_bundle(folder)


def test_a_network_of_another_size_is_refused(folder: Path) -> None:
    path = folder / CONFIG_FILE
    table = json.loads(path.read_text())
    table["keypoints"]["network"]["sizes"]["feed_forward"] *= 2
    path.write_text(json.dumps(table))
    with pytest.raises(InputError, match="holds tensors of another shape"):
        load_film_bundle(folder)
