"""The losses of a training step: hand-computed where they can be, blind to what is not there, and learnable."""

import math
from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from gesta.echomask.clips import Clips
from gesta.echomask.config import MASK_POLICIES, Alignment
from gesta.echomask.generator import Predicted
from gesta.echomask.mam import contrast
from gesta.echomask.objective import accuracy, rest_loss, speed_loss, step_losses
from gesta.echomask.parts import ALL_PARTS
from gesta.echomask.sight import Sight
from gesta.echomask.teacher import Teacher
from tests.echomask.small import CODES, made_clips, small_config, small_generator


def losses(
    clips: Clips, seed: int = 3, preset: str = "gesta", progress: float = 0.5, **changes: object
) -> dict[str, torch.Tensor]:
    generator = small_generator(preset, **changes)
    torch.manual_seed(seed)
    return step_losses(generator, Teacher(generator, generator.config.masking), clips, progress)


def test_contrast_by_hand() -> None:
    """Two tokens with cosine 1 to their own and 0 to the other: log(1 + exp(-1 / T)) for each."""
    heard = torch.tensor([[[[1.0, 0.0], [0.0, 2.0]]]])
    real = torch.ones(1, 1, 2, dtype=torch.bool)
    for symmetric in (False, True):
        how = Alignment(temperature=0.5, cross_clip=False, symmetric=symmetric)
        assert contrast(heard, heard * 3.0, real, how).item() == pytest.approx(math.log(1 + math.exp(-2.0)), abs=1e-6)


def test_other_clips_are_negatives_only_if_asked_for() -> None:
    same = torch.randn(1, 1, 4, 8).expand(-1, 3, -1, -1)
    real = torch.ones(1, 3, 4, dtype=torch.bool)
    within = contrast(same, same, real, Alignment(cross_clip=False))
    across = contrast(same, same, real, Alignment(cross_clip=True))
    # Two identical tokens elsewhere in the batch cost at least log 3.
    assert across > within + math.log(3) - 1e-4


def test_padding_is_no_negative() -> None:
    heard, real = torch.randn(1, 1, 4, 8), torch.tensor([[[True, True, False, False]]])
    for how in (Alignment(cross_clip=False), Alignment(cross_clip=True)):
        cut = contrast(heard[:, :, :2], heard[:, :, :2] + 0.1, real[..., :2], how)
        torch.testing.assert_close(contrast(heard, heard + 0.1, real, how), cut)


@pytest.mark.parametrize("policy", MASK_POLICIES)
def test_every_policy_gives_a_loss(policy: str) -> None:
    found = losses(made_clips(), masking={**small_config().masking.model_dump(), "policy": policy})
    assert found["loss"].isfinite()
    assert found["loss"].requires_grad


def test_one_pass_that_is_drawn_predicts_all_levels_and_the_others_the_base_one() -> None:
    """Nothing else is by chance here: what the deep pass loses is what it loses where all passes are deep."""
    base = small_config()
    chosen = set()
    for seed in range(8):
        found = {
            kind: losses(
                made_clips(),
                seed,
                progress=1.0,
                masking=base.masking.model_dump() | {"ratio": 0.25, "policy": "motion_energy", "directed": 0.25},
                losses=base.losses.model_dump() | {"level_passes": kind, "seedless_share": 0.0},
            )
            for kind in ("all", "one")
        }
        same = {
            name
            for name in ("seed", "self", "word")
            if torch.allclose(found["all"][f"{name}_tokens"], found["one"][f"{name}_tokens"], rtol=1e-3)
        }
        assert len(same) == 1
        for name in {"seed", "self", "word"} - same:
            assert found["one"][f"{name}_tokens"] < 0.7 * found["all"][f"{name}_tokens"]
            assert found["one"][f"{name}_accuracy"] == found["all"][f"{name}_accuracy"]
        chosen |= same
    assert chosen == {"seed", "self", "word"}


def test_speeds_count_as_much_as_they_weigh() -> None:
    """Of each pass, where they are asked for; they are told by weights of their own."""
    settings = small_config().losses.model_dump()
    plain, once, twice = (losses(made_clips(), losses=settings | {"speed": weight}) for weight in (0.0, 1.0, 2.0))
    assert not any(name.endswith("_speed") for name in plain)
    said = sum(once[f"{name}_speed"] for name in ("seed", "self", "word"))
    assert said > 0
    torch.testing.assert_close(twice["loss"] - once["loss"], said, rtol=1e-3, atol=1e-3)


def test_a_speed_that_is_told_rightly_costs_nothing() -> None:
    clips = made_clips()
    counted = torch.ones_like(clips.speeds, dtype=torch.bool)
    assert speed_loss(clips.speeds, clips, counted) == 0
    assert speed_loss(clips.speeds + 2.0, clips, counted).item() == pytest.approx(4.0 * len(ALL_PARTS), rel=1e-5)


@pytest.mark.parametrize("preset", ["official", "gesta"])
def test_the_first_losses_are_those_of_chance(preset: str) -> None:
    found = losses(made_clips(), preset=preset)
    chance = len(ALL_PARTS) * math.log(CODES) * (1 + 1 / 2 + 1 / 3)
    assert found["seed_tokens"].item() == pytest.approx(chance, rel=0.1)


