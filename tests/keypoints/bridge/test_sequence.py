"""Films of points as motion in space: near planted truth, smooth, whole where points are missing."""

from functools import cache

import numpy as np
import pytest
import torch

from gesta.errors import InputError
from gesta.keypoints.bridge import sequence
from gesta.keypoints.bridge.body_fit import BodyFit
from gesta.keypoints.bridge.pose_numbers import place_of
from gesta.keypoints.bridge.prior import pose_prior
from gesta.keypoints.bridge.sequence import fit_sequence, motion_of
from gesta.keypoints.layout import body_index
from gesta.motion.skeleton import skeleton
from tests.keypoints.bridge.planted import Planted, from_neck, planted

FRAMES = 24
WRISTS = [body_index(f"{side}_wrist") for side in ("left", "right")]


@cache
def waving() -> Planted:
    """From one likely pose to another and back, in a second, seen with an error of two pixels."""
    chance = torch.Generator().manual_seed(11)
    both = pose_prior().drawn(2, chance)
    both[:, place_of("pelvis")] = torch.tensor((0.0, 0.2, 0.0))
    share = 0.5 - 0.5 * torch.cos(torch.linspace(0.0, 2.0 * torch.pi, FRAMES))[:, None]
    return planted(both[:1] + share * (both[1:] - both[:1]), noise_px=2.0)


@cache
def found() -> BodyFit:
    return fit_sequence(waving().keypoints)


def wrists(points: torch.Tensor) -> torch.Tensor:
    """(F, 2, 3) from the neck, in widths of the shoulders."""
    return torch.stack([from_neck(points, frame)[WRISTS] for frame in range(len(points))])


def shake(points: torch.Tensor) -> float:
    return float(wrists(points).diff(n=3, dim=0).norm(dim=-1).mean())


def test_wrists_are_found_in_space() -> None:
    away = (wrists(waving().points) - wrists(found().points())).norm(dim=-1)
    assert float(away.median()) < 0.15
    assert float(found().error.median()) < 0.02


def test_noise_is_taken_out_and_the_movement_stays() -> None:
    true, points = wrists(waving().points), wrists(found().points())
    noise = waving().keypoints.points - fit_flat(waving())
    assert np.abs(noise).mean() > 1.0
    assert shake(found().points()) < 3.0 * shake(waving().points) + 0.01
    way = [float((values[FRAMES // 2] - values[0]).norm(dim=-1).max()) for values in (true, points)]
    assert 0.7 * way[0] < way[1] < 1.3 * way[0]


def fit_flat(person: Planted) -> np.ndarray:
    """Where the points would be without their error."""
    return planted(person.numbers).keypoints.points


def test_hidden_frames_are_filled() -> None:
    scores = np.array(waving().keypoints.scores)
    scores[10:13] = 0.0
    keypoints = waving().keypoints.replaced(scores=scores).frames(4, 20)
    fit = fit_sequence(keypoints)
    steps = wrists(fit.points()).diff(dim=0).norm(dim=-1).amax(dim=1)
    assert float(steps.max()) < 3.0 * float(wrists(waving().points).diff(dim=0).norm(dim=-1).max())
    assert bool(torch.isfinite(fit.error[[0, 1]]).all()) and bool(torch.isnan(fit.error[7]))


def test_stretches_join(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequence, "STRETCH", 9)
    monkeypatch.setattr(sequence, "AHEAD", 5)
    away = (wrists(fit_sequence(waving().keypoints).points()) - wrists(found().points())).norm(dim=-1)
    assert float(away.median()) < 0.05


def test_a_film_of_one_frame() -> None:
    fit = fit_sequence(waving().keypoints.frames(0, 1))
    assert float(fit.error[0]) < 0.02


def test_motion_is_at_30_frames_a_second_and_on_its_feet() -> None:
    motion = motion_of(found(), waving().keypoints)
    assert motion.frame_count == round(FRAMES * 30 / 25)
    standing = skeleton().rest_positions()[skeleton().index("pelvis")]
    np.testing.assert_allclose(np.median(motion.translation, axis=0), standing, atol=0.01)
    assert {"upper", "hands", "translation"} <= motion.parts


def test_nobody_is_said() -> None:
    nobody = waving().keypoints.replaced(scores=np.zeros_like(waving().keypoints.scores))
    with pytest.raises(InputError, match="Both shoulders must be seen"):
        fit_sequence(nobody)
