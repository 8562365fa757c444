"""Training does what it is for, on a few seconds of made-up motion."""

import copy
from itertools import pairwise

import pytest
import torch

from gesta.tokenizer.losses import tokenizer_losses
from gesta.tokenizer.reconstruction import reconstruction_errors
from gesta.tokenizer.tokenizers import Tokenizers
from tests.tokenizer.made_tokenizers import all_valid, made_parts, swaying_parts, tiny_tokenizers

STEPS = 80


def trained(steps: int, **changes: object) -> tuple[Tokenizers, list[float]]:
    tokenizers = tiny_tokenizers(width=24, codes=4, **changes).train()
    parts = swaying_parts()
    optimiser = torch.optim.Adam(tokenizers.parameters(), 2e-3, betas=(0.5, 0.999))
    losses = []
    for step in range(steps):
        torch.manual_seed(step)
        found = tokenizer_losses(tokenizers, parts, all_valid(parts))
        optimiser.zero_grad()
        found["loss"].backward()
        optimiser.step()
        losses.append(found["loss"].item())
    return tokenizers.eval(), losses


@pytest.mark.slow
def test_training_reconstructs_better_and_every_level_adds_to_it() -> None:
    parts = swaying_parts()
    untrained = reconstruction_errors(trained(0)[0], parts, all_valid(parts))
    tokenizers, losses = trained(STEPS, quantise_dropout=0.5)
    assert losses[-1] < 0.65 * losses[0]
    by_levels = [reconstruction_errors(tokenizers, parts, all_valid(parts), levels) for levels in (1, 2, 3)]
    first, _, last = by_levels
    for part in ("hands", "upper", "lower"):
        assert last[f"{part}.degrees"] < 0.6 * untrained[f"{part}.degrees"], part
        assert last[f"{part}.degrees"] < 0.95 * first[f"{part}.degrees"], part
    means = [sum(errors[f"{part}.degrees"] for part in ("hands", "upper", "lower")).item() for errors in by_levels]
    # How far so short a training comes depends on rounding, and with it on the number of threads.
    assert all(after < 1.02 * before for before, after in pairwise(means)), "no level makes it worse"
    assert means[-1] < 0.9 * means[0], "levels make it better"
    indices = tokenizers.tokenize(parts)["upper"]
    assert all(len(indices[..., level].unique()) > 2 for level in range(3)), "codes are used"


def test_a_straight_path_carries_what_convolutions_overlook() -> None:
    """One channel goes its own slow way, beside others that share a lively one."""
    frames = torch.arange(1600) / 30
    lively = torch.sin(2.0 * torch.pi * torch.outer(frames, torch.linspace(0.5, 1.5, 8)))
    seen = lively @ torch.randn(8, 78, generator=torch.Generator().manual_seed(0)) / 8**0.5
    seen[:, 32] = torch.sin(0.7 * frames)
    left: dict[bool, float] = {}
    for straight in (False, True):
        tokenizer = tiny_tokenizers(width=24, straight=straight).parts["upper"].train()
        optimiser = torch.optim.Adam(tokenizer.parameters(), 3e-3)
        for _ in range(120):
            windows = seen.unflatten(0, (25, 64))
            optimiser.zero_grad()
            (tokenizer.decode(tokenizer.encode(windows)) - windows).abs().mean().backward()
            optimiser.step()
        with torch.no_grad():
            decoded = tokenizer.decode(tokenizer.encode(seen[None]))[0, :, 32]
        left[straight] = ((decoded - seen[:, 32]).std() / seen[:, 32].std()).item()
    assert left[True] < 0.6 * left[False], left


def test_flame_faces_have_degrees_and_weights() -> None:
    parts = made_parts(2, face_basis="flame100")
    found = reconstruction_errors(tiny_tokenizers("flame100"), parts, all_valid(parts))
    assert {name for name in found if name.startswith("face")} == {"face.degrees", "face.weights"}
    assert {"lower.mm", "lower.path_mm", "lower.contacts", "lower.degrees"} <= found.keys()


def test_errors_are_those_of_what_is_decoded() -> None:
    tokenizers, parts = tiny_tokenizers(), made_parts(2)
    valid = all_valid(parts)
    perfect = reconstruction_errors(_Perfect(tokenizers, parts), parts, valid)
    assert all(value.item() == pytest.approx(0.0, abs=1e-3) for value in perfect.values())
    moved = {part: values.clone() for part, values in parts.items()}
    moved["lower"][..., 54] += 0.1
    moved["face"] += 0.25
    found = reconstruction_errors(_Perfect(tokenizers, moved), parts, valid)
    assert found["lower.path_mm"].item() == pytest.approx(100.0, rel=1e-3)
    assert found["face.weights"].item() == pytest.approx(0.25, rel=1e-3)
    assert found["upper.mm"].item() == pytest.approx(0.0, abs=1e-3)
    valid["lower"][0, 54:57] = 0
    assert reconstruction_errors(_Perfect(tokenizers, moved), parts, valid)["lower.path_mm"].item() == pytest.approx(
        100.0, rel=1e-3
    )


class _Perfect:
    """Stands for tokenizers that decode everything to what they are told."""

    def __init__(self, tokenizers: Tokenizers, decoded: dict[str, torch.Tensor]) -> None:
        self.representation, self.channels, self._decoded = tokenizers.representation, tokenizers.channels, decoded

    def tokenize(self, parts: dict[str, torch.Tensor], _: object) -> dict[str, torch.Tensor]:
        return {part: torch.zeros(1, 1, 1) for part in parts}

    def decode(self, *_: object) -> dict[str, torch.Tensor]:
        return self._decoded


def test_a_training_that_resumes_is_one_that_never_stopped() -> None:
    whole, others = _Run(), _Run()
    for step in range(4):
        whole.step(step)
        others.step(step)
        if step == 1:
            saved, others = others.state(), _Run(seed=5)
            others.load(saved)
    for name, values in whole.tokenizers.state_dict().items():
        assert torch.equal(values, others.tokenizers.state_dict()[name]), name


class _Run:
    """A training whose chance is seeded for each step, as the training loop does."""

    def __init__(self, seed: int = 0) -> None:
        self.tokenizers = tiny_tokenizers(seed=seed, dropout=0.1).train()
        self.optimiser = torch.optim.Adam(self.tokenizers.parameters(), 1e-3)
        self._parts = made_parts(4)

    def step(self, step: int) -> None:
        torch.manual_seed(step)
        found = tokenizer_losses(self.tokenizers, self._parts, all_valid(self._parts))
        self.optimiser.zero_grad()
        found["loss"].backward()
        self.optimiser.step()

    def state(self) -> tuple[dict[str, torch.Tensor], dict[str, object]]:
        return copy.deepcopy((self.tokenizers.state_dict(), self.optimiser.state_dict()))

    def load(self, state: tuple[dict[str, torch.Tensor], dict[str, object]]) -> None:
        self.tokenizers.load_state_dict(state[0])
        self.optimiser.load_state_dict(state[1])
