"""Whole takes through tokenizers: lengths, stretches, where the body goes, and streams."""

from itertools import product

import numpy as np
import pytest
import torch

from gesta.errors import InputError
from gesta.motion.representation import Representation
from gesta.tokenizer import tokenizers as tokenizers_module
from gesta.tokenizer.blocks import Convolution
from gesta.tokenizer.channels import PART_ORDER
from gesta.tokenizer.stream import StreamingDecoder
from gesta.tokenizer.tokenizers import Tokenizers
from tests.motion.moving import made_motion
from tests.tokenizer.made_tokenizers import made_parts, random_indices, tiny_tokenizers

START = torch.tensor([[1.0, 5.0, -2.0]])


def together(stretches: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    return {part: torch.cat([stretch[part] for stretch in stretches], dim=1) for part in stretches[0]}


def assert_same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> None:
    assert first.keys() == second.keys()
    for part, values in first.items():
        assert values.shape == second[part].shape
        assert (values - second[part]).abs().max() < 1e-5, part


@pytest.mark.parametrize("basis", ["arkit52", "flame100"])
def test_shapes_and_order(basis: str) -> None:
    tokenizers, parts = tiny_tokenizers(basis), made_parts(2, 16, basis)
    assert tuple(tokenizers.parts) == PART_ORDER
    indices = tokenizers.tokenize(parts)
    assert {part: tuple(chosen.shape) for part, chosen in indices.items()} == dict.fromkeys(parts, (2, 4, 3))
    assert all(tuple(codes.shape) == (2, 3, 4, 16) for codes in tokenizers.quantised(indices).values())
    decoded = tokenizers.decode(indices)
    assert {part: values.shape for part, values in decoded.items()} == {
        part: values.shape for part, values in parts.items()
    }
    hands = tokenizers.decode({"hands": indices["hands"][..., :1]})
    assert hands.keys() == {"hands"}
    with pytest.raises(KeyError):
        tokenizers.tokenize({"feet": parts["lower"]})


@pytest.mark.parametrize("root", ["global_motion", "lower"])
@pytest.mark.parametrize("translation", ["velocity", "position"])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("straight", [False, True])
def test_decoding_in_stretches_is_decoding_at_once(root: str, translation: str, causal: bool, straight: bool) -> None:
    tokenizers = tiny_tokenizers(root=root, translation=translation, causal_decoder=causal, straight=straight)
    indices = random_indices(tokenizers, 70)
    with torch.no_grad():
        whole = tokenizers.decode(indices, START)
    for size in (1, 16, 70, 100):
        assert_same(together(list(tokenizers.decode_long(indices, size, START))), whole)
    assert torch.allclose(whole["lower"][:, 0, [54, 56]], START[:, [0, 2]], atol=1e-6)


def test_the_reach_of_a_decoder_is_no_smaller_than_what_moves_it() -> None:
    for causal, straight in product((False, True), repeat=2):
        tokenizer = tiny_tokenizers(causal_decoder=causal, straight=straight, residual_depth=3).parts["upper"]
        latents = torch.randn(1, 120, 16, requires_grad=True)
        tokenizer.decode(latents)[0, 4 * 60 + 1].sum().backward()
        moved = latents.grad.abs().sum((0, 2)).nonzero().flatten()
        reach = tokenizer.decoder.reach
        assert 60 - reach <= moved.min() <= 60 - reach + 3
        assert moved.max() == 60 if causal else 60 + reach - 3 <= moved.max() <= 60 + reach


def test_whole_takes_are_tokenised_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizers, motion = tiny_tokenizers(straight=True), made_motion(301)
    whole = tokenizers.encode_motion(motion)
    assert all(chosen.shape == (76, 3) and chosen.dtype == np.int64 for chosen in whole.values())
    monkeypatch.setattr(tokenizers_module, "CHUNK_TOKENS", 9)
    for part, chosen in tokenizers.encode_motion(motion).items():
        assert np.array_equal(chosen, whole[part]), part
    parts = Representation().encode(motion)
    padded = {part: torch.tensor(np.concatenate([a, a[-1:], a[-1:], a[-1:]]))[None] for part, a in parts.items()}
    for part, chosen in tokenizers.tokenize(padded).items():
        assert np.array_equal(chosen[0].numpy(), whole[part]), part


@pytest.mark.parametrize("frames", [1, 4, 6])
def test_a_take_comes_back_as_long_as_it_was(frames: int) -> None:
    tokenizers, motion = tiny_tokenizers(), made_motion(frames)
    indices = tokenizers.encode_motion(motion)
    found = tokenizers.decode_motion(indices, frames, motion.translation[0], provenance={"model": "test"})
    assert found.frame_count == frames
    assert found.parts == motion.parts
    assert found.provenance == {"model": "test"}
    assert np.allclose(found.translation[0, [0, 2]], motion.translation[0, [0, 2]], atol=1e-6)
    face = tokenizers.decode_motion({"face": indices["face"]})
    assert face.parts == {"face"}
    assert face.frame_count == 4 * len(indices["face"])


def test_what_a_motion_lacks_is_hidden_from_its_tokens() -> None:
    tokenizers = tiny_tokenizers()
    motion = made_motion(24)
    without = motion.replaced(parts=frozenset({"upper", "lower", "hands", "face"}))
    moved = without.replaced(translation=motion.translation + 50.0)
    first, second = (tokenizers.encode_motion(one) for one in (without, moved))
    assert np.array_equal(first["lower"], second["lower"])


def test_the_body_goes_where_global_motion_says_or_where_its_own_tokens_say() -> None:
    own, told = (tiny_tokenizers(root=root) for root in ("lower", "global_motion"))
    indices = random_indices(own, 10)
    with torch.no_grad():
        paths = [one.decode(indices, START)["lower"][..., 54:57] for one in (own, told)]
        told.global_motion.exit.bias[54] += 100.0
        pushed = told.decode(indices, START)["lower"]
        turned = told.decode({"lower": indices["lower"].flip(1)}, START)["lower"]
    assert not torch.allclose(*paths)
    assert not torch.equal(turned[..., 54], pushed[..., 54])
    assert torch.allclose(pushed[..., :54], own.decode(indices)["lower"][..., :54])
    speed = 100.0 * told.channels.lower_sd[54] / 30
    expected = paths[1][..., 0] + speed * torch.arange(40)
    assert torch.allclose(pushed[..., 54], expected, rtol=1e-4)


@pytest.mark.parametrize("root", ["global_motion", "lower"])
@pytest.mark.parametrize("straight", [False, True])
def test_a_stream_is_decoded_as_the_whole_take_is(root: str, straight: bool) -> None:
    tokenizers = tiny_tokenizers(causal_decoder=True, root=root, straight=straight)
    indices = random_indices(tokenizers, 40, clips=2)
    start = START.expand(2, 3)
    with torch.no_grad():
        whole = tokenizers.decode(indices, start)
    for size in (1, 7):
        stream = StreamingDecoder(tokenizers, start)
        pieces = [
            stream.push({part: chosen[:, first : first + size] for part, chosen in indices.items()})
            for first in range(0, 40, size)
        ]
        assert pieces[0]["upper"].shape == (2, 4 * size, 78)
        assert_same(together(pieces), whole)


@pytest.mark.parametrize("straight", [False, True])
def test_causal_decoding_looks_back_only(straight: bool) -> None:
    tokenizers = tiny_tokenizers(causal_decoder=True, straight=straight)
    tokenizer = tokenizers.parts["lower"]
    latents = torch.randn(1, 12, 16, requires_grad=True)
    lower = tokenizers.channels.decode("lower", tokenizer.decode(latents))
    moved = tokenizers.global_motion(tokenizers.channels.for_global_motion(lower))
    for token in (0, 5, 11):
        for frame in (4 * token, 4 * token + 3):
            for values in (lower, moved):
                (gradient,) = torch.autograd.grad(values[0, frame].sum(), latents, retain_graph=True)
                reached = gradient.abs().sum((0, 2))
                assert not reached[token + 1 :].any()
                assert reached[token] > 0


def test_a_decoder_that_looks_ahead_cannot_stream() -> None:
    with pytest.raises(InputError, match="causal_decoder = true"):
        StreamingDecoder(tiny_tokenizers())


def test_a_saved_state_decodes_the_same() -> None:
    first, second = tiny_tokenizers(), Tokenizers(tiny_tokenizers().config).eval()
    second.load_state_dict(first.state_dict())
    indices = random_indices(first, 6)
    with torch.no_grad():
        assert_same(first.decode(indices), second.decode(indices))


def test_convolutions_may_be_wider_than_codes() -> None:
    tokenizers = tiny_tokenizers(hidden=24)
    parts = made_parts(1, 16)
    tokens = tokenizers.tokenize(parts)
    assert tokenizers.quantised(tokens)["upper"].shape[-1] == tokenizers.config.width != 24
    assert {
        convolution.out_channels
        for convolution in tokenizers.parts["upper"].decoder.doublings[0].modules()
        if isinstance(convolution, torch.nn.Conv1d)
    } == {24}
    assert tokenizers.decode(tokens)["upper"].shape == parts["upper"].shape


@pytest.mark.parametrize("causal", [False, True])
def test_a_dilated_convolution_of_one_clip_is_that_of_many(causal: bool) -> None:
    """One clip takes a way of its own where no gradient is wanted."""
    layer, clips = Convolution(5, 7, dilation=3, causal=causal), torch.randn(2, 5, 20)
    with torch.no_grad():
        alone = torch.cat([layer(clip[None]) for clip in clips])
    torch.testing.assert_close(alone, layer(clips).detach())
