"""A training that was stopped, killed or damaged ends with the bits it would have had anyway."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gesta.errors import InputError, OutputError
from gesta.train.folders import exclusive
from gesta.train.loop import train
from tests.train.comparing import log_without_times, results, train_tiny, weights_in
from tests.train.tiny_stage import TinyStage, quick_settings

STEPS = 12


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("uninterrupted")
    train_tiny(folder)
    return folder


class StoppingStage(TinyStage):
    """Raises a signal, or an error, in the middle of a step."""

    def __init__(self, at: int, how: object) -> None:
        super().__init__()
        self.at, self.how = at, how

    def after_step(self, network, progress: float) -> None:
        super().after_step(network, progress)
        if int(network.seen) == self.at:
            if isinstance(self.how, signal.Signals):
                signal.raise_signal(self.how)
            else:
                raise RuntimeError


@pytest.mark.parametrize("step", range(1, STEPS))
def test_ctrl_c_saves_first_and_going_on_is_exact_at_every_step(tmp_path: Path, uninterrupted: Path, step: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        train(StoppingStage(step, signal.SIGINT), quick_settings(), tmp_path)
    assert (tmp_path / "checkpoints" / f"step-{step:08d}").is_dir()
    outcome = train_tiny(tmp_path)
    assert outcome.made == STEPS - step
    assert results(tmp_path) == results(uninterrupted)


@pytest.mark.parametrize("step", range(1, STEPS))
def test_a_crash_between_checkpoints_loses_only_time(tmp_path: Path, uninterrupted: Path, step: int) -> None:
    with pytest.raises(RuntimeError):
        train(StoppingStage(step, "crash"), quick_settings(), tmp_path)
    outcome = train_tiny(tmp_path)
    assert outcome.made == STEPS - (step - 1) // 3 * 3
    assert results(tmp_path) == results(uninterrupted)


def test_many_interruptions_are_none(tmp_path: Path, uninterrupted: Path) -> None:
    for step in (2, 3, 7, 11):
        with pytest.raises(KeyboardInterrupt):
            train(StoppingStage(step, signal.SIGINT), quick_settings(), tmp_path)
    train_tiny(tmp_path)
    assert results(tmp_path) == results(uninterrupted)


def test_handlers_of_signals_are_given_back(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        train(StoppingStage(1, signal.SIGINT), quick_settings(), tmp_path)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


@pytest.mark.parametrize("workers", (0, 1, 3))
def test_threads_that_read_ahead_change_nothing(tmp_path: Path, uninterrupted: Path, workers: int) -> None:
    train_tiny(tmp_path, workers=workers)
    assert results(tmp_path) == results(uninterrupted)


def test_time_that_is_up_saves_and_ends_well(tmp_path: Path, uninterrupted: Path) -> None:
    said: list[str] = []
    made = 0
    for _ in range(STEPS):
        outcome = train(TinyStage(), quick_settings(), tmp_path, deadline=time.monotonic(), tell=said.append)
        made += outcome.made
        assert outcome.made == 1, "every piece gets on"
    assert (made, outcome.step) == (STEPS, STEPS)
    assert outcome.model is not None
    assert said[0] == f"Saved at step 1 of {STEPS}; the same command goes on from there."
    assert results(tmp_path) == results(uninterrupted)


def test_a_finished_training_does_nothing_more(tmp_path: Path) -> None:
    first = train_tiny(tmp_path)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    again = train_tiny(tmp_path)
    assert (again.made, again.step, again.model) == (0, STEPS, first.model)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == files


def test_killed_while_exporting_exports_again(tmp_path: Path, uninterrupted: Path) -> None:
    train_tiny(tmp_path)
    shutil.rmtree(tmp_path / "model")
    assert train_tiny(tmp_path).made == 0
    assert results(tmp_path) == results(uninterrupted)


def test_more_steps_go_on_from_a_finished_training(tmp_path: Path) -> None:
    train_tiny(tmp_path)
    outcome = train_tiny(tmp_path, steps=15, log_every=5)
    assert (outcome.made, outcome.step) == (3, 15)
    assert '"steps": 15' in (outcome.model / "tiny.json").read_text()


@pytest.mark.parametrize(
    ("change", "said"),
    (
        ({"learning_rate": 0.02}, "training.learning_rate = 0.01 and now it is 0.02"),
        ({"seed": 3}, "training.seed = 0 and now it is 3"),
        ({"betas": (0.5, 0.999)}, "training.betas"),
        ({"accumulate": 2}, "training.accumulate"),
    ),
)
def test_other_settings_are_refused_by_name(tmp_path: Path, change: dict, said: str) -> None:
    train_tiny(tmp_path, steps=3)
    before = weights_in(tmp_path)
    with pytest.raises(InputError, match=said):
        train_tiny(tmp_path, **change)
    assert weights_in(tmp_path) == before


def test_other_recorded_tables_are_refused_by_name(tmp_path: Path) -> None:
    train(TinyStage(), quick_settings(steps=3), tmp_path, recorded={"network": {"width": 8, "parts": ("a", "b")}})
    for changed, said in (({"width": 9, "parts": ["a", "b"]}, "network.width = 8"), ({"parts": ["a", "b"]}, "not set")):
        with pytest.raises(InputError, match=said):
            train(TinyStage(), quick_settings(), tmp_path, recorded={"network": changed})


def test_a_training_goes_on_where_the_encoder_runs_on_another_machine(tmp_path: Path) -> None:
    train(TinyStage(), quick_settings(steps=3), tmp_path, recorded={"encoder": {"kind": "hubert", "device": "cuda"}})
    outcome = train(TinyStage(), quick_settings(), tmp_path, recorded={"encoder": {"kind": "hubert", "device": "cpu"}})
    assert outcome.made == STEPS - 3
    with pytest.raises(InputError, match=r"encoder\.kind"):
        train(TinyStage(), quick_settings(), tmp_path, recorded={"encoder": {"kind": "wavlm", "device": "cpu"}})


def test_a_cut_checkpoint_is_passed_over_with_a_note(tmp_path: Path, uninterrupted: Path) -> None:
    train_tiny(tmp_path, steps=11)
    shutil.rmtree(tmp_path / "model")
    newest = sorted(tmp_path.glob("checkpoints/step-*"))[-1]
    file = newest / "optimiser.safetensors"
    file.write_bytes(file.read_bytes()[:-5])
    said: list[str] = []
    train(TinyStage(), quick_settings(steps=11), tmp_path, tell=said.append)
    assert "damaged (optimiser.safetensors has" in said[0]
    assert "goes on from step 9 of 11" in said[1]
    train_tiny(tmp_path / "whole", steps=11)
    assert weights_in(tmp_path) == weights_in(tmp_path / "whole")


@pytest.mark.parametrize("name", ("network.safetensors", "state.json"))
def test_where_all_checkpoints_are_damaged_nothing_is_begun_anew(tmp_path: Path, name: str) -> None:
    train_tiny(tmp_path)
    for place in tmp_path.glob("checkpoints/step-*"):
        (place / name).unlink()
    with pytest.raises(InputError, match=r"All checkpoints in .* are damaged"):
        train_tiny(tmp_path)


@pytest.mark.parametrize("content", (b"[]", b"{}", b"\xff", b'{"step": 12, "sizes": {"../../x.safetensors": 1}}'))
def test_a_hostile_state_is_damage(tmp_path: Path, content: bytes) -> None:
    train_tiny(tmp_path, keep_checkpoints=1)
    (place,) = tmp_path.glob("checkpoints/step-*")
    (place / "state.json").write_bytes(content)
    with pytest.raises(InputError, match="damaged"):
        train_tiny(tmp_path)


def test_two_trainings_never_share_a_folder(tmp_path: Path) -> None:
    with exclusive(tmp_path), pytest.raises(OutputError, match="Another process"):
        train_tiny(tmp_path)


KILLED = """
import sys
from pathlib import Path
from tests.train.comparing import train_tiny
train_tiny(Path(sys.argv[1]), steps=1200, save_every=20, validate_every=100, log_every=10)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_killed_at_any_moment_in_a_process_of_its_own(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED]
    subprocess.run([*command, str(tmp_path / "whole")], check=True, cwd=Path(__file__).parents[2])
    folder, kills = tmp_path / "killed", 0
    for hundreds in (1, 7):
        process = subprocess.Popen([*command, str(folder)], cwd=Path(__file__).parents[2])
        until = time.monotonic() + 60
        while process.poll() is None and not list(folder.glob(f"checkpoints/step-*0{hundreds}??")):
            assert time.monotonic() < until
            time.sleep(0.001)
        time.sleep(0.0137)
        process.kill()
        kills += process.wait() == -signal.SIGKILL
    assert kills == 2
    subprocess.run([*command, str(folder)], check=True, cwd=Path(__file__).parents[2])
    assert results(folder) == results(tmp_path / "whole")
    assert len(log_without_times(folder)) == 1200 // 10 + 1200 // 100
    assert not [path for path in folder.rglob("*") if path.name.startswith(".")]
