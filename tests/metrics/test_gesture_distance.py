"""The Fréchet gesture distance of films: what its windows see, when it is refused, what the shipped encoder tells."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from gesta.errors import InputError
from gesta.keypoints.layout import GROUPS, body_index
from gesta.metrics.keypoints.encoder import LATENT, GestureEncoder, gesture_encoder, load_gesture_encoder
from gesta.metrics.keypoints.gesture_distance import GestureLatents, films_distance, gesture_distance
from gesta.metrics.keypoints.windows import CHANNELS, HOP_FRAMES, WINDOW_FRAMES, gesture_windows
from gesta.records import Keypoints
from tests.keypoints.made_points import hidden, person

LEAST = 300
"""Latents that are enough here; what people need would take the tests minutes."""
ENOUGH = WINDOW_FRAMES + HOP_FRAMES * (LEAST - 1)


def waving(frames: int, size: float, seed: int, beat_s: float = 1.1) -> Keypoints:
    """Somebody whose arms wave by `size` pixels, each a bit irregularly."""
    chance = np.random.default_rng(seed)
    points = person(frames).points.copy()
    times = np.arange(frames) / 25.0
    for side in ("left", "right"):
        phase = 2.0 * np.pi * times / beat_s + np.cumsum(chance.normal(0.0, 0.08, frames))
        wave = size * np.stack([np.sin(phase), np.cos(0.7 * phase)], axis=1)
        points[:, body_index(f"{side}_elbow")] += 0.4 * wave
        points[:, [body_index(f"{side}_wrist"), *range(*GROUPS[f"{side}_hand"].indices(134))]] += wave[:, None]
    return person(frames).replaced(points=points)


def test_windows_do_not_depend_on_place_and_size() -> None:
    film = waving(100, 30.0, 0)
    windows = gesture_windows(film)
    assert windows.shape == ((100 - WINDOW_FRAMES) // HOP_FRAMES + 1, WINDOW_FRAMES, CHANNELS)
    larger = film.replaced(points=2.0 * film.points + 40.0, size=(1200, 1200))
    np.testing.assert_allclose(gesture_windows(larger), windows, atol=1e-5)
    # The nose lies 80 pixels above the neck, and shoulders are 160 apart.
    np.testing.assert_allclose(windows[0, :, :2], [[0.0, -0.5]] * WINDOW_FRAMES, atol=1e-6)


def test_as_many_windows_come_whatever_is_seen() -> None:
    film = waving(200, 30.0, 0)
    lost = gesture_windows(hidden(film, GROUPS["left_hand"]))
    assert lost.shape == gesture_windows(film).shape
    hand = slice(2 * 7, 2 * 7 + 2 * 20)
    assert (lost[..., hand] == 0.0).all() and (gesture_windows(film)[..., hand] != 0.0).any()
    assert len(gesture_windows(hidden(film, GROUPS["body"]))) == 0
    assert len(gesture_windows(film.frames(0, WINDOW_FRAMES - 1))) == 0


def test_too_few_or_unequal_latents_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = GestureEncoder().eval()
    sides = [GestureLatents(name, encoder) for name in ("real films", "generated films")]
    for side in sides:
        side.add(waving(100, 30.0, 0))
    with pytest.raises(InputError, match="The real films give 5 latents, but a Fréchet gesture distance needs 1000"):
        gesture_distance(*sides)
    sides[1].add(waving(100, 30.0, 0))
    monkeypatch.setattr("gesta.metrics.keypoints.gesture_distance.LEAST_LATENTS", 5)
    with pytest.raises(InputError, match=r"5 latents and the generated films 10, but .* as many on both sides"):
        gesture_distance(*sides)


def test_the_shipped_encoder_tells_other_movement_from_more_of_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesta.metrics.keypoints.gesture_distance.LEAST_LATENTS", LEAST)
    encoder = gesture_encoder()
    real = waving(ENOUGH, 30.0, 0)
    same, larger, slower = (
        films_distance([real], [film], encoder)
        for film in (waving(ENOUGH, 30.0, 1), waving(ENOUGH, 45.0, 1), waving(ENOUGH, 30.0, 1, beat_s=2.2))
    )
    assert films_distance([real], [real], encoder) == pytest.approx(0.0, abs=1e-6)
    assert 0.0 < 4.0 * same < min(larger, slower)


def test_latents_are_scaled_and_weights_must_fit(tmp_path: Path) -> None:
    encoder = gesture_encoder()
    assert encoder.latents(waving(64, 30.0, 0)).shape == (3, LATENT)
    # The shift and the scale are applied last.
    state = encoder.state_dict()
    with torch.inference_mode():
        windows = torch.from_numpy(gesture_windows(waving(64, 30.0, 0)))
        moved = GestureEncoder().eval()
        moved.load_state_dict({**state, "latent_spread": 2.0 * state["latent_spread"]})
        torch.testing.assert_close(2.0 * moved(windows), encoder(windows))
    path = tmp_path / "other.safetensors"
    save_file({name: value.contiguous() for name, value in list(state.items())[1:]}, path)
    with pytest.raises(InputError, match="lacks"):
        load_gesture_encoder(path)
