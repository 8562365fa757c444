"""Tests of what is known next to each token."""

import torch

from gesta.echomask.known import KnownTokens
from gesta.echomask.nearby import NOWHERE, farthest, nearby, nearby_width, neighbours
from gesta.echomask.parts import ALL_PARTS, HANDS
from gesta.echomask.sight import sight
from tests.echomask.small import FRAMES, LEVELS, SUMS, known_tokens, made_clips, small_config, small_generator
from tests.echomask.test_generator import predict


def test_neighbours_of_a_row_by_hand() -> None:
    there = torch.tensor([[False, True, True, False, False, True, False]])
    before, second, after = neighbours(there)[:, 0].tolist()
    assert before == [NOWHERE, NOWHERE, 1, 2, 2, 2, 5]
    assert second == [NOWHERE, NOWHERE, NOWHERE, 1, 1, 1, 2]
    assert after == [1, 2, 5, 5, 5, NOWHERE, NOWHERE]


def test_who_may_not_look_ahead_has_no_neighbour_after() -> None:
    there = torch.rand(3, 2, 9, generator=torch.Generator().manual_seed(1)) < 0.4
    ahead, not_ahead = neighbours(there), neighbours(there, ahead=False)
    assert torch.equal(ahead[:2], not_ahead[:2])
    assert (not_ahead[2] == NOWHERE).all()


def test_vectors_and_distances_by_hand() -> None:
    sizes = small_config(**SUMS).sizes
    vectors = torch.randn(1, 1, FRAMES // 4, sizes.latent)
    there = torch.zeros(1, 1, FRAMES // 4, dtype=torch.bool)
    there[..., [1, 5]] = True
    found = nearby(KnownTokens(vectors, there), sight(FRAMES, None), sizes)
    assert found.shape == (1, 1, FRAMES // 4, nearby_width(sizes))
    carried, steps = found[0, 0].split([3 * sizes.latent, 3 * (farthest(sizes) + 1)], dim=-1)
    before, second, after = carried.chunk(3, dim=-1)
    assert torch.equal(before[3], vectors[0, 0, 1]) and torch.equal(after[3], vectors[0, 0, 5])
    assert torch.equal(second[7], vectors[0, 0, 1]) and not second[3].any() and not after[7].any()
    distances = steps.unflatten(-1, (3, -1)).argmax(dim=-1)
    assert distances[3].tolist() == [2, 0, 2] and distances[7].tolist() == [2, 6, 0]


def test_a_neighbour_is_read_and_a_hidden_token_is_not() -> None:
    """The sum of the further levels goes on from the token before; it does not see one that is not known."""
    generator, clips = small_generator(**SUMS), made_clips()
    known = known_tokens(clips, tokens=2)

    def rest(vectors: torch.Tensor) -> torch.Tensor:
        queries = generator.hear(clips.low, clips.high)
        found = generator(
            clips.motion,
            clips.known & False,
            queries,
            clips.who,
            told=clips.latents,
            known=KnownTokens(vectors, known.there),
        ).rest
        assert found is not None
        return found

    for token, seen in ((1, True), (2, False)):
        other = known.vectors.clone()
        other[HANDS, :, token] = torch.randn_like(other[HANDS, :, token])
        change = (rest(other) - rest(known.vectors)).abs().amax(dim=-1)
        assert (change[HANDS, :, 2:] > 1e-4).all() if seen else not change.any()


def test_sums_say_the_base_level_alone_and_one_vector() -> None:
    predicted = predict(small_generator(**SUMS), clips := made_clips())
    assert predicted.logits.shape[2] == 1 and predicted.rest is not None
    assert predicted.rest.shape == clips.latents[:, :, 0].shape == (len(ALL_PARTS), 4, FRAMES // 4, 16)
    assert LEVELS > 1
