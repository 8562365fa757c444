"""`gesta prepare`: help, a run, going on, and bad input in one sentence."""

from pathlib import Path

import pytest

from gesta.data.clips import Dataset
from tests.cli.running import Outcome, everything_in, gesta_run
from tests.data.making import write_beat2

KINDS = ("synthetic", "beat2", "show", "bvh")


def refused(outcome: Outcome, *words: str) -> None:
    assert outcome.status == 2, outcome
    assert outcome.stdout == ""
    assert outcome.stderr.startswith("gesta: ")
    assert outcome.stderr.count("\n") == 1
    for word in words:
        assert word in outcome.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_help_that_fits(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = gesta_run("prepare", kind, "--help").stdout
    assert "SRC" in text
    assert max(map(len, text.splitlines())) <= 80
    overview = gesta_run("prepare", "--help").stdout
    assert f"\n  {kind} " in overview
    assert f"gesta prepare {kind} " in overview, "there is an example"
    assert "..." not in overview.partition("Commands:")[2].partition("Examples")[0]


def test_a_run_and_another_that_finds_it_done(here: Path, speech: Path) -> None:
    outcome = gesta_run("prepare", "synthetic", speech, "-o", "made", "--seeds", "2", "--licence", "public domain")
    assert outcome.status == 0, outcome.stderr
    assert outcome.files == [Path("made")]
    assert "4 clips; 0 left out" in outcome.stderr
    assert "real-time factor" in outcome.stderr
    assert Dataset.open("made").info.licence == "motion: Apache-2.0; recordings: public domain"
    before = everything_in(here)
    again = gesta_run("prepare", "synthetic", speech, "-o", "made", "--seeds", "2", "--licence", "public domain")
    assert "4 of them from before" in again.stderr
    assert everything_in(here) == before
    refused(gesta_run("prepare", "synthetic", speech, "-o", "made"), "another licence", "choose another folder")
    assert everything_in(here) == before


def test_a_list_holds_recordings_out(here: Path, speech: Path) -> None:
    (here / "voices").mkdir()
    for name in ("ann", "ben"):
        (here / "voices" / f"{name}.wav").write_bytes(Path(speech).read_bytes())
    (here / "held.txt").write_text("# not to be trained on\nann.*   # a voice\n\n")
    outcome = gesta_run("prepare", "synthetic", "voices", "-o", "made", "--hold-out", "held.txt")
    assert outcome.status == 0, outcome.stderr
    assert {clip.source: clip.split for clip in Dataset.open(here / "made").clips} == {
        "ann.wav": "test",
        "ben.wav": "train",
    }
    refused(gesta_run("prepare", "synthetic", "voices", "-o", "other", "--hold-out", "absent.txt"), "absent.txt")


def test_broken_clips_are_named_and_readers_do_not_repeat_themselves(here: Path) -> None:
    write_beat2(here / "beat", {f"2_scott_0_{number}_{number}": ("train", 64) for number in range(1, 4)})
    (here / "beat" / "wave16k" / "2_scott_0_2_2.wav").write_bytes(b"no sound")
    outcome = gesta_run("prepare", "beat2", "beat", "-o", "set", "--speakers", "2")
    assert outcome.status == 0
    assert "left out 2_scott_0_2_2: " in outcome.stderr
    assert "2 clips; 1 left out; licence: BEAT2" in outcome.stderr
    assert outcome.stderr.count("\n") == 3


BAD = [
    ("synthetic absent.wav -o set", ["'absent.wav' does not exist"]),
    ("synthetic . -o set --styles livly", ["did you mean lively"]),
    ("synthetic . -o set --validation-share 1.5", ["validation_share"]),
    ("synthetic . -o set --seeds 0", ["seeds"]),
    ("synthetic . -o set", ["nothing in"]),
    ("synthetic . -o set --ray", ["'--ray' is not in this version"]),
    ("synthetic .", ["-o"]),
    ("beat2 . -o set", ["not a BEAT2 folder"]),
    ("beat2 . -o set --speakers two", ["--speakers", "2,4"]),
    ("show . -o set", ["nothing in"]),
    ("show . -o set --smplx absent.npz", ["absent.npz"]),
    ("bvh . -o set --up x", ["up"]),
    ("bvh . -o set --joints absent.toml", ["absent.toml"]),
    ("bvh . -o /dev/null/set", ["/dev/null"]),
    ("videos . -o set", ["nothing in"]),
    ("videos . -o set --side 15", ["side"]),
    ("beatt . -o set", ["beat2"]),
]


@pytest.mark.parametrize(("words", "reasons"), BAD, ids=[words for words, _ in BAD])
def test_bad_input_is_one_sentence(here: Path, words: str, reasons: list[str]) -> None:
    refused(gesta_run("prepare", *words.split()), *reasons)
    assert everything_in(here) == {}
