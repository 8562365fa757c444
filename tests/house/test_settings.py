"""Typed settings: what they refuse, and what they say then."""

from pathlib import Path

import pytest
from pydantic import Field

from gesta.errors import InputError
from gesta.extras import extra_module
from gesta.settings import Settings, read_table


class Inner(Settings):
    steps: int = Field(10, ge=1, description="how many")
    names: tuple[str, ...] = Field((), description="some words")


class Outer(Settings):
    inner: Inner = Inner()
    rate: float = Field(0.5, description="a number")


def test_an_unknown_key_is_refused_with_the_near_name() -> None:
    with pytest.raises(InputError, match=r"inner\.stepz.*did you mean inner\.steps"):
        Outer.checked({"inner": {"stepz": 3}}, "a test")


def test_a_value_that_does_not_fit_is_named() -> None:
    with pytest.raises(InputError, match=r"'inner\.steps' is 0"):
        Outer.checked({"inner": {"steps": 0}}, "a test")


def test_changes_from_the_command_line() -> None:
    changed = Outer().with_changes(["inner.steps=3", "rate=0.25", 'inner.names=["a", "b"]'])
    assert (changed.inner.steps, changed.rate, changed.inner.names) == (3, 0.25, ("a", "b"))


@pytest.mark.parametrize("change", ["rate", "rate.x=1", "nothing=1", "inner.steps=many"])
def test_a_change_that_cannot_be_is_refused(change: str) -> None:
    with pytest.raises(InputError):
        Outer().with_changes([change])


@pytest.mark.parametrize(
    ("name", "content"), [("a.toml", b"x ="), ("a.json", b"[1]"), ("a.json", b"{"), ("a.toml", b"\xff")]
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match="recipe"):
        read_table(tmp_path / name, "recipe")


def test_a_missing_extra_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesta.extras.find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"pip install 'gesta\[train\]'"):
        extra_module("accelerate", "Training")
