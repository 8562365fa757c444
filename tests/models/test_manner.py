"""What a user may ask a trained model to be: a speaker, or a style whose numbers it was told."""

import pytest
import torch
from pydantic import ValidationError

from gesta.bundles.debug import debug_bundle
from gesta.bundles.folder import Bundle, build_model
from gesta.errors import InputError
from gesta.models.manner import manner_from, who_of
from gesta.procedural.style import Style, style_from

TRAITS = ("energy", "size", "tempo", "seated")
SPEAKERS = ("calm", "lively")


@pytest.fixture
def told() -> Bundle:
    """A model that knows four numbers of styles, of random weights."""
    config = debug_bundle().config
    generator = config.generator.model_copy(update={"traits": TRAITS})
    config = config.model_copy(update={"generator": generator, "speakers": SPEAKERS})
    model = build_model(config).eval()
    assert model.generator.manner is not None
    rows = [
        [float(getattr(style_from(name, 0.5 + number), trait)) for trait in TRAITS]
        for number, name in enumerate(SPEAKERS)
    ]
    model.generator.manner.fit(rows)
    return Bundle(config, model)


def test_numbers_reach_the_model_in_their_order(told: Bundle) -> None:
    manner = manner_from(told.config, "calm,size=1.2", 0.8)
    assert isinstance(manner, Style)
    who = who_of(told, manner)
    assert who.speakers.tolist() == [0]
    torch.testing.assert_close(who.traits, torch.tensor([[0.8, 1.2, 0.85, 0.0]]))
    assert who_of(told, style_from("lively")).speakers.tolist() == [1]


def test_speakers_are_styles_too(told: Bundle) -> None:
    by_number, by_name = (who_of(told, manner_from(told.config, text, None)) for text in ("speaker=2", "lively"))
    torch.testing.assert_close(by_number.traits, by_name.traits)
    assert by_number.speakers.tolist() == by_name.speakers.tolist() == [1]


def test_a_number_that_it_does_not_know_is_refused(told: Bundle) -> None:
    with pytest.raises(InputError, match="breath"):
        manner_from(told.config, "calm,breath=2", None)
    with pytest.raises(InputError, match="--energy"):
        manner_from(debug_bundle().config, "neutral", 0.5)


def test_a_number_that_it_was_told_but_does_not_follow_is_refused(told: Bundle) -> None:
    config = told.config.model_copy(update={"follows": ("energy", "size")})
    assert isinstance(manner_from(config, "calm,size=1.2", 0.8), Style)
    with pytest.raises(InputError, match="does not follow the 'tempo' of a style, only energy, size;"):
        manner_from(config, "lively,tempo=1.2", None)


def test_nobody_follows_a_number_that_was_never_told(told: Bundle) -> None:
    with pytest.raises(ValidationError, match="never told breath"):
        type(told.config).model_validate(told.config.model_dump() | {"follows": ("energy", "breath")})
