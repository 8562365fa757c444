"""The motion that never stops: as large as stated, never the same, independent, a function of time alone."""

import numpy as np
import pytest

from gesta.procedural.alive import KINDS, alive
from gesta.units import MOTION_FPS

TIMES_S = np.arange(600 * MOTION_FPS) / MOTION_FPS


@pytest.mark.parametrize("kind", list(KINDS))
def test_it_is_as_large_as_its_kind_says_and_falls_as_fast(kind: str) -> None:
    values = alive([f"{kind}/{number}" for number in range(24)], TIMES_S[:3600], 1)
    assert values.std(axis=0).mean() == pytest.approx(KINDS[kind].size, rel=0.1)
    assert abs(values.mean()) < 0.1 * KINDS[kind].size
    power = (np.abs(np.fft.rfft(values * np.hanning(len(values))[:, None], axis=0)) ** 2).sum(axis=1)
    hertz = np.fft.rfftfreq(len(values), 1 / MOTION_FPS)
    bands = [power[(hertz >= low) & (hertz < 2 * low)].sum() / low for low in (1.5, 3.0)]
    assert np.log2(bands[0] / bands[1]) == pytest.approx(KINDS[kind].fall, abs=0.6)
    assert power[hertz > 8.0].sum() < 1e-3 * power.sum(), "tremor"


def test_channels_and_seeds_drift_apart() -> None:
    values = alive(["turn/neck/yaw", "turn/neck/pitch", "turn/head/yaw"], TIMES_S, 3)
    other = alive(["turn/neck/yaw"], TIMES_S, 4)
    together = np.abs(np.corrcoef(np.column_stack([values, other]).T) - np.eye(4))
    assert together.max() < 0.25


def test_any_stretch_is_what_the_whole_has_there() -> None:
    names = ["position/left/up", "fingers/right/index"]
    whole = alive(names, TIMES_S[:900], 5)
    parts = [alive(names, part, 5) for part in np.split(TIMES_S[:900], [1, 8, 300])]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_it_never_rests_and_never_repeats() -> None:
    (values,) = alive(["position/left/up"], TIMES_S, 2).T
    speed = np.abs(np.diff(values)) * MOTION_FPS
    quiet = np.convolve(speed, np.ones(30) / 30, "valid")
    assert quiet.min() > 0.0005
    first, spectrum = values[: 60 * MOTION_FPS], values - values.mean()
    matches = [np.corrcoef(first, spectrum[start : start + len(first)])[0, 1] for start in range(len(first), 15000, 15)]
    assert max(matches) < 0.8


def test_the_factor_scales_and_zero_is_still() -> None:
    one, two, none = (alive(["turn/head/yaw"], TIMES_S[:90], 1, factor) for factor in (1.0, 2.0, 0.0))
    np.testing.assert_allclose(two, 2.0 * one)
    assert not none.any()
