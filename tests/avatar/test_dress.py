"""The built-in body's clothes and hair: whole outfits in every look, nothing in the floor, no skin through cloth."""

import numpy as np
import pytest

from gesta.avatar.asset import body_asset
from gesta.avatar.figure import figure
from gesta.avatar.info import KINDS, SKIN
from gesta.avatar.looks import look, looks
from gesta.avatar.palette import palette
from tests.avatar.poking import TRIED, poking

BODY = body_asset()
OUTFITS = tuple(BODY.info.outfits)
MOST_TRIANGLES, MOST_TRIANGLES_BY_DEFAULT = 40_000, 30_000
POKING_M = 0.001


def of_kind(name: str, kind: str) -> np.ndarray:
    """Places (n, 3) of a dressed body's vertices of one kind that are drawn."""
    dressed = figure(look(name))
    used = np.unique(dressed.faces)
    return dressed.vertices[used[dressed.kind[used] == KINDS.index(kind)]]


def test_there_are_three_outfits_and_three_hairs_at_least() -> None:
    assert len(OUTFITS) >= 3
    assert len(BODY.info.hairs) >= 3
    assert len(looks()) >= 6


@pytest.mark.parametrize("name", looks())
def test_a_look_is_small_enough_to_draw(name: str) -> None:
    default = next(iter(looks()))
    assert len(figure(look(name)).faces) <= (MOST_TRIANGLES_BY_DEFAULT if name == default else MOST_TRIANGLES)


@pytest.mark.parametrize("outfit", OUTFITS)
def test_shoes_stand_on_the_floor(outfit: str) -> None:
    lowest = of_kind(outfit, "shoe")[:, 1].min()
    assert -0.002 <= lowest <= 0.004


@pytest.mark.parametrize("outfit", OUTFITS)
def test_no_bare_feet_are_left_inside_of_shoes(outfit: str) -> None:
    assert of_kind(outfit, "skin")[:, 1].min() > 0.06


@pytest.mark.parametrize("outfit", OUTFITS)
def test_face_neck_and_hands_stay_bare(outfit: str) -> None:
    hidden = np.zeros(len(BODY.pieces[SKIN].faces), bool)
    hidden[BODY.hidden[outfit]] = True
    marks = BODY.info.landmarks
    bare = [*marks["face"], *marks["left_fingertips"], *marks["right_fingertips"]]
    assert not hidden[np.isin(BODY.pieces[SKIN].faces, bare).any(axis=1)].any()
    assert hidden.mean() > 0.2


@pytest.mark.parametrize("outfit", OUTFITS)
def test_no_skin_comes_through_the_clothes(outfit: str) -> None:
    poked = {pose: int((out > POKING_M).sum()) for pose, out, _ in poking(figure(look(outfit)))}
    assert len(poked) == len(TRIED)
    assert not any(poked.values()), poked


def test_every_outfit_comes_in_colours_that_differ_between_top_and_bottom() -> None:
    for outfit in OUTFITS:
        for swatches in palette().outfits[outfit].values():
            upper = swatches.get("top", swatches.get("jacket"))
            assert upper != swatches["bottom"]


def test_skins_go_from_very_light_to_very_dark() -> None:
    shown = [bytes.fromhex(swatches["skin"][1:]) for swatches in palette().skins.values()]
    lightness = [sum(colour) / 3 for colour in shown]
    assert lightness == sorted(lightness, reverse=True)
    assert lightness[0] > 2.5 * lightness[-1]
