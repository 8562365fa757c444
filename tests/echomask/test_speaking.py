"""From features to motion: any length, in any pieces, once or in steps, with frames that stay."""

import numpy as np
import pytest
import torch

from gesta.echomask.config import Decoding
from gesta.echomask.decoding import Window, accepted_by, choose, decode
from gesta.echomask.generator import Generator
from gesta.echomask.known import KnownTokens
from gesta.echomask.parts import ALL_PARTS
from gesta.echomask.sight import Sight
from gesta.echomask.speaker import EchoMaskSpeaker, Given
from gesta.motion.representation import rest_channels
from gesta.records import PARTS, Motion, SpeechFeatures
from gesta.take import join_motion
from tests.echomask.small import CODES, FRAMES, SUMS, known_tokens, made_clips, made_features, small_model

SINGLE = Decoding(method="single")
STEPS = Decoding(method="iterative", steps=3)


def spoken(
    features: list[SpeechFeatures], decoding: Decoding = SINGLE, seed: int = 0, **settings: object
) -> list[Motion]:
    given = settings.pop("given", None)
    speaker = EchoMaskSpeaker(small_model(**settings), decoding=decoding, seed=seed, given=given)
    made = [motion for part in features[:-1] for motion in speaker.push(part)]
    return [*made, *speaker.finish(features[-1])]


def joined(motions: list[Motion]) -> np.ndarray:
    return np.concatenate([motion.rotations.reshape(motion.frame_count, -1) for motion in motions])


def pieces(features: SpeechFeatures, size: int) -> list[SpeechFeatures]:
    starts = range(0, features.frame_count, size)
    return [
        SpeechFeatures(features.low[at : at + size], features.high[at : at + size], features.encoder, at)
        for at in starts
    ]


@pytest.mark.parametrize("frames", [3, FRAMES - 1, FRAMES, FRAMES + 1, 100, 200])
@pytest.mark.parametrize("decoding", [SINGLE, STEPS], ids=["single", "iterative"])
def test_every_frame_gets_motion(frames: int, decoding: Decoding) -> None:
    motions = spoken([made_features(frames)], decoding)
    assert sum(motion.frame_count for motion in motions) == frames
    for motion in motions:
        assert motion.attention is not None
        assert 0.0 < motion.attention.min() <= motion.attention.max() < 1.0
        assert 0.0 <= motion.face.min() <= motion.face.max() <= 1.0


@pytest.mark.parametrize("size", [1, 7, 50])
@pytest.mark.parametrize("settings", [{}, {"preset": "official"}, SUMS], ids=["gesta", "official", "sums"])
def test_a_stream_is_what_a_file_is(size: int, settings: dict[str, object]) -> None:
    features = made_features(150)
    whole, stream = (spoken(parts, STEPS, **settings) for parts in ([features], pieces(features, size)))
    np.testing.assert_allclose(joined(stream), joined(whole), atol=1e-5)
    for name in ("translation", "face", "attention", "contacts"):
        both = [np.concatenate([getattr(motion, name) for motion in made]) for made in (stream, whole)]
        np.testing.assert_allclose(both[0], both[1], atol=1e-5)


