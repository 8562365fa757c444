"""Losses: nothing at the truth, by hand where something is known, and nothing from what a clip lacks."""

import pytest
import torch
from torch import Tensor

from gesta.motion.representation import LOWER_JOINTS, Representation
from gesta.motion.torch_kinematics import angle_between, chain
from gesta.tokenizer.comparing import Comparison, Pair, absolute, squared, weighted_mean
from gesta.tokenizer.config import TokenizerLosses
from gesta.tokenizer.feet import foot_slide
from gesta.tokenizer.losses import _channel_terms, tokenizer_losses
from gesta.tokenizer.tokenizers import Tokenizers
from tests.tokenizer.made_tokenizers import all_valid, made_parts, tiny_tokenizers


def losses(tokenizers: Tokenizers, parts: dict[str, Tensor], valid: dict[str, Tensor]) -> dict[str, Tensor]:
    torch.manual_seed(0)
    return tokenizer_losses(tokenizers, parts, valid)


def test_means_count_what_is_valid() -> None:
    values = torch.tensor([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]])
    assert weighted_mean(values, torch.tensor([1, 0])).item() == 2.5
    assert weighted_mean(values, torch.tensor([[0, 1], [0, 0]])).item() == 3.0
    assert weighted_mean(values, torch.zeros(2)).item() == 0.0


def test_changes_are_taken_along_time() -> None:
    true = torch.zeros(1, 5, 3)
    steady = torch.tensor([0.0, 1.0, 2.0, 3.0, 4.0])[None, :, None].expand(1, 5, 3)
    weight = torch.ones(1)
    assert Pair(steady, true, weight).changes(absolute).item() == 1.0, "speed 1, acceleration 0"
    uneven = torch.tensor([5.0, -3.0, 8.0]).expand(1, 5, 3)
    assert Pair(uneven, true, weight).changes(squared).item() == 0.0, "neighbouring channels are no neighbours"


def test_an_elbow_that_is_bent_too_far() -> None:
    representation = Representation()
    true = made_parts(1, 4)["upper"]
    upper = representation.parts["upper"][0].joints
    place = upper.index("left_elbow")
    turn = torch.tensor([[0.8, 0.6, 0.0], [-0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])
    found = true.clone()
    compared = Comparison(representation, "upper", true, true, torch.ones(1, 78, dtype=torch.bool))
    found[..., 6 * place : 6 * place + 6] = (compared.rotations.true[:, :, place] @ turn)[..., :2, :].flatten(-2)
    compared = Comparison(representation, "upper", found, true, torch.ones(1, 78, dtype=torch.bool))
    angle = torch.atan2(torch.tensor(0.6), torch.tensor(0.8))
    assert compared.rotations.mean(angle_between).item() == pytest.approx(angle.item() / 13, rel=1e-3)
    moved = (compared.positions.found - compared.positions.true).norm(dim=-1)[0, 0]
    names = [name for name, distance in zip(chain(upper).points, moved, strict=True) if distance > 1e-5]
    assert "left_wrist" in names
    assert all(name.startswith("left_") for name in names)


def test_feet_that_stand_must_not_slide() -> None:
    rotations = torch.eye(3).expand(1, 3, len(LOWER_JOINTS), 3, 3)
    path = torch.tensor([[0.0, 0.0, 0.0], [0.3, 0.0, 0.0], [0.3, 0.0, 0.0]])[None]
    contacts = torch.tensor([1.0, 1.0, 0.5, 0.5]).expand(1, 3, 4)
    # Two of four soles stand and move 0.3 m along one of three axes in one of two steps.
    assert foot_slide(rotations, path, contacts, torch.ones(1)).item() == pytest.approx(0.3 / 12)
    assert foot_slide(rotations, path, contacts * 0.9, torch.ones(1)).item() == 0.0
    assert foot_slide(rotations, path, contacts, torch.zeros(1)).item() == 0.0


def test_every_loss_reaches_the_networks() -> None:
    tokenizers, parts = tiny_tokenizers("flame100").train(), made_parts(3, 16, "flame100")
    found = losses(tokenizers, parts, all_valid(parts))
    weights = [weight for weight in tokenizers.parameters() if weight.requires_grad]
    for name, value in found.items():
        if name.endswith(("perplexity", "foot_slide")):
            continue
        gradients = torch.autograd.grad(value, weights, retain_graph=True, allow_unused=True)
        assert any(slope is not None and slope.abs().max() > 0.0 for slope in gradients), name


def test_positions_leave_the_pose_its_gradient() -> None:
    true = made_parts(1, 4)["lower"]
    found = true.clone().requires_grad_()
    compared = Comparison(Representation(), "lower", found, true, torch.ones(1, true.shape[-1], dtype=torch.bool))
    # Feet that slide are found in the same pose, after the positions.
    assert compared.positions.found.requires_grad
    assert compared.posed.found.requires_grad


@pytest.mark.parametrize("basis", ["arkit52", "flame100"])
def test_every_loss_is_there_and_finite(basis: str) -> None:
    tokenizers, parts = tiny_tokenizers(basis).train(), made_parts(3, 16, basis)
    found = losses(tokenizers, parts, all_valid(parts))
    assert ("face.rotation" in found) == (basis == "flame100")
    assert {"lower.translation", "lower.foot_slide", "hands.position", "global_motion.root_position"} <= found.keys()
    assert all(value.isfinite() and value.ndim == 0 for value in found.values())
    found["loss"].backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in tokenizers.parameters())


