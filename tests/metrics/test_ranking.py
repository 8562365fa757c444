"""The area under the curve, against cases counted by hand."""

import numpy as np
import pytest

from gesta.metrics.ranking import area_under_curve
from gesta.randomness import generator


@pytest.mark.parametrize(
    ("scores", "truth", "area"),
    (
        ((1, 2, 3, 4), (0, 0, 1, 1), 1.0),
        ((4, 3, 2, 1), (0, 0, 1, 1), 0.0),
        ((1, 1, 1), (1, 0, 0), 0.5),
        # Pairs of a true and another item: 2 over 1, 2 under 3, 4 over both.
        ((1, 2, 3, 4), (0, 1, 0, 1), 3 / 4),
        # A tie counts half: 2 against 2 and 1.
        ((2, 2, 1), (1, 0, 0), 1.5 / 2),
    ),
)
def test_by_hand(scores: tuple, truth: tuple, area: float) -> None:
    assert area_under_curve(np.array(scores, float), np.array(truth)) == pytest.approx(area)


def test_every_pair_counted() -> None:
    draw = generator(0, "area")
    scores, truth = draw.integers(0, 9, 60).astype(float), draw.random(60) < 0.3
    pairs = scores[truth][:, None] - scores[~truth][None]
    assert area_under_curve(scores, truth) == pytest.approx((np.sign(pairs).mean() + 1) / 2)


def test_only_the_order_of_scores_matters() -> None:
    draw = generator(1, "area")
    scores, truth = draw.random(50), draw.random(50) < 0.5
    assert area_under_curve(scores, truth) == area_under_curve(np.exp(5 * scores), truth)
    assert area_under_curve(-scores, truth) == pytest.approx(1 - area_under_curve(scores, truth))


def test_without_both_kinds_there_is_no_area() -> None:
    assert area_under_curve(np.arange(3.0), np.zeros(3)) is None
    assert area_under_curve(np.arange(3.0), np.ones(3)) is None
    assert area_under_curve(np.zeros(0), np.zeros(0)) is None


def test_what_cannot_be_ranked_is_refused() -> None:
    with pytest.raises(ValueError, match="equally long"):
        area_under_curve(np.zeros(3), np.zeros(4))
    with pytest.raises(ValueError, match="not a number"):
        area_under_curve(np.array([0.0, np.nan]), np.array([0, 1]))
