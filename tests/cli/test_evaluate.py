"""`gesta evaluate`: the numbers it writes, and what it refuses."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gesta.cli.evaluation_films import InStep
from gesta.keypoints.files import write_keypoints
from gesta.motion.npz import write_npz
from tests.cli.running import demo_speech, everything_in, gesta_run
from tests.cli.test_bad_input import refused
from tests.data.making_films import write_talk
from tests.keypoints.made_points import gesturing, person
from tests.motion.moving import made_motion


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
    assert list(found["not_measured"]) == ["fgd"]
    assert "needs 1000" in found["not_measured"]["fgd"]
    assert "lips.speech_r" in found["clips"]["a"]
    assert "correct points of the hands" in outcome.files[1].read_text()


def test_two_files_with_a_report_elsewhere(here: Path) -> None:
    write_keypoints("real.npz", person(40))
    write_keypoints("made.json", person(40))
    outcome = gesta_run(
        "evaluate", "keypoints", "--real", "real.npz", "--generated", "made.json", "-o", "new/of_one.json"
    )
    assert outcome.status == 0, outcome.stderr
    assert list(json.loads(Path("new/of_one.json").read_text())["clips"]) == ["made"]
    assert "not measured: speech" in outcome.stderr


def test_motion_beside_itself_and_beside_another(here: Path) -> None:
    for name, seed in (("real", 1), ("made", 2)):
        Path(name).mkdir()
        write_npz(made_motion(120, seed=seed), f"{name}/take.npz")
    write_npz(made_motion(90, seed=3), "made/same.npz")
    write_npz(made_motion(92, seed=3), "real/same.npz")
    outcome = gesta_run("evaluate", "motion", "--real", "real", "--generated", "made")
    assert outcome.status == 0, outcome.stderr
    found = json.loads(Path("gesta_out/motion.json").read_text())
    assert set(found["clips"]) == {"take", "same"}
    same = found["clips"]["same"]
    assert same["hands.speed_p50"]["generated"] == pytest.approx(same["hands.speed_p50"]["real"], rel=0.1)
    assert "AESKConv_240_100.bin" in found["not_measured"]["fgd"]
    refused(gesta_run("evaluate", "motion", "--real", "real", "--generated", "made", "--weights", "real"), "AESKConv")


def test_films_with_what_can_be_measured_here(here: Path) -> None:
    for name in ("real", "made"):
        write_talk(Path(name), "talk", 30)
        (Path(name) / "talk.npz").unlink()
    outcome = gesta_run(
        "evaluate", "video", "--real", "real", "--generated", "made", "--measures", "pictures", "--size", "48x64"
    )
    assert outcome.status == 0, outcome.stderr
    found = json.loads(Path("gesta_out/video.json").read_text())
    assert found["clips"]["talk"]["psnr_db"]["generated"] == 100.0
    assert found["clips"]["talk"]["ssim"]["generated"] == pytest.approx(1.0, abs=1e-5)
    assert found["not_measured"]["lpips"] == "it was not asked for"
    assert "not measured" not in outcome.stderr
    assert found["measures"]["fvd"]["unverified"] is True


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--real real --generated made --weights nowhere", ["'nowhere' is no folder"]),
        ("--real real --generated made --measures fvd", ["--weights"]),
        ("--real real --generated made --measures fvd --weights real", ["does not hold rgb_imagenet.pt"]),
        ("--real real --generated made --measures films", ["Unknown measure 'films'"]),
        ("--real real --generated made --measures pictures --size 40x40", ["another shape"]),
        ("--real real --generated made --measures pictures --size wide", ["WIDTHxHEIGHT"]),
        ("--real real --generated other --measures pictures", ["two sizes", "--size"]),
        ("--real real/talk.mp4 --generated letter.mp4 --measures pictures", ["'letter.mp4'"]),
    ],
)
def test_films_that_it_refuses(here: Path, arguments: str, words: list[str]) -> None:
    write_talk(Path("real"), "talk", 4)
    write_talk(Path("made"), "talk", 4)
    write_talk(Path("other"), "talk", 4, (128, 96))
    Path("letter.mp4").write_text("Dear aunt, this is no film. " * 99)
    before = everything_in(here)
    refused(gesta_run("evaluate", "video", *arguments.split()), *words)
    assert everything_in(here) == before


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


@pytest.mark.parametrize(("late", "wanted"), [(3, [0, 0, 0, 1, 2, 3, 4, 5]), (-3, [4, 5]), (0, [1, 2, 3, 4, 5])])
def test_a_films_own_sound_is_heard_from_its_first_picture_on(late: int, wanted: list[int]) -> None:
    class Blocks:
        def blocks(self) -> Iterator[np.ndarray]:
            yield from (np.array(part, np.float32) for part in ([1, 2], [3, 4], [5]))

    assert np.concatenate(list(InStep(Blocks(), late).blocks())).tolist() == wanted
