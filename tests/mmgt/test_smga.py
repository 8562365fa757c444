"""The network itself: what its settings change, what each stream sees, that nothing is idle, its released names."""

import pytest
import torch

from gesta.errors import InputError
from gesta.keypoints.layout import GROUPS
from gesta.keypoints.vectors import VECTOR_SIZE, columns
from gesta.mmgt.rotary import turned, turns_of
from gesta.mmgt.smga import Smga
from gesta.mmgt.smga_config import MINI_SIZES, SMGA_PRESETS, SmgaConfig, smga_config
from gesta.mmgt.smga_official import official_smga_state, released_smga_state

FACE = columns(GROUPS["face"])
AUDIO = 6


def tiny(preset: str, **changes: object) -> SmgaConfig:
    return smga_config(
        preset, sizes=MINI_SIZES, audio_size=AUDIO, **{"sampling": {"overlap": 8}, "dropout": 0.0, **changes}
    )


def network(config: SmgaConfig) -> Smga:
    torch.manual_seed(0)
    return Smga(config).eval()


def given(config: SmgaConfig, clips: int = 2) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    frames = config.sizes.frames
    chance = torch.Generator().manual_seed(1)
    return (
        torch.randn(clips, frames, VECTOR_SIZE, generator=chance),
        torch.randn(clips, VECTOR_SIZE, generator=chance),
        torch.randn(clips, frames, config.audio_size, generator=chance),
        torch.arange(clips) * 100 + 7,
    )


