"""What the trainings on films show the network and ask of it, held against truths that are known."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from gesta.data.film_set import FilmSet
from gesta.data.kinds import plan_source
from gesta.data.prepare import prepare
from gesta.data.speech_features import LAYERS
from gesta.errors import InputError
from gesta.keypoints.drawing import draw_poses
from gesta.mmgt.video_config import VideoConfig
from gesta.mmgt.video_network import VideoNetwork
from gesta.mmgt.video_trainable import film_parameters
from gesta.train.chance import seed_torch
from gesta.train.film_batches import masks_of
from gesta.train.film_settings import RegionLoss, StartSettings
from gesta.train.film_start import begun_parts
from gesta.train.stages import build_stage
from tests.data.making_films import numbered_pictures, numbers_shown, write_talk
from tests.train.film_recipes import SIDE, film_recipe


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One film whose pictures show their numbers, and a result of the stage image that was never trained."""
    folder = tmp_path_factory.mktemp("network")
    draw = lambda points: numbered_pictures(points.frame_count, points.size)  # noqa: E731
    write_talk(folder / "films", "one", 90, (64, 64), draw=draw)
    settings = {"side": SIDE}
    prepare(plan_source("videos", folder / "films", settings), folder / "set")
    image = build_stage("image", film_recipe(folder))
    model = film_recipe(folder).model_folder("image")
    model.mkdir(parents=True)
    image.export(image.network, model, {})
    return folder


@pytest.fixture(scope="module")
def stage(folder: Path):
    return build_stage("video", film_recipe(folder))


def test_a_batch_shows_the_pictures_points_and_speech_of_its_window(folder: Path, stage) -> None:
    indices = np.array([3, 40, 111])
    batch = stage.batch("train", indices)
    films = FilmSet.open(folder / "set")
    (clip,) = films.clips
    features = stage._batches._features.features(clip, LAYERS)
    for row, index in enumerate(indices):
        window = stage._batches._windows["train"].window(int(index))
        assert numbers_shown(batch["pictures"][row].numpy()) == window.frames.tolist()
        assert numbers_shown(batch["reference"][row].numpy()[None]) == [window.reference]
        points = films.points(clip, int(window.frames[0]), int(window.frames[-1]) + 1)
        assert np.array_equal(batch["poses"][row].numpy(), draw_poses(points, (SIDE, SIDE)))
        heard = batch["heard"][row].numpy()
        for frame, around in zip(window.frames, heard, strict=True):
            rows = np.clip(np.arange(frame - 2, frame + 3), 0, clip.frames - 1)
            assert np.array_equal(around.reshape(5, -1), features[rows])
    masks = masks_of(batch)
    assert set(masks) == {"full", "face", "lip"}
    assert [level.shape for level in masks["lip"]] == [(3, 4, 64), (3, 4, 16)]


def answered(stage, monkeypatch: pytest.MonkeyPatch, answer) -> dict[str, torch.Tensor]:
    """The losses where the denoiser's answer is another one."""
    monkeypatch.setattr(stage.network.video, "denoise", answer)
    seed_torch(0, "test")
    with torch.no_grad():
        return stage.network(stage.batch("train", np.arange(4)), 0.0)


def test_the_true_velocity_has_no_loss(stage, monkeypatch: pytest.MonkeyPatch) -> None:
    network = stage.network
    clean = network._latents(stage.batch("train", np.arange(4))["pictures"])

    def true(noisy, times, conditions, references, region_weights):
        signal, share = network.schedule.levels(times, clean)
        noise = (noisy - signal * clean) / share
        return signal * noise - share * clean

    losses = answered(stage, monkeypatch, true)
    assert float(losses["loss"]) < 1e-6
    wrong = answered(stage, monkeypatch, lambda *given, **_: true(*given, None) + 0.5)
    assert float(wrong["velocity"]) == pytest.approx(0.25, rel=1e-3)
    assert float(wrong["loss"]) <= float(wrong["velocity"])


