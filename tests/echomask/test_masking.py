"""Which frames are masked: how many, which ones may not be, and that the curriculum has an effect."""

import pytest
import torch

from gesta.echomask.config import MASK_POLICIES, Masking
from gesta.echomask.masking import STILL, masked_frames, motion_energy, token_speeds
from gesta.units import TOKEN_FRAMES

FRAMES = 64
SCORES = torch.arange(FRAMES).float().expand(200, -1)


def mask(policy: str, progress: float, candidates: torch.Tensor | None = None, **settings: float) -> torch.Tensor:
    torch.manual_seed(0)
    allowed = torch.ones(200, FRAMES, dtype=torch.bool) if candidates is None else candidates
    scores = None if policy in ("random", "none") else SCORES
    return masked_frames(Masking(policy=policy, **settings), scores, allowed, progress)


@pytest.mark.parametrize("policy", MASK_POLICIES)
@pytest.mark.parametrize("progress", [0.0, 0.5, 1.0])
def test_the_share_is_kept(policy: str, progress: float) -> None:
    assert (mask(policy, progress).sum(dim=1) == (0 if policy == "none" else 24)).all()


def test_a_drawn_share_lies_between_both_and_the_scores_still_decide_theirs() -> None:
    chosen = mask("speech_query", 1.0, most=0.75)
    counts = chosen.sum(dim=1)
    assert (counts >= 24).all() and (counts <= 48).all() and len(counts.unique()) > 15
    assert chosen[:, -13:].all()


@pytest.mark.parametrize("policy", MASK_POLICIES)
def test_only_candidates_are_masked(policy: str) -> None:
    candidates = torch.ones(200, FRAMES, dtype=torch.bool)
    candidates[:, :4] = False
    candidates[:100, 20:] = False
    chosen = mask(policy, 0.5, candidates)
    assert not (chosen & ~candidates).any()
    if policy != "none":
        assert (chosen[:100].sum(dim=1) == 16).all()


@pytest.mark.parametrize("policy", MASK_POLICIES)
@pytest.mark.parametrize("progress", [0.0, 1.0])
def test_whole_tokens_are_masked_together(policy: str, progress: float) -> None:
    candidates = torch.ones(200, FRAMES, dtype=torch.bool)
    candidates[:, 9] = False
    chosen = mask(policy, progress, candidates, whole_tokens=True).unflatten(1, (-1, TOKEN_FRAMES))
    whole = chosen.all(dim=2)
    assert torch.equal(whole, chosen.any(dim=2))
    assert (whole.sum(dim=1) == (0 if policy == "none" else 6)).all()
    assert not whole[:, 9 // TOKEN_FRAMES].any()


def test_the_token_with_the_highest_scores_goes_first() -> None:
    chosen = mask("speech_query", 1.0, whole_tokens=True, ratio=1 / 16, directed=1.0)
    assert chosen[:, -TOKEN_FRAMES:].all()


def test_in_the_end_the_highest_scores_are_always_masked() -> None:
    assert mask("speech_query", 1.0)[:, -13:].all()


def test_at_first_the_pool_is_drawn_from() -> None:
    top = mask("speech_query", 0.0, ratio=0.2)
    assert not top[:, : FRAMES - 26].any()
    assert 0.3 < top[:, -26:].float().mean() < 0.7
    # Higher scores are drawn more often than lower ones of the same pool.
    assert top[:, -8:].float().mean() > top[:, -26:-18].float().mean()


def test_as_published_the_curriculum_changes_nothing() -> None:
    for progress in (0.0, 0.5, 1.0):
        assert mask("as_published", progress)[:, -13:].all()


def test_random_ignores_scores() -> None:
    share = mask("random", 1.0).float().mean(dim=0)
    assert share.std() < 0.06
    assert abs(share.mean() - 0.375) < 1e-6


def test_energy_is_where_motion_is() -> None:
    motion = torch.zeros(1, FRAMES, 6)
    motion[:, 30:] = 1.0
    energy = motion_energy({"upper": motion[..., :3], "hands": motion[..., 3:]})
    assert energy.argmax() == 30
    assert energy.sum() == energy[0, 30]


def test_speeds_of_tokens_by_hand() -> None:
    energy = torch.tensor([[0.0, 0.0, 0.0, 0.0, 0.1, 0.3, 0.0, 0.0]])
    torch.testing.assert_close(token_speeds(energy), torch.tensor([[STILL, 0.1 + STILL]]).log())
