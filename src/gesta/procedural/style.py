"""Styles: who is speaking, as numbers; presets by name, changes by k=v, a way between two presets, or a TOML file."""

import math
import re
from collections.abc import Mapping
from typing import Any

from pydantic import Field, ValidationError

from gesta.errors import InputError, unknown_name
from gesta.procedural.families import rests
from gesta.procedural.presets import PRESETS
from gesta.settings import Settings, read_table

OLD_NAMES = {"gaze": "gaze_away", "height": "height_m", "outward": "outward_m", "forward": "forward_m"}
"""Names that settings had before, or go by for short."""
TOWARDS = ">"
"""Between two presets: on the way from one to the other."""
FILE_LIKE = re.compile(r"\.[A-Za-z]\w{1,7}$")
"""What the name of a file ends with, and the name of no style."""
Place = tuple[float, float, float]


class Style(Settings):
    """How a speaker moves. 1 in a factor is what the neutral speaker does."""

    energy: float = Field(1.0, ge=0.0, le=1.5, description="scales everything that gestures: 0 only idles, 1.5 is most")

    strokes: float = Field(0.82, ge=0.0, le=1.0, description="share of the accents that get a stroke")
    content: float = Field(
        1.2, ge=0.0, le=2.0, description="chance that what is said is gestured, times how strongly it asks for it"
    )
    size: float = Field(1.0, ge=0.0, le=3.5, description="length of strokes, as a factor")
    tempo: float = Field(1.0, ge=0.5, le=2.0, description="speed of movements for their length, as a factor")
    arrival_sd_s: float = Field(
        0.07, ge=0.0, le=0.25, description="how loosely strokes keep time: standard deviation from their accents, s"
    )
    patience_s: float = Field(
        1.5, ge=0.2, le=20.0, description="how long hands wait for the next stroke before they rest, s"
    )
    pause_activity: float = Field(
        0.25, ge=0.0, le=1.0, description="what hands do in pauses of speech: 0 rest at once, 1 go on moving"
    )

    both_hands: float = Field(0.5, ge=0.0, le=1.0, description="share of phrases gestured with both hands")
    symmetry: float = Field(
        0.65, ge=0.0, le=1.0, description="how alike two hands move that gesture together, 1 for mirrored"
    )
    handedness: float = Field(
        0.6, ge=0.0, le=1.0, description="share of one-handed gestures made with the right hand, about which seeds vary"
    )
    height_m: float = Field(0.0, ge=-0.25, le=0.3, description="how much higher than usual gestures are made, m")
    outward_m: float = Field(0.0, ge=-0.15, le=0.25, description="how much further out than usual, m")
    forward_m: float = Field(0.0, ge=-0.15, le=0.15, description="how much further forward than usual, m")

    elbows_deg: float = Field(
        0.0, ge=-45.0, le=45.0, description="how much further out than usual elbows are held, degrees about the arm"
    )

    rest: str = Field("", description="name of the pose in which hands rest; empty leaves it to the seed")
    rest_left_m: Place | None = Field(
        None, description="where the left wrist rests instead: from its shoulder outward, up, forward, m"
    )
    rest_right_m: Place | None = Field(None, description="the same of the right wrist")
    rest_left_palm: Place | None = Field(
        None, description="where the left palm faces at rest instead: outward, up, forward, of any length"
    )
    rest_right_palm: Place | None = Field(None, description="the same of the right palm")
    seated: bool = Field(False, description="whether the speaker sits")

    alive: float = Field(1.0, ge=0.0, le=3.0, description="size of the small motion that never stops, as a factor")
    alive_tempo: float = Field(
        1.0, ge=0.5, le=2.5, description="how quick the small motion of the hands is, as a factor"
    )
    finger_motion: float = Field(1.0, ge=0.0, le=3.0, description="how much fingers move by themselves, as a factor")
    breath: float = Field(1.0, ge=0.0, le=3.0, description="how far breathing lifts chest and shoulders, as a factor")

    head: float = Field(1.0, ge=0.0, le=2.5, description="size of nods and turns of the head, as a factor")
    head_pitch: float = Field(1.0, ge=0.0, le=4.0, description="of these, nods: as a further factor")
    head_yaw: float = Field(1.0, ge=0.0, le=4.0, description="of these, turns: as a further factor")
    head_roll: float = Field(1.0, ge=0.0, le=4.0, description="of these, tilts: as a further factor")
    head_tempo: float = Field(1.0, ge=0.4, le=2.5, description="how quickly the head goes from one to the next, factor")
    nods: float = Field(1.0, ge=0.0, le=3.0, description="size of the head's beats on accents, as a further factor")
    head_down_deg: float = Field(
        0.0, ge=-25.0, le=30.0, description="how far the head looks down all the time, degrees"
    )
    head_turn_deg: float = Field(0.0, ge=-40.0, le=40.0, description="how far it is turned to its left, degrees")
    head_tilt_deg: float = Field(0.0, ge=-20.0, le=20.0, description="how far it is tilted to its left, degrees")
    torso: float = Field(1.0, ge=0.0, le=2.5, description="size of leans and turns of the trunk, as a factor")
    torso_pitch: float = Field(1.0, ge=0.0, le=4.0, description="of these, forward and back: as a further factor")
    torso_yaw: float = Field(1.0, ge=0.0, le=4.0, description="of these, turns: as a further factor")
    torso_roll: float = Field(1.0, ge=0.0, le=4.0, description="of these, sideways: as a further factor")
    lean_deg: float = Field(0.0, ge=-15.0, le=25.0, description="how far the trunk leans forward all the time, degrees")
    turn_deg: float = Field(
        0.0, ge=-30.0, le=30.0, description="how far it is turned to its left all the time, degrees"
    )
    tilt_deg: float = Field(0.0, ge=-20.0, le=20.0, description="how far it leans to its left all the time, degrees")
    weight_shifts_per_minute: float = Field(
        12.0, ge=0.0, le=40.0, description="how often the weight goes to another place over the feet or the seat"
    )
    steps_per_minute: float = Field(0.0, ge=0.0, le=12.0, description="how often a foot is put elsewhere")

    gaze_away: float = Field(0.35, ge=0.0, le=1.0, description="share of the time in which the eyes leave the listener")
    blinks_per_minute: float = Field(18.0, ge=0.0, le=60.0, description="how often the eyes blink; seeds vary about it")
    brows: float = Field(1.0, ge=0.0, le=3.0, description="how far brows rise on accents, as a factor")
    smile: float = Field(0.12, ge=0.0, le=1.0, description="how much the face smiles at rest")

    @property
    def gaze(self) -> float:
        """The same as gaze_away."""
        return self.gaze_away


