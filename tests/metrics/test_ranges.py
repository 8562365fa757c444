"""Distance from what people do, by hand."""

import pytest

from gesta.metrics.ranges import FARTHEST, Range

PEOPLE = Range.of([1.0, 4.0, 2.0], allowance=0.1)


@pytest.mark.parametrize(
    ("value", "inside", "distance"),
    ((2.0, True, 0.0), (1.0, True, 1.0), (3.0, True, 0.5), (4.0, True, 1.0), (5.0, False, 1.5), (0.5, False, 1.5)),
)
def test_one_is_the_least_or_the_most(value: float, inside: bool, distance: float) -> None:
    assert PEOPLE.holds(value) is inside
    assert PEOPLE.distance(value) == pytest.approx(distance)


def test_far_is_far() -> None:
    assert PEOPLE.distance(1e6) == FARTHEST


def test_where_people_are_alike_the_allowance_counts() -> None:
    alike = Range.of([2.0, 2.0], allowance=0.5)
    assert alike.holds(2.4)
    assert not alike.holds(2.6)
    assert alike.distance(2.25) == pytest.approx(0.5)
