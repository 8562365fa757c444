"""A small GLB made by hand: a pillar on two bones that bends once and swells once, with a known time for both."""

import numpy as np
from pygltflib import (
    ARRAY_BUFFER,
    ELEMENT_ARRAY_BUFFER,
    FLOAT,
    GLTF2,
    UNSIGNED_SHORT,
    Accessor,
    Animation,
    AnimationChannel,
    AnimationChannelTarget,
    AnimationSampler,
    Attributes,
    Buffer,
    BufferView,
    Image,
    Material,
    Mesh,
    Node,
    PbrMetallicRoughness,
    Primitive,
    Scene,
    Skin,
    Texture,
    TextureInfo,
)

HEIGHT_M = 1.6
RINGS = 9
SIDE_M = 0.3
CORNERS = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * SIDE_M / 2


class Numbers:
    """Arrays on their way into one binary chunk."""

    def __init__(self, document: GLTF2) -> None:
        self.document = document
        self.content = b""

    def add(self, array: np.ndarray, kind: str, target: int | None = None) -> int:
        """Index of the accessor of an array (N,) or (N, C)."""
        data = array.tobytes()
        view = BufferView(buffer=0, byteOffset=len(self.content), byteLength=len(data), target=target)
        self.document.bufferViews.append(view)
        self.content += data + b"\0" * (-len(data) % 4)
        component = UNSIGNED_SHORT if array.dtype == np.uint16 else FLOAT
        rows = array.reshape(len(array), -1)
        bounds = {"min": rows.min(0).tolist(), "max": rows.max(0).tolist()} if component == FLOAT else {}
        self.document.accessors.append(
            Accessor(
                bufferView=len(self.document.bufferViews) - 1,
                componentType=component,
                count=len(array),
                type=kind,
                **bounds,
            )
        )
        return len(self.document.accessors) - 1


def pillar(
    duration_s: float = 3.0, bends_at_s: float = 1.0, name: str = "bend", needs: str = "", picture: bytes = b""
) -> GLTF2:
    """The pillar: at `bends_at_s` its upper half falls to the side within a tenth of a second.

    Args:
        duration_s: of its one animation.
        bends_at_s: when it falls.
        name: of the animation and the mesh.
        needs: an extension that the file says it needs.
        picture: a PNG that covers it.
    """
    document = GLTF2(
        scene=0,
        scenes=[Scene(nodes=[0, 2])],
        nodes=[
            Node(name="pelvis", children=[1]),
            Node(name="head", translation=[0.0, HEIGHT_M / 2, 0.0]),
            Node(name=name, mesh=0, skin=0),
        ],
        extensionsRequired=[needs] if needs else [],
        extensionsUsed=[needs] if needs else [],
    )
    numbers = Numbers(document)
    document.meshes = [Mesh(name=name, primitives=[_surface(numbers)], weights=[0.0], extras={"targetNames": ["wide"]})]
    inverse = np.tile(np.eye(4, dtype=np.float32), (2, 1, 1))
    inverse[1, 3, 1] = -HEIGHT_M / 2
    document.skins = [Skin(joints=[0, 1], skeleton=0, inverseBindMatrices=numbers.add(inverse.reshape(2, 16), "MAT4"))]
    document.animations = [_animation(numbers, duration_s, bends_at_s, name)]
    if picture:
        _cover(document, numbers, picture)
    document.buffers = [Buffer(byteLength=len(numbers.content))]
    document.set_binary_blob(numbers.content)
    return document


def pillar_bytes(**how: object) -> bytes:
    """The pillar as a GLB file's bytes; see `pillar`."""
    return b"".join(pillar(**how).save_to_bytes())  # type: ignore[arg-type]


def _surface(numbers: Numbers) -> Primitive:
    heights = np.linspace(0.0, HEIGHT_M, RINGS)
    places = np.array([(x, y, z) for y in heights for x, z in CORNERS], np.float32)
    low, turned = np.arange(4), np.roll(np.arange(4), -1)
    ring = np.stack([low, low + 4, turned, turned, low + 4, turned + 4], axis=1)
    faces = np.concatenate([4 * step + ring for step in range(RINGS - 1)]).astype(np.uint16).ravel()
    normals = places * (1, 0, 1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    joints = np.zeros((len(places), 4), np.uint16)
    joints[:, 1] = 1
    upper = np.clip((places[:, 1] - HEIGHT_M / 2) / 0.2 + 0.5, 0, 1)
    weights = np.stack([1 - upper, upper, 0 * upper, 0 * upper], axis=1).astype(np.float32)
    return Primitive(
        attributes=Attributes(
            POSITION=numbers.add(places, "VEC3", ARRAY_BUFFER),
            NORMAL=numbers.add(normals.astype(np.float32), "VEC3", ARRAY_BUFFER),
            JOINTS_0=numbers.add(joints, "VEC4", ARRAY_BUFFER),
            WEIGHTS_0=numbers.add(weights, "VEC4", ARRAY_BUFFER),
        ),
        indices=numbers.add(faces, "SCALAR", ELEMENT_ARRAY_BUFFER),
        targets=[{"POSITION": numbers.add((places * (0.5, 0, 0.5)).astype(np.float32), "VEC3", ARRAY_BUFFER)}],
    )


def _cover(document: GLTF2, numbers: Numbers, picture: bytes) -> None:
    """Lay a picture round the pillar."""
    surface = document.meshes[0].primitives[0]
    surface.attributes.TEXCOORD_0 = numbers.add(np.full((4 * RINGS, 2), 0.5, np.float32), "VEC2", ARRAY_BUFFER)
    surface.material = 0
    document.bufferViews.append(BufferView(buffer=0, byteOffset=len(numbers.content), byteLength=len(picture)))
    numbers.content += picture + b"\0" * (-len(picture) % 4)
    document.images = [Image(bufferView=len(document.bufferViews) - 1, mimeType="image/png")]
    document.textures = [Texture(source=0)]
    look = PbrMetallicRoughness(baseColorTexture=TextureInfo(index=0), metallicFactor=0.0)
    document.materials = [Material(pbrMetallicRoughness=look)]


def _animation(numbers: Numbers, duration_s: float, bends_at_s: float, name: str) -> Animation:
    times = np.array([0.0, bends_at_s - 0.05, bends_at_s + 0.05, duration_s], np.float32)
    half = np.radians(80.0) / 2
    bent = (0.0, 0.0, -np.sin(half), np.cos(half))
    turns = np.array([(0, 0, 0, 1), (0, 0, 0, 1), bent, bent], np.float32)
    clock = numbers.add(times, "SCALAR")
    swell = numbers.add(np.array([0, 0, 1, 0], np.float32), "SCALAR")
    return Animation(
        name=name,
        samplers=[
            AnimationSampler(input=clock, output=numbers.add(turns, "VEC4")),
            AnimationSampler(input=clock, output=swell),
        ],
        channels=[
            AnimationChannel(sampler=0, target=AnimationChannelTarget(node=1, path="rotation")),
            AnimationChannel(sampler=1, target=AnimationChannelTarget(node=2, path="weights")),
        ],
    )
