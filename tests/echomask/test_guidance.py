"""Guidance: away from a body that does not hear, and away from the usual style."""

import numpy as np
import pytest
import torch

from gesta.echomask.config import Decoding
from gesta.echomask.decoding import Told
from gesta.echomask.speaker import EchoMaskSpeaker
from gesta.echomask.who import Who
from tests.echomask.small import made_features, small_model

FRAMES = 64


def spoken(who: int = 1, usual: int | None = None, **settings: float) -> np.ndarray:
    """(T, J, 3, 3) rotations of one take."""
    other = None if usual is None else Who(torch.tensor([usual]))
    speaker = EchoMaskSpeaker(small_model(), who, Decoding(method="single", **settings), usual=other)
    return np.concatenate([motion.rotations for motion in speaker.finish(made_features(FRAMES))])


def test_logits_are_led_away_from_both() -> None:
    logits, deaf, usual = (torch.tensor([[[values]]]) for values in ([3.0, 1.0], [2.0, 2.0], [3.0, 0.0]))
    told = Told(torch.zeros(1), logits, deaf, usual)
    assert told.guided(Decoding()).flatten().tolist() == [3.0, 1.0]
    assert told.guided(Decoding(guidance=3.0)).flatten().tolist() == [5.0, -1.0]
    assert told.guided(Decoding(style_guidance=4.0)).flatten().tolist() == [3.0, 4.0]
    assert told.guided(Decoding(guidance=3.0, style_guidance=4.0)).flatten().tolist() == [5.0, 2.0]
    assert told.guided(Decoding(style_guidance=0.0)).flatten().tolist() == usual.flatten().tolist()


@pytest.mark.parametrize("name", ["guidance", "style_guidance"])
def test_guidance_of_one_changes_nothing_and_more_does(name: str) -> None:
    plain, same, more = (spoken(usual=0, **{name: amount}) for amount in (1.0, 1.000001, 10.0))
    np.testing.assert_allclose(plain, same, atol=1e-5)
    assert np.abs(plain - more).max() > 1e-4


def test_both_at_once_are_neither_alone() -> None:
    both = spoken(usual=0, guidance=8.0, style_guidance=8.0)
    assert np.abs(both - spoken(usual=0, guidance=8.0)).max() > 1e-4
    assert np.abs(both - spoken(usual=0, style_guidance=8.0)).max() > 1e-4


@pytest.mark.parametrize("usual", [1, None], ids=["the usual one", "nobody is usual"])
def test_styles_lead_the_usual_one_nowhere(usual: int | None) -> None:
    np.testing.assert_array_equal(spoken(1), spoken(1, usual, style_guidance=8.0))
