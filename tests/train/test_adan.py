"""Adan against its formulas, one number at a time, and as the optimiser of a training that is interrupted."""

import math
from pathlib import Path

import pytest
import torch

from gesta.errors import InputError
from gesta.train.adan import PUBLISHED_BETAS, Adan
from gesta.train.loop import train
from gesta.train.settings import TrainingSettings
from tests.train.comparing import results, train_tiny
from tests.train.tiny_stage import TinyStage, quick_settings

RATE, DECAY, EPSILON = 0.1, 0.3, 1e-8


def by_hand(weight: float, gradients: list[float], betas: tuple[float, float, float]) -> float:
    """One number moved by the paper's formulas."""
    b1, b2, b3 = betas
    m = v = n = 0.0
    before = gradients[0]
    for k, g in enumerate(gradients, start=1):
        m = (1 - b1) * m + b1 * g
        v = (1 - b2) * v + b2 * (g - before)
        n = (1 - b3) * n + b3 * (g + (1 - b2) * (g - before)) ** 2
        before = g
        whole = [1 - (1 - b) ** k for b in betas]
        moved = weight - RATE * (m / whole[0] + (1 - b2) * v / whole[1]) / (math.sqrt(n / whole[2]) + EPSILON)
        weight = moved / (1 + RATE * DECAY)
    return weight


@pytest.mark.parametrize("betas", [PUBLISHED_BETAS, (0.5, 0.3, 0.2)])
def test_steps_are_those_of_the_formulas(betas: tuple[float, float, float]) -> None:
    weight = torch.nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.float64))
    optimiser = Adan([weight], lr=RATE, betas=betas, eps=EPSILON, weight_decay=DECAY)
    gradients = [[0.3, -1.0], [0.1, 2.0], [-0.7, 0.5], [0.2, 0.1]]
    for pair in gradients:
        weight.grad = torch.tensor(pair, dtype=torch.float64)
        optimiser.step()
    for place, start in enumerate((1.0, -2.0)):
        wanted = by_hand(start, [pair[place] for pair in gradients], betas)
        assert float(weight[place].detach()) == pytest.approx(wanted, rel=1e-6)


def test_a_weight_left_out_of_a_step_stays_and_counts_its_own_steps() -> None:
    often, seldom = (torch.nn.Parameter(torch.tensor([2.0], dtype=torch.float64)) for _ in range(2))
    optimiser = Adan([often, seldom], lr=RATE, eps=EPSILON, weight_decay=DECAY)
    for step in range(3):
        often.grad = torch.tensor([1.0 + step], dtype=torch.float64)
        seldom.grad = torch.tensor([1.0], dtype=torch.float64) if step == 2 else None
        optimiser.step()
    assert float(often.detach()) == pytest.approx(by_hand(2.0, [1.0, 2.0, 3.0], PUBLISHED_BETAS), rel=1e-6)
    assert float(seldom.detach()) == pytest.approx(by_hand(2.0, [1.0], PUBLISHED_BETAS), rel=1e-6)


def test_a_training_with_adan_learns_and_goes_on_exactly(tmp_path: Path) -> None:
    settings = {"optimiser": "adan", "learning_rate": 0.02, "steps": 30, "schedule": "constant"}
    whole = train_tiny(tmp_path / "whole", **settings)
    train(TinyStage(), quick_settings(**settings), tmp_path / "parts", deadline=0.0)
    outcome = train_tiny(tmp_path / "parts", **settings)
    assert outcome.made == 29
    assert results(tmp_path / "parts") == results(tmp_path / "whole")
    assert whole.best_step > 1


def test_adan_has_the_published_betas_and_refuses_two() -> None:
    assert TrainingSettings.checked({"optimiser": "adan"}, "test").betas == PUBLISHED_BETAS
    with pytest.raises(InputError, match="adan takes 3 numbers"):
        TrainingSettings.checked({"optimiser": "adan", "betas": [0.9, 0.99]}, "test")
    with pytest.raises(InputError, match="adamw takes 2 numbers"):
        TrainingSettings.checked({"betas": [0.9, 0.99, 0.9]}, "test")
