"""Styles: who is speaking, as a few numbers; presets by name, changes by k=v or a TOML file."""

from typing import Any

from pydantic import Field, ValidationError

from gesta.errors import InputError, unknown_name
from gesta.settings import Settings, read_table


class Style(Settings):
    """How a speaker moves. 1 in a factor is what the neutral speaker does."""

    strokes: float = Field(0.75, ge=0.0, le=1.0, description="share of the accents that get a stroke")
    content: float = Field(
        1.2, ge=0.0, le=2.0, description="chance that what is said is gestured, times how strongly it asks for it"
    )
    size: float = Field(1.0, ge=0.0, le=2.5, description="length of strokes, as a factor")
    tempo: float = Field(1.0, ge=0.5, le=2.0, description="speed of movements for their length, as a factor")
    patience_s: float = Field(
        1.5, ge=0.2, le=20.0, description="how long hands wait for the next stroke before they rest"
    )
    both_hands: float = Field(0.5, ge=0.0, le=1.0, description="share of phrases gestured with both hands")
    head: float = Field(1.0, ge=0.0, le=2.5, description="size of nods and turns of the head, as a factor")
    torso: float = Field(1.0, ge=0.0, le=2.5, description="size of leans and weight shifts, as a factor")
    gaze: float = Field(0.4, ge=0.0, le=1.0, description="share of phrases that begin with a glance aside")
    smile: float = Field(0.12, ge=0.0, le=1.0, description="how much the face smiles at rest")
    energy: float = Field(1.0, ge=0.0, le=1.5, description="scales everything that gestures: 0 only idles, 1.5 is most")


PRESETS: dict[str, dict[str, float]] = {
    "calm": {
        "strokes": 0.45,
        "content": 0.8,
        "size": 0.75,
        "tempo": 0.85,
        "patience_s": 1.0,
        "both_hands": 0.35,
        "head": 0.7,
        "torso": 0.7,
    },
    "neutral": {},
    "lively": {
        "strokes": 0.95,
        "size": 1.3,
        "tempo": 1.12,
        "patience_s": 2.6,
        "both_hands": 0.65,
        "head": 1.3,
        "torso": 1.3,
    },
}


def style_from(text: str = "neutral", energy: float | None = None) -> Style:
    """Read a style: a preset's name, "k=v,..." on top of neutral (or "calm,size=1.2"), or the path of a TOML file.

    Args:
        text: what the user wrote.
        energy: replaces the style's own energy.

    Raises:
        InputError: an unknown name or number, said with near names.
    """
    values = read_table(text, "style file") if text.endswith(".toml") else _from_words(text)
    if energy is not None:
        values["energy"] = energy
    for name in values:
        if name not in Style.model_fields:
            raise unknown_name("style setting", name, Style.model_fields)
    try:
        return Style(**values)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"Style setting '{first['loc'][0]}' is {first['input']!r}: {first['msg'].lower()}.") from None


def _from_words(text: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for word in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = word.partition("=")
        if equals:
            values[name.strip()] = value.strip()
        elif word in PRESETS:
            values.update(PRESETS[word])
        else:
            raise unknown_name("style", word, PRESETS)
    return values
