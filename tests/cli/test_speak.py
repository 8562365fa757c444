"""`gesta speak` from end to end: what it writes, says and leaves alone."""

import json
from pathlib import Path

import numpy as np
import pytest

from gesta.cli.console import PlainProgress
from gesta.motion.npz_read import read_npz
from gesta.take import Take
from tests.cli.running import demo_speech, everything_in, gesta_run, write_wav

NAMES = ["motion.npz", "motion.bvh", "preview.mp4", "plan.json", "report.json"]


def strict_json(path: Path) -> dict:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def test_one_recording(here: Path, speech: Path) -> None:
    outcome = gesta_run("speak", speech, "--size", "128x128")
    assert outcome.status == 0
    assert outcome.files == [Path("gesta_out/speech") / name for name in NAMES]
    assert all(file.stat().st_size for file in outcome.files)
    assert sorted(everything_in(here)) == sorted(["gesta_out", "gesta_out/speech", *map(str, outcome.files)])
    report = strict_json(outcome.files[-1])
    assert report["files"] == NAMES
    assert report["cost"]["real_time_factor"] > 0
    assert report["cost"]["peak_memory_mb"] > 1
    assert report["speech"]["duration_s"] == pytest.approx(1.0, abs=0.01)
    assert strict_json(outcome.files[-2])["seed"] == 0


def test_what_it_says_is_one_line_of_cost_without_control_characters(here: Path, speech: Path) -> None:
    outcome = gesta_run("speak", speech, "--no-preview")
    assert len(outcome.stderr.splitlines()) == 1
    assert outcome.stderr.startswith("speech: 1.0 s took ")
    assert "real-time factor" in outcome.stderr
    assert "MB" in outcome.stderr
    assert "\x1b" not in outcome.stderr + outcome.stdout
    assert "\r" not in outcome.stderr + outcome.stdout


def test_several_recordings_each_get_a_folder_and_a_line(here: Path, speech: Path) -> None:
    demo_speech(Path("other.wav"), 0.5)
    outcome = gesta_run("speak", speech, "other.wav", "--no-preview", "-o", "takes", "--workers", "1")
    assert outcome.status == 0
    assert [line.split(":")[0] for line in outcome.stderr.splitlines()] == ["speech", "other", "2 recordings", "in all"]
    assert "2 recordings: 2 made.\nin all: 1.5 s took " in outcome.stderr
    assert [file.parts[:2] for file in outcome.files] == [("takes", "speech")] * 4 + [("takes", "other")] * 4


def test_samples_count_the_seed_up_and_are_ranked(here: Path) -> None:
    demo_speech(Path("speech.wav"), 4.0)
    outcome = gesta_run("speak", "speech.wav", "--no-preview", "--seed", "5", "--samples", "3", "--formats", "npz")
    assert outcome.status == 0
    places = ["gesta_out/speech", "gesta_out/speech/samples/2", "gesta_out/speech/samples/3"]
    names = ["motion.npz", "plan.json", "report.json"]
    assert outcome.files == [Path(place, name) for place in places for name in names]
    takes = [read_npz(f"{place}/motion.npz") for place in places]
    listed = strict_json(Path(places[0], "report.json"))["samples"]
    assert [take.provenance["seed"] for take in takes] == [sample["seed"] for sample in listed]
    assert {sample["seed"] for sample in listed} == {5, 6, 7}
    assert [sample["folder"] for sample in listed] == [".", "samples/2", "samples/3"]
    scores = [sample["score"] for sample in listed]
    assert scores == sorted(scores, reverse=True)
    for place, sample in zip(places, listed, strict=True):
        measures = strict_json(Path(place, "report.json"))["measures"]
        assert measures["naturalness"]["score"] == pytest.approx(sample["naturalness"])
        assert measures["hand_alignment"]["normalised_margin"] == pytest.approx(sample["normalised_margin"])
    again = gesta_run("speak", "speech.wav", "--no-preview", "--seed", "5", "--samples", "3", "--formats", "npz")
    assert again.files == outcome.files
    assert "kept" in again.stderr


