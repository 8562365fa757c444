"""A person is followed from their picture on: near planted truth, the same however frames come, still when unseen."""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import torch

from gesta.keypoints.bridge import follow
from gesta.keypoints.bridge.body_fit import BodyFit, landed
from gesta.keypoints.bridge.figure_points import figure_points
from gesta.keypoints.bridge.fit import fit_picture
from gesta.keypoints.bridge.follow import Followed, followed
from gesta.keypoints.bridge.pose_numbers import place_of, rotations_of
from gesta.keypoints.bridge.prior import pose_prior
from gesta.keypoints.bridge.proportions import numbers_of_sizes, sizes
from gesta.keypoints.layout import body_index
from gesta.motion.face import ARKIT_INDEX
from gesta.records import Keypoints
from tests.keypoints.bridge.planted import Planted, planted

FRAMES = 30
UPPER = [body_index(f"{side}_{joint}") for side in ("left", "right") for joint in ("shoulder", "elbow", "wrist")]


@cache
def waving() -> Planted:
    """From one likely pose towards another, seen with an error of a pixel."""
    both = pose_prior().drawn(2, torch.Generator().manual_seed(5))
    both[:, place_of("pelvis")] = torch.tensor((0.0, 0.2, 0.0))
    share = 0.5 - 0.5 * torch.cos(torch.linspace(0.0, torch.pi, FRAMES))[:, None]
    return planted(both[:1] + share * (both[1:] - both[:1]), noise_px=1.0)


@cache
def first() -> BodyFit:
    return fit_picture(waving().keypoints.frames(0, 1))


def joined(parts: list[Followed]) -> Followed:
    columns = zip(*((part.numbers, part.pelvis, part.face) for part in parts), strict=True)
    return Followed(*(torch.cat(column) for column in columns))


@cache
def found() -> Followed:
    return joined(list(followed([waving().keypoints], waving().keypoints.frames(0, 1), first())))


def test_the_person_lands_on_the_points() -> None:
    space = figure_points()(rotations_of(found().numbers), found().pelvis, first().sizes, found().face)
    flat = landed(space, first().focal, first().centre).numpy()
    true = waving().keypoints.points
    across = np.linalg.norm(true[0, body_index("left_shoulder")] - true[0, body_index("right_shoulder")])
    away = np.linalg.norm(flat - true, axis=-1)[:, UPPER] / across
    assert np.median(away) < 0.02
    # Nothing jumps where the picture leads over to the film.
    steps = np.linalg.norm(np.diff(flat[:, UPPER], axis=0), axis=-1)
    assert steps.max() < 1.5 * np.linalg.norm(np.diff(true[:, UPPER], axis=0), axis=-1).max()


def test_how_frames_come_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "STRETCH", 9)
    monkeypatch.setattr(follow, "AHEAD", 4)
    keypoints, picture = waving().keypoints, waving().keypoints.frames(0, 1)
    cuts = (0, 1, 12, 13, 29, FRAMES)
    pieces = [keypoints.frames(start, stop) for start, stop in pairwise(cuts)]
    whole, parts = (list(followed(given, picture, first())) for given in ([keypoints], pieces))
    assert [len(part.numbers) for part in parts] == [9, 9, 9, 3]
    assert torch.equal(joined(whole).numbers, joined(parts).numbers)
    assert torch.equal(joined(whole).face, joined(parts).face)
    # Short stretches end near what long ones find.
    assert float((joined(whole).numbers - found().numbers).abs().median()) < 0.02


def test_no_more_is_taken_than_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "STRETCH", 6)
    monkeypatch.setattr(follow, "AHEAD", 2)
    taken = 0

    def frames() -> Iterator[Keypoints]:
        nonlocal taken
        for taken in range(FRAMES):
            yield waving().keypoints.frames(taken, taken + 1)

    parts = followed(frames(), waving().keypoints.frames(0, 1), first())
    for number in range(1, 4):
        assert len(next(parts).numbers) == 6
        assert taken + 1 == 6 * number + 2


def test_nobody_in_sight_stays_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "STRETCH", 10)
    monkeypatch.setattr(follow, "AHEAD", 1)
    scores = np.array(waving().keypoints.scores)
    scores[10:21] = 0.0
    keypoints = waving().keypoints.replaced(scores=scores)
    away = joined(list(followed([keypoints], keypoints.frames(0, 1), first())))
    assert len(away.numbers) == FRAMES
    assert torch.equal(away.numbers[10:20], away.numbers[9:10].expand(10, -1))


def test_lips_that_part_are_seen() -> None:
    rest = planted(seed=3)
    fit = fit_picture(rest.keypoints)
    points = np.repeat(rest.keypoints.points, 6, axis=0)
    below = [24 + place for place in (*range(4, 13), *range(55, 60), *range(65, 68))]
    points[3:, below, 1] += 12.0
    keypoints = rest.keypoints.replaced(points=points, scores=np.repeat(rest.keypoints.scores, 6, axis=0))
    face = joined(list(followed([keypoints], rest.keypoints, fit))).face
    jaw = face[:, ARKIT_INDEX["jawOpen"]]
    assert float(jaw[3:].min()) > float(jaw[:3].max()) + 0.1


def test_numbers_of_sizes_give_the_sizes() -> None:
    numbers = torch.linspace(-0.2, 0.2, 11)[None]
    assert torch.allclose(numbers_of_sizes(sizes(numbers)), numbers, atol=1e-4)
