"""Our SMGA = the released network, at full size, on weights and inputs that follow from names (../shared/golden)."""

import math
import re

import pytest
import torch

from gesta.keypoints.vectors import VECTOR_SIZE
from gesta.mmgt.diffusion import guided
from gesta.mmgt.smga import Smga
from gesta.mmgt.smga_config import smga_config
from gesta.mmgt.smga_official import FREQUENCIES, UNUSED, official_smga_names, official_smga_state, unknown_smga_names
from tests.golden_rule import filled, golden_arrays, golden_input, golden_keys, needs_golden, off_by

pytestmark = [needs_golden, pytest.mark.slow]
CLOSE = 1e-4
RELEASED_PARAMETERS = 90_034_066
CONFIG = smga_config("official")


@pytest.fixture(scope="module")
def smga() -> Smga:
    shapes = golden_keys("mmgt_smga_keys.json")
    with torch.device("meta"):
        made = Smga(CONFIG).eval()
    names = official_smga_names(CONFIG).values()
    state = official_smga_state({name: filled(name, shapes[name]) for name in names}, CONFIG)
    made.load_state_dict(state, assign=True)
    return made


def inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    frames = CONFIG.sizes.frames
    return (
        golden_input("smga_noisy", (2, frames, VECTOR_SIZE)),
        golden_input("smga_initial_pose", (2, VECTOR_SIZE)),
        golden_input("smga_audio", (2, frames, CONFIG.audio_size)),
        torch.tensor([10, 900]),
    )


@pytest.mark.parametrize(("name", "dropped"), [("conditional", False), ("unconditional", True)])
def test_one_pass(smga: Smga, name: str, dropped: bool) -> None:
    with torch.inference_mode():
        found = smga(*inputs(), torch.tensor([dropped, dropped]))
    assert off_by(found, golden_arrays("mmgt_smga.npz")[name]) < CLOSE


def test_guided_in_one_batch(smga: Smga) -> None:
    noisy, initial_pose, audio, timesteps = inputs()
    with torch.inference_mode():
        found = guided(smga, smga.hear(audio), initial_pose, 2.0)(noisy, timesteps)
    assert off_by(found, golden_arrays("mmgt_smga.npz")["guided"]) < CLOSE


def test_every_released_name_is_read_or_known_to_be_unused(smga: Smga) -> None:
    shapes = golden_keys("mmgt_smga_keys.json")
    assert unknown_smga_names(set(shapes), CONFIG) == []
    assert unknown_smga_names({"module.null_cond_embed", "odd"}, CONFIG) == ["odd"]
    unused = sum(math.prod(shapes[name]) for name in shapes if any(re.match(pattern, name) for pattern in UNUSED))
    assert sum(tensor.numel() for tensor in smga.state_dict().values()) + unused == RELEASED_PARAMETERS
    tables = sum(math.prod(shapes[name]) for name in shapes if any(re.match(pattern, name) for pattern in FREQUENCIES))
    assert sum(map(math.prod, shapes.values())) == RELEASED_PARAMETERS + tables
