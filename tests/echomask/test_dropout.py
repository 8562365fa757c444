"""Dropout drops the share it is asked for, makes up for it, and repeats with the seed."""

import pytest
import torch

from gesta.echomask.dropout import Dropout, dropped
from gesta.echomask.grouped import GroupedEncoderLayer


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9])
def test_share_and_mean(share: float) -> None:
    torch.manual_seed(0)
    found = dropped(torch.ones(999, 1001), share, training=True)
    assert (found == 0).float().mean().item() == pytest.approx(share, abs=3e-3)
    assert found.mean().item() == pytest.approx(1.0, abs=1e-2)
    assert len(found.unique()) == 2


def test_neighbours_are_dropped_independently() -> None:
    torch.manual_seed(0)
    gone = (dropped(torch.ones(400_000), 0.5, training=True) == 0).float() - 0.5
    for distance in (1, 2, 3, 4):
        assert abs((gone[distance:] * gone[:-distance]).mean().item()) < 3e-3


def test_a_seed_repeats_and_the_gradient_is_what_was_kept() -> None:
    values = torch.ones(3, 5, 7, requires_grad=True)
    torch.manual_seed(1)
    first = dropped(values, 0.3, training=True)
    first.sum().backward()
    torch.manual_seed(1)
    assert torch.equal(first, dropped(values, 0.3, training=True))
    assert values.grad is not None
    assert torch.equal(values.grad, first)


def test_onto_adds_what_the_layer_gives() -> None:
    layer, values, added = Dropout(0.4), torch.randn(4, 9), torch.randn(4, 9)
    torch.manual_seed(2)
    together = layer.onto(values, added)
    torch.manual_seed(2)
    torch.testing.assert_close(together, values + layer(added))
    assert torch.equal(layer.eval().onto(values, added), values + added)


def test_training_without_dropout_computes_what_evaluation_does() -> None:
    layer, values = GroupedEncoderLayer(2, 8, 2, 16, dropout=1e-9), torch.randn(2, 3, 5, 8)
    mask = torch.ones(5, 5, dtype=torch.bool).tril()
    with torch.no_grad():
        trained, evaluated = layer.train()(values, mask), layer.eval()(values, mask)
    torch.testing.assert_close(trained, evaluated)
