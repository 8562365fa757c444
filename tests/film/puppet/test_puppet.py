"""The puppet of a picture of our own body: the picture again when still, whole when moved, on time when it speaks."""

import itertools
import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest

from gesta.film.puppet.lacking import arms_touch, lacking
from gesta.film.puppet.measures import stretches, surrounded
from gesta.film.puppet.puppet import Puppet
from gesta.film.puppet.transfer import Rest
from gesta.keypoints.layout import GROUPS
from gesta.records import Keypoints, Motion
from tests.film.puppet.motions import bumps, motion, with_wrists_moved

FRAME_RATE = 25.0


def around(keypoints: Keypoints, first: int, last: int) -> tuple[slice, slice]:
    """The window of the picture round some of the 68 points of the face."""
    points = keypoints.points[0, GROUPS["face"]][first:last]
    low, high = np.floor(points.min(axis=0)).astype(int), np.ceil(points.max(axis=0)).astype(int) + 1
    return slice(low[1] - 2, high[1] + 2), slice(low[0], high[0])


def test_the_picture_itself_is_drawn_when_nothing_moves(puppet: Puppet, picture: np.ndarray) -> None:
    person = np.sum([layer.texture[..., 3] for layer in puppet._layers], axis=0) > 0.5
    away = np.abs(puppet.still().astype(int) - picture)
    assert person.mean() > 0.1
    assert away[person].mean() <= 3.0 and away[~person].mean() <= 1.0
    # At rest a motion asks for a face at rest, which is nearly that of the picture.
    first = next(puppet.frames(motion(30)))
    assert np.abs(first.astype(int) - picture)[person].mean() <= 3.0


@pytest.mark.parametrize("share, most", [(0.05, 1.5), (0.10, 1.9), (0.20, 2.4)])
def test_moved_wrists_leave_no_hole_and_stretch_little(puppet: Puppet, share: float, most: float) -> None:
    height = puppet.size[1]
    focal, distance = puppet._body.view[4, 0], -float(puppet._body.pelvis[2])
    step = share * height * distance / focal
    still = puppet._body.moves(puppet._body.local[None])
    view = puppet._body.view
    rest_holes = {layer.name: surrounded(layer, still[0][0], still[1][0], view) for layer in puppet._layers}
    turns, shifts = with_wrists_moved(puppet, np.array([(0.0, step, 0.0), (0.0, -step, 0.0)]))
    for number in range(2):
        drawn = puppet.drawn(turns[number], shifts[number], None)
        assert drawn.shape == (height, puppet.size[0], 3)
        for layer in puppet._layers:
            assert surrounded(layer, turns[number], shifts[number], view) <= rest_holes[layer.name] + 2
        found = np.concatenate([stretches(layer) for layer in puppet._layers])
        assert np.percentile(found, 95) < most
        for layer in puppet._layers:
            assert np.isfinite(layer.screen).all() and (layer.screen[:, 2] > 0.0).all()


def test_jaw_pulses_are_seen_when_they_were_planted(puppet: Puppet, keypoints: Keypoints) -> None:
    middles = [0.51, 1.33, 2.17]
    film = puppet.frames(motion(90, {"jawOpen": 0.6 * bumps(90, middles)}), FRAME_RATE)
    mouth = around(keypoints, 48, 68)
    still = puppet.still()[mouth].astype(float)
    seen = np.array([np.abs(frame[mouth] - still).mean() for frame in film])
    seen -= np.percentile(seen, 20)
    times = np.arange(len(seen)) / FRAME_RATE
    for middle in middles:
        near = np.abs(times - middle) < 0.3
        found = (times[near] * seen[near]).sum() / seen[near].sum()
        assert abs(found - middle) <= 0.020


def test_lids_close_when_it_blinks(puppet: Puppet, keypoints: Keypoints) -> None:
    blinks = bumps(60, [1.0], 0.08)
    film = list(puppet.frames(motion(60, {"eyeBlinkLeft": blinks, "eyeBlinkRight": blinks}), FRAME_RATE))
    for first, last in ((36, 42), (42, 48)):
        eye = around(keypoints, first, last)
        contrast = [float(frame[eye].mean(axis=2).std()) for frame in film]
        # White and iris are gone; skin is even.
        assert contrast[25] < 0.75 * contrast[0]
        assert contrast[-1] == pytest.approx(contrast[0], rel=0.05)


def test_frames_are_the_same_whether_a_motion_comes_whole_or_in_pieces(puppet: Puppet) -> None:
    whole = motion(80, {"jawOpen": 0.4 * bumps(80, [1.0, 2.0])}, swing=0.4)
    pieces = [whole.frames(start, min(start + 17, 80)) for start in range(0, 80, 17)]
    first, second = puppet.frames(whole, FRAME_RATE), puppet.frames(iter(pieces), FRAME_RATE)
    compared = [np.array_equal(one, other) for one, other in itertools.zip_longest(first, second)]
    assert len(compared) == round(80 / 30 * FRAME_RATE) and all(compared)
    report = puppet.report()
    assert report["wrist_kept"] >= 0.4 and 0.0 <= report["torn"] < 0.1


@pytest.mark.slow
def test_memory_does_not_grow_with_the_film(puppet: Puppet) -> None:
    def endless(seconds: int) -> Iterator[Motion]:
        for _ in range(seconds):
            yield motion(30, swing=0.2)

    peaks = []
    for seconds in (25, 50):
        tracemalloc.start()
        for _ in puppet.frames(endless(seconds), frame_rate=1.0):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


def test_hands_that_are_not_seen_are_said_and_stay(picture: np.ndarray, puppet: Puppet, keypoints: Keypoints) -> None:
    from gesta.film.cutout.layers import Cutout, Layer

    scores = keypoints.scores.copy()
    scores[:, GROUPS["left_hand"]] = 0.0
    textures = [layer.texture for layer in puppet._layers]
    colour = picture.astype(np.float32) / 255.0
    layers = tuple(
        Layer(layer.name, colour, texture[..., 3]) for layer, texture in zip(puppet._layers, textures, strict=True)
    )
    cutout = Cutout(layers, puppet._background[..., :3], textures[0][..., 3])
    found = Puppet(puppet.fit, cutout, keypoints.replaced(scores=scores))
    assert found.notes == (
        "The left hand cannot be seen in the picture.",
        "The left arm moves only with the body.",
    )
    assert list(found._moving) == ["right"]
    swung = found._transfer(motion(40, swing=0.5).rotations, Rest(motion(40).rotations))
    kept = found._transfer.kept(swung)
    assert np.abs(kept[:, 0]).max() < 1e-5 and np.abs(kept[:, 1]).max() > 0.03


def test_clasped_hands_stay_together_and_that_is_said(puppet: Puppet, keypoints: Keypoints) -> None:
    points = keypoints.points.copy()
    left, right = GROUPS["left_hand"], GROUPS["right_hand"]
    points[0, left] += points[0, right].mean(axis=0) - points[0, left].mean(axis=0)
    clasped = keypoints.replaced(points=points)
    assert arms_touch(clasped) and not arms_touch(keypoints)
    assert lacking(clasped, ()) == ["The arms touch each other.", "Both arms move only with the body."]
    assert lacking(keypoints, ("left", "right")) == []
    scores = keypoints.scores.copy()
    scores[:, left] = scores[:, right] = 0.0
    said = "The left hand and the right hand cannot be seen in the picture."
    assert lacking(keypoints.replaced(scores=scores), ()) == [said, "Both arms move only with the body."]
