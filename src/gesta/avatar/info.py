"""What a body's file says about itself in words and numbers: its pieces, outfits, helper joints, landmarks, sources."""

from typing import Any, Literal

from pydantic import Field

from gesta.settings import Settings

KINDS = ("skin", "mouth", "eye", "teeth", "tongue", "lash", "brow", "cloth", "shoe", "hair")
"""What a piece of a body is made of; `Figure.kind` holds indices into this."""
SKIN = "skin"
"""The piece that landmarks and hidden faces are numbers of."""

Vector = tuple[float, float, float]


class PieceInfo(Settings):
    """What a piece is."""

    kind: Literal["skin", "mouth", "eye", "teeth", "tongue", "lash", "brow", "cloth", "shoe", "hair"] = Field(
        description="what it is made of"
    )
    swatches: tuple[str, ...] = Field(min_length=1, description="names of its colours; a look says what they are")
    two_sided: bool = Field(False, description="whether its inner side is to be drawn too")


class HelperInfo(Settings):
    """A joint beside the skeleton's that spreads a twist along a limb; see `gesta.avatar.rig`."""

    name: str = Field(description="of the helper joint")
    parent: str = Field(description="joint of the skeleton that carries it")
    source: str = Field(description="joint of the skeleton whose twist it shares")
    axis: Vector = Field(description="unit vector about which the twist is measured, at rest")
    share: float = Field(ge=-1.0, le=1.0, description="how much of the twist it makes; below 0 it takes some back")
    position: Vector = Field(description="where it is at rest, metres")


class CorrectiveInfo(Settings):
    """When a corrective shape acts; see `gesta.avatar.correctives`."""

    name: str = Field(description="of the corrective shape")
    joint: str = Field(description="joint of the skeleton whose local rotation brings it on")
    direction: Vector = Field(description="where the joint's bone points when the shape acts in full")
    reach_deg: float = Field(gt=0.0, le=180.0, description="how far from that direction it begins to act, degrees")


class CapsuleInfo(Settings):
    """A round-ended cylinder at rest."""

    name: str = Field(description="of the capsule")
    joint: str = Field(description="joint of the skeleton that carries it")
    start: Vector = Field(description="one end of its middle line at rest, metres")
    end: Vector = Field(description="the other end")
    radius: float = Field(gt=0.0, description="metres")


class BodyInfo(Settings):
    """What a body consists of."""

    pieces: dict[str, PieceInfo] = Field(description="every piece by its name")
    always: tuple[str, ...] = Field(description="pieces that every look wears")
    outfits: dict[str, tuple[str, ...]] = Field({}, description="pieces of each outfit")
    hairs: dict[str, tuple[str, ...]] = Field({}, description="pieces of each head of hair")
    brows: dict[str, tuple[str, ...]] = Field({}, description="pieces of each kind of brows")
    helpers: tuple[HelperInfo, ...] = Field((), description="helper joints, in their order after the skeleton's")
    correctives: tuple[CorrectiveInfo, ...] = Field((), description="corrective shapes, in their order in the pieces")
    landmarks: dict[str, tuple[int, ...]] = Field({}, description="vertices of the skin by what is there")
    capsules: tuple[CapsuleInfo, ...] = Field((), description="what the body touches with")
    sources: dict[str, Any] = Field({}, description="where every piece comes from, and under which licence")