@pytest.mark.parametrize("size", [1, 7, 150])
@pytest.mark.parametrize("look_ahead", [0, 6, 12])
def test_a_stream_gives_each_token_when_it_has_heard_so_far_ahead(size: int, look_ahead: int) -> None:
    """Whatever the pieces, the same frames, each no sooner and no later than a token and the look-ahead allow."""
    features, drawing = made_features(150), Decoding(method="single", temperature=1.0)

    def stream(parts: list[SpeechFeatures]) -> tuple[list[Motion], list[int]]:
        speaker = EchoMaskSpeaker(small_model(causal=True), decoding=drawing, look_ahead=look_ahead)
        made: list[Motion] = []
        told = []
        for part in parts:
            made += speaker.push(part)
            told.append(sum(motion.frame_count for motion in made))
        return [*made, *speaker.finish()], told

    whole, _ = stream([features])
    parts = pieces(features, size)
    made, told = stream(parts)
    np.testing.assert_array_equal(joined(made), joined(whole))
    assert len(joined(made)) == 150
    for part, frames in zip(parts, told, strict=True):
        heard = part.start_frame + part.frame_count
        assert frames == max(0, (heard - look_ahead) // 4 * 4)


def test_what_lies_beyond_the_look_ahead_changes_nothing() -> None:
    features = made_features(100)
    later = np.arange(100)[:, None] >= 60
    other = SpeechFeatures(np.where(later, np.float32(3.0), features.low), features.high, features.encoder)
    before, after = (
        joined(list(EchoMaskSpeaker(small_model(causal=True), decoding=SINGLE, look_ahead=12).finish(heard)))
        for heard in (features, other)
    )
    np.testing.assert_array_equal(before[:48], after[:48])
    assert np.abs(before[48:] - after[48:]).max() > 1e-4


def test_what_is_heard_ahead_is_spoken_by_the_next_window() -> None:
    """Large pieces with frames heard ahead speak everything too, once."""
    settled = Decoding(method="iterative", steps=2, past=8, ahead=8)
    for frames in (20, FRAMES, 150):
        assert len(joined(spoken([made_features(frames)], settled))) == frames


def test_motion_comes_before_the_end_of_the_stream() -> None:
    speaker = EchoMaskSpeaker(small_model(), decoding=SINGLE)
    early = [motion for part in pieces(made_features(900), 30) for motion in speaker.push(part)]
    assert sum(motion.frame_count for motion in early) > 500


def test_the_seed_matters_where_tokens_are_drawn() -> None:
    features, drawing = made_features(70), Decoding(method="iterative", steps=3, temperature=1.0, top_k=8)
    first, again, other = (joined(spoken([features], drawing, seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-3
    np.testing.assert_array_equal(*(joined(spoken([features], SINGLE, seed)) for seed in (1, 2)))


def test_one_step_is_a_single_pass() -> None:
    features = made_features(70)
    once = spoken([features], Decoding(method="iterative", steps=1))
    np.testing.assert_array_equal(joined(once), joined(spoken([features])))


def test_more_tokens_are_accepted_with_every_step() -> None:
    counts = [accepted_by(step, 8, 16) for step in range(1, 9)]
    assert counts == sorted(counts)
    assert counts[-1] == 16
    assert [accepted_by(step, 3, 7, "earliest") for step in (1, 2, 3)] == [2, 4, 7]
    # A quarter of a cosine: slow at first. By hand: 16 - floor(16 cos(pi / 16)) = 16 - 15.
    assert counts[0] == 1


@pytest.mark.parametrize("kept", [[], [5]], ids=["nothing kept", "one token kept"])
def test_the_earliest_tokens_are_accepted_first_and_as_many_in_each_pass(
    kept: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, clips = small_model(), made_clips(1)
    motion = torch.randn(1, FRAMES, model.motion_input.channels)
    visible = torch.zeros_like(motion, dtype=torch.bool)
    for token in [0, *kept]:
        visible[:, 4 * token : 4 * token + 4] = True
    known = torch.zeros(4, 1, FRAMES // 4, dtype=torch.bool)
    known[..., [0, *kept]] = True
    queries = model.generator.hear(clips.low, clips.high)
    tokens = KnownTokens(torch.randn(4, 1, FRAMES // 4, model.config.sizes.latent), known)
    window = Window(motion, visible, queries, clips.who, known=tokens)
    seen: list[list[int]] = []
    base = model.generator.base

    def watched(*args: object, known: KnownTokens, **more: object) -> object:
        seen.append(known.there[0, 0].nonzero().flatten().tolist())
        return base(*args, known=known, **more)

    monkeypatch.setattr(model.generator, "base", watched)
    how = Decoding(method="iterative", steps=3, order="earliest", temperature=1.0)
    with torch.no_grad():
        decode(model.generator, window, how, model.shown, model.books(), torch.Generator().manual_seed(0))
    if kept:
        assert seen == [[0, 5], [0, 1, 2, 5], [0, 1, 2, 3, 4, 5]]
    else:
        assert seen == [[0], [0, 1, 2], [0, 1, 2, 3, 4]]


@pytest.mark.parametrize("order", ["earliest", "surest"])
def test_no_pass_is_made_for_tokens_that_nobody_needs(order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, clips = small_model(), made_clips(1)
    motion = torch.randn(1, FRAMES, model.motion_input.channels)
    visible = torch.zeros_like(motion, dtype=torch.bool)
    queries = model.generator.hear(clips.low, clips.high)
    passes: list[int] = []
    base = model.generator.base
    monkeypatch.setattr(model.generator, "base", lambda *args, **more: passes.append(1) or base(*args, **more))

    def decoded(needed: int | None) -> tuple[torch.Tensor, int]:
        passes.clear()
        how = Decoding(method="iterative", steps=4, order=order, temperature=1.0)
        window = Window(motion, visible, queries, clips.who, known=known_tokens(clips, 0))
        chance = torch.Generator().manual_seed(0)
        with torch.no_grad():
            return decode(model.generator, window, how, model.shown, model.books(), chance, needed), len(passes)

    (whole, every), (first, few) = decoded(None), decoded(1)
    assert every == 4
    torch.testing.assert_close(first[..., :1], whole[..., :1])
    if order == "earliest":
        assert few == 1


def test_confidence_is_that_of_the_least_sure_part() -> None:
    logits = torch.zeros(4, 1, 1, 3)
    logits[:, 0, 0, 1] = torch.tensor([5.0, 1.0, 3.0, 4.0])
    codes, confidence = choose(logits, SINGLE, torch.Generator())
    assert (codes[:, 0, 0] == 1).all()
    assert confidence.item() == pytest.approx(np.e / (np.e + 2.0), rel=1e-5)


def test_only_the_likeliest_are_drawn() -> None:
    logits = torch.randn(4, 50, 16, 30)
    codes, _ = choose(logits, Decoding(temperature=5.0, top_k=2), torch.Generator().manual_seed(0))
    best = logits.topk(2, dim=-1).indices
    assert (codes[..., None] == best).any(dim=-1).all()
    assert (codes != best[..., 0]).any()


def test_given_frames_are_seen_in_the_windows_they_are_in(monkeypatch: pytest.MonkeyPatch) -> None:
    model = small_model()
    representation = model.tokenizers.representation
    frames, rng = np.zeros(120, bool), np.random.default_rng(0)
    frames[70:80] = True
    parts = {
        part: rng.standard_normal((120, representation.size(part))).astype(np.float32) for part in representation.parts
    }
    known = {part: np.ones(representation.size(part), bool) for part in representation.parts}
    windows: list[Window] = []

    def watched(generator: Generator, window: Window, *rest: object) -> torch.Tensor:
        windows.append(window)
        return decode(generator, window, *rest)

    monkeypatch.setattr("gesta.echomask.speaker.decode", watched)
    list(EchoMaskSpeaker(model, decoding=SINGLE, given=Given(parts, known, frames)).finish(made_features(120)))
    seen = [window.visible.all(dim=-1)[0].nonzero().flatten().tolist() for window in windows]
    # Windows begin 28 frames apart, and all but the first see the 4 frames that came before.
    assert seen == [[], [0, 1, 2, 3], [0, 1, 2, 3, *range(14, 24)], [0, 1, 2, 3], [0, 1, 2, 3]]
    shown = model.seen({part: torch.from_numpy(values[56:88])[None] for part, values in parts.items()})
    torch.testing.assert_close(windows[2].motion[0, 15:23], shown[0, 15:23])


def test_unknown_channels_of_given_frames_are_not_seen() -> None:
    model = small_model()
    representation = model.tokenizers.representation
    frames, rng = np.ones(60, bool), np.random.default_rng(0)
    known = {part: np.full(representation.size(part), part == "face") for part in representation.parts}
    made = []
    for _ in range(2):
        parts = {part: np.ones((60, representation.size(part)), np.float32) for part in representation.parts}
        parts["hands"] = rng.standard_normal(parts["hands"].shape).astype(np.float32)
        made.append(joined(spoken([made_features(60)], given=Given(parts, known, frames))))
    np.testing.assert_array_equal(*made)


def test_a_take_does_not_claim_what_no_clip_had() -> None:
    model = small_model()
    channels = model.tokenizers.channels
    channels.hands_sd.zero_()
    channels.hands_mean.copy_(torch.from_numpy(rest_channels(channels.representation)["hands"][0]))
    channels.lower_sd[channels.representation.slice("lower", "contacts")] = 0.0
    motions = list(EchoMaskSpeaker(model, decoding=SINGLE).finish(made_features(40)))
    assert motions[0].parts == {"upper", "lower", "translation", "face"}
    whole = join_motion(motions, 40)
    assert whole.parts == motions[0].parts
    assert not whole.floor_known
    assert spoken([made_features(40)])[0].parts == frozenset(PARTS)


@pytest.mark.parametrize("reads", ["features", "codes"])
def test_levels_are_the_likeliest_after_those_chosen_before(reads: str) -> None:
    """Choosing level by level agrees with a training pass that is told the codes that were chosen."""
    model, clips = small_model(residual_reads=reads), made_clips()
    generator = model.generator
    queries = generator.hear(clips.low, clips.high)
    base = torch.randn(4, 4, FRAMES // 4, generator.config.sizes.latent)
    chosen = generator.choose(base, torch.randint(CODES, base.shape[:3]), queries, model.books())
    told = torch.stack([model.books().vectors(level, chosen[:, :, level]) for level in range(chosen.shape[2])], dim=2)
    logits, _ = generator.residual(base, queries, Sight(), told)
    assert torch.equal(torch.stack(logits, dim=2).argmax(dim=-1), chosen[:, :, 1:])


def test_the_nearest_codes_of_all_parts_are_those_of_each() -> None:
    model = small_model()
    latents = torch.randn(4, 3, FRAMES // 4, model.config.sizes.latent)
    found = model.books().nearest(latents)
    for number, part in enumerate(ALL_PARTS):
        expected = model.tokenizers.parts[part].quantiser.tokenize(latents[number])
        assert torch.equal(found[number], expected.transpose(1, 2))


def test_expected_levels_are_the_likeliest_ones_where_there_is_no_doubt() -> None:
    model, clips = small_model(), made_clips()
    generator = model.generator
    for level in model.tokenizers.parts["upper"].quantiser.levels:
        level.vectors.mul_(3.0)
    for level in generator.residual.levels:
        level.classifier.outer.weight.data.mul_(1e4)
    queries = generator.hear(clips.low, clips.high)
    base = torch.randn(4, 4, FRAMES // 4, generator.config.sizes.latent)
    codes = torch.randint(CODES, base.shape[:3])
    with torch.no_grad():
        likeliest = generator.choose(base, codes, queries, model.books())
        expected = generator.choose(base, codes, queries, model.books(), "expected")
    summed = sum(model.books().vectors(level, likeliest[:, :, level]) for level in range(likeliest.shape[2]))
    assert torch.equal(expected, model.books().nearest(summed))


def test_a_sum_said_at_once_is_what_training_was_told() -> None:
    """Codes are those nearest to the base vector and the sum that a training pass says after the same base codes."""
    model, clips = small_model(**SUMS), made_clips()
    generator, known = model.generator, known_tokens(made_clips(), tokens=2)
    queries = generator.hear(clips.low, clips.high)
    base = torch.randn(4, 4, FRAMES // 4, generator.config.sizes.latent)
    codes = torch.randint(CODES, base.shape[:3])
    told = clips.latents.clone()
    told[:, :, 0] = model.books().vectors(0, codes)
    with torch.no_grad():
        chosen = generator.choose(base, codes, queries, model.books(), known=known)
        rest = generator.levels(base, queries, told, known).rest
    assert rest is not None
    assert torch.equal(chosen, model.books().nearest(told[:, :, 0] + rest))


def test_expected_levels_add_nothing_where_all_codes_are_as_likely() -> None:
    model, clips = small_model(), made_clips()
    for level in model.generator.residual.levels:
        level.classifier.outer.weight.data.zero_()
        level.classifier.outer.bias.data.zero_()
    queries = model.generator.hear(clips.low, clips.high)
    base = torch.randn(4, 4, FRAMES // 4, model.config.sizes.latent)
    codes = torch.randint(CODES, base.shape[:3])
    with torch.no_grad():
        expected = model.generator.choose(base, codes, queries, model.books(), "expected")
    means = sum(model.books().codebook(level).mean(dim=1) for level in (1, 2))
    assert torch.equal(expected, model.books().nearest(model.books().vectors(0, codes) + means[:, None, None]))
