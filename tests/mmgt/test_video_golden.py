"""Stage 2 against the released arithmetic, at small width and full depth: ../shared/golden/mmgt_stage2.npz."""

import copy
from dataclasses import replace

import pytest
import torch

from gesta.keypoints.masks import REGIONS
from gesta.mmgt.conditions import Conditions
from gesta.mmgt.video_network import VideoNetwork
from gesta.mmgt.video_official import own_state, released_config
from tests.golden_rule import filled, golden_arrays, golden_input, golden_keys, needs_golden, off_by

pytestmark = needs_golden
KEYS, FILE = "mmgt_stage2_keys_small.json", "mmgt_stage2.npz"
CLOSE = 1e-4
FRAMES, GRID, LEVELS = 6, 16, 4
SIZES = {
    "widths": (32, 64, 64, 64),
    "heads": 4,
    "image_token": 32,
    "audio_tokens": 8,
    "audio_token": 16,
    "audio_hidden": 64,
    "audio_channels": 32,
}
AS_STORED = (1.0, 1.0, 1.0)
NOISE_LEVEL = torch.tensor(501)


@pytest.fixture(scope="module")
def network() -> VideoNetwork:
    keys = golden_keys(KEYS)
    config = released_config(keys, sizes=SIZES, picture={"side": 8 * GRID})
    released = {name: filled(name, shape) for name, shape in keys.items() if not name.endswith("pos_encoder.pe")}
    network = VideoNetwork(config)
    network.load_state_dict(own_state(released, config, KEYS))
    return network.eval()


@pytest.fixture(scope="module")
def conditions() -> Conditions:
    masks = {
        region: tuple(
            golden_input(f"mask_{region}_{level}", (FRAMES, (GRID >> level) ** 2)).sigmoid()[None]
            for level in range(LEVELS)
        )
        for region in REGIONS
    }
    return Conditions(
        image_token=golden_input("clip_token", (1, 1, 32)),
        pose=golden_input("pose_features", (1, 32, FRAMES, GRID, GRID)),
        audio=golden_input("audio_tokens", (1, FRAMES, 8, 16)),
        masks=masks,
        referenced=torch.tensor([True]),
    )


def denoised(network: VideoNetwork, conditions: Conditions, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    noisy = golden_input("noisy_latents", (1, 4, FRAMES, GRID, GRID)).to(dtype)
    picture = golden_input("reference_latent", (1, 4, GRID, GRID)).to(dtype)
    with torch.inference_mode():
        references = network.read_reference(picture, golden_input("clip_token", (1, 1, 32)).to(dtype))
        return network.denoise(torch.cat([noisy, noisy]), NOISE_LEVEL, conditions.guided(), references, AS_STORED)


def test_denoiser_without_and_with_conditions(network: VideoNetwork, conditions: Conditions) -> None:
    assert off_by(denoised(network, conditions), golden_arrays(FILE)["denoiser_scale_none"]) < CLOSE


def test_denoiser_in_half_the_memory(network: VideoNetwork, conditions: Conditions) -> None:
    """bfloat16 keeps 8 bits of each number, through some hundred layers."""
    half = torch.bfloat16
    assert conditions.audio is not None
    rounded = replace(
        conditions,
        image_token=conditions.image_token.to(half),
        pose=conditions.pose.to(half),
        audio=conditions.audio.to(half),
    )
    found = denoised(copy.deepcopy(network).to(half), rounded, half)
    assert found.dtype == half
    wanted = torch.from_numpy(golden_arrays(FILE)["denoiser_scale_none"])
    assert (found.float() - wanted).square().mean().sqrt() / wanted.std() < 0.03


def test_pose_guider(network: VideoNetwork) -> None:
    with torch.inference_mode():
        found = network.pose_features(golden_input("pose_video", (1, 3, FRAMES, 8 * GRID, 8 * GRID)))
    assert off_by(found, golden_arrays(FILE)["pose_guider"]) < CLOSE


def test_audio_projection(network: VideoNetwork) -> None:
    with torch.inference_mode():
        found = network.audio_tokens(golden_input("audio_window", (1, FRAMES, 5, 12, 32)))
    assert off_by(found, golden_arrays(FILE)["audio_projection"]) < CLOSE
