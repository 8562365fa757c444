"""What the loop does in a step, checked against the same done by hand, and what it watches over."""

import copy
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from gesta.errors import InputError
from gesta.train.batches import Batches
from gesta.train.chance import step_windows
from gesta.train.ema import MovingAverage
from gesta.train.log import BOARD, LOG, cut_log, read_log
from gesta.train.loop import train
from gesta.train.schedule import learning_rate
from gesta.train.step import StepDone, numbers
from tests.train.comparing import log_without_times, train_tiny
from tests.train.tiny_stage import SIZES, TinyNetwork, TinyStage, quick_settings


def network_of(folder: Path, kind: str = "network") -> dict[str, torch.Tensor]:
    return load_file(sorted(folder.glob("checkpoints/step-*"))[-1] / f"{kind}.safetensors")


def validation_losses(folder: Path) -> list[float]:
    return [line["loss"] for line in read_log(folder) if line["split"] == "validation"]


def test_a_training_is_plain_adamw_on_the_batches_in_order(tmp_path: Path) -> None:
    settings = quick_settings(steps=6, gradient_clip=5.0, weight_decay=0.1, ema_decay=0.0)
    train(TinyStage(dropout=0.0), settings, tmp_path)
    stage = TinyStage(dropout=0.0)
    network = stage.network
    decayed = [network.hidden.weight, network.answer.weight]
    groups = [{"params": decayed}, {"params": [network.hidden.bias, network.answer.bias], "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=0.01, betas=settings.betas, weight_decay=0.1)
    for step in range(6):
        batch = stage.batch("train", step_windows(0, "tiny", step, 4, 20))
        optimiser.zero_grad()
        network(batch, step / 6)["loss"].backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
    found = network_of(tmp_path)
    for name, weight in network.named_parameters():
        torch.testing.assert_close(found[name], weight.detach(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("pieces", (2, 4))
def test_pieces_of_a_batch_make_the_gradient_of_the_batch(tmp_path: Path, pieces: int) -> None:
    for name, accumulate in (("whole", 1), ("pieces", pieces)):
        train(TinyStage(dropout=0.0), quick_settings(accumulate=accumulate), tmp_path / name)
    whole, found = network_of(tmp_path / "whole"), network_of(tmp_path / "pieces")
    for name in ("hidden.weight", "answer.bias"):
        torch.testing.assert_close(found[name], whole[name], rtol=1e-4, atol=1e-6)
    for one, other in zip(log_without_times(tmp_path / "whole"), log_without_times(tmp_path / "pieces"), strict=True):
        assert one["loss"] == pytest.approx(other["loss"], rel=1e-4)


@pytest.mark.parametrize("precision", ("float32", "bfloat16"))
def test_it_learns(tmp_path: Path, precision: str) -> None:
    sizes = {"train": 400, "validation": 50}
    settings = quick_settings(steps=300, batch=32, learning_rate=0.03, precision=precision, save_every=1000)
    train(TinyStage(dropout=0.0, sizes=sizes), settings, tmp_path)
    looks = validation_losses(tmp_path)
    assert looks[-1] < 0.1 * looks[0]
    assert all(weight.dtype in (torch.float32, torch.int64) for weight in network_of(tmp_path).values())


def test_bfloat16_computes_otherwise_than_float32(tmp_path: Path) -> None:
    for precision in ("float32", "bfloat16"):
        train_tiny(tmp_path / precision, steps=1, precision=precision)
    one, other = (log_without_times(tmp_path / name)[0]["loss"] for name in ("float32", "bfloat16"))
    assert one != other
    assert one == pytest.approx(other, rel=0.05)


def test_no_window_of_one_split_is_read_for_the_other(tmp_path: Path) -> None:
    class MarkedStage(TinyStage):
        def batch(self, split, indices):
            return super().batch(split, indices) | {"train": torch.tensor(split == "train")}

        def validate(self, network, batch):
            assert not batch["train"]
            return super().validate(network, batch)

    stage = MarkedStage()
    train(stage, quick_settings(workers=0, steps=10), tmp_path)
    counts = np.bincount(stage.read["train"], minlength=SIZES["train"])
    assert set(counts) == {2}, "10 steps of 4 see each of 20 windows twice"
    assert stage.read["validation"] == list(range(SIZES["validation"])) * 3


@pytest.mark.parametrize("batch", (4, 7, 45))
def test_every_round_sees_every_window_once_in_another_order(batch: int) -> None:
    seen = np.concatenate([step_windows(3, "tiny", step, batch, 20) for step in range(60)])[:60]
    rounds = seen.reshape(3, 20)
    assert all(sorted(row) == list(range(20)) for row in rounds)
    assert len({tuple(row) for row in rounds}) == 3
    assert not np.array_equal(seen[:20], step_windows(4, "tiny", 0, 20, 20))


def test_validation_is_the_mean_over_windows_whatever_the_batch(tmp_path: Path) -> None:
    for batch in (2, 4):
        train(TinyStage(), quick_settings(batch=batch, steps=1, learning_rate=1e-9), tmp_path / str(batch))
    one, other = (log_without_times(tmp_path / str(batch))[-1]["loss"] for batch in (2, 4))
    stage = TinyStage()
    whole = stage.validate(stage.network.eval(), stage.batch("validation", np.arange(7)))["loss"].item()
    assert one == pytest.approx(whole, rel=1e-4)
    assert other == pytest.approx(whole, rel=1e-4)


class WorseningStage(TinyStage):
    """Does best at step 8."""

    def validate(self, network, _batch):
        return {"loss": (network.seen - 8.0).abs()}


def test_the_last_weights_are_exported_if_that_is_wanted(tmp_path: Path) -> None:
    outcome = train(WorseningStage(), quick_settings(export="last"), tmp_path)
    assert outcome.best_step == 8
    assert json.loads((outcome.model / "tiny.json").read_text())["weights"]["seen"] == 12
    assert json.loads((outcome.model / "finished.json").read_text())["exported"] == "last"


def test_the_best_weights_by_validation_are_exported(tmp_path: Path) -> None:
    outcome = train(WorseningStage(), quick_settings(), tmp_path)
    assert (outcome.best_step, outcome.best_loss) == (8, 0.0)
    exported = json.loads((outcome.model / "tiny.json").read_text())
    assert exported["weights"]["seen"] == 8
    assert [path.name for path in tmp_path.glob("checkpoints/best-*")] == ["best-00000008"]
    assert json.loads((outcome.model / "finished.json").read_text())["best_step"] == 8


def test_without_validation_windows_the_last_weights_are_exported(tmp_path: Path) -> None:
    outcome = train(TinyStage(sizes={"train": 5, "validation": 0}), quick_settings(), tmp_path)
    assert (outcome.best_step, outcome.best_loss) == (0, math.inf)
    assert json.loads((outcome.model / "tiny.json").read_text())["weights"]["seen"] == 12


def test_moving_average_warms_up_and_copies_buffers() -> None:
    network = TinyNetwork(0.0)
    average = MovingAverage(network, 0.5)
    expected = copy.deepcopy(network.hidden.weight.detach())
    for step, kept in enumerate((0.1, 2 / 11, 3 / 12, 4 / 13, 5 / 14, 6 / 15, 7 / 16, 8 / 17, 0.5, 0.5)):
        with torch.no_grad():
            network.hidden.weight += 1.0
            network.seen += 2
        average.update(network, step)
        expected = kept * expected + (1.0 - kept) * network.hidden.weight.detach()
    torch.testing.assert_close(average.network.hidden.weight, expected)
    assert average.network.seen == network.seen
    assert not average.network.training


def test_the_average_is_what_is_validated_and_kept(tmp_path: Path) -> None:
    train_tiny(tmp_path, validate_every=1000)
    average, last = network_of(tmp_path, "average"), network_of(tmp_path)
    best = load_file(next(tmp_path.glob("checkpoints/best-*")) / "network.safetensors")
    assert torch.equal(best["hidden.weight"], average["hidden.weight"])
    assert not torch.equal(best["hidden.weight"], last["hidden.weight"])


@pytest.mark.parametrize(
    ("changes", "expected"),
    (
        ({}, {0: 1.0, 99: 1.0}),
        ({"warm_up_steps": 10}, {0: 0.1, 4: 0.5, 9: 1.0, 10: 1.0, 99: 1.0}),
        ({"schedule": "cosine", "final_factor": 0.2}, {0: 1.0, 33: 0.8, 66: 0.4, 99: 0.2, 500: 0.2}),
        ({"schedule": "cosine", "warm_up_steps": 50, "final_factor": 0.0}, {24: 0.5, 50: 1.0, 99: 0.0}),
        ({"schedule": "step", "step_at": 0.9, "final_factor": 0.3}, {0: 1.0, 89: 1.0, 90: 0.3, 99: 0.3}),
    ),
)
def test_learning_rates(changes: dict, expected: dict[int, float]) -> None:
    settings = quick_settings(steps=100, learning_rate=2.0, **changes)
    assert {step: learning_rate(settings, step) / 2.0 for step in expected} == pytest.approx(expected, abs=1e-12)


def test_the_learning_rate_of_the_log_is_the_schedule(tmp_path: Path) -> None:
    settings = quick_settings(schedule="cosine", warm_up_steps=3)
    train(TinyStage(), settings, tmp_path)
    rates = [line["learning_rate"] for line in read_log(tmp_path) if line["split"] == "train"]
    assert rates == pytest.approx([learning_rate(settings, step) for step in range(12)])


def test_the_log_is_cut_after_a_step_and_at_a_broken_line(tmp_path: Path) -> None:
    path = tmp_path / LOG
    lines = [f'{{"step": {step}, "split": "train", "loss": 1.0}}\n' for step in (2, 4, 4, 6)]
    path.write_text("".join(lines) + '{"step": 1, "spl')
    cut_log(path, 4)
    assert path.read_text() == "".join(lines[:3])
    cut_log(path, 10)
    assert path.read_text() == "".join(lines[:3])
    cut_log(tmp_path / "none.jsonl", 3)


def test_tensorboard_is_written_where_it_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    train_tiny(tmp_path, tensorboard=True, steps=2)
    assert list((tmp_path / BOARD).glob("events*"))


def test_the_last_checkpoints_are_kept(tmp_path: Path) -> None:
    train_tiny(tmp_path, keep_checkpoints=3)
    kept = sorted(path.name for path in tmp_path.glob("checkpoints/step-*"))
    assert kept == ["step-00000006", "step-00000009", "step-00000012"]


def test_a_loss_that_is_no_number_ends_it_before_it_is_saved(tmp_path: Path) -> None:
    class BreakingStage(TinyStage):
        def batch(self, split, indices):
            batch = super().batch(split, indices)
            return batch if len(self.read["train"]) < 20 else batch | {"y": batch["y"] * math.nan}

    with pytest.raises(InputError, match=r"The loss of step 5 is nan .* lower the learning rate"):
        train(BreakingStage(), quick_settings(workers=0), tmp_path)
    assert [path.name for path in tmp_path.glob("checkpoints/step-*")] == ["step-00000003"]
    with pytest.raises(InputError):
        numbers(StepDone({"loss": torch.tensor(1.0)}, torch.tensor(math.inf), 0.1), 3)


def test_batches_that_cannot_be_shared_are_refused() -> None:
    with pytest.raises(InputError, match="choose a multiple of 6"):
        Batches(TinyStage(), quick_settings(accumulate=3), processes=2)
    with pytest.raises(InputError, match="no training windows"):
        Batches(TinyStage(sizes={"train": 0, "validation": 0}), quick_settings())


def test_processes_share_what_one_would_see_alone() -> None:
    alone = Batches(TinyStage(), quick_settings(batch=8, workers=0)).of(5)[0]["x"]
    shares = [Batches(TinyStage(), quick_settings(batch=8, workers=2), number, 2).of(5)[0]["x"] for number in (0, 1)]
    assert torch.equal(torch.cat(shares), alone)


def test_without_accelerate_the_install_line_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesta.extras.find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"Training needs accelerate: pip install 'gesta\[train\]'"):
        train_tiny(tmp_path)


def test_a_gpu_that_is_not_there_is_refused(tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(InputError, match=r"no GPU .* device cpu or auto"):
        train_tiny(tmp_path, device="cuda")


SHARED = """
import sys
from pathlib import Path
from gesta.train.loop import train
from tests.train.tiny_stage import TinyStage, quick_settings
train(TinyStage(dropout=0.0), quick_settings(), Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_two_processes_train_as_one_does(tmp_path: Path) -> None:
    script = tmp_path / "shared.py"
    script.write_text(SHARED)
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2"]
    home = Path(__file__).parents[2]
    command = [*launch, "--main_process_port", "0", str(script), str(tmp_path / "two")]
    subprocess.run(command, check=True, cwd=home, env={**os.environ, "PYTHONPATH": str(home)})
    train(TinyStage(dropout=0.0), quick_settings(), tmp_path / "one")
    one, two = network_of(tmp_path / "one"), network_of(tmp_path / "two")
    for name in ("hidden.weight", "hidden.bias", "answer.weight"):
        torch.testing.assert_close(two[name], one[name], rtol=1e-4, atol=1e-6)
    assert validation_losses(tmp_path / "two") == pytest.approx(validation_losses(tmp_path / "one"), rel=1e-4)
