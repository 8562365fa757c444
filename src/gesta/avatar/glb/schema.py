"""What is read of a GLB file's description, in types: whatever else it says is passed over.

Names and meanings are those of the glTF 2.0 specification (Khronos), section 5, written our way.
"""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from gesta.avatar.glb.container import Container
from gesta.errors import InputError

MOST_ITEMS = 100_000
"""Longer lists in a description are refused."""
MOST_ELEMENTS = 50_000_000
"""Arrays that claim more elements are refused."""

Index = Annotated[int, Field(ge=0, lt=MOST_ITEMS)]
Start = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=1, le=MOST_ELEMENTS)]
Text = Annotated[str, Field(max_length=1000)]
Item = TypeVar("Item")
Listed = Annotated[list[Item], Field(max_length=MOST_ITEMS)]


class Part(BaseModel):
    """One object of a description."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, allow_inf_nan=False)


class ViewPart(Part):
    """A stretch of the buffer."""

    buffer: Literal[0]
    byte_offset: Start = 0
    byte_length: Start


class IndicesPart(Part):
    """Where a sparse accessor keeps the numbers of its rows."""

    buffer_view: Index
    byte_offset: Start = 0
    component_type: int


class ValuesPart(Part):
    """Where a sparse accessor keeps its rows."""

    buffer_view: Index
    byte_offset: Start = 0


class SparsePart(Part):
    """Rows that take the place of others."""

    count: Count
    indices: IndicesPart
    values: ValuesPart


class AccessorPart(Part):
    """An array."""

    buffer_view: Index | None = None
    byte_offset: Start = 0
    component_type: int
    normalized: bool = False
    count: Count
    type: str
    sparse: SparsePart | None = None


class NodePart(Part):
    """A joint, or what carries the mesh."""

    name: Text = ""
    children: Listed[Index] = []
    translation: tuple[float, float, float] = (0.0, 0.0, 0.0)


class SkinPart(Part):
    """Which nodes are joints."""

    joints: Annotated[list[Index], Field(min_length=1, max_length=MOST_ITEMS)]
    inverse_bind_matrices: Index


class PrimitivePart(Part):
    """One part of a surface."""

    attributes: dict[str, Index]
    indices: Index
    material: Index
    targets: Listed[dict[str, Index]] = []


class MeshExtras(Part):
    """What stands beside a mesh."""

    target_names: Listed[Text] = []


class MeshPart(Part):
    """A surface."""

    primitives: Annotated[list[PrimitivePart], Field(min_length=1, max_length=MOST_ITEMS)]
    extras: MeshExtras = MeshExtras()


class SamplerPart(Part):
    """Keys: times and values."""

    input: Index
    output: Index
    interpolation: Literal["LINEAR"] = "LINEAR"


class TargetPart(Part):
    """What is animated."""

    node: Index
    path: Literal["rotation", "translation", "weights"]


class ChannelPart(Part):
    """Which keys animate what."""

    sampler: Index
    target: TargetPart


class AnimationPart(Part):
    """A motion."""

    samplers: Listed[SamplerPart]
    channels: Listed[ChannelPart]


class MaterialPart(Part):
    """What a part of the surface is made of."""

    name: Text = ""
    double_sided: bool = False


class AssetPart(Part):
    """What the file says about itself."""

    version: Literal["2.0"]
    extras: dict[str, Any] = {}


class Description(Part):
    """A file with one skinned mesh and one animation, as we write it."""

    asset: AssetPart
    buffer_views: Listed[ViewPart]
    accessors: Listed[AccessorPart]
    nodes: Listed[NodePart]
    meshes: Annotated[list[MeshPart], Field(min_length=1, max_length=1)]
    skins: Annotated[list[SkinPart], Field(min_length=1, max_length=1)]
    materials: Listed[MaterialPart]
    animations: Annotated[list[AnimationPart], Field(min_length=1, max_length=1)]


def described(container: Container) -> Description:
    """The description of a file, checked against the types above.

    Raises:
        InputError: it is not one of ours; the sentence names the first thing that is wrong.
    """
    try:
        return Description.model_validate(container.description)
    except (ValidationError, RecursionError) as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) if isinstance(error, ValidationError) else "its depth"
        raise InputError(
            f"Cannot read {container.path}: its description is not that of one of gesta's own bodies (at {where})."
        ) from None
