"""The video network as a whole: what looks at what, what changes what, and that nothing stays behind."""

import copy
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from gesta.audio.video_features.spectral import SpectralVideoFeatures
from gesta.errors import InputError
from gesta.mmgt import motion_module
from gesta.mmgt.audio_tokens import audio_windows
from gesta.mmgt.conditions import Conditions
from gesta.mmgt.denoiser import Film
from gesta.mmgt.noise import NoiseSchedule
from gesta.mmgt.positions import line_positions, picture_positions
from gesta.mmgt.reference import References, spatial_attention
from gesta.mmgt.unet import Scene
from gesta.mmgt.video_config import VIDEO_PRESETS, NoiseSettings, video_config
from gesta.mmgt.video_network import VideoNetwork
from gesta.mmgt.video_trainable import film_parameters, picture_parameters
from tests.mmgt.video_scenes import FRAMES, conditions, drawn, filled_network, latents, mini_network, picture, together

LEVEL = torch.tensor(400)


@pytest.fixture(scope="module")
def network() -> VideoNetwork:
    return mini_network()


@pytest.fixture(scope="module")
def references(network: VideoNetwork) -> References:
    with torch.inference_mode():
        return network.read_reference(*picture(network.config, "one"))


def denoised(network: VideoNetwork, noisy: Tensor, told: Conditions, references: References | None) -> Tensor:
    with torch.inference_mode():
        return network.denoise(noisy, LEVEL, told, references)


def close(found: Tensor, wanted: Tensor) -> bool:
    return bool((found - wanted).abs().max() < 1e-4 * wanted.std())


@pytest.mark.parametrize("training", [True, False])
def test_a_clean_answer_is_given_as_the_velocity_that_leads_to_it(training: bool) -> None:
    told = NoiseSettings(answer="clean", schedule="scaled_linear", sampling_schedule="linear")
    with torch.device("meta"):
        network = VideoNetwork(video_config("mini", noise=told.model_dump()))
    weights = mini_network().state_dict()
    network.to_empty(device="cpu").load_state_dict(weights)
    network.train(training)
    noisy = latents(network.config, "x", clips=2)
    times = torch.tensor([30, 999])
    said = conditions(network.config, "x", clips=2)
    with torch.inference_mode():
        answer = network.denoiser(noisy, times, said, None, (1.0, 1.0, 1.0))
        velocity = network.denoise(noisy, times, said, None, (1.0, 1.0, 1.0))
    schedule = NoiseSchedule(told, "scaled_linear" if training else "linear")
    assert close(schedule.clean(noisy, velocity, times), answer)
    assert close(velocity[1], -answer[1])


def test_a_reference_that_nobody_looks_at_is_none(network: VideoNetwork, references: References) -> None:
    noisy, told = latents(network.config, "x"), conditions(network.config, "x")
    blind = replace(told, referenced=torch.tensor([False]))
    plain = denoised(network, noisy, told, None)
    assert torch.equal(denoised(network, noisy, blind, references), plain)
    assert not close(denoised(network, noisy, told, references), plain)
    assert torch.equal(denoised(network, noisy, told, None), plain)


def test_guidance_in_one_batch_is_two_calls(network: VideoNetwork, references: References) -> None:
    noisy, told = latents(network.config, "x", clips=2), conditions(network.config, "x", clips=2)
    assert told.audio is not None
    without = replace(
        told,
        image_token=torch.zeros_like(told.image_token),
        audio=torch.zeros_like(told.audio),
        referenced=torch.tensor([False, False]),
    )
    both = denoised(network, torch.cat([noisy, noisy]), told.guided(), references)
    assert close(both[:2], denoised(network, noisy, without, None))
    assert close(both[2:], denoised(network, noisy, told, references))


def test_a_batch_is_its_clips_one_by_one(network: VideoNetwork) -> None:
    """Also where each clip looks at a picture of its own, or at none, and has a noise level of its own."""
    config, names, levels = network.config, ("a", "b", "c"), torch.tensor([10, 400, 900])
    looks = torch.tensor([True, False, True])
    with torch.inference_mode():
        seen = [network.read_reference(*picture(config, name)) for name in names]
        all_seen = {place: torch.cat([one[place] for one in seen]) for place in seen[0]}
        singles = [
            network.denoise(
                latents(config, name), level, replace(conditions(config, name), referenced=look[None]), reference
            )
            for name, level, look, reference in zip(names, levels, looks, seen, strict=True)
        ]
        told = together(together(conditions(config, "a"), conditions(config, "b")), conditions(config, "c"))
        noisy = torch.cat([latents(config, name) for name in names])
        found = network.denoise(noisy, levels, replace(told, referenced=looks), all_seen)
    assert close(found, torch.cat(singles))


