"""What the generator may hear and see, and what it must not."""

from dataclasses import replace

import pytest
import torch

from gesta.echomask.config import generator_config
from gesta.echomask.generator import Generator, Predicted
from gesta.echomask.grouped import GroupedDecoderLayer, GroupedEncoderLayer
from gesta.echomask.known import KnownTokens
from gesta.echomask.motion_input import MotionInput
from gesta.echomask.parts import ALL_PARTS, FACE, HANDS
from gesta.motion.representation import Representation
from gesta.tokenizer.config import tokenizer_config
from tests.echomask.small import CHANNELS, FRAMES, SUMS, known_tokens, made_clips, small_config, small_generator


def predict(generator: torch.nn.Module, clips: object, hearing: int | None = None) -> Predicted:
    visible = torch.zeros(len(clips.real), FRAMES, 1, dtype=torch.bool)
    visible[:, :4] = True
    queries = generator.hear(clips.low, clips.high)
    return generator(
        clips.motion, visible, queries, clips.who, clips.valid, hearing, clips.latents, known_tokens(clips)
    )


@pytest.mark.parametrize(("preset", "millions"), [("official", 223), ("gesta", 249), ("small", 9.0), ("mini", 2.4)])
def test_presets_are_as_large_as_they_say(preset: str, millions: float) -> None:
    """The released network has about 221 million parameters that are read, counted by hand from its layers."""
    codes = tokenizer_config(preset)
    config = generator_config(preset, learned_projection=False)
    representation = Representation("flame100")
    with torch.device("meta"):
        made = Generator(config, MotionInput(representation, config.motion_input).channels, codes.codes, codes.levels)
    assert sum(weight.numel() for weight in made.parameters()) / 1e6 == pytest.approx(millions, rel=0.03)


@pytest.mark.parametrize("groups", [1, 3])
@pytest.mark.parametrize("kind", [GroupedEncoderLayer, GroupedDecoderLayer])
def test_grouped_layers_are_pytorch_layers_side_by_side(groups: int, kind: type) -> None:
    torch.manual_seed(1)
    decoder = kind is GroupedDecoderLayer
    ours = kind(groups, 12, 3, 20, 0.0).eval()
    values, memory = torch.randn(groups, 2, 7, 12), torch.randn(groups, 2, 5, 12)
    found = ours(values, memory) if decoder else ours(values)
    names = {"own": "self_attn", "cross": "multihead_attn", "inner": "linear1", "outer": "linear2"}
    names |= {"norm_own": "norm1", "norm_cross": "norm2", "norm_outer": "norm3" if decoder else "norm2"}
    layer = torch.nn.TransformerDecoderLayer if decoder else torch.nn.TransformerEncoderLayer
    for group in range(groups):
        theirs = layer(12, 3, 20, 0.0, batch_first=True).eval()
        state = {}
        for name, value in ours.state_dict().items():
            first, _, rest = name.partition(".")
            rest = rest.replace("in_", "in_proj_").replace("out.", "out_proj.")
            state[f"{names[first]}.{rest}"] = value[group]
        theirs.load_state_dict(state)
        expected = theirs(values[group], memory[group]) if decoder else theirs(values[group])
        torch.testing.assert_close(found[group], expected, atol=1e-5, rtol=1e-5)


def test_attention_written_out_is_attention() -> None:
    layer = GroupedDecoderLayer(1, 12, 3, 20, 0.0).eval()
    values, memory = torch.randn(1, 2, 7, 12), layer.cross.keys_values(torch.randn(1, 2, 5, 12))
    mask = torch.ones(7, 5, dtype=torch.bool).tril()
    written, weights = layer.with_weights(values, memory, None, mask)
    torch.testing.assert_close(written, layer(values, memory, None, mask), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(1, 2, 7))
    assert (weights[..., 0, 1:] == 0).all()


@pytest.mark.parametrize("look_ahead", [0, 5, 12])
def test_nothing_is_heard_beyond_the_look_ahead(look_ahead: int) -> None:
    """By gradients: token k depends on speech up to its last frame plus the look-ahead, and does use that frame."""
    generator, clips = small_generator(look_ahead=look_ahead), made_clips(1)
    for token in (0, 3, 6):
        low, high = clips.low.clone().requires_grad_(), clips.high.clone().requires_grad_()
        predicted = predict(generator, replace(clips, low=low, high=high))
        predicted.logits[:, :, :, token].sum().backward()
        last = min(4 * token + 3 + look_ahead, FRAMES - 1)
        for heard in (low, high):
            assert (heard.grad[0, last + 1 :] == 0).all()
            assert (heard.grad[0, last] != 0).any()


@pytest.mark.parametrize("look_ahead", [0, 5])
def test_scores_hear_no_further(look_ahead: int) -> None:
    """The attention of query t, summed over the frames it may see, ends where its sight ends."""
    generator, clips = small_generator(look_ahead=look_ahead), made_clips(1)
    low = clips.low.clone().requires_grad_()
    generator.hear(low, clips.high)[:, :, 10].sum().backward()
    assert (low.grad[0, 11 + look_ahead :] == 0).all()


def test_with_full_sight_everything_is_heard() -> None:
    generator, clips = small_generator(), made_clips(1)
    low = clips.low.clone().requires_grad_()
    predict(generator, replace(clips, low=low)).logits[:, :, :, 0].sum().backward()
    assert (low.grad[0].abs().sum(dim=-1) > 0).all()


