"""The scripts that judge a trained model, from recordings to counted answers, on half a minute of made sound."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.audio.made_sounds import RATE, speech_like, write_wav

RUNS = Path(__file__).parents[2] / "runs"
SECONDS, SEEDS = 21.0, 2


def script(name: str, *arguments: object, fails: bool = False) -> str:
    """What a script prints, in one thread."""
    done = subprocess.run(
        [sys.executable, str(RUNS / name), *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert (done.returncode != 0) is fails, done.stderr
    return done.stderr if fails else done.stdout


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two recordings, one of which is on the list."""
    folder = tmp_path_factory.mktemp("speech")
    for name, seed in (("held", 0), ("trained", 1)):
        write_wav(folder / f"{name}_voice.wav", speech_like(seed, SECONDS), RATE)
    (folder / "list.txt").write_text("# nobody trains on\nheld_*\n")
    return folder


@pytest.fixture(scope="module")
def judged(speech: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the judge says of the teacher with a planted fault beside itself."""
    out = tmp_path_factory.mktemp("judged")
    script(
        "judge_default.py", speech, "--list", speech / "list.txt", "--model", "procedural", "--against", "procedural",
        "--out", out, "--seeds", SEEDS, "--fault", "trembling",
    )  # fmt: skip
    return out


def test_only_what_is_on_the_list_is_held_out(speech: Path) -> None:
    said = script("held_out.py", speech, "--list", speech / "list.txt")
    assert "held_voice.wav" in said
    assert "trained_voice.wav" not in said
    assert said.splitlines()[-1] == "0.3 minutes in 1 recordings"


@pytest.mark.slow
def test_a_planted_fault_is_seen(judged: Path) -> None:
    report = json.loads((judged / "report.json").read_text())
    limits = {line["measure"]: line["holds"] for line in report["limits"]}
    assert report["all_met"] is False
    assert limits["wrist jerk over the teacher's, 50 %"] is False
    assert limits["foot slide, mm a planted frame"] is False
    assert limits["wrists of two seeds apart, m"] is True
    assert "**missed**" in (judged / "report.md").read_text()


@pytest.mark.slow
def test_takes_are_not_made_again_and_not_mixed(judged: Path, speech: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in judged.glob("*/*.npz")}
    assert len(before) == 2 * SEEDS
    call = ("judge_default.py", speech, "--list", speech / "list.txt", "--model", "procedural", "--seeds", SEEDS)
    script(*call, "--out", judged, "--fault", "trembling")
    assert {path: path.stat().st_mtime_ns for path in judged.glob("*/*.npz")} == before
    assert "give another --out" in script(*call, "--out", judged, "--fault", "late", fails=True)


@pytest.mark.slow
def test_pairs_are_counted_only_when_all_are_judged(judged: Path, speech: Path, tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    script(
        "blind_pairs.py", "make", judged, speech, tmp_path, "--list", speech / "list.txt", "--pairs", 2,
        "--seconds", 4, "--seeds", SEEDS, "--no-films",
    )  # fmt: skip
    assert {path.name for path in tmp_path.iterdir()} == {"pair_01.png", "pair_02.png", "form.csv", "key.json"}
    assert "pair_01, pair_02" in script("blind_pairs.py", "count", tmp_path, fails=True)
    key = json.loads((tmp_path / "key.json").read_text())
    assert sorted(entry["left"] for entry in key.values()) == ["against", "model"]
    answers = [(pair, next(side for side in ("left", "right") if key[pair][side] == "against")) for pair in key]
    with (tmp_path / "form.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("pair", "better", "why"), *((*answer, "calmer") for answer in answers)])
    assert "preferred in 0 of 2 pairs, the other in 2, neither in 0" in script("blind_pairs.py", "count", tmp_path)


@pytest.mark.slow
def test_strips_are_small(judged: Path, tmp_path: Path) -> None:
    script("default_strips.py", judged, tmp_path, "--clips", 1)
    assert 10_000 < (tmp_path / "default_held_voice.png").stat().st_size < 150_000


@pytest.mark.slow
def test_ways_of_decoding_stand_beside_each_other(speech: Path, tmp_path: Path) -> None:
    said = script(
        "decoding_table.py", speech, "--list", speech / "list.txt", "--model", "debug", "--out", tmp_path,
        "--seconds", 5, "--seeds", 2, "--timed", 0, "--decodings", "single;iterative,steps=4,temperature=1",
    )  # fmt: skip
    lines = said.splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["`single`", "`iterative,steps=4,temperature=1`"]
    assert len({line.count("|") for line in lines}) == 1