def limits_of(name: str) -> tuple[float, float]:
    """The least and the most that a number of a style may be."""
    bounds = Style.model_fields[name].metadata
    low = max((bound.ge for bound in bounds if hasattr(bound, "ge")), default=-math.inf)
    return low, min((bound.le for bound in bounds if hasattr(bound, "le")), default=math.inf)


def style_from(text: str = "neutral", energy: float | None = None) -> Style:
    """Read a style.

    Args:
        text: a preset's name, "k=v,..." on top of neutral, both ("calm,size=1.2"), a place on the way from one preset
            to another ("calm>lively=0.3"), or the path of a TOML file of settings.
        energy: replaces the style's own energy.

    Raises:
        InputError: an unknown name or number, said with near names.
    """
    values = read_table(text, "style file") if text.lower().endswith(".toml") else _from_words(text)
    if energy is not None:
        values["energy"] = energy
    return _checked(values)


def blend(style: Style, other: Style, share: float) -> Style:
    """A style on the way to another one: numbers in proportion, names and the like from the nearer one.

    Args:
        style: at a share of 0.
        other: at a share of 1.
        share: 0 to 1.
    """
    ends = style.model_dump(), other.model_dump()
    return Style(**{name: _between(here, ends[1][name], share) for name, here in ends[0].items()})


def _between(here: Any, there: Any, share: float) -> Any:
    if type(here) is float and type(there) is float:
        return (1.0 - share) * here + share * there
    if isinstance(here, tuple) and isinstance(there, tuple):
        return tuple(_between(*pair, share) for pair in zip(here, there, strict=True))
    return there if share > 0.5 else here


def _checked(values: Mapping[str, Any]) -> Style:
    named = {OLD_NAMES.get(name, name): value for name, value in values.items()}
    for name in named:
        if name not in Style.model_fields:
            raise unknown_name("style setting", name, [*Style.model_fields, *OLD_NAMES])
    if (rest := named.get("rest")) and str(rest) not in rests():
        raise unknown_name("rest pose", str(rest), rests())
    try:
        return Style(**named)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"Style setting '{first['loc'][0]}' is {first['input']!r}: {first['msg'].lower()}.") from None


def _from_words(text: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for word in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = (part.strip() for part in word.partition("="))
        if TOWARDS in name:
            values.update(_on_the_way(name, value))
        elif equals:
            values[name] = value
        else:
            values.update(_preset(word))
    return values


def _preset(name: str) -> Mapping[str, Any]:
    if name not in PRESETS and (FILE_LIKE.search(name) or "/" in name):
        raise InputError(
            f"{name} cannot be taken as a style: give settings in a .toml file, a motion of 10 s or more in an .npz or "
            f".bvh file, or a name such as calm."
        )
    if name not in PRESETS:
        raise unknown_name("style", name, PRESETS)
    return PRESETS[name]


def _on_the_way(names: str, share: str) -> dict[str, Any]:
    """The settings of "calm>lively" at a share such as "0.3"."""
    first, second = (Style(**_preset(name.strip())) for name in names.split(TOWARDS, 1))
    try:
        way = float(share)
    except ValueError:
        way = math.nan
    if not 0.0 <= way <= 1.0:
        raise InputError(f"'{names}={share}' is no place between two styles: write {names}=0.3, with 0 to 1.")
    return blend(first, second, way).model_dump()
