"""Sparse shapes add up like the dense ones they stand for."""

import numpy as np
import pytest

from gesta.avatar.shapes import SparseShapes, joined, stacked

VERTICES = 12


def dense(shapes: SparseShapes) -> np.ndarray:
    """(N, VERTICES, 3), by the names one after the other."""
    moves = np.zeros((len(shapes), VERTICES, 3), np.float32)
    for index, name in enumerate(shapes.names):
        vertices, offsets = shapes.moves(name)
        moves[index, vertices] = offsets
    return moves


@pytest.fixture
def shapes() -> SparseShapes:
    randomness = np.random.default_rng(1)
    moves = [(randomness.permutation(VERTICES)[:count], randomness.normal(size=(count, 3))) for count in (3, 0, 7, 1)]
    return SparseShapes.of(("a", "b", "c", "d"), moves)


def test_offsets_are_the_dense_sum(shapes: SparseShapes) -> None:
    weights = np.array([0.5, 1.0, 0.25, 1.0], np.float32)
    expected = np.einsum("n,nvx->vx", weights, dense(shapes))
    np.testing.assert_allclose(shapes.offset(weights, VERTICES), expected, atol=1e-6)
    assert not shapes.offset(np.zeros(4), VERTICES).any()


def test_a_single_shape_is_linear(shapes: SparseShapes) -> None:
    whole, half = (shapes.offset(np.array([0, 0, weight, 0]), VERTICES) for weight in (1.0, 0.5))
    np.testing.assert_allclose(half, whole / 2, atol=1e-7)
    np.testing.assert_array_equal(whole, dense(shapes)[2])


def test_lost_vertices_take_their_entries_with_them(shapes: SparseShapes) -> None:
    new_index = np.full(VERTICES, -1)
    kept = np.array([1, 2, 5, 6, 11])
    new_index[kept] = np.arange(len(kept))
    left = shapes.renumbered(new_index)
    np.testing.assert_array_equal(dense(left)[:, : len(kept)], dense(shapes)[:, kept])


def test_parts_of_a_surface_join_and_sets_stack(shapes: SparseShapes) -> None:
    low, high = np.arange(VERTICES), np.arange(VERTICES)
    low[6:], high[:6] = -1, -1
    together = joined([shapes.renumbered(low), shapes.renumbered(high)])
    np.testing.assert_array_equal(dense(together), dense(shapes))
    both = stacked(shapes, SparseShapes.of(("e",), [(np.array([3]), np.ones((1, 3)))]))
    assert both.names == ("a", "b", "c", "d", "e")
    np.testing.assert_array_equal(dense(both)[:4], dense(shapes))
    assert dense(both)[4].sum() == 3.0


def test_an_unknown_shape_is_named(shapes: SparseShapes) -> None:
    with pytest.raises(KeyError, match="no shape 'smirk'"):
        shapes.moves("smirk")
    assert len(SparseShapes.none(("a", "b"))) == 2
    assert not SparseShapes.none(("a", "b")).offset(np.ones(2), VERTICES).any()
