"""What a newcomer reads: help, models, doctor and version."""

import re
import subprocess
import sys

import pytest

import gesta
from gesta.cli import build, main
from tests.cli.running import gesta_run

COMMANDS = (
    "speak",
    "film",
    "inspect",
    "export",
    "view",
    "body",
    "prepare",
    "train",
    "evaluate",
    "import-weights",
    "models",
    "doctor",
    "version",
)
EVALUATED = ("motion", "keypoints", "video")
KINDS = ("synthetic", "beat2", "show", "bvh", "videos")
EVERY_HELP = [
    (),
    *((name,) for name in COMMANDS),
    *(("prepare", kind) for kind in KINDS),
    *(("evaluate", kind) for kind in EVALUATED),
]
INTERNALS = re.compile(r"[Tt]raceback|None|\bPath\b(?!\])|dataclass|numba|kwargs|TODO|_s\b|\bRVQ\b")


@pytest.fixture(autouse=True)
def terminal_of_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("command", EVERY_HELP, ids=" ".join)
def test_help_fits_80_columns_and_shows_no_internals(command: tuple[str, ...]) -> None:
    outcome = gesta_run(*command, "--help")
    assert outcome.status == 0
    assert outcome.stderr == ""
    assert max(map(len, outcome.stdout.splitlines())) <= 80
    assert not INTERNALS.search(outcome.stdout)


def test_help_of_the_working_commands_has_examples() -> None:
    for name, example in (
        ("speak", "talk.wav"),
        ("film", "talk.wav --image me.jpg"),
        ("inspect", "talk.wav"),
        ("view", "gesta_out/talk/motion.npz --open"),
        ("body", "--portrait -o me.png"),
        ("export", "gesta_out/talk/motion.npz --to glb"),
        ("prepare", "beat2 BEAT2/beat_english_v2.0.0 -o data/scott --speakers 2"),
        ("train", "motion recipes/toy.toml"),
        ("evaluate", "keypoints --real truth.npz --generated made.npz -o new.json"),
    ):
        text = gesta_run(name, "--help").stdout
        assert f"\n    gesta {name} {example}\n" in text, "an example stands on a line of its own"
    assert "gesta speak" in gesta_run("--help").stdout


def test_help_tells_of_every_command() -> None:
    text = gesta_run("--help").stdout
    for name in COMMANDS:
        assert f"\n  {name} " in text


def test_without_a_command_it_helps() -> None:
    outcome = gesta_run()
    assert outcome.status == 2
    assert "gesta speak" in outcome.stdout + outcome.stderr


def test_models_names_every_model() -> None:
    text = gesta_run("models").stdout
    assert {"default", "procedural"} <= set(text.split())
    assert max(map(len, text.splitlines())) <= 80


def test_version() -> None:
    assert gesta_run("version").stdout == f"{gesta.__version__}\n"


def test_doctor_says_how_to_install_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesta.extras.find_spec", lambda _: None)
    monkeypatch.setenv("COLUMNS", "120")
    assert "pip install 'gesta[scale]'" in gesta_run("doctor").stdout


def test_doctor_looks_at_everything_the_base_install_needs() -> None:
    text = gesta_run("doctor").stdout
    for word in ("gesta", "Python", "torch", "av", "memory", "GPU", "research"):
        assert word in text
    assert max(map(len, text.splitlines())) <= 80


def test_no_command_loads_what_it_does_not_need() -> None:
    code = "import sys; from gesta.cli import build; build(); print('torch' in sys.modules, 'numba' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]


def test_bugs_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("gesta.cli.models.version", broken)
    with pytest.raises(ZeroDivisionError):
        main(["version"])
    assert build() is not None
