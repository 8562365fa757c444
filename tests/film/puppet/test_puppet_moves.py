"""Points that a network makes of the speech move the puppet: as many frames as the film has, made once, in step."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from gesta.audio.read import speech_from_samples
from gesta.bundles.film_debug import film_debug_bundle
from gesta.film import puppet_moves
from gesta.film.puppet.puppet import Puppet
from gesta.film.puppet.stream import even_blocks
from gesta.film.puppet_film import PuppetFilm
from gesta.film.puppet_moves import TRIED_FRAMES, GivenMoves, SpokenMoves
from gesta.keypoints.bridge.follow import Followed
from gesta.keypoints.bridge.pose_numbers import NUMBERS
from gesta.keypoints.canvas import canvas_for
from gesta.models.film import FilmModel
from gesta.motion.face import ARKIT_INDEX
from gesta.records import Keypoints, Motion
from gesta.units import SAMPLE_RATE, VIDEO_FPS
from tests.film.puppet.motions import motion

SECONDS = 2


@pytest.fixture(scope="module")
def moves(puppet: Puppet, keypoints: Keypoints) -> SpokenMoves:
    noise = np.random.default_rng(0).normal(0.0, 0.1, SECONDS * SAMPLE_RATE).astype(np.float32)
    initial = canvas_for(keypoints.size).to_canvas(keypoints)
    speech = speech_from_samples(noise, SAMPLE_RATE, "noise")
    model = FilmModel("debug", (film_debug_bundle(),), "cpu")
    return SpokenMoves(model.spoken_points(speech, initial, 0), puppet, keypoints)


def told(_what: str, _done: int, _of: int) -> None:
    """Nobody listens."""


def joined(blocks: Iterable[Motion]) -> np.ndarray:
    return np.concatenate([block.rotations for block in blocks])


def test_poses_are_made_once_and_lie_in_the_films_folder(
    moves: SpokenMoves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = joined(moves.blocks(tmp_path, told))
    assert len(first) == SECONDS * VIDEO_FPS

    def again(*_: object) -> None:
        raise AssertionError("made again")

    monkeypatch.setattr(puppet_moves, "followed", again)
    np.testing.assert_array_equal(joined(moves.blocks(tmp_path, told)), first)
    np.testing.assert_allclose(first @ np.swapaxes(first, -1, -2), np.broadcast_to(np.eye(3), first.shape), atol=1e-4)
    with pytest.raises(AssertionError, match="made again"):
        list(moves.blocks(tmp_path / "elsewhere", told))


def test_lids_are_open_at_rest_and_blink(moves: SpokenMoves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [ARKIT_INDEX[f"eyeBlink{side}"] for side in ("Left", "Right")]

    def half_closed(*_: object) -> Iterator[Followed]:
        frames = SECONDS * VIDEO_FPS
        face = torch.zeros(frames, len(ARKIT_INDEX))
        face[:, both] = 0.6
        face[10:14, both] = torch.tensor((0.8, 1.0, 1.0, 0.8))[:, None]
        # What one eye does alone was not seen well.
        face[20, both[0]] = 1.0
        yield Followed(torch.zeros(frames, NUMBERS), torch.zeros(frames, 3), face)

    monkeypatch.setattr(puppet_moves, "followed", half_closed)
    face = np.concatenate([block.face for block in moves.blocks(tmp_path, told)])
    assert not face[:10].any() and not face[14:].any()
    for blink in both:
        np.testing.assert_allclose(face[10:14, blink], (0.5, 1.0, 1.0, 0.5), atol=1e-6)


def test_frames_that_come_at_the_films_rate_are_not_changed(puppet: Puppet) -> None:
    given = motion(70, swing=0.3)
    at_25 = np.concatenate([stretch.rotations for stretch in puppet.stretches(given, 25.0, 25.0)])
    blocks = [block.rotations for block in even_blocks(given)]
    assert len(at_25) == len(np.concatenate(blocks)) == 70
    at_30 = np.concatenate([stretch.rotations for stretch in puppet.stretches(given, 30.0)])
    np.testing.assert_array_equal(at_25, at_30)


def test_the_time_is_foretold_from_a_few_frames(moves: SpokenMoves, puppet: Puppet) -> None:
    tried, moving = moves.tried()
    assert tried.frame_count >= TRIED_FRAMES and moving > 0.0
    given = GivenMoves(motion(90))
    assert given.tried()[1] == 0.0 and given.tried()[0].frame_count > TRIED_FRAMES
    assert "frames takes about" in PuppetFilm(puppet, moves.points.speech, moves).foretold()