def permuted(told: Conditions, order: list[int]) -> Conditions:
    assert told.audio is not None
    masks = {region: tuple(mask[:, order] for mask in levels) for region, levels in told.masks.items()}
    return replace(told, pose=told.pose[:, :, order], audio=told.audio[:, order], masks=masks)


def test_only_motion_modules_know_the_order_of_frames(network: VideoNetwork, references: References) -> None:
    noisy, told, order = latents(network.config, "x"), conditions(network.config, "x"), [2, 0, 1]
    still = replace(told, moving=False)
    plain = denoised(network, noisy, still, references)
    assert close(denoised(network, noisy[:, :, order], permuted(still, order), references), plain[:, :, order])
    moved = denoised(network, noisy, told, references)
    assert not close(denoised(network, noisy[:, :, order], permuted(told, order), references), moved[:, :, order])


def test_pictures_are_films_of_one_frame_that_hear_nothing(network: VideoNetwork, references: References) -> None:
    """What training on pictures asks for equals a network whose motion and audio modules change nothing."""
    config = network.config
    fresh = VideoNetwork(config).eval()
    state = fresh.state_dict()
    film = ("motion_modules", "audio_modules")
    trained = {name: v for name, v in network.state_dict().items() if not any(part in name for part in film)}
    fresh.load_state_dict(state | trained)
    noisy, told = latents(config, "x", clips=2, frames=1), conditions(config, "x", clips=2, frames=1)
    still = replace(told, moving=False, audio=None)
    assert torch.equal(denoised(network, noisy, still, references), denoised(fresh, noisy, told, references))


def test_every_condition_matters(network: VideoNetwork, references: References) -> None:
    noisy, told, other = (make(network.config, "x") for make in (latents, conditions, lambda c, _: conditions(c, "y")))
    plain = denoised(network, noisy, told, references)
    for name in ("image_token", "pose", "audio", "masks"):
        changed = replace(told, **{name: getattr(other, name)})
        assert not close(denoised(network, noisy, changed, references), plain), name


def test_regions_weigh_as_the_mode_says() -> None:
    hearing = video_config("mini").hearing.model_dump() | {"training_weights": (3.0, 2.0, 1.0)}
    network = filled_network(video_config("mini", hearing=hearing))
    noisy, told = latents(network.config, "x"), conditions(network.config, "x")
    with torch.inference_mode():
        sampling, training = (
            network.denoise(noisy, LEVEL, told, None),
            network.train().denoise(noisy, LEVEL, told, None),
        )
        asked = network.denoise(noisy, LEVEL, told, None, (1.0, 2.0, 3.0))
    assert torch.equal(asked, sampling)
    assert not close(training, sampling)


def test_threads_do_not_meet(network: VideoNetwork) -> None:
    """Two films at once on one network: nothing of a call is kept in its modules."""
    config = network.config
    jobs = [(latents(config, name), conditions(config, name), picture(config, name)) for name in "abcd"]

    def film(job: tuple[Tensor, Conditions, tuple[Tensor, Tensor]]) -> Tensor:
        noisy, told, seen = job
        with torch.inference_mode():
            return network.denoise(noisy, LEVEL, told, network.read_reference(*seen))

    with ThreadPoolExecutor(2) as pool:
        for found, job in zip(pool.map(film, jobs), jobs, strict=True):
            assert close(found, film(job))


def gradients(network: VideoNetwork) -> dict[str, Tensor]:
    """Of a training step in which everything takes part."""
    config = network.config
    noisy, told = latents(config, "x", clips=2), conditions(config, "x", clips=2)
    side = config.picture.side
    told = replace(
        told,
        pose=network.pose_features(drawn("poses", shape=(2, 3, FRAMES, side, side)).sigmoid()),
        audio=network.audio_tokens(
            drawn("speech", shape=(2, FRAMES, 5, config.sizes.audio_layers, config.sizes.audio_channels))
        ),
        referenced=torch.tensor([True, False]),
    )
    references = network.read_reference(*picture(config, "x", pictures=2))
    network.zero_grad()
    network.denoise(noisy, LEVEL, told, references).square().mean().backward()
    return {name: v.grad.clone() for name, v in network.named_parameters() if v.grad is not None}


