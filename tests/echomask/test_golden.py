"""Ours = the released network, at full size, on weights and inputs that follow from names (../shared/golden)."""

import copy

import pytest
import torch

from gesta.echomask.config import generator_config
from gesta.echomask.generator import Generator, Predicted
from gesta.echomask.official import MOTION_CHANNELS, official_sources, official_state, unknown_names
from gesta.echomask.parts import ALL_PARTS
from gesta.echomask.precision import prepare
from gesta.echomask.who import Who
from tests.golden_rule import filled, golden_arrays, golden_input, golden_keys, needs_golden, off_by

pytestmark = [needs_golden, pytest.mark.slow]
CLOSE = 1e-4
SPEAKERS = Who(torch.tensor([1, 7]))


@pytest.fixture(scope="module")
def generator() -> Generator:
    config = generator_config("official")
    read = {name for source in official_sources(config.sizes, 6).values() for name in source.names}
    shapes = golden_keys("echomask_keys.json")
    made = Generator(config, MOTION_CHANNELS).eval()
    made.load_state_dict(official_state({name: filled(name, shapes[name]) for name in read}, config))
    return made


@pytest.fixture(scope="module")
def queries(generator: Generator) -> torch.Tensor:
    with torch.inference_mode():
        return generator.hear(golden_input("hubert_hid", (2, 64, 256)), golden_input("hubert", (2, 64, 256)))


@pytest.fixture(scope="module")
def predicted(generator: Generator, queries: torch.Tensor) -> Predicted:
    visible = torch.zeros(2, 64, 1, dtype=torch.bool)
    visible[:, :4] = True
    with torch.inference_mode():
        return generator(golden_input("motion", (2, 64, MOTION_CHANNELS)), visible, queries, SPEAKERS)


def test_every_released_name_is_read_or_known_to_be_unused() -> None:
    assert unknown_names(set(golden_keys("echomask_keys.json")), generator_config("official")) == []


def test_speech_queries(queries: torch.Tensor) -> None:
    assert off_by(queries.transpose(0, 1), golden_arrays("echomask_forward.npz")["speech_queries"]) < CLOSE


def test_scores(generator: Generator, queries: torch.Tensor) -> None:
    motion = golden_input("motion", (2, 64, MOTION_CHANNELS))
    with torch.inference_mode():
        scores = generator.scores(motion, torch.ones(2, 64, 1, dtype=torch.bool), queries, SPEAKERS)
    assert off_by(scores, golden_arrays("echomask_forward.npz")["sqa_scores"]) < CLOSE


@pytest.mark.parametrize("part", ALL_PARTS)
def test_logits_and_latents(predicted: Predicted, part: str) -> None:
    golden, number = golden_arrays("echomask_forward.npz"), ALL_PARTS.index(part)
    assert off_by(predicted.logits[number].permute(0, 2, 3, 1), golden[f"logits_{part}"]) < CLOSE
    assert off_by(predicted.latents[number], golden[f"latents_{part}"]) < CLOSE


def test_laid_out_for_speed(generator: Generator) -> None:
    """What `gesta.load` makes of a generator has the golden logits too."""
    quick, golden = copy.deepcopy(generator), golden_arrays("echomask_forward.npz")
    prepare(quick, "float32")
    visible = torch.zeros(2, 64, 1, dtype=torch.bool)
    visible[:, :4] = True
    with torch.inference_mode():
        queries = quick.hear(golden_input("hubert_hid", (2, 64, 256)), golden_input("hubert", (2, 64, 256)))
        logits = quick(golden_input("motion", (2, 64, MOTION_CHANNELS)), visible, queries, SPEAKERS).logits
    for number, part in enumerate(ALL_PARTS):
        assert off_by(logits[number].permute(0, 2, 3, 1), golden[f"logits_{part}"]) < CLOSE


def test_what_happens_on_the_way(generator: Generator, queries: torch.Tensor) -> None:
    golden = golden_arrays("echomask_forward.npz")
    visible = torch.zeros(1, 64, 1, dtype=torch.bool)
    visible[:, :4] = True
    with torch.inference_mode():
        motion = golden_input("motion", (2, 64, MOTION_CHANNELS))[:1]
        steps = generator.steps(motion, visible, queries[:, :1], generator.people(Who(SPEAKERS.speakers[:1])))
    assert off_by(steps.moved.hint, golden["inter_body_hint"]) < CLOSE
    assert off_by(steps.moved.body, golden["inter_motion_refined"]) < CLOSE
    assert off_by(steps.hints, golden["inter_audio_hints"]) < CLOSE
    assert off_by(steps.face, golden["inter_face_decoded"]) < CLOSE
