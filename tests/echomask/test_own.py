"""Clips that go on from what the generator told: where it told nothing they stay as they are."""

from dataclasses import replace

import pytest
import torch

from gesta.echomask import own
from gesta.echomask.clips import Clips, known_tokens
from gesta.echomask.generator import Predicted
from gesta.echomask.model import EchoMask
from gesta.echomask.objective import step_losses
from gesta.echomask.teacher import Teacher
from gesta.errors import InputError
from tests.echomask.small import FRAMES, LEVELS, SUMS, made_clips, small_config, small_model

TOLD = FRAMES // 2
"""Frames that the pass sees; the others it has to tell."""


def model_and_clips(**changes: object) -> tuple[EchoMask, Clips]:
    """A model, and clips of its own tokens' vectors."""
    model, clips = small_model(**{**SUMS, **changes}), made_clips()
    latents = torch.stack([model.books().vectors(level, clips.codes[:, :, level]) for level in range(LEVELS)], dim=2)
    motion = torch.randn(*clips.real.shape, model.motion_input.channels)
    return model, replace(clips, motion=motion, known=torch.ones_like(motion, dtype=torch.bool), latents=latents)


def told(model: EchoMask, clips: Clips) -> tuple[Predicted, torch.Tensor, torch.Tensor]:
    """A pass over the clips that sees their first frames, these frames, and the speech queries."""
    visible = torch.zeros_like(clips.real)
    visible[:, :TOLD] = True
    queries = model.generator.hear(clips.low, clips.high)
    known = known_tokens(clips, [visible])
    said = model.generator(
        clips.motion, visible[..., None], queries, clips.who, clips.valid, told=clips.latents, known=known
    )
    return said, visible, queries


@torch.no_grad()
def test_only_what_was_not_seen_is_replaced_and_only_in_the_clips_asked_for() -> None:
    model, clips = model_and_clips()
    chosen = torch.tensor([True, False, True, False])
    said, visible, queries = told(model, clips)
    found = own.with_own_tokens(model.generator, clips, chosen, said, visible, queries, model)
    true = clips.latents.sum(dim=2)
    assert found.said is not None
    torch.testing.assert_close(found.said[:, :, : TOLD // 4], true[:, :, : TOLD // 4])
    torch.testing.assert_close(found.said[:, ~chosen], true[:, ~chosen])
    assert not torch.isclose(found.said[:, chosen, TOLD // 4 :], true[:, chosen, TOLD // 4 :]).all()
    assert torch.equal(found.motion[~chosen], clips.motion[~chosen])
    assert torch.equal(found.codes, clips.codes)
    seen = known_tokens(found, [torch.ones_like(clips.real)])
    assert torch.equal(seen.vectors, found.said)


@torch.no_grad()
def test_own_levels_stand_on_true_base_codes_and_are_shown_as_they_decode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "DRAWN_SHARE", 0.0)
    model, clips = model_and_clips()
    said, visible, queries = told(model, clips)
    every = torch.ones(len(clips.real), dtype=torch.bool)
    found = own.with_own_tokens(model.generator, clips, every, said, visible, queries, model)
    known = known_tokens(clips, [visible])
    levels = model.generator.choose(
        said.latents[:, :, 0], clips.codes[:, :, 0], queries, model.books(), "expected", known
    )
    levels[..., : TOLD // 4] = clips.codes[..., : TOLD // 4]
    torch.testing.assert_close(found.motion, model.shown(levels))


@torch.no_grad()
def test_drawn_base_codes_are_as_likely_as_they_were_told_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass that is sure of code 5 everywhere is taken at its word."""
    monkeypatch.setattr(own, "DRAWN_SHARE", 1.0)
    model, clips = model_and_clips()
    for parameter in model.generator.residual.parameters():
        parameter.zero_()
    said, visible, queries = told(model, clips)
    sure = torch.full_like(said.logits, -100.0)
    sure[..., 5] = 100.0
    every = torch.ones(len(clips.real), dtype=torch.bool)
    found = own.with_own_tokens(
        model.generator, clips, every, replace(said, logits=sure), visible, queries, model
    )  # fmt: skip
    assert found.said is not None
    fifth = model.books().nearest(model.books().vectors(0, torch.full_like(clips.codes[:, :, 0], 5)))
    expected = model.books().summed(fifth)
    torch.testing.assert_close(found.said[:, :, TOLD // 4 :], expected[:, :, TOLD // 4 :])


def test_own_tokens_begin_when_they_are_to_and_teach() -> None:
    losses = small_config().losses.model_dump() | {"own_share": 1.0, "own_from": 0.5}
    found = {}
    for name, changes in (("without", {}), ("with", {"losses": losses})):
        model, clips = model_and_clips(**changes)
        teacher = Teacher(model.generator, model.config.masking)
        for progress in (0.2, 0.8):
            torch.manual_seed(1)
            found[name, progress] = step_losses(model.generator, teacher, clips, progress, model)
    assert torch.equal(found["with", 0.2]["loss"], found["without", 0.2]["loss"])
    assert torch.equal(found["with", 0.8]["align_match"], found["without", 0.8]["align_match"])
    assert not torch.equal(found["with", 0.8]["seed_tokens"], found["without", 0.8]["seed_tokens"])
    found["with", 0.8]["loss"].backward()
    assert model.generator.classifier.outer.weight.grad is not None
    with pytest.raises(ValueError, match="what tokens stand for"):
        step_losses(model.generator, teacher, clips, 0.8)


@pytest.mark.parametrize(
    "changes",
    [
        {"losses": {"own_share": 0.5, "passes": ("seed", "self")}},
        {"losses": {"own_share": 0.5}, "masking": {"policy": "loss"}},
    ],
)
def test_what_cannot_tell_own_tokens_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InputError, match="own_share"):
        small_config(**changes)
