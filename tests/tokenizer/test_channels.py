"""Network channels: the pelvis as velocity and back, normalisation, and what is hidden."""

import numpy as np
import pytest
import torch

from gesta.motion.representation import Representation, rest_channels
from gesta.tokenizer.channels import Channels, fit_statistics
from gesta.tokenizer.root import RootPath, moving_from_position
from tests.motion.moving import made_motion
from tests.tokenizer.made_tokenizers import clips_of, made_parts, tiny_config


def walk(frames: int = 50) -> torch.Tensor:
    steps = torch.randn(2, frames, 3, generator=torch.Generator().manual_seed(0)) * 0.02
    return steps.cumsum(1) + torch.tensor([1.0, 0.9, -2.0])


def test_velocities_by_hand() -> None:
    position = torch.tensor([[0.0, 1.0, 0.0], [0.1, 1.1, 0.0], [0.4, 1.2, -0.3]])
    moving = moving_from_position(position)
    assert torch.allclose(moving, torch.tensor([[3.0, 1.0, 0.0], [6.0, 1.1, -4.5], [9.0, 1.2, -9.0]]), atol=1e-5)
    assert torch.equal(moving_from_position(position[:1]), torch.tensor([[0.0, 1.0, 0.0]]))


def test_a_path_follows_half_a_frame_behind_and_never_drifts() -> None:
    position = walk()
    found = RootPath("velocity", position[:, 0]).follow(moving_from_position(position))
    assert torch.equal(found[..., 1], position[..., 1])
    half = (position[:, 1:] + position[:, :-1]) / 2 + (position[:, 1:2] - position[:, :1]) / 2
    for axis in (0, 2):
        assert torch.allclose(found[:, 1:, axis], half[..., axis], atol=1e-5)


@pytest.mark.parametrize("form", ["velocity", "position"])
@pytest.mark.parametrize("start", [None, torch.tensor([[3.0, 9.0, 4.0], [5.0, 9.0, 6.0]])])
def test_a_path_in_stretches_is_the_whole_path(form: str, start: torch.Tensor | None) -> None:
    values = walk()
    whole = RootPath(form, start).follow(values)
    path = RootPath(form, start)
    pieces = torch.cat([path.follow(piece) for piece in values.split(7, dim=1)], dim=1)
    assert torch.allclose(pieces, whole, atol=1e-6)
    if start is not None:
        assert torch.allclose(whole[:, 0, [0, 2]], start[:, [0, 2]], atol=1e-6)
    elif form == "position":
        assert torch.allclose(whole, values)


@pytest.mark.parametrize("translation", ["velocity", "position"])
def test_normalised_channels_have_mean_0_and_deviation_1_and_go_back(translation: str) -> None:
    config, representation = tiny_config(translation=translation), Representation()
    motions = [made_motion(60, seed=seed) for seed in range(3)]
    channels = Channels(config, representation, fit_statistics(config, representation, clips_of(*motions)))
    encoded = [representation.encode(motion) for motion in motions]
    for part in representation.parts:
        values = torch.stack([torch.tensor(one[part]) for one in encoded])
        seen = channels.encode(part, values)
        varies = values.flatten(0, 1).std(0) > 1e-4
        assert seen.flatten(0, 1).mean(0).abs().max() < 1e-3
        assert torch.allclose(seen.flatten(0, 1).std(0)[varies], torch.ones(1), atol=0.02)
        back = channels.decode(part, seen)
        if part == "lower":
            path = RootPath(translation, torch.stack([torch.tensor(m.translation[0]) for m in motions]))
            back = channels.with_translation(back, path.follow(channels.block(part, "translation", back)))
        assert (back - values).abs().max() < (0.05 if translation == "velocity" else 1e-4)


