"""`gesta inspect`: pictures of recordings and motions, and npz files that mean harm."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from gesta.motion.npz_write import write_npz
from gesta.render import timeline
from tests.cli.running import everything_in, gesta_run
from tests.cli.test_bad_input import refused
from tests.motion.moving import made_motion

PNG = b"\x89PNG\r\n"


def test_a_recording(here: Path, speech: Path) -> None:
    outcome = gesta_run("inspect", speech)
    assert (outcome.status, outcome.files) == (0, [Path("speech-inspect.png")])
    assert Path("speech-inspect.png").read_bytes().startswith(PNG)
    assert len(outcome.stderr.splitlines()) == 1
    assert outcome.stderr.startswith("speech: 1.0 s took ")


def test_a_motion(here: Path) -> None:
    write_npz(made_motion(40), Path("motion.npz"))
    outcome = gesta_run("inspect", "motion.npz", "-o", "seen.png")
    assert (outcome.status, outcome.files) == (0, [Path("seen.png")])
    assert sorted(everything_in(here)) == ["motion.npz", "seen.png"]


def test_what_a_trained_model_attends_to(here: Path, speech: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    draw = timeline.draw_timeline
    monkeypatch.setattr(timeline, "draw_timeline", lambda subject, *rest: drawn.append(subject) or draw(subject, *rest))
    outcome = gesta_run("inspect", speech, "--model", "debug", "--style", "speaker=2")
    assert (outcome.status, outcome.files) == (0, [Path("speech-inspect.png")])
    assert drawn[0].plan is None
    assert drawn[0].motion.provenance["speaker"] == "second"
    gesta_run("speak", speech, "--model", "debug", "--style", "speaker=2", "--no-preview")
    assert gesta_run("inspect", "gesta_out/speech/motion.npz").status == 0
    assert np.allclose(drawn[1].motion.attention, drawn[0].motion.attention, atol=1e-6)


def test_a_stretch_is_what_is_asked_for(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_npz(made_motion(150), Path("motion.npz"))
    asked = []
    draw = timeline.draw_timeline
    monkeypatch.setattr(
        timeline,
        "draw_timeline",
        lambda subject, path, *stretch: asked.append(stretch) or draw(subject, path, *stretch),
    )
    assert gesta_run("inspect", "motion.npz", "--from", "1", "--to", "2.5").stderr.count("\n") == 1
    assert asked == [(1.0, 2.5)]


def test_what_does_not_fit_is_said_with_how_to_see_it(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "LONGEST_S", 2.0)
    write_npz(made_motion(150), Path("motion.npz"))
    assert "Drawn: 0 to 2 s of 5.0 s" in gesta_run("inspect", "motion.npz").stderr
    later = gesta_run("inspect", "motion.npz", "--from", "2").stderr
    assert "Drawn: 2 to 4 s of 5.0 s" in later
    assert "--from 4" in later
    assert "Drawn" not in gesta_run("inspect", "motion.npz", "--from", "4").stderr
    assert "Drawn" not in gesta_run("inspect", "motion.npz", "--to", "1.5").stderr


def npz(**arrays: object) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def huge() -> bytes:
    """An archive whose poses claim a shape of petabytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": (2**45, 165)})
        archive.writestr("poses.npy", header.getvalue() + b"\0" * 100)
        fps = io.BytesIO()
        np.save(fps, np.array(30))
        archive.writestr("fps.npy", fps.getvalue())
    return stream.getvalue()


GOOD = npz(poses=np.zeros((3, 165)), trans=np.zeros((3, 3)), fps=30)
BAD_MOTIONS = {
    "empty": (b"", "not an npz"),
    "text": (b"hello" * 100, "not an npz"),
    "truncated": (GOOD[: len(GOOD) // 2], "not an npz"),
    "damaged": (GOOD.replace(b"\x93NUMPY", b"\x93NUMPX"), "damaged"),
    "pickled": (npz(poses=np.full((2, 165), None), fps=30), "Python objects"),
    "other": (npz(sound=np.zeros(3)), "no 'poses'"),
    "huge": (huge(), "not as long as it says"),
    "not finite": (npz(poses=np.full((2, 165), np.inf), fps=30), "not finite"),
}


@pytest.mark.parametrize("kind", BAD_MOTIONS)
def test_a_bad_motion(here: Path, kind: str) -> None:
    content, reason = BAD_MOTIONS[kind]
    Path("bad.npz").write_bytes(content)
    outcome = gesta_run("inspect", "bad.npz")
    refused(outcome, "bad.npz", reason)
    assert sorted(everything_in(here)) == ["bad.npz"]


def test_a_motion_that_is_not_there(here: Path) -> None:
    refused(gesta_run("inspect", "none.npz"), "none.npz")
    refused(gesta_run("inspect", "none.bvh"), "none.bvh")
    Path("folder.npz").mkdir()
    refused(gesta_run("inspect", "folder.npz"), "folder.npz")


def test_the_picture_may_not_replace_what_it_is_made_from(here: Path, speech: Path) -> None:
    Path("sound.png").write_bytes(speech.read_bytes())
    refused(gesta_run("inspect", "sound.png", "-o", "./sound.png"), "made from")
    assert Path("sound.png").read_bytes() == speech.read_bytes()
