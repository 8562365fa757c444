"""MM-HAA: regions listen where their masks say, each frame to its own speech, and at first nobody does."""

import pytest
import torch
from torch import Tensor

from gesta.keypoints.masks import REGIONS
from gesta.mmgt.mm_haa import MmHaa
from gesta.mmgt.video_config import HearingSettings, VideoSizes, video_config
from tests.golden_rule import filled
from tests.mmgt.video_scenes import drawn

SIZES = VideoSizes(widths=(32, 32), heads=4, groups=8, audio_tokens=3, audio_token=12)
CHANNELS, FRAMES, SIDE = 32, 4, 6
PLACES = SIDE * SIDE
PUBLISHED = HearingSettings(mask="before_output", zero_exit=False)
EQUAL = (1.0, 1.0, 1.0)


def module(hearing: HearingSettings, *, trained: bool = True) -> MmHaa:
    made = MmHaa(CHANNELS, CHANNELS, SIZES, hearing)
    if trained:
        made.load_state_dict({name: filled(name, values.shape) for name, values in made.state_dict().items()})
    return made.eval()


def heard(made: MmHaa, audio: Tensor, masks: dict[str, Tensor], weights: tuple[float, float, float] = EQUAL) -> Tensor:
    with torch.inference_mode():
        return made(drawn("features", shape=(FRAMES, CHANNELS, SIDE, SIDE)), audio, masks, weights)


def speech(name: str) -> Tensor:
    return drawn("speech", name, shape=(FRAMES, SIZES.audio_tokens, SIZES.audio_token))


def masks(**given: Tensor) -> dict[str, Tensor]:
    return {region: given.get(region, torch.zeros(FRAMES, PLACES)) for region in REGIONS}


@pytest.mark.parametrize("hearing", [HearingSettings(), PUBLISHED], ids=["gesta", "official"])
def test_nobody_listens_outside_the_masks(hearing: HearingSettings) -> None:
    made = module(hearing)
    assert torch.equal(heard(made, speech("a"), masks()), heard(made, speech("b"), masks()))


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("hearing", [HearingSettings(), PUBLISHED], ids=["gesta", "official"])
def test_speech_changes_a_region_and_nothing_else(hearing: HearingSettings, region: str) -> None:
    mouth = torch.zeros(FRAMES, SIDE, SIDE)
    mouth[:, 2:4, 1:5] = 1.0
    made, only = module(hearing), masks(**{region: mouth.flatten(1)})
    change = (heard(made, speech("a"), only) - heard(made, speech("b"), only)).abs().amax(dim=1)
    assert (change[mouth == 0] < 1e-6).all()
    assert (change[mouth == 1] > 1e-4).all()


def test_the_published_order_lets_an_offset_out_of_the_mask() -> None:
    """There the output layer's shift reaches every place; ours keeps it inside."""
    weights = (1.0, 0.0, 0.0)
    for hearing, leaks in ((PUBLISHED, True), (HearingSettings(), False)):
        made = module(hearing)
        silent = heard(made, speech("a"), masks(), (0.0, 0.0, 0.0))
        assert torch.equal(heard(made, speech("a"), masks(), weights), silent) is not leaks


def test_inside_a_full_mask_both_orders_agree() -> None:
    everywhere = dict.fromkeys(REGIONS, torch.ones(FRAMES, PLACES))
    ours, published = (heard(module(hearing), speech("a"), everywhere) for hearing in (HearingSettings(), PUBLISHED))
    torch.testing.assert_close(ours, published, atol=1e-5, rtol=0)


def test_without_masks_every_region_hears_everywhere() -> None:
    made, everywhere = module(HearingSettings(mask="none")), dict.fromkeys(REGIONS, torch.ones(FRAMES, PLACES))
    nowhere = heard(made, speech("a"), masks())
    assert torch.equal(nowhere, heard(made, speech("a"), everywhere))
    assert torch.equal(nowhere, heard(module(HearingSettings()), speech("a"), everywhere))
    assert ((nowhere - heard(made, speech("b"), masks())).abs().amax(dim=1) > 1e-4).all()


def test_each_frame_hears_its_own_speech() -> None:
    made, everywhere = module(HearingSettings()), dict.fromkeys(REGIONS, torch.ones(FRAMES, PLACES))
    other = speech("a").clone()
    other[1] = speech("b")[1]
    change = (heard(made, speech("a"), everywhere) - heard(made, other, everywhere)).abs().amax(dim=(1, 2, 3))
    assert (change > 1e-4).tolist() == [False, True, False, False]


def test_a_weight_of_zero_is_no_mask() -> None:
    made, everywhere = module(HearingSettings()), torch.ones(FRAMES, PLACES)
    without = heard(made, speech("a"), masks(full=everywhere, face=everywhere))
    weighed = heard(made, speech("a"), dict.fromkeys(REGIONS, everywhere), (1.0, 1.0, 0.0))
    torch.testing.assert_close(without, weighed, atol=1e-6, rtol=0)


def test_an_untrained_module_changes_nothing() -> None:
    everywhere = dict.fromkeys(REGIONS, torch.ones(FRAMES, PLACES))
    features = drawn("features", shape=(FRAMES, CHANNELS, SIDE, SIDE))
    assert torch.equal(heard(module(HearingSettings(), trained=False), speech("a"), everywhere), features)


def test_an_untrained_published_module_does_not_hear_but_is_no_identity() -> None:
    made = module(PUBLISHED, trained=False)
    everywhere = dict.fromkeys(REGIONS, torch.ones(FRAMES, PLACES))
    found = heard(made, speech("a"), everywhere)
    assert torch.equal(found, heard(made, speech("b"), everywhere))
    assert (found - drawn("features", shape=(FRAMES, CHANNELS, SIDE, SIDE))).abs().max() > 1e-3


def test_it_learns_to_hear_although_it_begins_as_the_identity() -> None:
    """Two steps: the exit leaves zero first, then the regions' answers do."""
    made = module(HearingSettings(), trained=False).train()
    optimiser = torch.optim.SGD(made.parameters(), lr=0.1)
    everywhere = dict.fromkeys(REGIONS, torch.ones(FRAMES, PLACES))
    features = drawn("features", shape=(FRAMES, CHANNELS, SIDE, SIDE))
    for _ in range(2):
        optimiser.zero_grad()
        made(features, speech("a"), everywhere, EQUAL).square().mean().backward()
        optimiser.step()
    for region in REGIONS:
        weight = made.get_submodule(f"transformer_blocks.0.zero_conv_{region}").weight
        assert weight.detach().abs().max() > 0


def test_weights_of_the_published_settings_as_they_run() -> None:
    hearing = video_config("official").hearing
    assert (hearing.training_weights, hearing.sampling_weights) == ((1.0, 1.0, 1.0), (1.0, 1.0, 2.0))
