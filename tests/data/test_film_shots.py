"""Cuts: each planted one is found to the frame; flashes, fades, pans, zooms and noise are none."""

import numpy as np
import pytest

from gesta.data.film_shots import Shot, cuts_at, find_shots

pytest.importorskip("cv2")

SIZE = (72, 128)


def scene(seed: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """(H, W, 3) float: soft coloured patches, as a room has them."""
    chance = np.random.default_rng(seed)
    rows, columns = np.mgrid[: size[0], : size[1]].astype(float)
    picture = np.ones((*size, 3)) * chance.uniform(40.0, 200.0, 3)
    for _ in range(14):
        y, x, wide = chance.uniform(0, size[0]), chance.uniform(0, size[1]), chance.uniform(6.0, 30.0)
        spot = np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2.0 * wide**2))
        picture += spot[..., None] * chance.uniform(-90.0, 90.0, 3)
    return picture.clip(0.0, 255.0)


def shot(seed: int, frames: int) -> list[np.ndarray]:
    """A scene with noise, and a pale person-sized box that sways in it."""
    chance = np.random.default_rng(1000 + seed)
    still = scene(seed)
    found = []
    for frame in range(frames):
        picture = still + chance.normal(0.0, 4.0, still.shape)
        left = 50 + round(8.0 * np.sin(frame / 4.0))
        picture[20:, left : left + 30] = 190.0
        found.append(picture.clip(0, 255).astype(np.uint8))
    return found


def starts(pictures: list[np.ndarray]) -> list[int]:
    shots = find_shots(iter(pictures))
    assert [one.start for one in shots[1:]] == [one.stop for one in shots[:-1]]
    assert (shots[0].start, shots[-1].stop) == (0, len(pictures))
    return [one.start for one in shots[1:]]


@pytest.mark.parametrize("lengths", [(30, 25, 40), (12, 9, 30), (40, 6, 40)])
def test_planted_cuts_are_found_to_the_frame(lengths: tuple[int, ...]) -> None:
    pictures = [picture for seed, frames in enumerate(lengths) for picture in shot(seed, frames)]
    assert starts(pictures) == np.cumsum(lengths)[:-1].tolist()


def test_most_of_many_cuts_are_found_and_none_is_made_up() -> None:
    lengths = np.random.default_rng(3).integers(8, 40, 40)
    pictures = [picture for seed, frames in enumerate(lengths) for picture in shot(seed, int(frames))]
    planted, found = set(np.cumsum(lengths)[:-1].tolist()), set(starts(pictures))
    assert found <= planted
    assert len(found) >= 0.95 * len(planted)


def test_a_flash_is_no_cut() -> None:
    pictures = shot(1, 60)
    for first, frames in ((20, 1), (40, 3)):
        for frame in range(first, first + frames):
            pictures[frame] = np.minimum(pictures[frame].astype(int) + 120, 255).astype(np.uint8)
    pictures[50] = np.full_like(pictures[50], 255)
    assert starts(pictures) == []


@pytest.mark.parametrize("frames", [6, 10, 25, 50])
def test_a_fade_to_black_and_back_is_no_cut(frames: int) -> None:
    light = np.concatenate([np.ones(20), np.linspace(1.0, 0.0, frames), np.zeros(8), np.linspace(0.0, 1.0, frames)])
    pictures = [(picture * share).astype(np.uint8) for picture, share in zip(shot(2, len(light)), light, strict=True)]
    assert starts(pictures) == []


def test_a_dissolve_is_no_cut() -> None:
    mixed = np.clip((np.arange(80) - 30) / 15.0, 0.0, 1.0)[:, None, None, None]
    pictures = np.stack(shot(4, 80)) * (1.0 - mixed) + np.stack(shot(5, 80)) * mixed
    assert starts(list(pictures.astype(np.uint8))) == []


@pytest.mark.parametrize("pixels_a_frame", [2, 8, 30])
def test_a_pan_is_no_cut_however_quick(pixels_a_frame: int) -> None:
    wide = scene(6, (72, 128 + 40 * pixels_a_frame)).astype(np.uint8)
    moves = np.concatenate([np.zeros(15), np.arange(40), np.full(15, 39)]).astype(int) * pixels_a_frame
    assert starts([wide[:, left : left + 128] for left in moves]) == []


@pytest.mark.parametrize("frames", [8, 20])
def test_a_zoom_is_no_cut(frames: int) -> None:
    wide = scene(9, (288, 512)).astype(np.uint8)
    steps = np.concatenate([np.zeros(15), np.linspace(0.0, 1.0, frames), np.ones(15)])
    margins = (steps[:, None] * (108, 192)).astype(int)
    assert starts([wide[y : 288 - y, x : 512 - x] for y, x in margins.tolist()]) == []


def test_a_cut_within_a_pan_is_found() -> None:
    first, second = (scene(seed, (72, 400)).astype(np.uint8) for seed in (7, 8))
    pictures = [(first if frame < 33 else second)[:, 4 * frame : 4 * frame + 128] for frame in range(66)]
    assert starts(pictures) == [33]


@pytest.mark.parametrize("frames", [1, 2, 5, 6, 11])
def test_short_films_are_one_shot(frames: int) -> None:
    assert find_shots(iter(shot(1, frames))) == [Shot(0, frames)]


def test_no_picture_is_no_shot() -> None:
    assert find_shots(iter([])) == []


def test_a_cut_stands_out_from_its_neighbours() -> None:
    steps = np.array([0.02, 0.02, 0.02, 0.5, 0.02, 0.02, 0.02, 0.02])
    assert cuts_at(steps, steps).tolist() == [3]
    assert cuts_at(np.full(8, 0.5), np.full(8, 0.5)).tolist() == []
    # As great a step that what follows takes back.
    assert cuts_at(steps, np.where(steps > 0.1, 0.01, steps)).tolist() == []
