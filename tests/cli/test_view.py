"""`gesta view`: one page from a motion or a GLB, with the sound that belongs to it."""

import base64
import json
import re
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gesta.audio.read import open_speech
from gesta.avatar.glb.read import read_glb
from gesta.motion.npz_write import write_npz
from gesta.motion.skeleton import skeleton
from gesta.render.video import VideoWriter
from tests.avatar.made_body import made_body_in_use
from tests.cli.running import everything_in, gesta_run
from tests.cli.test_bad_input import refused
from tests.motion.moving import made_motion
from tests.render.figures import rest_motion
from tests.view.made_glb import pillar_bytes

DATA = re.compile(r'<script id="data" type="application/json">(.*?)</script>', re.DOTALL)
BODY = re.compile(r'<script id="body" type="text/plain">(.*?)</script>', re.DOTALL)
SOUND = re.compile(r'<script id="sound" type="text/plain">(.*?)</script>', re.DOTALL)


@pytest.fixture(autouse=True)
def body(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with made_body_in_use(tmp_path_factory.mktemp("body")):
        yield


def page_of(path: str) -> tuple[dict, bool]:
    """A page's data and whether it has sound."""
    text = Path(path).read_text(encoding="utf-8")
    return json.loads(DATA.search(text)[1]), bool(SOUND.search(text)[1])  # type: ignore[index]


def film(path: Path, sound: Path, frames: int) -> None:
    with VideoWriter(path, (64, 64), 30, open_speech(sound)) as video:
        video.write(np.zeros((frames, 64, 64, 3), np.uint8))


def test_a_motion_and_its_recording(here: Path, speech: Path) -> None:
    write_npz(made_motion(30), Path("take.npz"))
    outcome = gesta_run("view", "take.npz", "--speech", speech)
    assert (outcome.status, outcome.files) == (0, [Path("take-view.html")])
    assert re.fullmatch(r"take-view\.html: \d\.\d MB in \d+\.\d s\n", outcome.stderr)
    data, has_sound = page_of("take-view.html")
    assert (data["title"], data["frames"], has_sound) == ("take", 30, True)
    assert ["Model", "made"] in data["facts"]
    assert len(data["strokes"]) > 0


def test_a_take_is_called_after_its_folder_and_sounds_like_its_preview(here: Path, speech: Path) -> None:
    Path("talk").mkdir()
    write_npz(made_motion(30), Path("talk/motion.npz"))
    film(Path("talk/preview.mp4"), speech, 30)
    outcome = gesta_run("view", "talk/motion.npz", "-o", "talk/page.html")
    assert (outcome.status, outcome.stderr.count("\n")) == (0, 1)
    data, has_sound = page_of("talk/page.html")
    assert (data["title"], has_sound) == ("talk", True)


def test_what_lies_beside_but_does_not_fit_is_left_out(here: Path, speech: Path) -> None:
    write_npz(made_motion(90), Path("motion.npz"))
    film(Path("preview.mp4"), speech, 30)
    outcome = gesta_run("view", "motion.npz")
    assert outcome.status == 0
    assert "lasts 1.0 s and the motion 3.0 s" in outcome.stderr
    assert page_of("motion-view.html")[1] is False


def test_without_a_recording_the_page_is_silent_and_that_is_said(here: Path) -> None:
    write_npz(made_motion(30), Path("take.npz"))
    assert "the page is silent" in gesta_run("view", "take.npz").stderr
    assert page_of("take-view.html")[1] is False


def test_another_recording_than_the_one_it_was_made_for_is_said(here: Path, speech: Path) -> None:
    write_npz(made_motion(30).replaced(provenance={"audio_sha256": "0" * 64}), Path("take.npz"))
    assert "not the very recording" in gesta_run("view", "take.npz", "--speech", speech).stderr
    made_for = {"audio_sha256": open_speech(speech).sha256}
    write_npz(made_motion(30).replaced(provenance=made_for), Path("take.npz"))
    assert "not the very recording" not in gesta_run("view", "take.npz", "--speech", speech).stderr


def test_a_glb(here: Path, speech: Path) -> None:
    Path("pillar.glb").write_bytes(pillar_bytes())
    assert gesta_run("view", "pillar.glb", "--speech", speech).status == 0
    data, has_sound = page_of("pillar-view.html")
    assert (data["title"], data["frames"], has_sound, data["studio"]["ownBody"]) == ("pillar", None, True, False)


def test_looks_change_the_body_and_not_a_glb(here: Path) -> None:
    write_npz(made_motion(10), Path("take.npz"))
    for look in ("host", "speaker"):
        assert gesta_run("view", "take.npz", "--look", look, "-o", f"{look}.html").status == 0
    assert Path("host.html").read_bytes() != Path("speaker.html").read_bytes()
    refused(gesta_run("view", "take.npz", "--look", "speeker", "-o", "no.html"), "speeker", "speaker")
    Path("pillar.glb").write_bytes(pillar_bytes())
    refused(gesta_run("view", "pillar.glb", "--look", "host"), "pillar.glb", "--look")
    assert not Path("no.html").exists()


def test_a_motion_whose_floor_nobody_knows_stands_on_it(here: Path) -> None:
    high = rest_motion(10)
    high = high.replaced(translation=high.translation + np.float32(3.0), floor_known=False)
    write_npz(high, Path("high.npz"))
    assert gesta_run("view", "high.npz").status == 0
    Path("shown.glb").write_bytes(base64.b64decode(BODY.search(Path("high-view.html").read_text("utf-8"))[1]))
    pelvis = read_glb("shown.glb").translation.values
    assert np.allclose(pelvis[:, 1], skeleton().rest_positions()[0, 1], atol=1e-3)


def test_it_opens_in_the_browser_when_asked(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    monkeypatch.setattr(webbrowser, "open", lambda address: shown.append(address) or False)
    Path("pillar.glb").write_bytes(pillar_bytes())
    assert "open the page yourself" in gesta_run("view", "pillar.glb", "--open").stderr
    assert shown == [(here / "pillar-view.html").as_uri()]
    gesta_run("view", "pillar.glb")
    assert len(shown) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none.npz",), ("none.npz",)),
        (("none.glb",), ("none.glb",)),
        (("bad.glb",), ("bad.glb", "GLB")),
        (("bad.npz",), ("bad.npz",)),
        (("bad.txt",), ("bad.txt",)),
        (("pillar.glb", "--speech", "none.wav"), ("none.wav",)),
        (("pillar.glb", "-o", "page.png"), ("page.png", ".html")),
        (("pillar.glb", "-o", "none/page.html"), ("none",)),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(here: Path, arguments: tuple, words: tuple) -> None:
    Path("pillar.glb").write_bytes(pillar_bytes())
    for name in ("bad.glb", "bad.npz", "bad.txt"):
        Path(name).write_text("no motion at all")
    before = everything_in(here)
    refused(gesta_run("view", *arguments), *words)
    assert everything_in(here) == before


def test_a_recording_without_sound_beside_is_no_reason_to_fail(here: Path) -> None:
    Path("pillar.glb").write_bytes(pillar_bytes())
    Path("preview.mp4").write_text("no film")
    assert "the page is silent" in gesta_run("view", "pillar.glb").stderr