def test_the_sum_is_weighted() -> None:
    tokenizers, parts = tiny_tokenizers(), made_parts(2)
    none = dict.fromkeys(TokenizerLosses.model_fields, 0.0)
    weights = TokenizerLosses(**{**none, "rotation": 2.0, "root_velocity": 3.0})
    found = tokenizer_losses(tokenizers, parts, all_valid(parts), weights)
    rotations = sum(found[f"{part}.rotation"] for part in ("hands", "upper", "lower"))
    expected = 2.0 * rotations + 3.0 * found["global_motion.root_velocity"]
    assert found["loss"].item() == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize("garbage", [1e4, float("nan")])
def test_what_a_clip_lacks_changes_nothing(garbage: float) -> None:
    """One clip without hands, one with the face alone, one whose left foot and translation are not known."""
    parts, valid = made_parts(3), all_valid(made_parts(3))
    valid["hands"][0] = 0
    for part in ("hands", "upper", "lower"):
        valid[part][1] = 0
    valid["lower"][2, 48:] = 0
    results = []
    for filling in (0.0, garbage):
        tokenizers = tiny_tokenizers().train()
        filled = {part: torch.where(valid[part][:, None] > 0, values, filling) for part, values in parts.items()}
        found = losses(tokenizers, filled, valid)
        found["loss"].backward()
        results.append([*found.values(), *(p.grad for p in tokenizers.parameters()), *tokenizers.buffers()])
    for first, second in zip(*results, strict=True):
        assert torch.equal(first, second)


def test_a_batch_that_lacks_a_part_teaches_it_nothing() -> None:
    parts, valid = made_parts(2), all_valid(made_parts(2))
    for part in ("upper", "lower"):
        valid[part][:] = 0
    tokenizers = tiny_tokenizers().train()
    found = losses(tokenizers, parts, valid)
    found["loss"].backward()
    for name in ("upper.rotation", "upper.commitment", "lower.contact", "global_motion.root_velocity"):
        assert found[name] == 0.0
    assert not any(p.grad.any() for p in tokenizers.parts["upper"].parameters())
    assert not any(p.grad.any() for p in tokenizers.global_motion.parameters())
    assert any(p.grad.any() for p in tokenizers.parts["hands"].parameters())
    assert not tokenizers.parts["upper"].quantiser.levels[0].initialised


def test_global_motion_sees_contacts_in_training_only_if_told() -> None:
    parts = made_parts(1)
    other = {**parts, "lower": parts["lower"].clone()}
    # The contacts are the last four channels; both are far from certain, so that no slide depends on them.
    parts["lower"][..., 57:], other["lower"][..., 57:] = 0.2, 0.8
    for seen in (True, False):
        tokenizers = tiny_tokenizers(contacts_for_global_motion=seen)
        first, second = (
            losses(tokenizers, one, all_valid(parts))["global_motion.root_velocity"] for one in (parts, other)
        )
        assert (first != second) == seen


def test_half_precision_keeps_geometry_and_codebooks_in_full() -> None:
    tokenizers, parts = tiny_tokenizers().train(), made_parts(2)
    full = losses(tiny_tokenizers().train(), parts, all_valid(parts))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        half = losses(tokenizers, parts, all_valid(parts))
    half["loss"].backward()
    for name in ("upper.rotation", "hands.position", "global_motion.root_velocity"):
        assert half[name].dtype == torch.float32
        assert half[name].item() == pytest.approx(full[name].item(), rel=0.05), name
    assert all(buffer.dtype != torch.bfloat16 for buffer in tokenizers.buffers())
    assert all(p.grad is not None and p.grad.isfinite().all() for p in tokenizers.parameters())


def test_the_shortest_window_is_one_token() -> None:
    parts = made_parts(2, 4)
    found = losses(tiny_tokenizers().train(), parts, all_valid(parts))
    assert all(value.isfinite() for value in found.values())


def test_small_movements_count_as_large_ones_where_channels_are_normalised() -> None:
    """Both joints err by a tenth of their own deviation; the one that moves ten times as much does not count more."""
    representation = Representation()
    valid = torch.ones(1, representation.size("upper"), dtype=torch.bool)
    true = torch.zeros(1, 4, representation.size("upper"))
    found = []
    for joint in (0, 5):
        off = true.clone()
        off[..., 6 * joint : 6 * joint + 6] = 0.1
        inside = Comparison(representation, "upper", off, true, valid)
        found.append(_channel_terms(inside, {}))
    assert found[0]["channels"].item() == pytest.approx(0.1 * 6 / representation.size("upper"))
    assert found[1]["channels"].item() == pytest.approx(found[0]["channels"].item())
    assert found[0]["channels_change"].item() == 0.0
    joint = representation.parts["upper"][0].joints[5]
    assert _channel_terms(inside, {joint: 3.0})["channels"].item() == pytest.approx(3 * found[1]["channels"].item())
