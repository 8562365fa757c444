"""Perplexity, by hand."""

import numpy as np
import pytest

from gesta.metrics.codes import perplexity


def test_by_hand() -> None:
    assert perplexity(np.zeros((3, 4), int), 8) == pytest.approx(1.0)
    assert perplexity(np.arange(8), 8) == pytest.approx(8.0)
    assert perplexity(np.array([0, 0, 5, 5]), 8) == pytest.approx(2.0)
    # A half and two quarters: entropy 1.5 bits.
    assert perplexity(np.array([0, 0, 1, 2]), 8) == pytest.approx(2**1.5)


@pytest.mark.parametrize("codes", ([], [8], [-1]))
def test_codes_that_cannot_be_are_refused(codes: list[int]) -> None:
    with pytest.raises(ValueError, match="0 to 7"):
        perplexity(np.array(codes, int), 8)
