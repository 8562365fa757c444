"""A generator made quick computes what it did: exactly in float32, nearly in bfloat16."""

import copy

import pytest
import torch

from gesta.api import load
from gesta.echomask.generator import Predicted
from gesta.echomask.grouped import GroupedAttention, GroupedLinear
from gesta.echomask.precision import LaidOut, prepare
from gesta.errors import InputError
from gesta.models.echomask import EchoMaskModel
from tests.echomask.small import known_tokens, made_clips, small_generator


def predict(generator: torch.nn.Module) -> tuple[Predicted, torch.Tensor]:
    clips = made_clips()
    with torch.inference_mode():
        queries = generator.hear(clips.low, clips.high)
        predicted = generator(
            clips.motion, clips.known, queries, clips.who, told=clips.latents, known=known_tokens(clips)
        )
        return predicted, generator.scores(clips.motion, clips.known, queries, clips.who)


@pytest.mark.parametrize(("precision", "close"), [("float32", 1e-5), ("bfloat16", 0.05)])
@pytest.mark.parametrize("look_ahead", [None, 5])
def test_quick_is_the_same_network(precision: str, close: float, look_ahead: int | None) -> None:
    plain = small_generator(look_ahead=look_ahead)
    quick = copy.deepcopy(plain)
    prepare(quick, precision)
    (expected, asked), (found, scored) = predict(plain), predict(quick)
    for name in ("logits", "latents"):
        difference = getattr(found, name) - getattr(expected, name)
        assert difference.abs().max() < close * getattr(expected, name).std() * (1 if precision == "float32" else 2)
    torch.testing.assert_close(scored, asked, rtol=close, atol=0.0)


def test_every_matrix_of_the_layers_is_laid_out() -> None:
    generator = small_generator()
    prepare(generator)
    for module in generator.modules():
        if isinstance(module, GroupedLinear):
            assert isinstance(module.product, LaidOut)
        if isinstance(module, GroupedAttention):
            assert module.products


def test_a_model_speaks_in_either_precision() -> None:
    for precision in ("float32", "bfloat16"):
        assert isinstance(load("debug", precision=precision), EchoMaskModel)
    with pytest.raises(InputError, match="float32"):
        load("debug", precision="float23")
