"""Data sets of films: every picture, point and sample is where it belongs, and stopped runs go on to the same bytes."""

import shutil
import struct
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from gesta.audio.read import open_speech
from gesta.data.clips import Dataset
from gesta.data.film_files import KEY_EVERY, read_film, write_film
from gesta.data.film_reading import film_header, pictures
from gesta.data.film_set import FilmSet
from gesta.data.kinds import plan_source
from gesta.data.prepare import Prepared, prepare
from gesta.errors import InputError
from gesta.keypoints.canvas import canvas_for
from gesta.keypoints.files import write_keypoints
from gesta.render.video import VideoWriter
from gesta.units import SAMPLE_RATE
from tests.cli.running import gesta_run
from tests.data.making_films import (
    drawn_pictures,
    made_points,
    numbered_pictures,
    numbers_shown,
    png_of,
    write_png_film,
    write_talk,
)
from tests.data.stopping import flushes_survived

SIDE = 64


def prepared(source: Path, folder: Path, **settings: object) -> Prepared:
    return prepare(plan_source("videos", source, {"side": SIDE, **settings}), folder)


def numbered(points) -> np.ndarray:
    return numbered_pictures(points.frame_count, points.size)


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three films of two people, one of which has no points and shows nobody whom the networks know."""
    folder = tmp_path_factory.mktemp("talks")
    write_talk(folder / "ann", "one", 60)
    write_talk(folder / "bob", "two", 75, (128, 96), sound="beside")
    write_talk(folder / "bob", "three", 8, points=False)
    return folder


def test_the_films_of_a_speaker_stay_together(tmp_path: Path) -> None:
    for person in range(5):
        for film in range(3):
            write_talk(tmp_path / "source" / f"person{person}", f"film{film}", 10)
    shares = {"validation_share": 0.2, "test_share": 0.2}
    plans = {
        together: plan_source("videos", tmp_path / "source", {"side": SIDE, "together": together, **shares})
        for together in ("film", "speaker")
    }
    splits = {together: {(film.speaker, film.split) for film in plan.films} for together, plan in plans.items()}
    assert sorted(split for _, split in splits["speaker"]) == ["test", "train", "train", "train", "validation"]
    assert len(splits["film"]) > 5
    assert "speaker" in plans["speaker"].split_rule and "together" not in plans["film"].settings
    with pytest.raises(InputError, match="together"):
        plan_source("videos", tmp_path / "source", {"side": SIDE, "together": "voice"})


def test_any_picture_of_a_film_is_found_by_its_number(tmp_path: Path) -> None:
    count = 3 * KEY_EVERY + 5
    path = tmp_path / "film.mp4"
    assert write_film(path, iter(numbered_pictures(count, (SIDE, SIDE))), SIDE) == count
    assert numbers_shown(read_film(path, range(count), SIDE)) == [*range(count)]
    for frames in ([count - 1], [0], [30, 2, 2, 17], [KEY_EVERY, KEY_EVERY - 1], [40, 0]):
        assert numbers_shown(read_film(path, frames, SIDE)) == frames
    with pytest.raises(InputError, match="does not hold the pictures"):
        read_film(path, [count], SIDE)
    with pytest.raises(InputError, match="does not hold the pictures"):
        read_film(path, [0], SIDE + 2)


@pytest.mark.parametrize(("side", "least_db"), [(64, 41.0), (256, 39.0)])
def test_pictures_are_kept_well(side: int, least_db: float, tmp_path: Path) -> None:
    pictures = drawn_pictures(made_points(20, (side, side)))
    write_film(tmp_path / "film.mp4", iter(pictures), side)
    again = read_film(tmp_path / "film.mp4", range(20), side)
    error = np.square(again.astype(float) - pictures).mean()
    assert 10.0 * np.log10(255.0**2 / error) > least_db


def test_a_data_set_holds_what_the_films_are(talks: Path, tmp_path: Path) -> None:
    done = prepared(talks, tmp_path / "set", validation_share=0.0, licence="mine")
    assert (done.made, done.made_frames) == (2, 135)
    assert list(done.left_out) == ["bob-three"]
    assert "nothing of 'bob/three.mp4' can be used: nobody is found" in done.left_out["bob-three"]
    films = FilmSet.open(tmp_path / "set")
    assert (films.info.side, films.info.licence, films.info.speakers) == (SIDE, "mine", ("ann", "bob"))
    one, two = films.clips
    assert [(clip.id, clip.speaker, clip.frames, clip.picture_size) for clip in films.clips] == [
        ("ann-one", "ann", 60, (96, 128)),
        ("bob-two", "bob", 75, (128, 96)),
    ]
    for clip in (one, two):
        truth = made_points(clip.frames, clip.picture_size)
        found = films.points(clip, 10, 40)
        wanted = canvas_for(clip.picture_size, 512).to_canvas(truth.frames(10, 40))
        np.testing.assert_allclose(found.points, wanted.points, atol=1e-3)
        np.testing.assert_allclose(found.scores, wanted.scores, atol=1e-6)
        canvas = canvas_for(clip.picture_size, SIDE)
        drawn = np.stack([canvas.place(picture) for picture in drawn_pictures(truth)])
        error = films.pictures(clip, [3, 50, 20]).astype(float) - drawn[[3, 50, 20]]
        assert np.sqrt(np.square(error).mean()) < 12.0
        speech = films.speech(clip)
        assert speech.video_frame_count == clip.frames
        assert open_speech(speech.path).sha256 == clip.speech_sha256


def test_sound_that_begins_before_the_pictures_is_cut_and_after_them_cuts_pictures(tmp_path: Path) -> None:
    import av

    for late_s, name in ((0.2, "late"), (-0.2, "early")):
        path = write_talk(tmp_path / "plain", name, 50, draw=numbered)
        moved = tmp_path / "moved" / path.name
        moved.parent.mkdir(exist_ok=True)
        shutil.copy(path.with_suffix(".npz"), moved.with_suffix(".npz"))
        with av.open(str(path)) as source, av.open(str(moved.with_suffix(".mkv")), "w") as target:
            tracks = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
            for packet in source.demux():
                if packet.dts is None:
                    continue
                shift = max(late_s, 0.0) if packet.stream.type == "audio" else max(-late_s, 0.0)
                packet.pts += round(shift / packet.time_base)
                packet.dts += round(shift / packet.time_base)
                packet.stream = tracks[packet.stream.index]
                target.mux(packet)
    prepared(tmp_path / "moved", tmp_path / "set", validation_share=0.0)
    films = FilmSet.open(tmp_path / "set")
    early, late = films.clips
    # The encoder fills the last block of the sound.
    assert (early.frames, late.frames) in ((45, 45), (46, 45))
    left = (SIDE - 48) // 2
    assert numbers_shown(films.pictures(early, [0, 7]), 48, left) == [0, 7]
    assert numbers_shown(films.pictures(late, [0, 7]), 48, left) == [5, 12]
    truth = canvas_for((96, 128), 512).to_canvas(made_points(50))
    np.testing.assert_allclose(films.points(late, 0, 1).points, truth.points[5:6], atol=1e-3)
    # The sound is as loud as the hands are up: loud in the middle of each 0.8 s.
    sound = {clip.id: np.concatenate([*films.speech(clip).source.blocks()]) for clip in films.clips}
    for name, first_s in (("early", 0.2), ("late", 0.0)):
        loud, soft = (
            np.abs(sound[name][round((at - first_s) * SAMPLE_RATE) :][:800]).mean() for at in (0.4 + 0.8, 0.8)
        )
        assert loud > 5.0 * soft


@pytest.mark.parametrize("fps", (24.0, 30.0, 50.0))
def test_films_of_other_rates_become_25_pictures_a_second(tmp_path: Path, fps: float) -> None:
    frames = round(3 * fps)
    write_talk(tmp_path / "films", "one", frames, fps=fps, draw=numbered)
    prepared(tmp_path / "films", tmp_path / "set", validation_share=0.0)
    films = FilmSet.open(tmp_path / "set")
    (clip,) = films.clips
    assert clip.frames in (74, 75)
    left = (SIDE - 48) // 2
    shown = np.array(numbers_shown(films.pictures(clip, range(clip.frames)), 48, left))
    assert np.abs(shown / fps - np.arange(clip.frames) / 25.0).max() <= 0.5 / fps + 1e-6
    wrist = films.points(clip, 0, clip.frames).points[:, 4, 1]
    truth = canvas_for((96, 128), 512).to_canvas(made_points(75)).points[: clip.frames, 4, 1]
    assert np.abs(wrist - truth)[:-1].max() < 3.0


def test_points_of_a_smaller_copy_of_the_film_are_scaled(tmp_path: Path) -> None:
    write_talk(tmp_path / "films", "one", 30, points=False)
    write_keypoints(tmp_path / "films" / "one.npz", made_points(30, (48, 64)))
    prepared(tmp_path / "films", tmp_path / "set")
    films = FilmSet.open(tmp_path / "set")
    wanted = canvas_for((96, 128), 512).to_canvas(made_points(30))
    np.testing.assert_allclose(films.points(films.clips[0], 0, 30).points, wanted.points, atol=1e-2)


def test_a_run_stopped_at_any_moment_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_talk(tmp_path / "films", name, 8)
    (tmp_path / "sets").mkdir()
    films = tmp_path / "films"
    assert flushes_survived(lambda folder: prepared(films, folder), tmp_path / "sets") > 10


def turned(path: Path) -> Path:
    """The film with a note in it, as telephones write it, that it is to be shown a quarter turn to the right."""
    content = bytearray(path.read_bytes())
    # ISO 14496-12: the matrix of a track's header, 40 bytes after the box's name; it maps x to y and y to -x.
    place = content.index(b"tkhd") + 44
    content[place : place + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    path.write_bytes(content)
    return path


def test_films_of_turned_telephones_are_upright(tmp_path: Path) -> None:
    picture = np.full((96, 128, 3), 60, np.uint8)
    picture[:48, :64] = 220
    path = tmp_path / "film.mp4"
    with VideoWriter(path, (128, 96), 25) as film:
        film.write(np.stack([picture] * 10))
    assert film_header(path).size == (128, 96)
    assert film_header(turned(path)).size == (96, 128)
    shown = list(pictures(path, 0.0))
    assert len(shown) == 10
    upright = shown[0].mean(axis=2) > 140
    assert upright[:60, 52:].all() and not upright[:, :44].any() and not upright[68:].any()


def test_the_command_prepares_films(talks: Path, tmp_path: Path) -> None:
    outcome = gesta_run("prepare", "videos", talks, "-o", tmp_path / "set", "--side", "32", "--licence", "mine")
    assert outcome.status == 0
    assert outcome.files == [tmp_path / "set"]
    assert "2 clips; 1 left out; licence: mine" in outcome.stderr
    assert "left out bob-three" in outcome.stderr
    assert FilmSet.open(tmp_path / "set").info.settings["side"] == 32


def test_a_picture_larger_than_the_film_says_takes_no_memory(tmp_path: Path) -> None:
    """Half a kilobyte of a file may stand for a megabyte of a picture; nothing is decoded to find its size."""
    small, huge = png_of(96, 128), png_of(6_000, 6_000)
    write_png_film(tmp_path / "huge.avi", [huge] * 3)
    with pytest.raises(InputError, match="pictures of no size or a huge one"):
        film_header(tmp_path / "huge.avi")
    write_png_film(tmp_path / "grows.avi", [small, small, huge, small])
    assert film_header(tmp_path / "grows.avi").size == (96, 128)
    assert {picture.shape for picture in pictures(tmp_path / "grows.avi", 0.0)} == {(128, 96, 3)}
    (tmp_path / "films").mkdir()
    write_png_film(tmp_path / "films" / "huge.avi", [huge])
    refused(tmp_path / "films", "set", "huge.avi")


@pytest.mark.parametrize("mode", ["L", "RGBA", "P"])
def test_grey_films_and_films_with_transparency_or_a_palette_become_rgb(tmp_path: Path, mode: str) -> None:
    image = pytest.importorskip("PIL.Image", reason="the extra film is not installed")
    colours = np.zeros((128, 96, 3), np.uint8)
    colours[:, :48], colours[:, 48:] = (200, 60, 60), (30, 90, 150)
    shown = image.fromarray(colours).convert(mode)
    file = BytesIO()
    shown.save(file, "PNG")
    write_png_film(tmp_path / "film.avi", [file.getvalue()] * 3)
    wanted = np.asarray(shown.convert("RGB"))
    found = list(pictures(tmp_path / "film.avi", 0.0))
    assert len(found) == 3 and all(np.abs(picture.astype(int) - wanted).max() <= 2 for picture in found)


def refused(source: Path, name: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as error:
        prepared(source, source.parent / name)
    assert "\n" not in str(error.value)
    assert not (source.parent / name).exists()


def test_bad_sources_are_refused_in_one_sentence_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", "set0", "nothing in 'empty'")
    write_talk(tmp_path / "mute", "one", 30, sound="none")
    refused(tmp_path / "mute", "set1", "has no sound, and there is no one.wav")
    write_talk(tmp_path / "bare", "one", 30, points=False)
    refused(tmp_path / "bare", "set2", "nothing of 'one.mp4' can be used: nobody is found")
    write_talk(tmp_path / "shape", "one", 30)
    write_keypoints(tmp_path / "shape" / "one.npz", made_points(30, (128, 96)))
    refused(tmp_path / "shape", "set3", "another shape than 96 x 128; find the points in this picture")
    write_talk(tmp_path / "torn", "one", 30)
    film = tmp_path / "torn" / "one.mp4"
    film.write_bytes(film.read_bytes()[:200])
    refused(tmp_path / "torn", "set4", "one.mp4")
    write_talk(tmp_path / "text", "one", 30)
    (tmp_path / "text" / "one.npz").write_text("none")
    refused(tmp_path / "text", "set5", "one.npz")


def test_a_film_and_a_motion_data_set_are_not_mistaken_for_each_other(talks: Path, tmp_path: Path) -> None:
    prepared(talks, tmp_path / "set")
    with pytest.raises(InputError, match="holds films, for the stages keypoints, image and video"):
        Dataset.open(tmp_path / "set")
    with pytest.raises(InputError, match=r"has no dataset\.json"):
        FilmSet.open(talks)


def test_a_damaged_film_set_is_refused(talks: Path, tmp_path: Path) -> None:
    prepared(talks, tmp_path / "set", validation_share=0.0)
    films = FilmSet.open(tmp_path / "set")
    one, two = films.clips
    (tmp_path / "set" / one.film).write_bytes(b"none")
    with pytest.raises(InputError, match=r"ann-one\.mp4"):
        films.pictures(one, [0])
    (tmp_path / "set" / two.points).write_bytes((tmp_path / "set" / one.points).read_bytes())
    with pytest.raises(InputError, match="does not hold the 75 frames"):
        films.points(two, 0, 5)
    manifest = tmp_path / "set" / "manifest.jsonl"
    manifest.write_text(manifest.read_text().replace("films/ann-one.mp4", "../ann-one.mp4"))
    with pytest.raises(InputError, match="film"):
        FilmSet.open(tmp_path / "set")
