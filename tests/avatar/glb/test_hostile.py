"""GLB files from anywhere: damage and lies end in one sentence, before memory is taken for them."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gesta.avatar.glb.read import read_glb
from gesta.avatar.glb.write import glb_bytes
from gesta.avatar.posing import Figure
from gesta.errors import InputError
from tests.motion.moving import made_motion


@pytest.fixture(scope="module")
def sound(body: Figure) -> bytes:
    return glb_bytes(made_motion(5))


def parts(data: bytes) -> tuple[dict[str, Any], bytes]:
    length = int.from_bytes(data[12:16], "little")
    return json.loads(data[20 : 20 + length]), data[28 + length :]


def packed(description: object, numbers: bytes) -> bytes:
    text = json.dumps(description).encode()
    text += b" " * (-len(text) % 4)
    size = 28 + len(text) + len(numbers)
    head = struct.pack("<III", 0x46546C67, 2, size) + struct.pack("<II", len(text), 0x4E4F534A)
    return head + text + struct.pack("<II", len(numbers), 0x004E4942) + numbers


def refused(data: bytes, tmp_path: Path) -> str:
    path = tmp_path / "bad.glb"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_glb(path)
    sentence = str(caught.value)
    assert "bad.glb" in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_what_is_packed_again_is_read(sound: bytes, tmp_path: Path) -> None:
    path = tmp_path / "again.glb"
    path.write_bytes(packed(*parts(sound)))
    assert read_glb(path).bones.names[0] == "pelvis"


def test_missing_and_cut_files(sound: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_glb(tmp_path / "none.glb")
    for length in (0, 3, 12, 19, 40, len(sound) // 2, len(sound) - 1):
        refused(sound[:length], tmp_path)
    refused(b"glTF" + sound[4:20] + b"\xff" * 100, tmp_path)


def test_descriptions_that_are_no_json(sound: bytes, tmp_path: Path) -> None:
    _, numbers = parts(sound)
    for nonsense in ([], 3, None, {}, {"asset": []}, {"buffers": [3]}):
        refused(packed(nonsense, numbers), tmp_path)
    deep = b"[" * 100_000
    head = struct.pack("<III", 0x46546C67, 2, 20 + len(deep)) + struct.pack("<II", len(deep), 0x4E4F534A)
    refused(head + deep, tmp_path)


def change(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def apply(description: dict[str, Any]) -> None:
        *way, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
        place: Any = description
        for step in way:
            place = place[step]
        place[last] = value

    return apply


LIES = {
    "another file": change("buffers.0.uri", "/etc/passwd"),
    "a picture elsewhere": change("images", [{"uri": "http://example.org/a.png"}]),
    "a huge array": change("accessors.0.count", 2**40),
    "a large array": change("accessors.0.count", 40_000_000),
    "an array of nothing": change("accessors.0.count", 0),
    "a view beyond the end": change("bufferViews.0.byteLength", 10**12),
    "a view that begins late": change("bufferViews.0.byteOffset", 10**9),
    "a view of another buffer": change("bufferViews.0.buffer", 1),
    "a negative place": change("bufferViews.0.byteOffset", -4),
    "an unknown view": change("accessors.0.bufferView", 9999),
    "an unknown type": change("accessors.0.componentType", 1),
    "another shape": change("accessors.0.type", "MAT2"),
    "an unknown array": change("meshes.0.primitives.0.attributes.POSITION", 99_999),
    "a lacking attribute": change("meshes.0.primitives.0.attributes", {}),
    "an unknown joint": change("skins.0.joints", [0, 5000]),
    "a child of itself": change("nodes.3.children", [3]),
    "another kind of keys": change("animations.0.samplers.0.interpolation", "CUBICSPLINE"),
    "keys that are not there": change("animations.0.channels.0.sampler", 5000),
    "times of something else": change("animations.0.samplers.0.input", 0),
    "fewer shapes": change("meshes.0.primitives.0.targets", []),
    "an unknown material": change("meshes.0.primitives.0.material", 77),
    "text for a number": change("nodes.0.translation", ["a", 0, 0]),
    "no finite number": change("nodes.0.translation", [float("nan"), 0, 0]),
}


@pytest.mark.parametrize("lie", LIES)
def test_lies_are_refused(lie: str, sound: bytes, tmp_path: Path) -> None:
    description, numbers = parts(sound)
    LIES[lie](description)
    refused(packed(description, numbers), tmp_path)


def test_sparse_rows_that_are_not_there(sound: bytes, tmp_path: Path) -> None:
    description, numbers = parts(sound)
    sparse = next(accessor for accessor in description["accessors"] if "sparse" in accessor)
    sparse["count"] = 1
    refused(packed(description, numbers), tmp_path)