def test_the_npz_is_always_written(here: Path, speech: Path) -> None:
    for formats, names in (("bvh", {"motion.npz", "motion.bvh"}), ("npz,npz", {"motion.npz"})):
        outcome = gesta_run("speak", speech, "--no-preview", "--formats", formats, "-o", formats)
        assert {file.name for file in outcome.files} == names | {"plan.json", "report.json"}


@pytest.mark.parametrize("kind", ["silence", "shortest", "noise", "clipped"])
def test_odd_recordings_give_strict_json(here: Path, kind: str) -> None:
    samples = {
        "silence": np.zeros(16_000),
        "shortest": np.full(1600, 1000),
        "noise": np.random.default_rng(0).normal(0, 3000, 24_000),
        "clipped": np.where(np.arange(16_000) // 50 % 2, 32767, -32768),
    }[kind]
    write_wav(Path("odd.wav"), samples)
    assert gesta_run("speak", "odd.wav", "--no-preview").status == 0
    for name in ("plan.json", "report.json"):
        strict_json(Path("gesta_out/odd", name))


@pytest.mark.parametrize(
    "name", ["a{0} [bold]b", "é ü 字", "b'\"<i>", "\udcff"], ids=["markup", "letters", "html", "bytes"]
)
def test_odd_names(here: Path, speech: Path, name: str) -> None:
    Path(f"{name}.wav").write_bytes(speech.read_bytes())
    outcome = gesta_run("speak", f"{name}.wav", "--no-preview")
    assert outcome.status == 0
    assert outcome.stdout.isprintable() or outcome.stdout.replace("\n", "").isprintable()
    assert strict_json(Path("gesta_out", name, "report.json"))["speech"]["name"] == name


def test_other_files_stay_and_old_results_are_replaced(here: Path, speech: Path) -> None:
    folder = Path("gesta_out/speech")
    folder.mkdir(parents=True)
    for name in ("notes.txt", "report.json", ".hidden"):
        (folder / name).write_text("mine")
    assert gesta_run("speak", speech, "--no-preview").status == 0
    assert (folder / "notes.txt").read_text() == (folder / ".hidden").read_text() == "mine"
    assert strict_json(folder / "report.json")["files"]


def test_when_a_later_recording_is_stopped_the_finished_ones_are_kept(
    here: Path, speech: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo_speech(Path("other.wav"), 0.5)
    save = Take.save

    def failing(take: Take, folder: Path, **options: object) -> list[Path]:
        if take.speech.name == "other":
            raise KeyboardInterrupt
        return save(take, folder, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Take, "save", failing)
    outcome = gesta_run("speak", speech, "other.wav", "--no-preview", "--workers", "1")
    assert outcome.status == 130
    assert "2 recordings: 1 made, 1 not finished.\n" in outcome.stderr
    assert outcome.stderr.endswith("gesta: stopped; nothing is left half written.\n")
    assert [path.name for path in Path("gesta_out").iterdir()] == ["speech"]


def test_progress_without_a_terminal_is_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    report = PlainProgress("talk", clock=lambda: now[0])
    for second in range(45):
        now[0] = float(second)
        report("drawing", second, 44)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "talk: drawing 22 %, about 34 s left"
    assert len(lines) == 4


def test_in_a_terminal_long_and_odd_names_do_not_break_the_bar(
    here: Path, speech: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "{task} [red]" + "x" * 150
    Path(f"{name}.wav").write_bytes(speech.read_bytes())
    monkeypatch.setattr("gesta.cli.console.err._force_terminal", True)
    monkeypatch.setattr("gesta.cli.console.err.is_interactive", True)
    monkeypatch.setenv("TERM", "xterm")
    outcome = gesta_run("speak", f"{name}.wav", "--no-preview")
    assert outcome.status == 0
    assert "{task} [red]xxxxxxxxxxx…" in outcome.stderr
