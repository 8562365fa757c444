"""The bootstrap, against what must come out."""

import numpy as np
import pytest

from gesta.metrics.bootstrap import interval
from gesta.randomness import generator


def test_without_spread_there_is_no_interval() -> None:
    table = np.full((4, 3), 0.25)
    found = interval(lambda rows, seeds: float(table[rows, seeds].mean()), 4, 3)
    assert (found.value, found.low, found.high) == pytest.approx((0.25, 0.25, 0.25))


def test_its_width_is_that_of_the_standard_error() -> None:
    table = generator(0, "bootstrap").normal(size=(200, 1))
    found = interval(lambda rows, seeds: float(table[rows, seeds].mean()), 200, 1)
    error = table.std() / np.sqrt(200)
    assert found.value == pytest.approx(table.mean())
    assert found.high - found.low == pytest.approx(2 * 1.96 * error, rel=0.1)


def test_takes_of_one_recording_are_no_further_evidence() -> None:
    table = np.repeat(generator(1, "bootstrap").normal(size=(20, 1)), 10, axis=1)
    once = interval(lambda rows, seeds: float(table[rows, seeds].mean()), 20, 1)
    often = interval(lambda rows, seeds: float(table[rows, seeds].mean()), 20, 10)
    assert often.high - often.low == pytest.approx(once.high - once.low, rel=0.15)


def test_pairs_take_away_what_is_hard_for_everybody() -> None:
    chance = generator(2, "bootstrap")
    hard, ours = chance.normal(size=(30, 1)), 0.01 * chance.normal(size=(30, 5))
    one, other = hard + 0.1 + ours, hard + np.zeros((1, 5))
    found = interval(lambda rows, seeds: float((one - other)[rows, seeds].mean()), 30, 5)
    assert 0.09 < found.low < 0.1 < found.high < 0.11


def test_recordings_of_one_seed_are_no_further_evidence_about_seeds() -> None:
    table = np.tile(generator(3, "bootstrap").normal(size=(1, 6)), (50, 1))
    found = interval(lambda rows, seeds: float(table[rows, seeds].mean()), 50, 6)
    assert found.high - found.low > 2.5 * table.std() / np.sqrt(6)
