"""`gesta film` with the tiny model: files, sizes, sound, any length, going on after a kill, and bad input."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from gesta.bundles.mmgt_official import import_mmgt
from gesta.keypoints.files import read_keypoints, write_keypoints
from gesta.render.preview import frames
from tests.audio.tiny_networks import save_tiny
from tests.bundles.made_mmgt_release import SMALL, VIDEO_SIZES, write_mmgt_release
from tests.cli.running import Outcome, demo_speech, everything_in, gesta_run
from tests.keypoints.made_points import person
from tests.keypoints.tiny_pose_networks import Person, modules, planted, save_folder
from tests.render.figures import rest_motion

SIDE = 512
DIFFUSION = ("--model", "debug", "--renderer", "diffusion")


@pytest.fixture
def me(here: Path) -> Path:
    """A picture, me.png, and the points of the person in it, me.npz."""
    height, width = np.mgrid[:SIDE, :SIDE] // 2
    Image.fromarray(np.stack([height, width, 255 - height], axis=2).astype(np.uint8)).save("me.png")
    write_keypoints("me.npz", person())
    return here


def film(speech: Path, *options: str | Path) -> Outcome:
    """A film by the tiny model that draws by diffusion, unless the options say otherwise."""
    usual = ("--points", "me.npz", *DIFFUSION)
    return gesta_run("film", speech, "--image", "me.png", *usual, *options)


def frames_of(path: str | Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def test_a_film_with_everything_beside_it(me: Path, speech: Path) -> None:
    outcome = film(speech, "--masks")
    assert outcome.status == 0, outcome
    names = ["speech.mp4", "speech.report.json", "speech.strip.png", "speech.points.npz", "speech.regions.mp4"]
    assert [file.name for file in outcome.files] == names
    assert sorted(everything_in(me / "gesta_out")) == sorted(names)
    assert outcome.stderr.count("who have agreed") == 1
    assert "Drawing takes about" in outcome.stderr
    report = json.loads(outcome.files[1].read_text())
    assert report["film"] | {"frames": 25, "width": 64, "height": 64} == report["film"]
    assert report["provenance"]["motion"] == "smga" and report["cost"]["seconds"] > 0
    with av.open(str(outcome.files[0])) as container:
        assert container.streams.video[0].codec_context.name == "h264"
        assert container.streams.audio[0].codec_context.name == "aac"
        assert container.streams.audio[0].rate == 22_050, "the demo voice's own rate"
        assert container.metadata["comment"].startswith("Made with gesta")
    assert frames_of(outcome.files[0]).shape == (25, 64, 64, 3)
    assert np.asarray(Image.open(outcome.files[2])).shape == (2 * 320, 4 * 320, 3), "eight square moments"
    points = read_keypoints(outcome.files[3])
    assert (points.frame_count, points.size) == (25, (SIDE, SIDE))
    # The film begins with the pose of the picture.
    assert np.abs(points.points[0] - person().points[0]).max() < 2.0
    assert frames_of(outcome.files[4]).shape == (25, SIDE, SIDE, 3)


def test_the_seed_decides(me: Path, speech: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert film(speech, "-o", f"{name}.mp4", "--seed", str(seed)).status == 0
    a, b, c = (frames_of(f"{name}.mp4") for name in "abc")
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)


def test_the_shape_of_the_picture_is_that_of_the_film(me: Path, speech: Path) -> None:
    picture = Image.open("me.png").crop((64, 0, 448, 512))
    picture.save("me.png")
    points = person()
    write_keypoints("me.npz", points.replaced(points=points.points - (64, 0), size=(384, 512)))
    assert film(speech, "-o", "a.mp4").status == 0
    assert film(speech, "-o", "b.mp4", "--size", "192x256").status == 0
    assert frames_of("a.mp4").shape[1:3] == (128, 96)
    assert frames_of("b.mp4").shape[1:3] == (256, 192)
    refused = film(speech, "--size", "256x256")
    assert refused.status == 2 and "another shape than 256x256; ask for 256x342" in refused.stderr


@pytest.mark.parametrize(("seconds", "frames"), [(0.4, 10), (3.2, 80)])
def test_lengths(me: Path, seconds: float, frames: int) -> None:
    outcome = film(demo_speech(me / "part.wav", seconds), "-o", "a.mp4")
    assert outcome.status == 0, outcome
    assert len(frames_of("a.mp4")) == frames


@pytest.mark.slow
def test_a_film_that_was_killed_goes_on(me: Path) -> None:
    speech = demo_speech(me / "long.wav", 8.0)
    command = [sys.executable, "-m", "gesta", "film", speech.name, "--image", "me.png", "--points", "me.npz"]
    command += [*DIFFUSION, "--sampling", "gesta,steps=4,segment=40,carried=8", "-o", "killed.mp4"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    running = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    unfinished = me / ".killed.gesta-film"
    deadline = time.monotonic() + 120
    while len(list(unfinished.glob("*.npy"))) < 2 and time.monotonic() < deadline:
        assert running.poll() is None, running.stderr
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert not (me / "killed.mp4").exists()
    made = {path.name: path.stat().st_mtime_ns for path in unfinished.glob("*.npy")}
    assert len(made) >= 2
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert not unfinished.exists(), "what was unfinished goes when the film is whole"
    subprocess.run([*command[:-1], "whole.mp4"], env=environment, check=True, capture_output=True)
    assert np.array_equal(frames_of("killed.mp4"), frames_of("whole.mp4"))
    assert not list(me.glob(".*"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--renderer", "pupet"), "did you mean puppet"),
        (("--motion", "3d"), "--motion 3d does not move what the renderer diffusion draws"),
        (("--motion", "walk.npz"), "does not move what the renderer diffusion draws"),
        (("--motion", "smgaa"), "did you mean smga"),
        (("--style", "calm"), "renderer diffusion has no use for --style"),
        (("-o", "film.avi"), "does not end in .mp4"),
        (("-o", "me.png"), "does not end in .mp4"),
        (("--size", "64"), "is not WIDTHxHEIGHT"),
        (("--size", "63x63"), "64 to 4096 pixels"),
        (("--sampling", "quik"), "did you mean quick"),
        (("--sampling", "quick,stps=3"), "did you mean steps"),
        (("--device", "tpu"), "Unknown device"),
        (("--image", "no.png"), "'no.png' does not exist"),
        (("--points", "no.npz"), "no.npz"),
        (("--points", "me.png"), "keypoints are in .npz or .json"),
        (("--model", "procedural"), "moves bodies"),
        (("--renderer", "puppet", "--sampling", "quick"), "renderer puppet has no use for --sampling"),
    ],
)
def test_what_cannot_be_filmed_is_said_in_one_sentence(
    me: Path, speech: Path, options: tuple[str, str], said: str
) -> None:
    before = everything_in(me)
    outcome = film(speech, *options)
    assert outcome.status == 2, outcome
    assert said in outcome.stderr.replace("\n", " ")
    assert "Traceback" not in outcome.stderr
    assert everything_in(me) == before


def test_a_network_that_draws_must_be_named(me: Path, speech: Path) -> None:
    outcome = gesta_run("film", speech, "--image", "me.png", "--renderer", "diffusion")
    assert outcome.status == 2 and "name one with --model" in outcome.stderr
    outcome = gesta_run("film", speech, "--image", "me.png", "--model", "procedural", "--renderer", "diffusion")
    assert outcome.status == 2 and "'procedural' is for the renderer puppet" in outcome.stderr


def test_points_are_found_if_none_are_named(me: Path, speech: Path) -> None:
    """Our own body, drawn; and a picture of nobody, which is one sentence."""
    Image.fromarray(frames(rest_motion(1), [0], (SIDE, SIDE), "half")[0]).save("body.png")
    outcome = gesta_run("film", speech, "--image", "body.png", *DIFFUSION, "-o", "a.mp4", "--masks")
    assert outcome.status == 0, outcome
    assert read_keypoints("a.points.npz").frame_count == 25
    notes = json.loads(Path("a.report.json").read_text())["notes"]
    assert notes == ["The left hand and the right hand cannot be seen in the picture."]
    assert notes[0] in outcome.stderr
    nobody = gesta_run("film", speech, "--image", "me.png", *DIFFUSION, "-o", "b.mp4")
    assert nobody.status == 2 and "Nobody is found in the picture" in nobody.stderr


def test_dwpose_finds_the_points_if_its_files_are_named(me: Path, speech: Path) -> None:
    modules()
    Image.fromarray(planted(SIDE, SIDE, Person((256, 256), 200, 0.9, (220.0, 200.0), (280.0, 300.0)))).save(
        "person.png"
    )
    folder = save_folder(me / "dwpose", side=SIDE)
    outcome = gesta_run(
        "film", speech, "--image", "person.png", "--points", folder, *DIFFUSION, "-o", "a.mp4", "--masks"
    )
    assert outcome.status == 0, outcome
    assert read_keypoints("a.points.npz").frame_count == 25
    nobody = gesta_run("film", speech, "--image", "me.png", "--points", folder, *DIFFUSION, "-o", "b.mp4")
    assert nobody.status == 2 and "Nobody" in nobody.stderr


@pytest.mark.slow
def test_a_small_release_films_as_the_released_code_does(me: Path, speech: Path) -> None:
    import_mmgt(write_mmgt_release(me / "release"), me / "model", SMALL)
    save_tiny(me / "model" / "wavlm", kind="wavlm", hidden_size=1024, num_hidden_layers=1)
    layers, channels = VIDEO_SIZES["audio_layers"], VIDEO_SIZES["audio_channels"]
    save_tiny(me / "model" / "wav2vec2", kind="wav2vec2", hidden_size=channels, num_hidden_layers=layers)
    outcome = gesta_run(
        "film", speech, "--image", "me.png", "--points", "me.npz", "--model", "model", "--renderer", "diffusion",
        "--sampling", "official,steps=2", "-o", "a.mp4", "--masks",
    )  # fmt: skip
    assert outcome.status == 0, outcome
    assert frames_of("a.mp4").shape == (25, 64, 64, 3)
    report = json.loads(Path("a.report.json").read_text())
    assert report["provenance"]["sampling"]["joining"] == "as_published"
    assert "none granted" in report["provenance"]["licence"]
    # The released script puts the picture's pose before what it makes.
    points = read_keypoints("a.points.npz")
    assert np.abs(points.points[0, :9] - person().points[0, :9]).max() < 1.0