def test_what_is_not_valid_is_hidden() -> None:
    parts, representation = made_parts(), Representation()
    config = tiny_config()
    channels = Channels(config, representation, fit_statistics(config, representation, clips_of(made_motion())))
    valid = torch.ones(2, 61)
    valid[0, :6] = 0
    valid[1, representation.slice("lower", "translation")] = 0
    seen = channels.encode("lower", parts["lower"], valid)
    assert not seen[0, :, :6].any()
    assert not seen[1, :, 54:57].any()
    assert seen[0, :, 6:].abs().sum() > 0
    legs = channels.for_global_motion(parts["lower"], valid)
    assert not legs[..., 54:57].any()
    assert torch.allclose(legs[0, :, 6:54], seen[0, :, 6:54], atol=1e-4)


def test_what_no_clip_has_stays_at_rest() -> None:
    config, representation = tiny_config(), Representation("flame100")
    motions = [made_motion(40, "flame100", seed) for seed in range(2)]
    bare = [motion.replaced(parts=motion.parts - {"hands"}, contacts=None, floor_known=False) for motion in motions]
    whole, lacking = (fit_statistics(config, representation, clips_of(*some)) for some in (motions, bare))
    channels, said = Channels(config, representation, lacking), torch.randn(1, 8, representation.size("hands"))
    decoded = channels.decode("hands", said)
    rest = torch.from_numpy(rest_channels(representation)["hands"]).expand_as(decoded)
    torch.testing.assert_close(decoded, rest)
    assert channels.encode("hands", said).abs().max() == 0.0
    lower = torch.randn(1, 8, representation.size("lower"))
    assert channels.block("lower", "contacts", channels.decode("lower", lower)).abs().max() == 0.0
    np.testing.assert_array_equal(lacking.mean["upper"], whole.mean["upper"])
    np.testing.assert_array_equal(lacking.sd["face"], whole.sd["face"])


def test_statistics_without_normalisation_are_refused() -> None:
    config, representation = tiny_config(normalise=False), Representation()
    statistics = fit_statistics(config, representation, clips_of(made_motion()))
    with pytest.raises(ValueError, match="no use"):
        Channels(config, representation, statistics)
    plain = Channels(config, representation)
    values = made_parts()["hands"]
    assert torch.equal(plain.encode("hands", values), values)


def test_only_the_way_along_the_floor_has_other_statistics_as_velocity() -> None:
    clips = clips_of(made_motion(30), made_motion(40, seed=1))
    found, plain = (
        fit_statistics(tiny_config(translation=form), Representation(), clips) for form in ("velocity", "position")
    )
    differing = np.flatnonzero(found.mean["lower"] != plain.mean["lower"])
    assert differing.tolist() == [54, 56]
    assert all(np.array_equal(found.sd[part], plain.sd[part]) for part in ("face", "hands", "upper"))


@pytest.mark.parametrize("translation", ["velocity", "position"])
def test_networks_of_the_release_see_the_root_of_smpl_x_and_say_it(translation: str) -> None:
    """SMPL-X's `trans` is the pelvis minus (0.003, -0.351, 0.012); how fast it goes is the same."""
    lower, place = made_parts()["lower"], slice(54, 57)
    lower[..., place] = walk(lower.shape[1])
    theirs = Channels(tiny_config(root_point="smplx", normalise=False, translation=translation), Representation())
    ours = Channels(tiny_config(root_point="pelvis", normalise=False, translation=translation), Representation())
    apart = theirs.encode("lower", lower)[..., place] - ours.encode("lower", lower)[..., place]
    offset = [0.0, 0.351, 0.0] if translation == "velocity" else [-0.003, 0.351, -0.012]
    assert torch.allclose(apart, torch.tensor(offset).expand_as(apart), atol=1e-5)
    seen = theirs.encode("lower", lower)
    assert torch.allclose(theirs.decode("lower", seen), ours.decode("lower", ours.encode("lower", lower)), atol=1e-5)
    moving = theirs.with_translation(seen, moving_from_position(walk(lower.shape[1]) + torch.tensor([0.0, 0.351, 0.0])))
    path = RootPath("velocity", lower[:, 0, place]).follow(theirs.decode_moving(moving)[..., place])
    assert torch.allclose(path[..., 1], lower[..., 55], atol=1e-5)
    assert torch.allclose(path[:, 0], lower[:, 0, place], atol=1e-5)
