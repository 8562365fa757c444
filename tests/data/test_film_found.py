"""Films without points become clips: what is dropped is counted, stopped runs go on, bad films are named."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from gesta.data import film_found, film_making, film_stretches
from gesta.data.film_journal import read_journal
from gesta.data.film_reading import film_header
from gesta.data.film_set import FilmSet
from gesta.data.kinds import plan_source
from gesta.data.outcome import Prepared
from gesta.data.prepare import prepare
from gesta.errors import InputError, OutputError
from gesta.render.video import VideoWriter
from gesta.units import SAMPLE_RATE
from tests.cli.running import everything_in, gesta_run
from tests.data.fake_estimator import NO_HANDS, NOBODY, ONE, SEVERAL, FakeEstimator, telling_pictures
from tests.data.making_films import made_sound, write_talk
from tests.data.stopping import flushes_survived

pytest.importorskip("cv2")
pytest.importorskip("ai_edge_litert")

SIDE, SIZE = 64, (240, 192)
TALK = ((ONE, 60, 1), (SEVERAL, 40, 1), (ONE, 70, 2), (NO_HANDS, 30, 2), (NOBODY, 20, 3))
"""A cut at 100 and one at 200; frames with one person, several, no hands, nobody."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_found, "estimator", FakeEstimator)


def write_found(path: Path, kinds=TALK, sound: bool = True, size: tuple[int, int] = SIZE) -> Path:
    from gesta.audio.read import speech_from_samples

    pictures = telling_pictures(kinds, size)
    path.parent.mkdir(parents=True, exist_ok=True)
    speech = speech_from_samples(made_sound(len(pictures) / 25), SAMPLE_RATE) if sound else None
    with VideoWriter(path, size, 25, speech) as film:
        film.write(pictures)
    return path


def made(source: Path, folder: Path, workers: int = 1, **settings: object) -> Prepared:
    return prepare(plan_source("videos", source, {"side": SIDE, **settings}), folder, workers=workers)


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("talks")
    write_found(folder / "ann" / "one.mp4")
    write_found(folder / "bob" / "two.mp4", ((SEVERAL, 60, 4),))
    write_found(folder / "bob" / "three.mp4", ((ONE, 120, 5),))
    write_found(folder / "mute.mp4", ((ONE, 60, 1),), sound=False)
    write_talk(folder / "ann", "given", 40)
    (folder / "text.mp4").write_text("not a film")
    (folder / "empty.mp4").touch()
    return folder


def test_clips_and_what_is_dropped(talks: Path, tmp_path: Path) -> None:
    done = made(talks, tmp_path / "set", validation_share=0.0)
    films = FilmSet.open(tmp_path / "set")
    told = {clip.id: (clip.frames, clip.start_s, clip.speaker) for clip in films.clips}
    # The several persons are counted in every 25th frame, so that up to 25 frames before them may go, too.
    assert list(told) == ["ann-given", "ann-one-0001", "ann-one-0002", "bob-three-0001"]
    assert told["ann-one-0002"] == (70, 4.0, "ann")
    assert told["bob-three-0001"] == (120, 0.0, "bob")
    assert 35 <= told["ann-one-0001"][0] <= 60 and told["ann-one-0001"][1] == 0.0
    assert set(done.left_out) == {"bob-two", "empty", "mute", "text"}
    assert "several persons (2.4 s)" in done.left_out["bob-two"]
    assert "has no sound" in done.left_out["mute"]
    report = json.loads((tmp_path / "set" / "report.json").read_text())
    assert (report["films"], report["clips"]) == (7, 4)
    assert report["dropped"]["several persons"]["stretches"] == 2
    assert report["dropped"]["hands are lost"] == {"stretches": 1, "seconds": 1.2}
    assert report["dropped"]["nobody is found"] == {"stretches": 1, "seconds": 0.8}
    lost = sum(dropped["seconds"] for dropped in report["dropped"].values())
    assert report["seconds_kept"] + lost == pytest.approx(report["seconds_looked_at"])
    lines = {line.id: line for line, _ in read_journal(tmp_path / "set")}
    assert (lines["ann-one"].shots, lines["ann-one"].clips, lines["ann-one"].size) == (3, 2, SIZE)
    assert not (tmp_path / "set" / ".making").exists()


