"""Who moves: the numbers of a style reach the vectors, unknown ones do not, and nobody in particular is the same."""

import pytest
import torch

from gesta.echomask.who import Manner, Speakers, Who


@pytest.fixture
def manner() -> Manner:
    torch.manual_seed(0)
    made = Manner(3, 8)
    made.fit([[1.0, 10.0, 5.0], [3.0, 30.0, 5.0], [2.0, 20.0, 5.0], [float("nan"), 0.0, 0.0]])
    return made


def test_traits_are_scaled_by_those_of_training(manner: Manner) -> None:
    torch.testing.assert_close(manner.centre, torch.tensor([2.0, 20.0, 5.0]))
    torch.testing.assert_close(manner.scale[:2], torch.tensor([(2 / 3) ** 0.5, 10 * (2 / 3) ** 0.5]))


def test_a_trait_that_never_differed_counts_nothing(manner: Manner) -> None:
    one, other = (manner(torch.tensor([[1.0, 10.0, value]])) for value in (5.0, 500.0))
    torch.testing.assert_close(one, other)
    moved = manner(torch.tensor([[1.5, 10.0, 5.0]]))
    assert (moved[1] - one[1]).abs().max() > 1e-4


def test_whoever_is_unknown_adds_nothing(manner: Manner) -> None:
    face, body = manner(torch.tensor([[1.0, float("nan"), 5.0], [1.0, 10.0, 5.0]]))
    assert not face[0].any()
    assert not body[0].any()
    assert body[1].any()


def test_hidden_people_are_all_the_same() -> None:
    who = Who(torch.tensor([0, 1, 2]), torch.arange(9.0).view(3, 3)).without(torch.tensor([True, False, True]), 3)
    assert who.speakers.tolist() == [3, 1, 3]
    assert who.traits is not None
    assert who.traits.isnan().all(dim=1).tolist() == [True, False, True]
    vectors = Speakers(4, 5).of(who, None)
    torch.testing.assert_close(vectors[0], vectors[2])


def test_repeated_people_stand_in_the_order_of_clips() -> None:
    twice = Who(torch.tensor([4, 5]), torch.tensor([[1.0], [2.0]])).repeat(2)
    assert twice.speakers.tolist() == [4, 5, 4, 5]
    assert twice.traits is not None
    assert twice.traits.flatten().tolist() == [1.0, 2.0, 1.0, 2.0]


def test_who_is_the_same_has_the_same_speakers_and_the_same_numbers() -> None:
    who = Who(torch.tensor([4]), torch.tensor([[1.0, 2.0]]))
    assert who.same(Who(torch.tensor([4]), torch.tensor([[1.0, 2.0]])))
    assert not who.same(Who(torch.tensor([4]), torch.tensor([[1.0, 2.5]])))
    assert not who.same(Who(torch.tensor([3]), torch.tensor([[1.0, 2.0]])))
    assert not who.same(Who(torch.tensor([4])))
    assert Who(torch.tensor([4])).same(Who(torch.tensor([4])))
