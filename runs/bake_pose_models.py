"""Make the networks of the embedded pose estimator from the wheel of MediaPipe 0.10.21.

    python runs/bake_pose_models.py [--wheel FILE] [--out src/gesta/assets/pose]

The wheel is fetched from the package index if it is not given; its hash is pinned. Five networks are taken as they
are. The sixth, `face_landmark_with_attention`, has operations between its networks that no runtime outside MediaPipe
knows. It is cut there: into a mesh of the whole face, with the features that attention looks at, and three networks
that see the mouth or an eye in a patch of these. What lies between them is in
gesta.keypoints.estimators.embedded.face_attention; its constants, read from the operations' options, go into
face_attention.json. Needs the extra `film` (its runtime brings the file format).
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ai_edge_litert import schema_py_generated as schema

from gesta.writing import replacing

WHEEL = "mediapipe-0.10.21-cp311-cp311-manylinux_2_28_x86_64.whl"
WHEEL_SHA256 = "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3"
MODULES = "mediapipe/modules"
AS_THEY_ARE = {
    "person_detection": "pose_detection/pose_detection",
    "body": "pose_landmark/pose_landmark_full",
    "palm_detection": "palm_detection/palm_detection_full",
    "hand": "hand_landmark/hand_landmark_full",
    "person_mask": "selfie_segmentation/selfie_segmentation",
}
FACE = f"{MODULES}/face_landmark/face_landmark_with_attention.tflite"
LICENCE = "mediapipe-0.10.21.dist-info/LICENSE"
MESH = ("input_1",), ("output_mesh_identity", "conv_faceflag", "p_re_lu_3")
"""Inputs and outputs of the whole face's network: points, how sure, features (1, 48, 48, 32)."""
PATCHES = {"lips": "", "left_eye": "_1", "right_eye": "_2"}
"""Names of what attention looks at closely, and the endings of their tensors' names."""
SEEN, SAID = "transform_tensor_bilinear_v2", "conv_{}"
TO_MATRIX = b"Landmarks2TransformMatrix"


def main() -> None:
    """Fetch, check, cut, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path)
    parser.add_argument("--out", type=Path, default=Path("src/gesta/assets/pose"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wheel = given.wheel or fetched(Path(folder))
        if (found := hashlib.sha256(wheel.read_bytes()).hexdigest()) != WHEEL_SHA256:
            sys.exit(f"{wheel} is another file: its SHA-256 is {found}, not {WHEEL_SHA256}.")
        given.out.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(wheel) as archive:
            for name, place in AS_THEY_ARE.items():
                write(given.out / f"{name}.tflite", archive.read(f"{MODULES}/{place}.tflite"))
            write(given.out / "LICENSE.txt", archive.read(LICENCE))
            face = archive.read(FACE)
    write(given.out / "face.tflite", cut(face, *MESH))
    for name, ending in PATCHES.items():
        write(given.out / f"{name}.tflite", cut(face, (SEEN + ending,), (SAID.format(name),)))
    constants = json.dumps(attention_constants(face), indent=1) + "\n"
    write(given.out / "face_attention.json", constants.encode())


def fetched(folder: Path) -> Path:
    """The wheel from the package index."""
    wanted = ["--no-deps", "--only-binary=:all:", "--python-version=3.11", "--platform=manylinux_2_28_x86_64"]
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "mediapipe==0.10.21", *wanted, "-d", folder], check=True
    )
    return folder / WHEEL


def write(path: Path, content: bytes) -> None:
    """A file, at once."""
    with replacing(path) as beside:
        beside.write_bytes(content)


def cut(content: bytes, inputs: Sequence[str], outputs: Sequence[str]) -> bytes:
    """The part of a network between some of its tensors, by their names."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(content, 0))
    graph = model.subgraphs[0]
    number = {tensor.name.decode(): place for place, tensor in enumerate(graph.tensors)}
    begin, end = [number[name] for name in inputs], [number[name] for name in outputs]
    kept = _between(graph.operators, set(begin), end)
    used = sorted({*begin, *end, *(tensor for step in kept for tensor in _tensors(step))})
    place = {old: new for new, old in enumerate(used)}
    for step in kept:
        step.inputs, step.outputs = ([place.get(tensor, -1) for tensor in side] for side in (step.inputs, step.outputs))
    graph.operators, graph.tensors = kept, [graph.tensors[old] for old in used]
    graph.inputs, graph.outputs = [place[tensor] for tensor in begin], [place[tensor] for tensor in end]
    _renumber(model, graph)
    return _packed(model)


def _between(steps: Iterable[Any], begin: set[int], end: Sequence[int]) -> list[Any]:
    """The steps that lead from some tensors to others, in order."""
    wanted, kept = set(end), []
    for step in reversed(list(steps)):
        if wanted & set(step.outputs) - begin:
            kept.append(step)
            wanted |= {tensor for tensor in step.inputs if tensor not in begin}
    return kept[::-1]


def _tensors(step: Any) -> list[int]:
    return [tensor for tensor in (*step.inputs, *step.outputs) if tensor >= 0]


def _renumber(model: Any, graph: Any) -> None:
    """Leave out buffers and kinds of operations that are no longer used, and what is said about them elsewhere."""
    buffers = [0, *sorted({tensor.buffer for tensor in graph.tensors} - {0})]
    for tensor in graph.tensors:
        tensor.buffer = buffers.index(tensor.buffer)
    model.buffers = [model.buffers[old] for old in buffers]
    kinds = sorted({step.opcodeIndex for step in graph.operators})
    for step in graph.operators:
        step.opcodeIndex = kinds.index(step.opcodeIndex)
    model.operatorCodes = [model.operatorCodes[old] for old in kinds]
    model.metadata = model.metadataBuffer = model.signatureDefs = None


def _packed(model: Any) -> bytes:
    import flatbuffers

    builder = flatbuffers.Builder(1 << 22)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def attention_constants(content: bytes) -> dict[str, Any]:
    """For each patch: the mesh points whose box it is around, the two that say how it is turned, sizes and scales."""
    from flatbuffers import flexbuffers

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(content, 0))
    kinds = [code.customCode for code in model.operatorCodes]
    options = [
        flexbuffers.Loads(bytes(step.customOptions))
        for step in model.subgraphs[0].operators
        if kinds[step.opcodeIndex] == TO_MATRIX
    ]
    return dict(zip(PATCHES, options, strict=True))


if __name__ == "__main__":
    main()
