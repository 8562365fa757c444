"""`gesta train` killed in the middle of both stages and given again ends where one that was left alone ends."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gesta.train.log import read_log
from tests.train.comparing import log_without_times

STEPS = 8
TRAINING = f"""
device = "cpu"
steps = {STEPS}
batch = 2
log_every = 1
save_every = 2
validate_every = 4
tensorboard = false
"""
RECIPE = f"""
name = "killed"

[data]
dataset = "set"
stride = 60
prepare = {{ kind = "synthetic", source = "demo", settings = {{ seeds = 1 }} }}

[tokenizer]
preset = "small"
width = 16
levels = 2
codes = 8

[motion]
preset = "small"

[motion.sizes]
latent = 16
width = 16
heads = 2
feed_forward = 16
face_layers = 1
cross_layers = 1
cross_feed_forward = 16
exchange_feed_forward = 16
classifier = 16
residual_feed_forward = 16

[tokenizer_training]
{TRAINING}

[motion_training]
{TRAINING}
"""


def started(folder: Path, output: str) -> subprocess.Popen:
    """`gesta train motion` in a process of its own."""
    command = [sys.executable, "-m", "gesta", "train", "motion", "killed.toml", f"output={output}"]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def finish(folder: Path, output: str) -> str:
    """Train to the end; returns what it said."""
    process = started(folder, output)
    said = process.communicate(timeout=300)[1]
    assert process.returncode == 0, said
    return said


def kill_at(folder: Path, output: str, stage: str) -> None:
    """Train, and kill the process as soon as a stage has saved a checkpoint before its last."""
    process, until = started(folder, output), time.monotonic() + 120
    checkpoints = folder / output / stage / "checkpoints"
    while not list(checkpoints.glob("step-*")):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < until
        time.sleep(0.001)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not (folder / output / stage / "model").exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_killed_in_both_stages_it_ends_at_the_same_loss(tmp_path: Path) -> None:
    (tmp_path / "killed.toml").write_text(RECIPE)
    finish(tmp_path, "whole")
    kill_at(tmp_path, "killed", "tokenizer")
    kill_at(tmp_path, "killed", "motion")
    assert f"of {STEPS}" in finish(tmp_path, "killed")
    for stage in ("tokenizer", "motion"):
        whole, killed = tmp_path / "whole" / stage, tmp_path / "killed" / stage
        assert log_without_times(killed) == log_without_times(whole)
        assert [line["step"] for line in read_log(killed) if line["split"] == "train"] == [*range(1, STEPS + 1)]
        losses = [json.loads((place / "model" / "finished.json").read_text())["best_loss"] for place in (whole, killed)]
        assert losses[0] == losses[1]
        weights = [sorted((place / "model").glob("*.safetensors")) for place in (whole, killed)]
        assert [path.read_bytes() for path in weights[0]] == [path.read_bytes() for path in weights[1]]
