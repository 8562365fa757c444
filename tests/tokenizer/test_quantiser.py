"""The quantiser: what it chooses, what it learns, and that all of its state is kept."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from gesta.tokenizer.quantiser import Codebook, ResidualQuantiser
from tests.tokenizer.made_tokenizers import tiny_config


def codebook(vectors: torch.Tensor, **changes: object) -> Codebook:
    made = Codebook(tiny_config(codes=len(vectors), width=8, **changes))
    made.set_codes(torch.nn.functional.pad(vectors, (0, 8 - vectors.shape[1])))
    return made


def trained(steps: int, **changes: object) -> ResidualQuantiser:
    torch.manual_seed(1)
    made = ResidualQuantiser(tiny_config(**changes)).train()
    for _ in range(steps):
        made(torch.randn(8, 4, 16))
    return made


def test_each_level_takes_the_code_nearest_to_what_is_left() -> None:
    torch.manual_seed(0)
    quantiser = ResidualQuantiser(tiny_config()).eval()
    latents = torch.randn(2, 5, 16)
    indices = quantiser.tokenize(latents)
    left = latents.clone()
    for level, book in enumerate(quantiser.levels):
        distances = torch.cdist(left.flatten(0, 1), book.vectors)
        assert torch.equal(distances.argmin(1).unflatten(0, (2, 5)), indices[..., level])
        left = left - book.vectors[indices[..., level]]
    output = quantiser(latents)
    assert torch.equal(output.indices, indices)
    assert torch.allclose(output.vectors, latents - left, atol=1e-6)
    assert torch.allclose(quantiser.codes(indices).sum(1), latents - left, atol=1e-6)
    assert torch.allclose(quantiser.codes(indices[..., :2]), quantiser.codes(indices)[:, :2])


def test_a_moving_average_by_hand() -> None:
    book = codebook(torch.tensor([[0.0], [10.0]]), codebook_decay=0.75, dead_code_usage=0.0)
    latents = torch.nn.functional.pad(torch.tensor([[2.0], [4.0], [9.0]]), (0, 7))
    chosen = book.choose(latents)
    assert chosen.tolist() == [0, 0, 1]
    book.learn(latents, chosen)
    # Sums 0.75 * 0 + 0.25 * 6 and 0.75 * 10 + 0.25 * 9, counts 0.75 + 0.25 * 2 and 0.75 + 0.25 * 1.
    assert book.counts.tolist() == pytest.approx([1.25, 1.0])
    assert book.vectors[:, 0].tolist() == pytest.approx([1.5 / 1.25, 9.75 / 1.0])


def test_the_first_batch_makes_the_codebooks() -> None:
    torch.manual_seed(0)
    quantiser = ResidualQuantiser(tiny_config(sampling_temperature=0.0)).train()
    latents = torch.randn(4, 8, 16) + 5.0
    book = quantiser.levels[0]
    book.begin(latents.flatten(0, 1))
    distances = torch.cdist(book.vectors, latents.flatten(0, 1)).min(1).values
    assert distances.max() < 1e-4, "codes are vectors of the batch"
    few = Codebook(tiny_config())
    few.begin(latents[0, :3])
    distances = torch.cdist(few.vectors, latents[0, :3]).min(1).values
    assert 0.0 < distances.max() < 0.05, "copies differ a little where there are too few vectors"
    before = few.vectors.clone()
    few.begin(latents[1])
    assert torch.equal(few.vectors, before), "only the first batch does"


def test_codes_out_of_use_are_renewed_by_vectors_of_the_batch() -> None:
    torch.manual_seed(0)
    far = torch.full((7, 1), 1000.0) + torch.arange(7)[:, None]
    book = codebook(torch.cat([torch.zeros(1, 1), far]))
    latents = torch.randn(64, 8)
    book.learn(latents, book.choose(latents))
    assert torch.cdist(book.vectors[1:], latents).min(1).values.max() < 1e-3
    assert (book.counts >= 1.0 - 1e-6).all()
    after = [len(book.choose(latents).unique())]
    for _ in range(20):
        book.learn(latents, book.choose(latents))
    after.append(len(book.choose(latents).unique()))
    assert after[1] == 8, after


def test_gradients_pass_through_unchanged_and_commitment_pulls_to_the_codes() -> None:
    quantiser = trained(3).eval()
    latents = torch.randn(2, 4, 16, requires_grad=True)
    output = quantiser(latents)
    weights = torch.randn_like(output.vectors)
    (output.vectors * weights).sum().backward()
    assert torch.allclose(latents.grad, weights)
    codes = quantiser.codes(output.indices).detach()
    distances = [(latents - codes[:, : level + 1].sum(1)).square().mean() for level in range(3)]
    assert output.commitment.item() == pytest.approx(torch.stack(distances).mean().item(), rel=1e-5)


def test_a_temperature_makes_choices_random_and_evaluation_never_is() -> None:
    latents = torch.randn(1, 200, 16)
    cold, warm = (trained(3, sampling_temperature=temperature) for temperature in (0.0, 5.0))
    assert (warm(latents).indices != warm(latents).indices).any()
    assert torch.equal(cold.eval()(latents).indices, cold.tokenize(latents))
    assert torch.equal(warm.eval()(latents).indices, warm.tokenize(latents))


def test_dropped_levels_are_left_out_for_a_clip_as_a_whole() -> None:
    torch.manual_seed(0)
    quantiser = trained(3, quantise_dropout=1.0, sampling_temperature=0.0, codebook_decay=0.999)
    latents = torch.randn(300, 2, 16)
    kept = quantiser._kept_levels(latents, None)
    counts = kept.sum(1).bincount(minlength=4).tolist()
    assert counts[0] == 0
    assert min(counts[1:]) > 70, "1, 2 or 3 of 3 levels, about as often each"
    before = [book.vectors.clone() for book in quantiser.levels]
    output = quantiser(latents)
    codes = torch.stack([vectors[output.indices[..., level]] for level, vectors in enumerate(before)], dim=1)
    sums = codes.cumsum(1)
    nearest = (sums - output.vectors[:, None].detach()).abs().amax((2, 3)).min(1).values
    assert nearest.max() < 1e-5, "every clip is the sum of its first levels"


def test_absent_clips_leave_no_trace() -> None:
    present = torch.tensor([True, False, True])
    results = []
    for garbage in (0.0, 1e6):
        quantiser = trained(2, sampling_temperature=0.0, dead_code_usage=0.0)
        latents = torch.randn(3, 4, 16, generator=torch.Generator().manual_seed(3))
        latents[1] = garbage
        output = quantiser(latents, present)
        results.append((output.commitment, output.perplexity, *quantiser.state_dict().values()))
    for first, second in zip(*results, strict=True):
        assert torch.equal(first, second)
    nobody = quantiser(latents, torch.zeros(3, dtype=torch.bool))
    assert nobody.commitment == 0.0
    assert all(values.isfinite().all() for values in quantiser.state_dict().values())


def test_all_state_is_saved_so_that_training_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    first = trained(5)
    save_file(first.state_dict(), tmp_path / "state.safetensors")
    second = ResidualQuantiser(tiny_config()).train()
    second.load_state_dict(load_file(tmp_path / "state.safetensors"))
    latents = torch.randn(8, 4, 16)
    for quantiser in (first, second):
        torch.manual_seed(7)
        quantiser(latents)
    for name, values in first.state_dict().items():
        assert torch.equal(values, second.state_dict()[name]), name


def _learn_a_share(process: int, processes: int, folder: str) -> None:
    """What each of several processes does: learn from its share of the vectors, and keep what came of it."""
    torch.distributed.init_process_group(
        "gloo", init_method=f"file://{folder}/meeting", rank=process, world_size=processes
    )
    made = codebook(torch.eye(4), dead_code_usage=0.0)
    for vectors in made_batches():
        share = vectors.chunk(processes)[process]
        made.learn(share, made.choose(share))
    save_file(made.state_dict(), Path(folder) / f"{process}.safetensors")
    torch.distributed.destroy_process_group()


def made_batches() -> list[torch.Tensor]:
    chance = torch.Generator().manual_seed(4)
    return [torch.randn(12, 8, generator=chance) for _ in range(3)]


@pytest.mark.slow
def test_processes_with_a_share_each_learn_what_one_with_everything_does(tmp_path: Path) -> None:
    torch.multiprocessing.spawn(_learn_a_share, args=(2, str(tmp_path)), nprocs=2)
    alone = codebook(torch.eye(4), dead_code_usage=0.0)
    for vectors in made_batches():
        alone.learn(vectors, alone.choose(vectors))
    for process in range(2):
        together = load_file(tmp_path / f"{process}.safetensors")
        for name in ("vectors", "sums", "counts"):
            torch.testing.assert_close(together[name], alone.state_dict()[name])
