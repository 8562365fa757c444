"""`gesta evaluate`: the numbers it writes, and what it refuses."""

import json
from pathlib import Path

import pytest

from gesta.keypoints.files import write_keypoints
from tests.cli.running import demo_speech, everything_in, gesta_run
from tests.cli.test_bad_input import refused
from tests.keypoints.made_points import gesturing, person


def write_sets(real: Path, made: Path, names: str = "ab") -> None:
    """Two folders with points of the same names; the first is the truth itself."""
    for seed, name in enumerate(names):
        for folder in (real, made):
            folder.mkdir(exist_ok=True)
        write_keypoints(real / f"{name}.npz", gesturing(60, seed))
        write_keypoints(made / f"{name}.json", gesturing(60, seed if name == "a" else seed + 9))


def test_points_in_two_folders(here: Path) -> None:
    write_sets(Path("real"), Path("made"))
    Path("sound").mkdir()
    for name in "ab":
        demo_speech(Path("sound") / f"{name}.wav", 2.4)
    outcome = gesta_run("evaluate", "keypoints", "--real", "real", "--generated", "made", "--speech", "sound")
    assert outcome.status == 0, outcome.stderr
    assert outcome.files == [Path("gesta_out/keypoints.json"), Path("gesta_out/keypoints.html")]
    found = json.loads(outcome.files[0].read_text())
    assert found["kind"] == "keypoints"
    assert found["clips"]["a"]["correct.hands.0.05"]["generated"] == 1.0
    assert found["clips"]["b"]["correct.hands.0.05"]["generated"] < 0.5
    assert "speech" not in found["not_measured"]
    assert "lips.speech_r" in found["clips"]["a"]
    assert "correct hands points" in outcome.files[1].read_text()


def test_two_files_with_a_report_elsewhere(here: Path) -> None:
    write_keypoints("real.npz", person(40))
    write_keypoints("made.json", person(40))
    outcome = gesta_run(
        "evaluate", "keypoints", "--real", "real.npz", "--generated", "made.json", "-o", "new/of_one.json"
    )
    assert outcome.status == 0, outcome.stderr
    assert list(json.loads(Path("new/of_one.json").read_text())["clips"]) == ["made"]
    assert "not measured: speech" in outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--real real --generated nowhere", ["'nowhere' does not exist"]),
        ("--real real --generated made/a.json", ["'real' is a folder and 'made/a.json' is not"]),
        ("--real real --generated more", ["'more/c.npz' has no counterpart in 'real'", "1 generated and 2 real"]),
        ("--real real --generated empty", ["'empty' holds no file"]),
        ("--real real --generated made --speech real/a.npz", ["one recording, but there are 2 clips"]),
        ("--real real --generated made --speech empty", ["'a.json' has no sound"]),
        ("--real real --generated made -o report.txt", [".json"]),
        ("--real real/a.npz --generated long.npz", ["'long'", "two lengths"]),
        ("--real real/a.npz --generated bad.npz", ["bad.npz"]),
        ("--real twice --generated made", ["have one name"]),
    ],
)
def test_what_it_refuses(here: Path, arguments: str, words: list[str]) -> None:
    write_sets(Path("real"), Path("made"))
    Path("more").mkdir()
    write_keypoints("more/c.npz", person(2))
    Path("empty").mkdir()
    Path("twice").mkdir()
    write_keypoints("twice/a.npz", person(2))
    write_keypoints("twice/a.json", person(2))
    write_keypoints("long.npz", gesturing(90, 0))
    Path("bad.npz").write_bytes(b"no points")
    before = everything_in(here)
    refused(gesta_run("evaluate", "keypoints", *arguments.split()), *words)
    assert everything_in(here) == before