def entered(smga: Smga, poses: torch.Tensor, initial: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """What the first layer is given: face and body."""
    caught: list[torch.Tensor] = []
    handle = smga.layers[0].register_forward_pre_hook(lambda _, arguments: caught.extend(arguments[:2]))
    _, _, audio, timesteps = given(smga.config)
    smga(poses, initial, audio, timesteps)
    handle.remove()
    return caught[0], caught[1]


@pytest.mark.parametrize("preset", ["official", "gesta"])
def test_each_stream_sees_its_own_points_only(preset: str) -> None:
    smga = network(tiny(preset))
    poses, initial, _, _ = given(smga.config)
    face, body = entered(smga, poses, initial)
    poses[..., FACE] += 1.0
    other_face, same_body = entered(smga, poses, initial)
    assert torch.equal(body, same_body)
    assert not torch.equal(face, other_face)
    initial[:, : FACE.start] += 1.0
    same_face, other_body = entered(smga, poses, initial)
    assert torch.equal(other_face, same_face)
    assert not torch.equal(same_body, other_body)


def test_as_published_the_body_begins_anew_in_every_layer() -> None:
    for preset, anew in (("official", True), ("gesta", False)):
        smga = network(tiny(preset))
        bodies: list[torch.Tensor] = []
        for layer in smga.layers:
            layer.register_forward_pre_hook(lambda _, arguments, into=bodies: into.append(arguments[1]))
        smga(*given(smga.config))
        assert torch.equal(bodies[0], bodies[1]) is anew


@pytest.mark.parametrize("preset", sorted(SMGA_PRESETS))
def test_no_weight_is_idle(preset: str) -> None:
    smga = network(tiny(preset))
    noisy, initial, audio, timesteps = given(smga.config, clips=3)
    known = torch.zeros(3, smga.config.sizes.frames, dtype=torch.bool)
    known[:, :2] = True
    smga(noisy, initial, audio, timesteps, torch.tensor([False, True, False]), known).square().mean().backward()
    for name, weight in smga.named_parameters():
        assert weight.grad is not None and weight.grad.abs().max() > 0.0, name


def test_a_single_stream_sees_the_whole_pose_and_leaves_no_weight_idle() -> None:
    smga = network(tiny("gesta", streams="single"))
    noisy, initial, audio, timesteps = given(smga.config, clips=3)
    known = torch.zeros(3, smga.config.sizes.frames, dtype=torch.bool)
    known[:, :2] = True
    made = smga(noisy, initial, audio, timesteps, torch.tensor([False, True, False]), known)
    made.square().mean().backward()
    for name, weight in smga.named_parameters():
        assert weight.grad is not None and weight.grad.abs().max() > 0.0, name
    for column in (FACE.start, 0):
        changed = noisy.clone()
        changed[..., column] += 1.0
        assert not torch.allclose(smga(changed, initial, audio, timesteps), smga(noisy, initial, audio, timesteps))
    with pytest.raises(InputError, match="a single stream has no face"):
        tiny("official", streams="single")


def test_speech_that_is_withheld_is_not_heard() -> None:
    smga = network(tiny("gesta"))
    noisy, initial, audio, timesteps = given(smga.config)
    deaf = torch.tensor([True, False])
    with torch.inference_mode():
        before = smga(noisy, initial, audio, timesteps, deaf)
        after = smga(noisy, initial, audio + 1.0, timesteps, deaf)
        silent = smga.clear(noisy, initial, smga.silence(2), timesteps)
    assert torch.equal(before[0], after[0])
    assert not torch.allclose(before[1], after[1])
    assert torch.allclose(before[0], silent[0], atol=1e-5)


def test_a_known_frame_is_told_from_a_noisy_one() -> None:
    learned, replaced = network(tiny("gesta")), network(tiny("gesta", continuing="replaced"))
    torch.nn.init.normal_(learned.known_mark)
    known = torch.zeros(2, learned.config.sizes.frames, dtype=torch.bool)
    known[0, :4] = True
    with torch.inference_mode():
        plain, marked = (learned(*given(learned.config), known=mark) for mark in (None, known))
        same = [replaced(*given(replaced.config), known=mark) for mark in (None, known)]
    assert not torch.allclose(plain[0], marked[0])
    assert torch.equal(plain[1], marked[1])
    assert torch.equal(*same)


def test_products_of_turned_vectors_know_the_distance_alone() -> None:
    query, key = torch.randn(2, 8, generator=torch.Generator().manual_seed(2))
    turns = turns_of(torch.arange(50), 8)
    queries, keys = (turned(vector.expand(50, 8), turns) for vector in (query, key))
    products = queries @ keys.T
    assert torch.allclose(products[:40, :40], products[10:, 10:], atol=1e-4)
    assert products[5, 9] != pytest.approx(products[5, 20].item(), abs=1e-3)
    assert torch.allclose(queries.norm(dim=-1), query.norm().expand(50), atol=1e-5)


def test_names_go_both_ways() -> None:
    config = tiny("official")
    ours = network(config).state_dict()
    theirs = released_smga_state(ours, config)
    assert theirs["seqTransDecoder.stack.1.film_body_2.block.1.weight"].shape == (2 * 48, 48)
    again = official_smga_state({f"module.{name}": tensor for name, tensor in theirs.items()}, config)
    assert set(again) == set(ours)
    assert all(torch.equal(again[name], ours[name]) for name in ours)
    del theirs["norm_cond.bias"]
    with pytest.raises(KeyError, match=r"norm_cond\.bias"):
        official_smga_state(theirs, config)
    with pytest.raises(ValueError, match="one input layer"):
        released_smga_state(ours, tiny("gesta"))


@pytest.mark.parametrize(("preset", "millions"), [("official", 73.2), ("gesta", 73.6), ("small", 2.3), ("mini", 0.35)])
def test_sizes_of_the_presets(preset: str, millions: float) -> None:
    with torch.device("meta"):
        smga = Smga(smga_config(preset))
    assert sum(weight.numel() for weight in smga.parameters()) / 1e6 == pytest.approx(millions, rel=0.02)


def test_settings_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="share more than half"):
        smga_config("gesta", sampling={"overlap": 41})
    with pytest.raises(InputError, match="cannot be shared among 7 heads"):
        smga_config("gesta", sizes={"heads": 7})
    with pytest.raises(InputError, match="did you mean official"):
        smga_config("oficial")
