"""Styles: presets, the way between two, words and files, and what is said about mistakes."""

from pathlib import Path

import pytest

from gesta.errors import InputError
from gesta.procedural.presets import PRESETS
from gesta.procedural.style import OLD_NAMES, Style, blend, style_from


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_style_and_says_only_what_it_changes(name: str) -> None:
    style, neutral = style_from(name), Style()
    assert all(getattr(style, key) != getattr(neutral, key) for key in PRESETS[name])


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Style.model_fields.values())


def test_the_page_describes_every_setting_and_preset() -> None:
    page = (Path(__file__).parents[2] / "docs" / "procedural.md").read_text(encoding="utf-8")
    assert [name for name in (*Style.model_fields, *PRESETS) if f"`{name}`" not in page] == []


def test_a_rest_pose_is_known_by_its_name() -> None:
    assert style_from("rest=clasped").rest == "clasped"
    with pytest.raises(InputError, match="did you mean clasped"):
        style_from("rest=clapsed")


def test_old_names_stay_valid() -> None:
    for old, new in OLD_NAMES.items():
        assert getattr(style_from(f"{old}=0.1"), new) == 0.1


def test_the_way_between_two_styles_is_smooth_and_ends_at_both() -> None:
    calm, lively = style_from("calm"), style_from("lively")
    assert blend(calm, lively, 0.0) == calm
    assert blend(calm, lively, 1.0) == lively
    sizes = [blend(calm, lively, share / 10).size for share in range(11)]
    assert sizes == sorted(sizes)
    assert blend(Style(smile=0.0), Style(smile=0.4), 0.25).smile == pytest.approx(0.1)
    assert blend(Style(seated=True), Style(), 0.4).seated
    assert not blend(Style(seated=True), Style(), 0.6).seated
    places = Style(rest_left_m=(0.0, -0.2, 0.1)), Style(rest_left_m=(0.2, -0.4, 0.1))
    assert blend(*places, 0.5).rest_left_m == pytest.approx((0.1, -0.3, 0.1))


def test_the_way_between_two_presets_can_be_written() -> None:
    assert style_from("calm>lively=0.3") == blend(style_from("calm"), style_from("lively"), 0.3)
    assert style_from("calm > lively = 0.3, smile=0.5").smile == 0.5
    for wrong in ("calm>lively", "calm>lively=2", "calm>lively=x"):
        with pytest.raises(InputError, match="between two styles"):
            style_from(wrong)
    with pytest.raises(InputError, match="did you mean lively"):
        style_from("calm>livly=0.5")


@pytest.mark.parametrize("name", ["song.mp3", "take.fbx", "moves/take", "notes.TXT"])
def test_files_that_hold_no_style_are_refused_by_what_could(name: str) -> None:
    with pytest.raises(InputError, match=r"cannot be taken as a style: .*\.toml.*\.npz or \.bvh"):
        style_from(name)
