"""`gesta speak --model`: takes of a network, of every length, with frames that are kept and tokens that are chosen."""

import json
from pathlib import Path

import numpy as np
import pytest

from gesta.motion.npz_read import read_npz
from gesta.motion.representation import HAND_JOINTS, LOWER_JOINTS
from gesta.motion.rotations import angle_between
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from tests.cli.running import RATE, demo_speech, gesta_run, write_wav


def take(folder: str, name: str = "speech") -> Motion:
    return read_npz(f"{folder}/{name}/motion.npz")


def murmur(path: Path, seconds: float) -> Path:
    """A voice-like sound of any length."""
    time = np.arange(round(seconds * RATE)) / RATE
    loud = 0.5 + 0.5 * np.sin(2 * np.pi * 3.0 * time)
    return write_wav(path, 8000 * loud * np.sign(np.sin(2 * np.pi * 120 * time)))


def test_a_take_of_a_network(here: Path, speech: Path) -> None:
    outcome = gesta_run("speak", speech, "--model", "debug", "--size", "128x128")
    assert outcome.status == 0, outcome
    assert [file.name for file in outcome.files] == ["motion.npz", "motion.bvh", "preview.mp4", "report.json"]
    report = json.loads(outcome.files[-1].read_text())
    assert report["provenance"]["model"] == "debug"
    assert report["motion"]["frames"] == 30
    attention = take("gesta_out").attention
    assert attention.min() > 0 and attention.max() < 1


@pytest.mark.parametrize("seconds", [0.4, 61.0])
def test_short_and_long_recordings(here: Path, seconds: float) -> None:
    outcome = gesta_run("speak", murmur(Path("m.wav"), seconds), "--model", "debug", "--no-preview")
    assert outcome.status == 0, outcome
    motion = take("gesta_out", "m")
    assert motion.frame_count == round(seconds * 30)
    assert np.isfinite(motion.rotations).all()
    # Windows of 64 frames meet without a jump: nothing there is faster than anywhere else.
    if seconds > 2:
        steps = angle_between(motion.rotations[1:], motion.rotations[:-1]).max(axis=1)
        seams = np.arange(64, len(steps), 60) - 1
        assert steps[seams].max() <= np.quantile(steps, 0.999) + 0.02


@pytest.mark.slow
def test_twenty_minutes(here: Path) -> None:
    outcome = gesta_run(
        "speak", murmur(Path("m.wav"), 1200.0), "--model", "debug", "--decoding", "single", "--no-preview",
        "--formats", "npz",
    )  # fmt: skip
    assert outcome.status == 0, outcome
    assert take("gesta_out", "m").frame_count == 36_000


def test_seeds_matter_only_where_tokens_are_drawn(here: Path, speech: Path) -> None:
    common = ("speak", speech, "--model", "debug", "--no-preview", "--formats", "npz")
    drawn = ("--decoding", "single,temperature=2")
    for folder, options in {"a": (), "b": ("--seed", "1"), "c": drawn, "d": (*drawn, "--seed", "1")}.items():
        assert gesta_run(*common, *options, "-o", folder).status == 0
    assert np.array_equal(take("a").rotations, take("b").rotations)
    assert not np.array_equal(take("c").rotations, take("d").rotations)
    assert take("c").provenance["decoding"]["temperature"] == 2
    assert take("c").provenance["decoding"]["method"] == "single"


def test_rounded_matrices_make_nearly_the_same_motion(here: Path, speech: Path) -> None:
    common = ("speak", speech, "--model", "debug", "--no-preview", "--formats", "npz", "--decoding", "single")
    for folder, precision in (("exact", "float32"), ("rounded", "bfloat16")):
        assert gesta_run(*common, "--device", "cpu", "--precision", precision, "-o", folder).status == 0
    exact, rounded = take("exact").attention, take("rounded").attention
    assert 0.0 < np.abs(exact - rounded).max() < 0.02


@pytest.mark.parametrize("model", ["debug", "procedural"])
def test_kept_seconds_come_back_and_the_rest_is_new(here: Path, model: str) -> None:
    speech = demo_speech(here / "speech.wav", 4.0)
    common = ("speak", speech, "--no-preview", "--formats", "npz")
    assert gesta_run(*common, "-o", "old", "--seed", "5").status == 0
    outcome = gesta_run(*common, "--model", model, "-o", "new", "--keep", "old/speech/motion.npz@1.5-2,0.2-0.5")
    assert outcome.status == 0, outcome
    old, new = take("old"), take("new")
    for span in (slice(6, 15), slice(45, 60)):
        assert np.abs(new.translation[span] - old.translation[span]).max() < 1e-3
        assert angle_between(new.rotations[span], old.rotations[span]).max() < 1e-3
        assert np.allclose(new.face[span], old.face[span], atol=1e-5)
    assert angle_between(new.rotations[-10:], old.rotations[-10:]).max() > 0.05
    assert new.provenance["kept"]["spans_s"] == [[0.2, 0.5], [1.5, 2.0]]


@pytest.mark.parametrize("model", ["debug", "procedural"])
def test_a_locked_part_stays_as_it_is(here: Path, speech: Path, model: str) -> None:
    common = ("speak", speech, "--model", model, "--no-preview", "--formats", "npz")
    assert gesta_run(*common, "--lock", "lower", "--lock", "face,hands").status == 0
    motion = take("gesta_out")
    assert motion.provenance["locked"] == ["face", "hands", "lower"]
    assert np.ptp(motion.translation, axis=0).max() == 0.0
    assert np.ptp(motion.face, axis=0).max() == 0.0
    turned = angle_between(motion.rotations, motion.rotations[:1])
    still = [*skeleton().indices(LOWER_JOINTS), *skeleton().indices(HAND_JOINTS)]
    assert turned[:, still].max() < 1e-3, "files hold axis-angle, which rounds"
    assert turned.max() > 0.005


def test_keeping_is_for_one_recording_and_within_it(here: Path, speech: Path) -> None:
    demo_speech(Path("other.wav"), 2.0)
    assert gesta_run("speak", "other.wav", "--no-preview", "-o", "old").status == 0
    keep = ("--keep", "old/other/motion.npz@0.5-1.9")
    both = gesta_run("speak", speech, "other.wav", *keep)
    short = gesta_run("speak", speech, *keep)
    for outcome, words in ((both, "one recording at a time"), (short, "the recording is only 1.00 s long")):
        assert outcome.status == 2
        assert words in outcome.stderr
        assert not Path("gesta_out").exists()
    assert gesta_run("speak", "other.wav", *keep, "--samples", "2", "--no-preview").status == 0
