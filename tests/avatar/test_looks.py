"""Looks: presets and changes of them, wrong names answered with near ones, and colours as light."""

from pathlib import Path

import numpy as np
import pytest

from gesta.avatar.colours import linear_from_srgb
from gesta.avatar.looks import DEFAULT_LOOK, Look, look, look_from, looks
from gesta.avatar.palette import Palette
from gesta.errors import InputError
from tests.avatar.made_body import made_body, made_body_in_use, made_palette

COLOURS, INFO = made_palette(), made_body().info


def made_look(text: str) -> Look:
    return look_from(text, COLOURS, INFO)


def test_a_preset_and_changes_of_it() -> None:
    host = made_look("host")
    assert (host.outfit, host.colours, host.hair, host.skin) == ("shirt", "navy", "short", "light")
    changed = made_look("host, hair=long,skin=deep")
    assert changed == host.model_copy(update={"hair": "long", "skin": "deep"})
    assert made_look("") == host
    assert made_look("eyes=green").eyes == "green"
    assert hash(made_look("host,hair=long,skin=deep")) == hash(changed)


def test_an_outfit_comes_in_its_first_colours() -> None:
    assert (made_look("suit").outfit, made_look("suit").colours) == ("suit", "grey")
    assert made_look("speaker").colours == "blue"
    assert made_look("speaker,outfit=shirt").colours == "navy"
    assert made_look("host,outfit=suit,colours=blue").colours == "blue"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hots", "Unknown look 'hots': did you mean host?"),
        ("host,hair=shrt", "Unknown hair 'shrt': did you mean short?"),
        ("host,hare=short", "Unknown setting 'hare': did you mean hair?"),
        ("suit,colours=navy", "Unknown colours 'navy': choose from blue, grey."),
        ("host,long", "'long' is not key=value"),
        ("host,skin=green", "Unknown skin 'green'"),
        ("host,eyes=3", "the setting 'eyes' is 3"),
    ],
)
def test_wrong_words_are_answered(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said.replace("?", r"\?")):
        made_look(text)


def test_the_presets_of_the_body_in_use(tmp_path: Path) -> None:
    with made_body_in_use(tmp_path):
        assert list(looks()) == ["host", "speaker"]
        assert look() == looks()[DEFAULT_LOOK]


def test_colours_become_light_and_missing_ones_are_named() -> None:
    host = made_look("host")
    light = COLOURS.linear(host, ("skin", "top"))
    np.testing.assert_allclose(light, linear_from_srgb([(0xE8, 0xC3, 0xA8), (0x28, 0x40, 0x5E)]))
    np.testing.assert_allclose(linear_from_srgb((0, 255, 188)), (0.0, 1.0, 0.5029), atol=1e-4)
    with pytest.raises(InputError, match="no colour for 'buttons'"):
        COLOURS.linear(host, ("top", "buttons"))


def test_gloss_is_the_swatch_s_own_or_its_kind_s() -> None:
    np.testing.assert_array_equal(COLOURS.gloss_of(("lips", "nails"), "skin"), (0.45, 0.25))
    np.testing.assert_array_equal(COLOURS.gloss_of(("top",), "cloth"), (0.0,))


def test_a_palette_refuses_what_is_no_colour() -> None:
    table = COLOURS.model_dump()
    table["common"]["sclera"] = "white"
    with pytest.raises(InputError, match=r"common\.sclera"):
        Palette.checked(table, "the test")