def test_hidden_motion_is_not_seen() -> None:
    generator, clips = small_generator(), made_clips()
    other = clips.motion.clone()
    other[:, 4:] = torch.randn_like(other[:, 4:])
    torch.testing.assert_close(
        predict(generator, clips).logits, predict(generator, replace(clips, motion=other)).logits
    )


def test_hidden_tokens_are_not_read_and_known_ones_are() -> None:
    """Another code vector changes every part's prediction if its token is known, and nothing if it is not."""
    generator, clips = small_generator(), made_clips()
    told = torch.zeros_like(clips.latents)

    def logits(known: KnownTokens) -> torch.Tensor:
        queries = generator.hear(clips.low, clips.high)
        return generator(clips.motion, clips.known & False, queries, clips.who, told=told, known=known).logits

    known = known_tokens(clips, tokens=2)
    for token, seen in ((1, True), (2, False)):
        vectors = known.vectors.clone()
        vectors[HANDS, :, token] = torch.randn_like(vectors[HANDS, :, token])
        change = (logits(replace(known, vectors=vectors)) - logits(known)).abs()
        assert (change.flatten(1).amax(dim=1) > 1e-4).all() if seen else not change.any()


def test_a_generator_that_reads_tokens_must_be_told_them() -> None:
    generator, clips = small_generator(), made_clips()
    with pytest.raises(ValueError, match="must be told"):
        generator.base(clips.motion, clips.known, generator.hear(clips.low, clips.high), clips.who)


def test_without_token_layers_nothing_reads_tokens() -> None:
    generator, clips = small_generator(sizes=small_config("official").sizes.model_dump()), made_clips()
    queries = generator.hear(clips.low, clips.high)
    with_known, without = (
        generator.base(clips.motion, clips.known, queries, clips.who, known=known)[0]
        for known in (known_tokens(clips), None)
    )
    torch.testing.assert_close(with_known, without)


def test_without_audio_only_the_face_and_the_levels_hear() -> None:
    generator, clips = small_generator(), made_clips()
    other = replace(clips, low=torch.randn_like(clips.low), high=torch.randn_like(clips.high))
    before, after = (predict(generator, item, hearing=0).alone for item in (clips, other))
    torch.testing.assert_close(before[1], after[1])
    assert (before[0] - after[0]).abs().max() > 1e-3


def test_passes_in_one_batch_are_the_passes() -> None:
    generator, clips = small_generator(), made_clips()
    queries, few, many = generator.hear(clips.low, clips.high), clips.known & False, clips.known
    with torch.no_grad():
        together = generator(
            clips.motion.repeat(2, 1, 1),
            torch.cat([few, many]),
            queries,
            clips.who.repeat(2),
            clips.valid.repeat(1, 2),
            hearing=4,
            told=clips.latents.repeat(1, 2, 1, 1, 1),
            known=known_tokens(clips).repeat(2),
        )
        told, known = clips.latents, known_tokens(clips)
        hearing = generator(clips.motion, few, queries, clips.who, told=told, known=known)
        deaf = generator(clips.motion, many, queries, clips.who, hearing=0, told=told, known=known)
    torch.testing.assert_close(together.logits, torch.cat([hearing.logits, deaf.logits], dim=1))


def test_who_is_told_again_without_hearing_says_what_the_deaf_say() -> None:
    generator, clips = small_generator(**SUMS), made_clips()
    queries, known = generator.hear(clips.low, clips.high), known_tokens(clips, tokens=3)
    asked = (clips.motion, clips.known, queries, clips.who, clips.valid)
    with torch.no_grad():
        both, _ = generator.base(*asked, known=known, again_deaf=len(clips.motion))
        hearing, _ = generator.base(*asked, known=known)
        deaf, _ = generator.base(*asked, known=known, hearing=0)
    torch.testing.assert_close(both, torch.cat([hearing, deaf], dim=1))
    assert not torch.allclose(hearing, deaf)


@pytest.mark.parametrize(("missing", "kept"), [((FACE,), (HANDS, 2, 3)), ((HANDS, 2, 3), (FACE,))])
def test_a_missing_part_tells_the_others_nothing(missing: tuple[int, ...], kept: tuple[int, ...]) -> None:
    """Weights that only the missing part's latents pass through get no gradient from what the others predict."""
    generator, clips = small_generator(), made_clips()
    valid = clips.valid.clone()
    valid[list(missing)] = False
    predict(generator, replace(clips, valid=valid)).logits[list(kept)].sum().backward()
    touched = generator.face_latent if FACE in missing else generator.body_exchange.narrow
    assert touched.weight.grad is None or not touched.weight.grad.abs().sum()


def test_scores_are_attention() -> None:
    generator, clips = small_generator(), made_clips()
    queries = generator.hear(clips.low, clips.high)
    scores = generator.scores(clips.motion, clips.known, queries, clips.who)
    weight = generator.attention.part_weights.mean()
    torch.testing.assert_close(scores.sum(dim=1), weight.expand(4), atol=1e-5, rtol=1e-5)
    assert (scores > 0).all()


def test_every_part_has_weights_of_its_own() -> None:
    predicted = predict(small_generator(), made_clips())
    assert predicted.logits.shape == (len(ALL_PARTS), 4, 3, FRAMES // 4, 16)
    assert all((predicted.logits[0] - predicted.logits[part]).abs().max() > 1e-3 for part in range(1, 4))


def test_motion_channels_are_what_was_asked_for() -> None:
    assert small_generator().hidden.shape == (CHANNELS,)
