"""`--words`: strokes that the words called for, said in the plan; what is said of rough or foreign words."""

import json
from pathlib import Path

import numpy as np

from gesta.motion.npz_write import write_npz
from tests.cli.running import demo_speech, everything_in, gesta_run, write_wav
from tests.cli.test_bad_input import refused
from tests.motion.moving import made_motion

BIG = "word,start,end\nthe,1.3,1.5\nhuge,1.5,2.0\nhouse,2.0,2.4\n"
STRONG = ("--style", "content=1.5")


def causes(folder: Path) -> set[str]:
    moves = json.loads((folder / "plan.json").read_text())["hand_moves"]
    return {move["cause"] for move in moves if move["phase"] == "stroke"}


def test_words_call_for_strokes_and_the_plan_says_so(here: Path) -> None:
    speech = demo_speech(here / "talk.wav", 3.0)
    Path("talk.csv").write_text(BIG)
    for folder, options in (("without", ()), ("with", ("--words", "talk.csv"))):
        outcome = gesta_run("speak", speech, "--no-preview", "--formats", "npz", *STRONG, *options, "-o", folder)
        assert outcome.status == 0, outcome.stderr
    assert "content" in causes(Path("with/talk"))
    assert causes(Path("without/talk")) <= {"accent"}
    told = json.loads(str(np.load("with/talk/motion.npz")["provenance"]))
    assert told["words"] == {"file": "talk.csv", "language": "en", "count": 3, "spread": False}


def test_rough_and_foreign_words_are_said(here: Path, speech: Path) -> None:
    Path("talk.srt").write_text("1\n00:00:00,100 --> 00:00:00,900\nDas ist ein Haus\n")
    outcome = gesta_run("speak", speech, "--no-preview", "--formats", "npz", "--words", "talk.srt")
    assert outcome.status == 0
    assert "spread over them by letters" in outcome.stderr
    assert "no language with a lexicon (en and es)" in outcome.stderr


def test_words_belong_to_one_recording(here: Path, speech: Path) -> None:
    Path("talk.csv").write_text(BIG)
    write_wav(Path("other.wav"), np.ones(16_000))
    before = everything_in(here)
    refused(gesta_run("speak", speech, "other.wav", "--words", "talk.csv"), "one recording at a time")
    refused(gesta_run("speak", speech, "--words", "talk.csv"), "go on to 2.4 s", "ends at 1.0 s")
    refused(gesta_run("inspect", speech, "--words", "talk.csv"), "go on to 2.4 s")
    assert everything_in(here) == before


def test_inspect_draws_words(here: Path, speech: Path) -> None:
    Path("talk.csv").write_text("word,start,end\nhuge,0.2,0.5\n你好,0.5,0.8\n$x_$,0.8,0.9\n", encoding="utf-8")
    with_words = gesta_run("inspect", speech, "--words", "talk.csv", "-o", "with.png")
    assert with_words.status == 0
    assert "Glyph" not in with_words.stderr
    assert gesta_run("inspect", speech, "-o", "without.png").status == 0
    height = [int.from_bytes(Path(name).read_bytes()[20:24]) for name in ("with.png", "without.png")]
    assert height[0] > height[1]
    write_npz(made_motion(40), Path("motion.npz"))
    refused(gesta_run("inspect", "motion.npz", "--words", "talk.csv"), "--words goes with a recording")
