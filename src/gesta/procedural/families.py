"""Gesture families and rest poses: the tables families.toml and rests.toml, read and checked.

Positions are wrists in metres from the shoulder, as (outward, up, forward) in the chest's frame, so that one table
serves both hands. What families mean and how hands are held follows McNeill 1992, Kendon 2004 (open hands, palm away,
ring and precision grips), Mueller 2004 (palm up), Calbris 2011 (sweeps, cuts, enumeration) and Streeck 2009.
"""

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Annotated, Any, Literal

from pydantic import Field

from gesta.records import HandPose
from gesta.settings import Settings

Triple = tuple[float, float, float]
Pair = tuple[float, float]
NotNegative = Annotated[float, Field(ge=0.0)]

FAMILIES_FILE, RESTS_FILE = "families.toml", "rests.toml"
PLACE: Triple = (0.03, -0.205, 0.26)
"""Middle of the space in which people gesture: forearms a little above level, before the ribs."""


class Family(Settings):
    """A kind of gesture: where a stroke goes, and how the hand is held before and after it."""

    meaning: str = Field(description="what it is and what it says")
    one_hand: float = Field(0.0, ge=0.0, description="how likely it is chosen for one hand, where nothing is said")
    both_hands: float = Field(0.0, ge=0.0, description="how likely it is chosen for both hands")
    calm: float = Field(1.0, ge=0.0, description="factor of that likelihood for calm speakers")
    lively: float = Field(1.0, ge=0.0, description="factor of that likelihood for lively speakers")
    place: Triple = Field(PLACE, description="where it is made, m")
    scatter: float = Field(1.0, ge=0.0, le=1.0, description="how freely its place varies; near 0 where it touches")
    before: Triple = Field(description="where the stroke begins, from the place, m; grows with the gesture's size")
    after: Triple = Field(description="where the stroke ends, from the place, m; grows with the gesture's size")
    arc: Triple = Field((0.0, 0.0, 0.0), description="bulge of the stroke's path half way, m")
    palm_before: Triple = Field(description="where the palm faces when the stroke begins")
    palm_after: Triple = Field(description="where the palm faces when the stroke ends")
    flexion_deg: Pair = Field((0.0, 0.0), description="bend of the wrist towards the palm, before and after")
    deviation_deg: Pair = Field((0.0, 0.0), description="bend towards the little finger, before and after")
    shape_before: str = Field(description="the hand's shape when the stroke begins")
    shape_after: str = Field(description="the hand's shape when the stroke ends")
    series: tuple[str, ...] = Field((), description="shapes of the strokes of a series, where they differ")
    repeat: tuple[int, int] = Field((1, 1), description="least and most strokes made in a row")
    hold_s: tuple[NotNegative, NotNegative] = Field((0.1, 0.5), description="how long the hand is held after it, s")
    bimanual: Literal["mirror", "alternate", "single"] = Field(
        "mirror", description="what both hands do: the same at once, in turn, or never both"
    )
    shrug_deg: float = Field(0.0, ge=0.0, le=20.0, description="how far shoulders lift with it")
    head: Literal["", "shake", "tilt", "nod"] = Field("", description="what the head does with it")

    def pose_before(self, position: Triple) -> HandPose:
        """How the hand is held where a stroke begins: outward, up, forward, m."""
        return HandPose(position, self.palm_before, self.flexion_deg[0], self.deviation_deg[0], self.shape_before)

    def pose_after(self, position: Triple) -> HandPose:
        """How the hand is held where a stroke ends: outward, up, forward, m."""
        return HandPose(position, self.palm_after, self.flexion_deg[1], self.deviation_deg[1], self.shape_after)


class RestingHand(Settings):
    """How one hand rests."""

    position: Triple = Field(description="wrist from the shoulder: outward, up, forward, m")
    palm: Triple = Field(description="where the palm faces")
    flexion_deg: float = Field(0.0, description="bend of the wrist towards the palm")
    deviation_deg: float = Field(0.0, description="bend towards the little finger")
    shape: str = Field("relaxed", description="the hand's shape")

    @property
    def pose(self) -> HandPose:
        """The same as a hand pose."""
        return HandPose(self.position, self.palm, self.flexion_deg, self.deviation_deg, self.shape)


class Rest(Settings):
    """How both hands rest; what is written for the left hand also holds for the right one where that is not given."""

    meaning: str = Field(description="what it looks like")
    likelihood: float = Field(1.0, ge=0.0, description="how many people rest so, among those who stand or who sit")
    seated: bool = Field(False, description="for a speaker who sits")
    touching: bool = Field(False, description="a hand touches the other or the body: neither may drift by itself")
    left_hand: RestingHand = Field(description="the left hand")
    right_hand: RestingHand | None = Field(None, description="the right hand, if it does not mirror the left one")

    @property
    def left(self) -> HandPose:
        """How the left hand rests."""
        return self.left_hand.pose

    @property
    def right(self) -> HandPose:
        """How the right hand rests, mirrored as hand poses of right hands are."""
        return (self.right_hand or self.left_hand).pose


def families() -> Mapping[str, Family]:
    """The gesture families, by name."""
    return _families()


def rests() -> Mapping[str, Rest]:
    """The rest poses, by name."""
    return _rests()


@functools.cache
def _families() -> dict[str, Family]:
    return {name: Family.checked(values, f"{FAMILIES_FILE}, {name}") for name, values in _table(FAMILIES_FILE).items()}


@functools.cache
def _rests() -> dict[str, Rest]:
    return {name: Rest.checked(values, f"{RESTS_FILE}, {name}") for name, values in _table(RESTS_FILE).items()}


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("gesta.procedural") / name).read_text(encoding="utf-8"))
