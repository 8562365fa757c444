"""Trainings on films learn, go on where they were stopped, keep the trained part alone, and end as usable models."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from gesta.audio.video_features.make import make_video_features
from gesta.bundles.film_debug import film_debug_bundle
from gesta.bundles.film_folder import load_film_bundle, save_film_bundle
from gesta.data.film_set import FilmSet
from gesta.errors import InputError
from gesta.mmgt.keypoint_speaker import KeypointSpeaker
from gesta.mmgt.video_network import VideoNetwork
from gesta.mmgt.video_trainable import film_parameters, picture_parameters
from gesta.train.chance import seed_torch
from gesta.train.film_start import IMAGE_FILE
from gesta.train.log import read_log
from gesta.train.stages import build_stage
from tests.train.comparing import log_without_times, weights_in
from tests.train.film_recipes import film_recipe, trained, write_films

STAGES = ("keypoints", "image", "video")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Films, and the results of all stages, trained in one go."""
    folder = tmp_path_factory.mktemp("films")
    write_films(folder / "films")
    for stage in ("keypoints", "video"):
        trained(stage, film_recipe(folder))
    return folder


def validation(folder: Path, stage: str, *changes: str) -> list[float]:
    """The losses of a training's looks at the validation film, which are always under the same noise."""
    recipe = film_recipe(folder, f"{stage}_training.validate_every=5", *changes, output=f"falls_{stage}")
    trained(stage, recipe)
    return [line["loss"] for line in read_log(recipe.stage_folder(stage)) if line["split"] == "validation"]


@pytest.mark.slow
def test_keypoints_learn(folder: Path) -> None:
    changes = ("keypoints_training.steps=80", "keypoints_training.learning_rate=2e-3", "keypoints_training.batch=4")
    losses = validation(folder, "keypoints", *changes)
    assert losses[-1] < 0.2 * losses[0]


@pytest.mark.slow
def test_pictures_and_films_learn(folder: Path) -> None:
    changes = ("image_training.steps=60", "image_training.learning_rate=3e-3", "image_training.batch=4")
    losses = validation(folder, "image", *changes)
    assert losses[-1] < 0.75 * losses[0]
    model = folder / "falls_image" / "image" / "model"
    changes = (f"image_model={model}", "video_training.steps=40", "video_training.learning_rate=2e-2")
    losses = validation(folder, "video", *changes)
    # What is left to learn is small, as the denoiser itself stays as it was.
    assert losses[-1] < 0.99 * losses[0]