def test_a_clip_shows_the_person_with_its_sound_points_and_masks(talks: Path, tmp_path: Path) -> None:
    made(talks, tmp_path / "set", validation_share=0.0)
    films = FilmSet.open(tmp_path / "set")
    clip = films.clips[2]
    left, top, width, height = clip.frame
    assert 0 < width <= SIZE[0] and 0 < height <= SIZE[1]
    room = telling_pictures(((ONE, 1, 2),), SIZE)[0, top : top + height, left : left + width]
    shown = films.pictures(clip, [0, 60])
    scale = SIDE / max(width, height)
    assert (
        np.abs(shown[0].mean(axis=(0, 1)) - room.mean(axis=(0, 1)) * width * height / max(width, height) ** 2).max() < 8
    )
    nose = films.points(clip, 0, clip.frames).points[:, 0]
    true = ((np.array((0.5, 0.3)) * SIZE) - (left, top)) * 512 / max(width, height)
    true += (512 - np.array([width, height]) * 512 / max(width, height)) / 2
    # The nose of the 68 points stands for the body's.
    assert np.abs(nose - true).max() < 0.13 * SIZE[0] * 512 / max(width, height)
    assert (films.points(clip, 0, 1).scores[0, :2] > 0.5).all()
    masks = films.masks(clip, [0, 30])
    assert masks.shape == (2, SIDE, SIDE)
    middle = round((SIZE[0] / 2 - left) * scale)
    row = masks[0, SIDE // 3]
    assert row[max(middle - 6, 0)] > 200 and row[middle + 12] < 60
    sound = np.concatenate([*films.speech(clip).source.blocks()])
    truth = made_sound(220 / 25)[4 * SAMPLE_RATE :][: len(sound)] / 32768
    assert len(sound) == 70 * 640
    # The film's AAC sound is what it was, but for its codec.
    assert np.corrcoef(sound, truth)[0, 1] > 0.9
    with pytest.raises(InputError, match="has no masks"):
        films.masks(films.clips[0], [0])


def test_hands_and_lengths_are_as_asked(talks: Path, tmp_path: Path) -> None:
    made(talks, tmp_path / "set", hands="any", longest_s=2.0, shortest_s=1.0, validation_share=0.0)
    films = FilmSet.open(tmp_path / "set")
    lengths = [clip.frames for clip in films.clips if clip.id.startswith("ann-one")]
    assert max(lengths) <= 50 and sum(lengths) >= 135
    notes = {clip.start_s: clip.notes for clip in films.clips if clip.id.startswith("ann-one")}
    assert notes[4.0] == ()
    assert notes[6.0] == ("The left hand and the right hand cannot be seen in the picture.",)
    with pytest.raises(InputError, match="at least twice as long"):
        made(talks, tmp_path / "other", shortest_s=2.0, longest_s=3.0)


def test_a_table_says_where_films_come_from(talks: Path, tmp_path: Path) -> None:
    table = tmp_path / "sources.csv"
    table.write_text("film,source,licence\nann/*,https://example.org/ann,CC-BY-4.0\nthree.mp4,by mail,\n")
    made(talks, tmp_path / "set", sources=str(table), licence="mine", validation_share=0.0)
    films = FilmSet.open(tmp_path / "set")
    told = {clip.id: (clip.origin, clip.licence) for clip in films.clips}
    assert told["ann-one-0001"] == told["ann-given"] == ("https://example.org/ann", "CC-BY-4.0")
    assert told["bob-three-0001"] == ("by mail", "mine")
    assert films.info.licence == "CC-BY-4.0; mine"
    table.write_text("film,licence\n*,none\n")
    with pytest.raises(InputError, match="has no column source"):
        made(talks, tmp_path / "other", sources=str(table))


def test_unknown_licences_are_said(talks: Path, tmp_path: Path) -> None:
    outcome = gesta_run("prepare", "videos", talks, "-o", tmp_path / "set", "--side", str(SIDE))
    assert outcome.status == 0
    assert "7 films have an unknown licence" in outcome.stderr
    assert "dropped, several persons: 2 stretches" in outcome.stderr
    assert "left out text" in outcome.stderr and "Traceback" not in outcome.stderr
    assert FilmSet.open(tmp_path / "set").clips[0].licence == "unknown"
    again = gesta_run("prepare", "videos", talks, "-o", tmp_path / "set", "--side", str(SIDE))
    assert again.status == 0
    assert "4 clips, 4 of them from before" in again.stderr


@pytest.mark.slow
def test_a_run_stopped_at_any_moment_goes_on_to_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_found(tmp_path / "films" / "one.mp4", ((ONE, 8, 1), (ONE, 8, 2)), size=(128, 96))
    write_found(tmp_path / "films" / "two.mp4", ((SEVERAL, 8, 3),), size=(128, 96))
    monkeypatch.setattr(film_stretches, "LEAST_SHOULDERS_PX", 10.0)

    def make(folder: Path) -> Prepared:
        return made(tmp_path / "films", folder, shortest_s=0.2, side=32)

    (tmp_path / "sets").mkdir()
    assert flushes_survived(make, tmp_path / "sets") > 20


@pytest.mark.slow
def test_a_run_of_several_processes_that_is_killed_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    for number in range(4):
        write_talk(tmp_path / "films", f"film{number}", 50, (128, 96))
    made(tmp_path / "films", tmp_path / "whole", side=256)
    folder = tmp_path / "killed"
    command = [sys.executable, "-m", "gesta", "prepare", "videos", str(tmp_path / "films"), "-o", str(folder)]
    running = subprocess.Popen([*command, "--side", "256", "--workers", "2"], stderr=subprocess.DEVNULL)
    end = time.monotonic() + 120.0
    while running.poll() is None and time.monotonic() < end:
        if (folder / "sources.jsonl").is_file() or list(folder.glob(".making/*/films/*.mp4")):
            break
        time.sleep(0.002)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert (folder / "dataset.json").is_file()
    made(tmp_path / "films", folder, side=256)
    assert everything_in(folder) == everything_in(tmp_path / "whole")


def test_films_that_cannot_be_used_are_named_with_the_reason(tmp_path: Path) -> None:
    films = tmp_path / "films"
    whole = write_found(films / "good.mp4", ((ONE, 60, 1),)).read_bytes()
    (films / "half.mp4").write_bytes(whole[: len(whole) // 3])
    (films / "text.mp4").write_text("no film at all\n" * 100)
    # A film whose header claims 65,000 x 65,000 pixels: in avc1's box, and in the track's header.
    huge = bytearray(whole)
    place = huge.index(b"avc1") + 28
    huge[place : place + 4] = (65_000).to_bytes(2, "big") * 2
    (films / "huge.mp4").write_bytes(huge)
    os.mkfifo(films / "pipe.mp4")
    write_found(films / "blink.mp4", ((ONE, 6, 1),))
    write_found(films / "nobody.mp4", ((NOBODY, 60, 1),))
    done = made(films, tmp_path / "set", validation_share=0.0)
    assert [clip.source for clip in FilmSet.open(tmp_path / "set").clips] in (["good.mp4"], ["good.mp4", "huge.mp4"])
    assert {"half", "text", "pipe", "blink", "nobody"} <= set(done.left_out)
    for name, reason in done.left_out.items():
        assert f"{name}.mp4" in reason and "\n" not in reason and reason.endswith("."), reason
    assert film_header(films / "good.mp4").duration_s == pytest.approx(2.4, abs=0.1)


def test_a_mistake_of_ours_stops_at_its_film_and_the_next_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, room in (("a", 1), ("b", 2), ("c", 3)):
        write_found(tmp_path / "films" / f"{name}.mp4", ((ONE, 20, room),))

    def breaking(film: Path, *rest: object) -> film_found.FoundClips:
        if film.name == "b.mp4":
            raise ZeroDivisionError("by b")
        return film_found.found_clips(film, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(film_making, "found_clips", breaking)
        with pytest.raises(OutputError, match=r"1 of 3 films could not be made, the first, b\.mp4: a mistake in gesta"):
            made(tmp_path / "films", tmp_path / "set", shortest_s=0.4)
    assert [line.film for line, _ in read_journal(tmp_path / "set")] == ["a.mp4"]
    with pytest.raises(InputError, match="is not finished"):
        FilmSet.open(tmp_path / "set")
    made(tmp_path / "films", tmp_path / "set", shortest_s=0.4)
    made(tmp_path / "films", tmp_path / "whole", shortest_s=0.4)
    assert everything_in(tmp_path / "set") == everything_in(tmp_path / "whole")


def test_nothing_usable_leaves_nothing(tmp_path: Path) -> None:
    write_found(tmp_path / "films" / "one.mp4", ((SEVERAL, 60, 4),))
    with pytest.raises(InputError, match=r"None of the 1 clips .* several persons"):
        made(tmp_path / "films", tmp_path / "set")
    assert not (tmp_path / "set").exists()


@pytest.mark.slow
def test_ray_makes_the_same_data_set(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="needs gesta[scale], which is not installed")
    for number in range(3):
        write_talk(tmp_path / "films", f"film{number}", 30, (128, 96))
    made(tmp_path / "films", tmp_path / "plain")
    command = [sys.executable, "-m", "gesta", "prepare", "videos", str(tmp_path / "films"), "--side", str(SIDE)]
    # A process of its own, so that Ray's goes with it.
    done = subprocess.run([*command, "-o", str(tmp_path / "ray"), "--ray"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert everything_in(tmp_path / "ray") == everything_in(tmp_path / "plain")


def test_without_ray_the_install_line_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_talk(tmp_path / "films", "one", 20)
    from gesta import extras

    found = extras.find_spec
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "ray" else found(name))
    outcome = gesta_run("prepare", "videos", tmp_path / "films", "-o", tmp_path / "set", "--ray")
    assert outcome.status != 0
    assert "--ray needs ray[data]: pip install 'gesta[scale]'." in outcome.stderr
    assert not (tmp_path / "set").exists()


@pytest.mark.slow
def test_our_own_body_is_found_framed_and_masked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gesta.audio.read import speech_from_samples
    from gesta.keypoints.mannequin_points import mannequin_keypoints
    from gesta.render.preview import frames
    from gesta.render.views import camera_for
    from tests.keypoints.test_mannequin_points import RAISED, spoken

    monkeypatch.undo()
    picture = frames(spoken(RAISED), [0], (480, 480), "half")[0]
    wide = np.concatenate([np.repeat(picture[:, :1], 200, axis=1), picture, np.repeat(picture[:, -1:], 120, axis=1)], 1)
    (tmp_path / "films").mkdir()
    speech = speech_from_samples(made_sound(12 / 25), SAMPLE_RATE)
    with VideoWriter(tmp_path / "films" / "body.mp4", (800, 480), 25, speech) as film:
        film.write(np.stack([wide] * 12))
    made(tmp_path / "films", tmp_path / "set", shortest_s=0.4, hands="both", side=256)
    films = FilmSet.open(tmp_path / "set")
    (clip,) = films.clips
    left, top, width, height = clip.frame
    assert clip.frames == 12 and width == height
    true = mannequin_keypoints(spoken(RAISED), camera_for("half"), (480, 480)).points[0] + (200.0, 0.0)
    scale = 512 / width
    found = films.points(clip, 0, 12).points
    for point in (0, 2, 4, 5, 7):
        away = np.linalg.norm(found[:, point] - (true[point] - (left, top)) * scale, axis=1)
        assert away.max() < 0.12 * np.linalg.norm(true[2] - true[5]) * scale, point
    mask = films.masks(clip, [6])[0]
    x, y = ((true[0] - (left, top)) * 256 / width).astype(int)
    assert mask[y, x] > 128 and mask[y, 2] < 30
