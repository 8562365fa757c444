"""Motion seen by cameras: clips of points keep the motion's speech and splits, and are what the cameras saw."""

from pathlib import Path

import numpy as np
import pytest

from gesta.data.clips import Dataset
from gesta.data.film_points import on_canvas
from gesta.data.film_set import FilmSet
from gesta.data.filmed_people import SIDE_PX, drawn_person
from gesta.data.kinds import plan_source
from gesta.data.prepare import prepare
from gesta.data.projected_clips import projected_piece
from gesta.errors import InputError
from gesta.keypoints.bridge.proportions import MOST
from gesta.keypoints.layout import VISIBLE, body_index
from gesta.randomness import generator
from gesta.records import Motion
from gesta.units import VIDEO_FPS, video_frame_count
from tests.data.making import made_plan, planned
from tests.data.stopping import Killed, power_until
from tests.motion.moving import made_motion

PIECE_S = 4.0
STOPPED_AT = 12
"""A flush in the midst of the first motion."""
SETTINGS = {"piece_s": PIECE_S, "hiding_each": 8}


def calm(frames: int, seed: int) -> Motion:
    """A body that stands and moves a little, with a face at rest."""
    motion = made_motion(frames, seed=seed, size=0.1)
    standing = np.tile(np.array((0.0, 0.95, 0.0), np.float32), (frames, 1))
    return motion.replaced(translation=standing, face=np.zeros_like(motion.face))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of two motions, of 10 s and 1 s."""
    folder = tmp_path_factory.mktemp("motion") / "set"
    clips = [planned("long", calm(300, 1)), planned("short", calm(31, 2), split="validation", speaker="bob")]
    prepare(made_plan(clips), folder)
    return folder


@pytest.fixture(scope="module")
def films(source: Path, tmp_path_factory: pytest.TempPathFactory) -> FilmSet:
    folder = tmp_path_factory.mktemp("points") / "set"
    prepare(plan_source("keypoints", source, SETTINGS), folder)
    return FilmSet.open(folder)


def test_pieces_follow_each_other_and_keep_what_the_motion_says(source: Path, films: FilmSet) -> None:
    motion = Dataset.open(source)
    long, short = motion.clips
    pieces = [clip for clip in films.clips if clip.source == "long"]
    assert len(pieces) == round(10.0 / PIECE_S)
    assert [clip.split for clip in films.clips] == ["train"] * len(pieces) + ["validation"]
    assert {clip.licence for clip in films.clips} == {long.licence} and films.clips[-1].speaker == "bob"
    assert sum(clip.frames for clip in pieces) == video_frame_count(long.speech_samples)
    assert films.clips[-1].frames == video_frame_count(short.speech_samples)
    ends = np.cumsum([clip.frames for clip in pieces]) / VIDEO_FPS
    np.testing.assert_allclose([clip.start_s for clip in pieces[1:]], ends[:-1])
    sound = np.concatenate([np.concatenate(list(films.speech(clip).source.blocks())) for clip in pieces])
    np.testing.assert_array_equal(sound, np.concatenate(list(motion.speech(long).source.blocks())))


def test_points_are_those_of_the_drawn_person(source: Path, films: FilmSet) -> None:
    motion = Dataset.open(source)
    clip = films.clips[1]
    person = drawn_person(generator(0, "filmed people", "long", "1"))
    start = round(clip.start_s * VIDEO_FPS)
    seen = projected_piece(motion.motion(motion.clips[0]), person, start, start + clip.frames, SETTINGS["hiding_each"])
    found = films.points(clip, 0, clip.frames)
    np.testing.assert_allclose(found.points, on_canvas(seen).points, atol=1e-3)
    np.testing.assert_allclose(found.scores, seen.scores, atol=1e-6)
    some = np.array([7, 3, 40])
    np.testing.assert_array_equal(films.points_at(clip, some).points, found.points[some])


def test_frames_between_those_of_the_motion_lie_on_their_way() -> None:
    person = drawn_person(generator(1, "here"))
    motion = calm(61, 3)
    whole = projected_piece(motion, person, 0, 50, 8)
    part = projected_piece(motion, person, 0, 26, 8)
    # Video frame 25 is motion frame 30; a piece that is cut off sees the same, but for where its neck usually is.
    step = whole.points[25] - whole.points[0]
    np.testing.assert_allclose(part.points[25] - part.points[0], step, atol=0.3 + 0.02 * np.abs(step).max())
    speeds = np.abs(np.diff(whole.points, n=2, axis=0)).max()
    assert speeds < np.abs(np.diff(whole.points, axis=0)).max()


def test_people_differ_within_what_a_fit_allows_and_are_in_the_picture() -> None:
    people = [drawn_person(generator(seed, "people")) for seed in range(24)]
    sizes = np.stack([person.fit.sizes[0].numpy() for person in people])
    assert (np.abs(sizes - 1.0) <= MOST).all() and (sizes.std(axis=0) > 0.03).all()
    assert len({person.size for person in people}) > 2 and {max(person.size) for person in people} == {SIDE_PX}
    motion = calm(10, 0)
    for person in people:
        seen = projected_piece(motion, person, 0, 5, 4)
        middle = np.array(person.size) / 2.0
        neck = seen.points[:, body_index("neck")]
        assert (np.abs(neck - middle) < 0.4 * np.array(person.size)).all()
        assert seen.scores[:, body_index("nose")].min() >= VISIBLE


def test_a_killed_run_goes_on_to_the_same_bytes(source: Path, films: FilmSet, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    with pytest.raises(Killed), power_until(STOPPED_AT):
        prepare(plan_source("keypoints", source, SETTINGS), folder)
    assert (folder / ".making").is_dir()
    prepare(plan_source("keypoints", source, SETTINGS), folder)
    for clip in films.clips:
        assert (folder / clip.points).read_bytes() == (films.folder / clip.points).read_bytes()
    assert (folder / "manifest.jsonl").read_bytes() == (films.folder / "manifest.jsonl").read_bytes()


def test_a_share_of_the_clips_is_chosen_by_their_names(source: Path) -> None:
    some = {share: plan_source("keypoints", source, {"share": share}).films for share in (1.0, 0.5, 0.01)}
    assert len(some[1.0]) == 2 and set(some[0.01]) <= set(some[0.5]) <= set(some[1.0])


def test_who_needs_pictures_is_told_that_there_are_none(films: FilmSet) -> None:
    with pytest.raises(InputError, match="points without pictures"):
        films.pictures(films.clips[0], [0])