@pytest.mark.parametrize("stage", STAGES)
def test_a_training_in_pieces_ends_with_the_same_bits(folder: Path, stage: str) -> None:
    recipe = film_recipe(folder, output="pieces")
    if stage == "video":
        recipe = film_recipe(folder, f"image_model={folder / 'out' / 'image' / 'model'}", output="pieces")
    for _ in range(2):
        trained(stage, recipe, deadline=0.0)
    trained(stage, recipe)
    whole, pieces = folder / "out" / stage, folder / "pieces" / stage
    assert weights_in(pieces) == weights_in(whole)
    assert log_without_times(pieces) == log_without_times(whole)
    for path in (whole / "model").glob("*.safetensors"):
        assert (pieces / "model" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(("stage", "parameters"), (("image", picture_parameters), ("video", film_parameters)))
def test_checkpoints_hold_what_is_trained_and_nothing_else(folder: Path, stage: str, parameters) -> None:
    (place,) = (folder / "out" / stage / "checkpoints").glob("step-*")
    network = load_video(folder).network
    assert set(load_file(place / "network.safetensors")) == {f"video.{name}" for name in parameters(network)}


def load_video(folder: Path):
    video = load_film_bundle(folder / "out" / "video" / "model").video
    assert video is not None
    return video


def test_films_leave_alone_what_pictures_have_taught(folder: Path) -> None:
    taught = load_file(folder / "out" / "image" / "model" / IMAGE_FILE)
    network: VideoNetwork = load_video(folder).network
    state = network.state_dict()
    assert taught.keys() == state.keys() - film_parameters(network).keys()
    assert all(torch.equal(taught[name], state[name]) for name in taught)


def test_each_training_changes_what_it_should(folder: Path) -> None:
    recipe = film_recipe(folder)
    for stage, parameters in (("image", picture_parameters), ("video", film_parameters)):
        begun = build_stage(stage, recipe).network.video.state_dict()
        after = load_file(sorted((folder / "out" / stage / "checkpoints").glob("step-*"))[-1] / "network.safetensors")
        changed = {name for name, value in after.items() if not torch.equal(value, begun[name.removeprefix("video.")])}
        assert len(changed) > 0.9 * len(parameters(load_video(folder).network))


def test_the_model_of_keypoints_speaks(folder: Path) -> None:
    bundle = load_film_bundle(folder / "out" / "keypoints" / "model")
    assert bundle.smga is not None and bundle.config.keypoints is not None
    films = FilmSet.open(folder / "set")
    features = make_video_features(bundle.config.keypoints.features)
    speech, first = films.speech(films.clips[0]), films.points(films.clips[0], 0, 1)
    speaker = KeypointSpeaker(bundle.smga)
    made = list(speaker.stretches(features, speech, first, seed=1, steps=2))
    assert sum(stretch.frame_count for stretch in made) == speech.video_frame_count
    assert "0.1 minutes in 3 clips" in (folder / "out" / "keypoints" / "model" / "card.md").read_text()


@pytest.mark.parametrize(
    ("change", "without"),
    (
        ("video.hearing.mask=none", ()),
        ("video.hearing.places=[]", ("audio_modules", "audio_projection")),
        ("video.pose=withheld", ()),
    ),
)
def test_variants_go_on_from_the_same_pictures(folder: Path, change: str, without: tuple[str, ...]) -> None:
    model = folder / "out" / "image" / "model"
    output = f"variant_{change.split('.')[-1].split('=')[0]}"
    recipe = film_recipe(folder, f"image_model={model}", change, "video_training.steps=2", output=output)
    trained("video", recipe)
    (place,) = (folder / output / "video" / "checkpoints").glob("step-*")
    names = load_file(place / "network.safetensors")
    assert names and not [name for name in names for part in without if part in name]
    made = load_film_bundle(folder / output / "video" / "model").video
    assert made is not None
    taught = load_file(model / IMAGE_FILE)
    state = made.network.state_dict()
    assert all(torch.equal(taught[name], state[name]) for name in taught)


def test_finished_models_are_begun_with(folder: Path) -> None:
    keypoints, video = (folder / "out" / stage / "model" for stage in ("keypoints", "video"))
    begun = build_stage("keypoints", film_recipe(folder, f"keypoints_stage.start={keypoints}")).network
    assert same(begun.smga, load_film_bundle(keypoints).smga)
    begun = build_stage("video", film_recipe(folder, f"image_model={video}", f"start.bundle={video}")).network
    assert same(begun.video, load_video(folder).network)
    begun = build_stage("image", film_recipe(folder, f"start.bundle={video}")).network
    assert same(begun.video.reference, load_video(folder).network.reference)
    with pytest.raises(InputError, match=r"makes no pictures; name a model that does in start\.bundle"):
        build_stage("image", film_recipe(folder, f"start.bundle={keypoints}"))
    with pytest.raises(InputError, match=r"makes no keypoints"):
        build_stage("keypoints", film_recipe(folder, f"keypoints_stage.start={video}"))


def test_a_training_does_not_go_on_with_other_weights_to_begin_with(folder: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(folder / "out" / "keypoints" / "model", model)
    recipe = film_recipe(folder, f"keypoints_stage.start={model}", output="begun")
    trained("keypoints", recipe, deadline=0.0)
    (model / "keypoints.safetensors").unlink()
    save_bundle_of_other_weights(model)
    with pytest.raises(InputError, match=r"was trained with begun_with\.keypoints"):
        trained("keypoints", recipe)


def save_bundle_of_other_weights(folder: Path) -> None:
    bundle = film_debug_bundle()
    config = bundle.config.model_copy(update={"kinds": ("keypoints",), "video": None})
    save_film_bundle(folder, replace(bundle, config=config, video=None), "# A test")


def same(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    mine, theirs = one.state_dict(), other.state_dict()
    return mine.keys() == theirs.keys() and all(torch.equal(mine[name], theirs[name]) for name in mine)


def losses_of(stage, batch_size: int = 2) -> dict[str, torch.Tensor]:
    seed_torch(0, stage.name, "test")
    return stage.network(stage.batch("train", np.arange(batch_size)), 0.0)


def test_computing_layers_again_changes_no_gradient(folder: Path) -> None:
    gradients = []
    for again in ("false", "true"):
        network = (stage := build_stage("video", film_recipe(folder, f"video_stage.recompute={again}"))).network
        losses_of(stage)["loss"].backward()
        gradients.append({name: v.grad for name, v in network.named_parameters() if v.grad is not None})
    assert gradients[0].keys() == gradients[1].keys()
    for name, gradient in gradients[0].items():
        torch.testing.assert_close(gradients[1][name], gradient, rtol=1e-4, atol=1e-7)


def test_bfloat16_and_the_average_train(folder: Path) -> None:
    changes = [f"{stage}_training.{change}" for stage in STAGES for change in ("precision=bfloat16", "ema_decay=0.9")]
    done = trained(
        "video", film_recipe(folder, *changes, "image_training.steps=2", "video_training.steps=2", output="b")
    )
    assert done["video"].model is not None
    (place,) = (folder / "b" / "video" / "checkpoints").glob("step-*")
    assert load_file(place / "average.safetensors").keys() == load_file(place / "network.safetensors").keys()


@pytest.mark.parametrize(
    ("stage", "change", "said"),
    (
        ("image", "video.picture.side=64", "have 32 pixels a side, but the video network draws 64"),
        ("video", "image_model=absent", "no folder 'absent' of weights trained on pictures"),
        ("image", "start.unet=absent", r"holds no diffusion_pytorch_model\.safetensors"),
        ("image", "start.motion=absent.ckpt", r"'absent\.ckpt' cannot be read"),
        ("image", "start.bundle=absent", "'absent' is no model"),
        ("keypoints", "keypoints_features={ kind = 'wav2vec2', model = 'absent/' }", "absent"),
        ("keypoints", "data.dataset=absent", "nothing|does not exist|no finished"),
    ),
)
def test_what_does_not_fit_is_said_in_one_sentence(folder: Path, stage: str, change: str, said: str) -> None:
    changes = (change, "data.prepare.source=absent") if "dataset" in change else (change,)
    with pytest.raises(InputError, match=said) as error:
        trained(stage, film_recipe(folder, *changes, output="refused"))
    assert "\n" not in str(error.value)


def test_other_settings_are_refused_by_name(folder: Path) -> None:
    for stage, change in (("keypoints", "keypoints.timing=as_published"), ("image", "image_stage.gap=3")):
        name = change.split("=")[0].replace("_stage.", "_stage.")
        with pytest.raises(InputError, match=f"was trained with {name}"):
            trained(stage, film_recipe(folder, change))