@pytest.mark.parametrize("parts", [{"face"}, {"hands", "upper", "lower"}])
def test_what_a_clip_lacks_changes_nothing(parts: set[str]) -> None:
    """Face-only and body-only clips: garbage in the missing parts' codes, vectors and channels has no effect."""
    clips = made_clips()
    has = torch.tensor([part in parts for part in ALL_PARTS])
    known = clips.known.clone()
    known[..., 10:] = False
    clips = replace(clips, valid=has[:, None] & clips.valid, known=known)
    other = made_clips(seed=9)
    lacking = ~has
    changed = replace(
        clips,
        codes=torch.where(lacking[:, None, None, None], other.codes, clips.codes),
        latents=torch.where(lacking[:, None, None, None, None], other.latents, clips.latents),
        motion=torch.where(known, clips.motion, other.motion),
    )
    before, after = losses(clips), losses(changed)
    for name in before:
        torch.testing.assert_close(before[name], after[name], msg=name)


def test_accuracy_is_that_of_the_parts_that_are_there() -> None:
    clips = made_clips()
    has = torch.ones_like(clips.valid)
    has[1] = False
    clips = replace(clips, valid=has)
    logits = functional.one_hot(clips.codes, CODES).float()
    counted = has[:, :, None].expand(*has.shape, clips.codes.shape[-1])
    assert accuracy(Predicted(logits, clips.latents, alone=clips.latents[:2, :, 0]), clips, counted).item() == 1.0


def test_the_rest_is_explained_wholly_or_not_at_all() -> None:
    clips = made_clips()
    true = clips.latents[:, :, 1:].sum(dim=2)
    counted = torch.ones(true.shape[:3], dtype=torch.bool)
    counted[:, :, 5:] = False
    wrong_elsewhere = true.clone()
    wrong_elsewhere[:, :, 5:] = 9.0
    assert rest_loss(wrong_elsewhere, clips, counted).item() == 0.0
    assert rest_loss(torch.zeros_like(true), clips, counted).item() == pytest.approx(len(true))


def test_padding_changes_nothing() -> None:
    clips = made_clips()
    real = clips.real.clone()
    real[:, 20:] = False
    clips = replace(clips, real=real, known=clips.known & real[..., None])
    codes, motion = clips.codes.clone(), clips.motion.clone()
    codes[..., 5:] = 0
    motion[:, 20:] = 99.0
    before, after = losses(clips), losses(replace(clips, codes=codes, motion=motion))
    torch.testing.assert_close(before["loss"], after["loss"])


def test_a_detached_target_teaches_the_speech_only() -> None:
    for detach in (True, False):
        generator = small_generator()
        clips = made_clips()
        latents = clips.latents.sum(dim=2).requires_grad_()
        queries = generator.hear(clips.low, clips.high)
        found = generator.alignment.losses(
            queries, generator.alignment.motion(latents, Sight()), clips.valid,
            torch.ones(4, 8, dtype=torch.bool), Alignment(detach_target=detach),
        )  # fmt: skip
        found["regression"].backward()
        assert (latents.grad is None) == detach


def test_the_match_loss_learns_to_tell_pairs() -> None:
    """As published it has no negatives: a constant answer solves it. With negatives a constant one costs log 2."""
    clips = made_clips()
    for negatives, least in ((False, 0.0), (True, math.log(2))):
        generator = small_generator(alignment={"match_negatives": negatives})
        with torch.no_grad():
            generator.alignment.matcher.outer.weight.zero_()
            generator.alignment.matcher.outer.bias[:] = torch.tensor([0.0, 0.0 if negatives else 30.0])
        found = step_losses(generator, Teacher(generator, generator.config.masking), clips, 0.5)["align_match"]
        assert found.item() == pytest.approx(least * len(ALL_PARTS), abs=1e-4)


def test_the_teacher_follows_quickly_at_first() -> None:
    generator = small_generator()
    teacher = Teacher(generator, generator.config.masking)
    with torch.no_grad():
        generator.hidden += 1.0
    teacher.follow(generator)
    first = (generator.hidden - teacher.generator.hidden).mean().item()
    assert first == pytest.approx(0.1, abs=1e-5)
    for _ in range(50):
        teacher.follow(generator)
    assert (generator.hidden - teacher.generator.hidden).abs().max() < 1e-3
    assert not teacher.train().generator.training


@pytest.mark.slow
def test_a_small_generator_learns_a_few_clips_by_heart() -> None:
    generator, clips = small_generator(dropout=0.0).train(), made_clips(2)
    teacher = Teacher(generator, generator.config.masking)
    optimiser = torch.optim.Adam(generator.parameters(), lr=3e-3)
    torch.manual_seed(0)
    for step in range(150):
        found = step_losses(generator, teacher, clips, step / 150)
        optimiser.zero_grad()
        found["loss"].backward()
        optimiser.step()
        teacher.follow(generator)
    assert found["word_accuracy"] > 0.95
    assert found["seed_accuracy"] > 0.9
    assert found["word_tokens"] < 0.5