def test_computing_layers_again_gives_the_same_gradients() -> None:
    network = copy.deepcopy(mini_network()).train()
    kept = gradients(network)
    network.enable_gradient_checkpointing()
    again = gradients(network)
    assert kept.keys() == again.keys()
    assert all(torch.allclose(kept[name], again[name], rtol=1e-4, atol=1e-7) for name in kept)


def test_whatever_is_trained_gets_a_gradient() -> None:
    network = copy.deepcopy(mini_network()).train()
    reached = {name for name, values in gradients(network).items() if values.abs().max() > 0}
    wanted = set(picture_parameters(network)) | set(film_parameters(network))
    assert wanted <= reached, sorted(wanted - reached)[:5]


def test_the_two_trainings_share_nothing(network: VideoNetwork) -> None:
    on_pictures, on_films = picture_parameters(network), film_parameters(network)
    assert not on_pictures.keys() & on_films.keys()
    rest = {name for name, _ in network.named_parameters()} - on_pictures.keys() - on_films.keys()
    last = len(network.config.sizes.widths) - 1
    assert all(name.startswith(f"reference.up_blocks.{last}.") for name in rest)


def test_places_are_attended_to_in_parts(network: VideoNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    noisy, told = latents(network.config, "x"), conditions(network.config, "x")
    whole = denoised(network, noisy, told, None)
    monkeypatch.setattr(motion_module, "SEQUENCES_AT_ONCE", 100)
    assert close(denoised(network, noisy, told, None), whole)


def test_no_more_frames_than_it_can_tell_apart(network: VideoNetwork) -> None:
    frames = network.config.sizes.longest_window + 1
    told = conditions(network.config, "x", frames=frames)
    with pytest.raises(ValueError, match="33 frames"):
        denoised(network, latents(network.config, "x", frames=frames), told, None)


def test_positions_by_hand() -> None:
    found = line_positions(2, 4)
    wanted = torch.tensor([[0.0, 1.0, 0.0, 1.0], [np.sin(1.0), np.cos(1.0), np.sin(0.01), np.cos(0.01)]])
    torch.testing.assert_close(found, wanted, atol=1e-6, rtol=0, check_dtype=False)


def test_rows_and_columns_are_told_apart() -> None:
    found = picture_positions(3, 5, 8).reshape(3, 5, 8)
    assert torch.equal(found[:, 0, :4], line_positions(3, 4)) and torch.equal(found[2, :, 4:], line_positions(5, 4))
    assert len(torch.unique(found.flatten(0, 1), dim=0)) == 15


@pytest.mark.parametrize("placed", (False, True))
def test_spatial_attention_knows_places_only_if_it_is_told(network: VideoNetwork, placed: bool) -> None:
    """Places in another order are answered in that order, unless each knows where it is."""
    block, width = network.reference.down_blocks[0].attentions[0], network.config.sizes.widths[0]
    features, token = torch.randn(1, width, 4, 4), torch.randn(1, 1, network.config.sizes.image_token)
    order = torch.randperm(16, generator=torch.Generator().manual_seed(0))

    def mixed(values: Tensor) -> Tensor:
        return values.flatten(2)[..., order].unflatten(2, (4, 4))

    answer, _ = spatial_attention(block, features, token, placed=placed)
    other, _ = spatial_attention(block, mixed(features), token, placed=placed)
    assert torch.allclose(other, mixed(answer), atol=1e-5) is not placed


@pytest.mark.parametrize("kind", [np.asarray, torch.as_tensor], ids=["array", "tensor"])
def test_speech_around_a_frame_repeats_the_ends(kind: Callable[[np.ndarray], np.ndarray | Tensor]) -> None:
    features = kind(np.arange(6.0).reshape(6, 1, 1))
    found = audio_windows(features, 0, 6)
    assert type(found) is type(features)
    assert found[:, :, 0, 0].tolist()[:2] == [[0, 0, 0, 1, 2], [0, 0, 1, 2, 3]]
    assert found[:, :, 0, 0].tolist()[-1] == [3, 4, 5, 5, 5]
    assert audio_windows(features, 2, 4)[:, :, 0, 0].tolist() == found[2:4, :, 0, 0].tolist()


@pytest.mark.parametrize("preset", ["small", "mini"])
def test_small_presets_run(preset: str) -> None:
    network = VideoNetwork(video_config(preset)).eval()
    count = sum(values.numel() for values in network.parameters())
    assert count < {"small": 9e6, "mini": 1e6}[preset]
    noisy, told = latents(network.config, "x", frames=2), conditions(network.config, "x", frames=2)
    with torch.inference_mode():
        found = network.denoise(noisy, LEVEL, told, network.read_reference(*picture(network.config, "x")))
    assert found.shape == noisy.shape
    assert found.isfinite().all()


def test_small_presets_hear_what_needs_no_download() -> None:
    for preset in ("small", "mini"):
        sizes = video_config(preset).sizes
        assert (sizes.audio_layers, sizes.audio_channels) == (SpectralVideoFeatures.layers, SpectralVideoFeatures.size)


@pytest.mark.slow
def test_a_compiled_layer_is_the_same(network: VideoNetwork, references: References) -> None:
    config = network.config
    told, given = conditions(config, "x", clips=2), drawn("features", shape=(2 * FRAMES, 32, 16, 16))
    layer, block = next(network.denoiser.layers())
    compiled = torch.compile(network.denoiser.attend, backend="eager")
    for looks in ([False, True], [True, True]):
        film = Film(
            frames=FRAMES,
            moving=True,
            references=references,
            referenced=looks,
            audio=told.audio.flatten(0, 1) if told.audio is not None else None,
            masks={region: tuple(mask.flatten(0, 1) for mask in masks) for region, masks in told.masks.items()},
            weights=config.hearing.sampling_weights,
        )
        image = told.image_token.repeat_interleave(FRAMES, dim=0)
        scene = Scene(time=torch.zeros(2 * FRAMES, 1), image=image, given=film)
        with torch.no_grad():
            assert close(*(attend(block, layer, given, scene)[0] for attend in (compiled, network.denoiser.attend)))


def test_a_withheld_pose_changes_nothing() -> None:
    network = VideoNetwork(video_config("mini", pose="withheld")).eval()
    network.load_state_dict(mini_network().state_dict())
    drawings = drawn("drawings", shape=(2, 3, FRAMES, 64, 64)).sigmoid()
    with torch.inference_mode():
        seen, withheld = mini_network().pose_features(drawings), network.pose_features(drawings)
    assert seen.abs().max() > 1e-3
    assert withheld.shape == seen.shape and not withheld.any()


def test_with_mm_haa_nowhere_speech_is_not_heard_and_nothing_of_it_is_trained() -> None:
    hearing = video_config("mini").hearing.model_copy(update={"places": ()})
    network = filled_network(video_config("mini", hearing=hearing.model_dump()))
    noisy, told = latents(network.config, "x"), conditions(network.config, "x")
    assert told.audio is not None
    other = replace(told, audio=told.audio + 1.0)
    assert torch.equal(denoised(network, noisy, told, None), denoised(network, noisy, other, None))
    assert not close(denoised(mini_network(), noisy, told, None), denoised(mini_network(), noisy, other, None))
    trained = film_parameters(network)
    assert trained and all(".motion_modules." in name for name in trained)
    whole = set(film_parameters(mini_network()))
    assert {name for name in whole if ".motion_modules." in name} == set(trained)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"full_mask": "nothing"}, "full_mask"),
        ({"window": 33}, "window"),
        ({"picture": {"factor": 6}}, "power of two"),
        ({"picture": {"autoencoder": "patches"}}, "192"),
        ({"picture": {"factor": 4}}, "pose_widths"),
        ({"sizes": {"widths": (40, 60)}}, "width"),
        ({"sizes": {"audio_span": 4}}, "odd"),
        ({"picture": {"side": 32}}, "halved"),
        ({"picture": {"image_token": "grid"}, "sizes": {"image_token": 24}}, "colours"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        video_config("gesta", **changes)


def test_presets_are_known_by_name() -> None:
    assert {"official", "gesta", "small", "mini"} == set(VIDEO_PRESETS)
    with pytest.raises(InputError, match="official"):
        video_config("oficial")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesta.extras.find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"gesta\[video\]"):
        VideoNetwork(video_config("mini"))
