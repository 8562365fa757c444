"""Released names of the video network: all of them, both ways, and what is said of files that do not fit."""

from collections import Counter

import pytest
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from gesta.errors import InputError
from gesta.keypoints.masks import REGIONS
from gesta.mmgt.conditions import Conditions
from gesta.mmgt.video_config import VideoConfig, video_config
from gesta.mmgt.video_network import VideoNetwork
from gesta.mmgt.video_official import own_state, released_config, released_shapes, released_state
from gesta.mmgt.video_trainable import film_parameters, picture_parameters
from tests.golden_rule import golden_keys, needs_golden
from tests.mmgt.video_scenes import mini_network

MILLION = 1e6


@pytest.fixture(scope="module")
def whole() -> VideoNetwork:
    """The published network at full size, without its numbers."""
    with torch.device("meta"):
        return VideoNetwork(video_config("official"))


def millions(parameters: dict[str, Tensor]) -> float:
    return sum(values.numel() for values in parameters.values()) / MILLION


def test_full_size(whole: VideoNetwork) -> None:
    counts = {name: millions(dict(part.named_parameters())) for name, part in whole.named_children()}
    published = {"denoiser": 1404.72, "reference": 859.51, "pose_guider": 1.086, "audio_projection": 36.465}
    assert counts == pytest.approx(published, abs=0.01)


def test_full_size_trainings(whole: VideoNetwork) -> None:
    assert millions(film_parameters(whole)) == pytest.approx(581.66, abs=0.01)
    assert not any("reference.up_blocks.3" in name for name in picture_parameters(whole))


def test_all_released_names_at_full_size(whole: VideoNetwork) -> None:
    released = released_shapes(whole.config)
    networks = Counter(name.split(".")[0] for name in released)
    assert networks == {"denoising_unet": 1526, "reference_unet": 682, "pose_guider": 16, "audioproj": 8}
    state = whole.state_dict()
    back = own_state(released_without_positions(released), whole.config, "a file")
    assert {name: values.shape for name, values in back.items()} == {n: values.shape for n, values in state.items()}


def test_work_at_full_size(whole: VideoNetwork) -> None:
    """One guided call for 12 frames of 512 x 512 pixels is 31.9 TFLOP (measured on the released network)."""
    frames, sizes = 12, whole.config.sizes
    with torch.device("meta"):
        masks = tuple(torch.empty(1, frames, (64 >> level) ** 2) for level in range(4))
        told = Conditions(
            image_token=torch.empty(1, 1, sizes.image_token),
            pose=torch.empty(1, sizes.widths[0], frames, 64, 64),
            audio=torch.empty(1, frames, sizes.audio_tokens, sizes.audio_token),
            masks=dict.fromkeys(REGIONS, masks),
            referenced=torch.ones(1, dtype=torch.bool, device="cpu"),
        )
        with torch.inference_mode(), FlopCounterMode(display=False) as work:
            references = whole.read_reference(torch.empty(1, 4, 64, 64), torch.empty(1, 1, sizes.image_token))
            reading = work.get_total_flops()
            noisy = torch.empty(2, 4, frames, 64, 64)
            assert (
                whole.denoise(noisy, torch.empty((), dtype=torch.int64), told.guided(), references).shape == noisy.shape
            )
    assert (work.get_total_flops() - reading) / 1e12 == pytest.approx(31.9, abs=0.05)


def released_without_positions(released: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: values for name, values in released.items() if not name.endswith(".pe")}


@needs_golden
def test_names_of_the_golden_layout_but_for_equal_widths(whole: VideoNetwork) -> None:
    """Where its widths are equal, the small layout has no shortcut; everything else is there under its name."""
    small, full = set(golden_keys("mmgt_stage2_keys_small.json")), set(released_shapes(whole.config))
    assert small < full
    assert len(small) == 2228
    shortcut = "down_blocks.2.resnets.0.conv_shortcut"
    assert full - small == {
        f"{network}.{shortcut}.{kind}"
        for network in ("denoising_unet", "reference_unet")
        for kind in ("weight", "bias")
    }


def test_published_inner_widths() -> None:
    """Of the first module at each resolution, the width of what enters it."""
    shapes = released_shapes(video_config("official"))
    found = [
        tuple(shapes[f"denoising_unet.down_blocks.{block}.audio_modules.{number}.proj_in.weight"].shape[:2])
        for block in range(3)
        for number in range(2)
    ]
    assert found == [(320, 320), (320, 320), (320, 640), (640, 640), (640, 1280), (1280, 1280)]


def test_there_and_back() -> None:
    network = mini_network()
    released = released_state(network.state_dict(), network.config)
    back = own_state(released, network.config, "a file")
    assert back.keys() == network.state_dict().keys()
    assert all(torch.equal(back[name], values) for name, values in network.state_dict().items())


def test_half_precision_positions_are_positions() -> None:
    network = mini_network()
    released = released_state(network.state_dict(), network.config)
    assert own_state({name: values.half() for name, values in released.items()}, network.config, "a file")


def family(places: tuple[str, ...]) -> VideoConfig:
    """Small networks in the released manner, with MM-HAA at some places."""
    hearing = video_config("official").hearing.model_dump() | {"places": places}
    return video_config("mini", hearing=hearing)


@pytest.mark.parametrize("places", [("down",), ("down", "mid", "up")])
def test_audio_modules_are_taken_wherever_a_file_has_them(places: tuple[str, ...]) -> None:
    config = family(places)
    names = released_shapes(config)
    found = released_config(names, sizes=config.sizes.model_dump(), picture=config.picture.model_dump())
    assert found.hearing == config.hearing


def test_extra_modules_have_the_widths_of_their_family() -> None:
    """Hallo's modules on the way up work at the width of what joins from the way down."""
    hearing = video_config("official").hearing.model_dump() | {"places": ("down", "mid", "up")}
    shapes = released_shapes(video_config("official", hearing=hearing))
    place = "denoising_unet.{}.audio_modules.0.proj_in.weight"
    found = {
        block: tuple(shapes[place.format(block)].shape[:2]) for block in ("mid_block", "up_blocks.1", "up_blocks.3")
    }
    assert found == {"mid_block": (1280, 1280), "up_blocks.1": (640, 1280), "up_blocks.3": (320, 320)}


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("pose_guider.conv_in.bias", None, "lacks pose_guider.conv_in.bias"),
        ("pose_guider.conv_in.bias", torch.zeros(3), "another shape: pose_guider.conv_in.bias"),
        ("optimizer.step", torch.zeros(1), "unknown optimizer.step"),
    ],
)
def test_tensors_that_do_not_fit_are_named(name: str, change: Tensor | None, said: str) -> None:
    network = mini_network()
    released = released_state(network.state_dict(), network.config)
    released.pop(name, None)
    if change is not None:
        released[name] = change
    with pytest.raises(InputError, match=said):
        own_state(released, network.config, "net.pth")


@pytest.mark.parametrize("table", [torch.zeros(1, 32, 32), torch.zeros(3)], ids=["other numbers", "another shape"])
def test_positions_of_its_own_are_refused(table: Tensor) -> None:
    network = mini_network()
    released = released_state(network.state_dict(), network.config)
    name = next(name for name in released if name.endswith("pos_encoder.pe"))
    with pytest.raises(InputError, match="positions of its own"):
        own_state(released | {name: table}, network.config, "net.pth")