def test_regions_count_more_where_they_are_and_all_together_as_much(stage, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = stage.batch("train", np.arange(4))
    lips = masks_of(batch)["lip"][0].unflatten(2, (8, 8))[:, None] > 0.5
    network = stage.network
    zeros, times = torch.zeros(4, 48, 4, 8, 8), torch.full((4,), 500)
    everywhere, there = zeros + 1.0, zeros + lips
    even = [float(network._losses(error, zeros, times, batch)["loss"]) for error in (everywhere, there)]
    monkeypatch.setattr(network, "settings", network.settings.model_copy(update={"region_loss": RegionLoss(lip=9.0)}))
    more = [float(network._losses(error, zeros, times, batch)["loss"]) for error in (everywhere, there)]
    assert more[0] == pytest.approx(even[0], rel=1e-5)
    assert more[1] > 3.0 * even[1]


def test_withheld_pictures_and_speech_are_zeros_and_unread(stage, monkeypatch: pytest.MonkeyPatch) -> None:
    network = stage.network
    monkeypatch.setattr(network, "deaf_share", 1.0)
    monkeypatch.setattr(network, "settings", network.settings.model_copy(update={"deaf_to_picture": 1.0}))
    seen = []

    def note(noisy, times, conditions, references, region_weights):
        seen.append(conditions)
        return noisy

    answered(stage, monkeypatch, note)
    assert not seen[0].referenced.any()
    assert not seen[0].audio.any() and not seen[0].image_token.any()
    grey = network.settings.model_copy(update={"no_picture": "grey_picture"})
    monkeypatch.setattr(network, "settings", grey)
    answered(stage, monkeypatch, note)
    token = seen[1].image_token.reshape(4, -1, 3)
    torch.testing.assert_close(token, token[:1, :1].expand_as(token))
    assert token.abs().max() < 0.3


def test_withheld_poses_are_zeros(stage, monkeypatch: pytest.MonkeyPatch) -> None:
    network = stage.network
    monkeypatch.setattr(network.video, "pose_features", lambda poses: torch.ones(len(poses), 16, poses.shape[2], 8, 8))
    monkeypatch.setattr(network, "settings", network.settings.model_copy(update={"deaf_to_pose": 0.5}))
    seen = []

    def note(noisy, times, conditions, references, region_weights):
        seen.append(conditions.pose)
        return noisy

    answered(stage, monkeypatch, note)
    shares = seen[0].flatten(1)
    assert torch.equal(shares.amin(1), shares.amax(1))
    assert set(shares[:, 0].tolist()) == {0.0, 1.0}


def published_files(folder: Path, config: VideoConfig) -> tuple[StartSettings, VideoNetwork]:
    """Files with the published names, made from a network with random weights."""
    torch.manual_seed(8)
    network = VideoNetwork(config)
    of_films = {name.removeprefix("denoiser.") for name in film_parameters(network) if name.startswith("denoiser.")}
    state = network.denoiser.state_dict()
    (folder / "unet").mkdir()
    save_file(
        {name: v.contiguous() for name, v in state.items() if name not in of_films},
        folder / "unet" / "diffusion_pytorch_model.safetensors",
    )
    motion = {f"module.{name}": v for name, v in state.items() if "motion_modules" in name}
    motion["module.down_blocks.0.motion_modules.0.temporal_transformer.pos_encoder.pe"] = torch.zeros(1, 24, 16)
    torch.save({"state_dict": motion}, folder / "motion.ckpt")
    guider = {f"controlnet_cond_embedding.{name}": v for name, v in network.pose_guider.state_dict().items()}
    save_file({**guider, "time_embedding.linear_1.weight": torch.zeros(2)}, folder / "controlnet.safetensors")
    start = StartSettings(
        unet=str(folder / "unet"),
        motion=str(folder / "motion.ckpt"),
        pose_guider=str(folder / "controlnet.safetensors"),
    )
    return start, network


def test_published_weights_are_begun_with(folder: Path, tmp_path: Path) -> None:
    config = film_recipe(folder).video
    start, truth = published_files(tmp_path, config)
    torch.manual_seed(9)
    begun = begun_parts(config, start, films=True).network
    for name, value in truth.state_dict().items():
        if name.startswith(("denoiser.", "pose_guider.")) and "audio_modules" not in name:
            assert torch.equal(begun.state_dict()[name], value), name
    of_unet = truth.denoiser.state_dict()
    for name, value in begun.reference.state_dict().items():
        assert torch.equal(value, of_unet[name]), name


@pytest.mark.parametrize(
    ("change", "said"),
    (
        ({"unet": "motion.ckpt"}, "holds no diffusion_pytorch_model"),
        ({"motion": "controlnet.safetensors"}, "lacks"),
        ({"pose_guider": "motion.ckpt"}, "lacks"),
    ),
)
def test_files_of_something_else_are_refused(folder: Path, tmp_path: Path, change: dict, said: str) -> None:
    config = film_recipe(folder).video
    start, _ = published_files(tmp_path, config)
    other = {name: str(tmp_path / file) for name, file in change.items()}
    with pytest.raises(InputError, match=said):
        begun_parts(config, start.model_copy(update=other), films=True)


def test_a_network_that_needs_published_parts_asks_for_them(folder: Path) -> None:
    recipe = film_recipe(folder, "video.picture={ side = 32, autoencoder = 'kl', factor = 4, latent_channels = 4 }")
    with pytest.raises(InputError, match=r"sd-vae-ft-mse in start\.autoencoder"):
        begun_parts(recipe.video, StartSettings(), films=False)
    own = recipe.video.with_changes(["picture.autoencoder=convolutional", "picture.image_token=grid"])
    with pytest.raises(InputError, match="its folder in autoencoder_model"):
        begun_parts(own, StartSettings(), films=False)
