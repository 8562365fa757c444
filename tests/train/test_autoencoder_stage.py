"""The stage `autoencoder` learns, goes on where it was stopped, and is what later stages and models draw through."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from gesta.bundles.film_config import AUTOENCODER_FILE
from gesta.bundles.film_folder import load_film_bundle
from gesta.errors import InputError
from gesta.mmgt.convolutional_autoencoder import WEIGHTS_FILE, ConvolutionalAutoencoder
from gesta.train.autoencoder_stage import edge_error, psnr_db
from gesta.train.log import read_log
from gesta.train.recipe import Recipe
from gesta.train.run import recorded_tables
from gesta.train.stages import needed_stages
from tests.train.comparing import log_without_times, weights_in
from tests.train.film_recipes import QUICK, film_recipe, trained, write_films

OWN = (
    "video.picture={ side = 32, factor = 4, latent_channels = 3, autoencoder = 'convolutional', image_token = 'grid' }",
    "autoencoder.sizes={ widths = [8, 8, 8], groups = 4, latent_channels = 3 }",
    *(f"autoencoder_training.{name}={str(value).lower()}" for name, value in {**QUICK, "steps": 4}.items()),
)


def own_recipe(folder: Path, *changes: str, output: str = "out") -> Recipe:
    """A recipe whose autoencoder is trained here."""
    return film_recipe(folder, *OWN, *changes, output=output)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Films, and all stages of stage 2 trained in one go."""
    folder = tmp_path_factory.mktemp("own")
    write_films(folder / "films")
    done = trained("video", own_recipe(folder))
    assert list(done) == ["autoencoder", "image", "video"]
    return folder


def test_it_learns(folder: Path) -> None:
    changes = ("steps=60", "learning_rate=5e-3", "validate_every=20", "ema_decay=0.5")
    recipe = own_recipe(folder, *(f"autoencoder_training.{change}" for change in changes), output="learns")
    trained("autoencoder", recipe)
    looks = [line for line in read_log(recipe.stage_folder("autoencoder")) if line["split"] == "validation"]
    assert looks[-1]["loss"] < 0.9 * looks[0]["loss"]
    assert looks[-1]["psnr_db.whole"] > looks[0]["psnr_db.whole"] + 0.5


def test_in_pieces_it_ends_with_the_same_bits(folder: Path) -> None:
    recipe = own_recipe(folder, output="pieces")
    for _ in range(2):
        trained("autoencoder", recipe, deadline=0.0)
    trained("autoencoder", recipe)
    whole, pieces = folder / "out" / "autoencoder", folder / "pieces" / "autoencoder"
    assert weights_in(pieces) == weights_in(whole)
    assert log_without_times(pieces) == log_without_times(whole)
    assert (pieces / "model" / WEIGHTS_FILE).read_bytes() == (whole / "model" / WEIGHTS_FILE).read_bytes()
    assert "autoencoder for a video network" in (whole / "model" / "card.md").read_text(encoding="utf-8")


def test_the_finished_model_holds_it(folder: Path) -> None:
    made = load_film_bundle(folder / "out" / "video" / "model").video
    assert made is not None and isinstance(made.autoencoder, ConvolutionalAutoencoder)
    taught = load_file(folder / "out" / "autoencoder" / "model" / WEIGHTS_FILE)
    state = made.autoencoder.state_dict()
    assert taught.keys() == state.keys()
    assert all(torch.equal(taught[name], state[name]) for name in taught)


def test_one_that_is_brought_along_is_used_and_told_apart(folder: Path) -> None:
    given = f"autoencoder_model={folder / 'out' / 'autoencoder' / 'model'}"
    recipe = own_recipe(folder, given, output="given")
    assert list(trained("image", recipe)) == ["image"]
    first = recorded_tables("image", recipe)["stands_on"]
    assert first == recorded_tables("image", own_recipe(folder))["stands_on"]
    assert (
        first["autoencoder"] != recorded_tables("image", own_recipe(folder, output="none"))["stands_on"]["autoencoder"]
    )
    with pytest.raises(InputError, match="no folder 'absent' of a trained autoencoder"):
        trained("image", own_recipe(folder, "autoencoder_model=absent", output="absent"))


def test_a_model_that_is_begun_with_brings_its_own(folder: Path) -> None:
    recipe = own_recipe(folder, f"start.bundle={folder / 'out' / 'video' / 'model'}", output="begun")
    assert list(trained("video", recipe)) == ["image", "video"]
    begun, first = ((folder / place / "video" / "model" / AUTOENCODER_FILE).read_bytes() for place in ("begun", "out"))
    assert begun == first


@pytest.mark.parametrize(
    ("changes", "said"),
    (
        (
            ("video.picture.autoencoder=patches", "video.picture.latent_channels=48"),
            "'patches', which is not trained here",
        ),
        (("autoencoder.sizes.latent_channels=4",), "makes 4 channels for 4 pixels"),
        (("autoencoder.sizes.widths=[8, 8]",), "3 channels for 2 pixels"),
        (("autoencoder.noise=2.0",), "'autoencoder.noise' is 2.0"),
    ),
)
def test_settings_that_do_not_fit_are_refused(folder: Path, changes: tuple[str, ...], said: str) -> None:
    with pytest.raises(InputError, match=said) as error:
        trained("autoencoder", own_recipe(folder, *changes, output="refused"))
    assert "\n" not in str(error.value)


def test_only_recipes_with_an_own_autoencoder_train_one(folder: Path) -> None:
    assert needed_stages("video", film_recipe(folder)) == ("image",)
    assert needed_stages("video", own_recipe(folder)) == ("autoencoder", "image")


def test_errors_by_hand() -> None:
    error = torch.zeros(1, 3, 4, 4)
    error[..., 2:] = 1.0
    places = torch.ones(1, 1, 4, 4)
    # One of three steps across is 1, at half size the only one; none of the steps down.
    assert edge_error(error, places).item() == pytest.approx((1 / 3 + 1.0) / 4)
    assert edge_error(error + 5.0, places).item() == pytest.approx((1 / 3 + 1.0) / 4)
    # Squared errors of 1 where the peak is 2: 10 log10(4).
    assert psnr_db(error, (error[:, :1] > 0).float()).item() == pytest.approx(6.0206, abs=1e-3)
