"""The trained model that comes with the package: it is whole, small, repeatable, and does what styles name."""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import torch

from gesta.api import load
from gesta.bundles.shipped import LARGEST_BYTES, SHIPPED, shipped_folder
from gesta.errors import InputError
from gesta.models.common import LICENCE
from gesta.models.echomask import EchoMaskModel
from gesta.records import Motion
from gesta.units import SAMPLE_RATE
from tests.live.voices import demo_voice, samples_of
from tests.named_effects import EFFECTS, hand_travel, moving_share, seen

HEARD_S, SEEDS = 20.0, range(2)
LIVELIER = ("still", "calm", "neutral", "lively", "restless")


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Sums over several threads are rounded otherwise."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@cache
def model(name: str) -> EchoMaskModel:
    found = load(name, device="cpu")
    assert isinstance(found, EchoMaskModel)
    return found


@cache
def spoken(name: str, seconds: float, style: str = "neutral", seed: int = 0) -> Motion:
    """What a model makes of the demo voice, as often as it takes, before anything is mended."""
    samples = np.resize(samples_of(demo_voice()), int(seconds * SAMPLE_RATE))
    return model(name).speak(samples, sample_rate=SAMPLE_RATE, style=style, seed=seed, clean=False).motion


@pytest.mark.parametrize("name", SHIPPED)
def test_it_is_whole_and_small_and_says_what_it_is(name: str) -> None:
    with shipped_folder(name) as folder:
        assert sum(path.stat().st_size for path in folder.iterdir()) <= LARGEST_BYTES
        card = (folder / "card.md").read_text(encoding="utf-8")
    for said in ("hours", "Licence", "LibriSpeech", "FACEGOOD", "NVIDIA", "Limits", "gesta speak"):
        assert said in card
    config = model(name).bundle.config
    assert config.name == name
    assert config.licence == LICENCE


@pytest.mark.parametrize("name", SHIPPED)
def test_a_seed_is_a_take(name: str) -> None:
    first, again, other = (spoken(name, 5.0, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.rotations, again.rotations)
    np.testing.assert_array_equal(first.translation, again.translation)
    np.testing.assert_array_equal(first.face, again.face)
    assert np.abs(first.rotations - other.rotations).max() > 0.1


@pytest.mark.parametrize("name", SHIPPED)
def test_numbers_of_a_style_that_it_does_not_follow_are_refused(name: str) -> None:
    followed = model(name).bundle.config.follows
    assert set(followed) < set(EFFECTS)
    for setting in set(EFFECTS) - set(followed):
        with pytest.raises(InputError, match=f"does not follow the '{setting}'"):
            model(name).checked_style(f"{setting}=0.7")


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("setting", EFFECTS)
def test_more_of_a_setting_is_more_of_what_it_names(name: str, setting: str) -> None:
    if setting not in model(name).bundle.config.follows:
        pytest.skip("it is refused")
    found = seen(lambda style, seed: spoken(name, HEARD_S, style, seed), EFFECTS[setting], SEEDS)
    assert all(later > earlier for earlier, later in pairwise(found)), found


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("measured", [hand_travel, moving_share])
def test_livelier_styles_move_more(name: str, measured: Callable[[Motion], float]) -> None:
    found = [np.mean([measured(spoken(name, HEARD_S, style, seed)) for seed in SEEDS]) for style in LIVELIER]
    assert all(later > earlier for earlier, later in pairwise(found)), found
