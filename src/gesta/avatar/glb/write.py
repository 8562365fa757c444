"""Writing GLB: the dressed body with its skin, 52 face shapes and one animation, as binary glTF 2.0.

Metres, Y up, facing +Z, as glTF wants it and gesta has it. The animation is reduced to keys within the errors that
`animation` states; they also stand in the file, with where the motion and the body come from, as extras of the asset.
A GLB file has no sound: it goes beside it.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from pygltflib import GLTF2, Animation, Asset, Node, Scene
from pygltflib import Buffer as BufferSize

from gesta.avatar.asset import body_asset
from gesta.avatar.correctives import corrective_weights
from gesta.avatar.face_weights import arkit_weights, tamed
from gesta.avatar.figure import Figure, figure
from gesta.avatar.glb.animation import POSITION_ERROR_M, ROTATION_ERROR_DEGREES, WEIGHT_ERROR, body_animation
from gesta.avatar.glb.buffer import Buffer
from gesta.avatar.glb.materials import material
from gesta.avatar.glb.mesh import body_mesh, groups_of
from gesta.avatar.glb.morphs import morphs_of
from gesta.avatar.glb.skin import body_skin, joint_nodes
from gesta.avatar.info import KINDS
from gesta.avatar.looks import Look, look
from gesta.records import Motion, Speech
from gesta.version import __version__
from gesta.writing import replacing

EXTRAS = "gesta"
"""What our own entry among the asset's extras is called."""
FACE_SAID = {
    "arkit52": "all 52 weights, kept within what a mesh can show",
    "flame100": "the jaw from its joint; the 100 expressions belong to FLAME's shapes and are not here",
}
"""What the file says of each face basis."""


def write_glb(motion: Motion, path: str | Path, wears: Look | None = None, speech: Speech | None = None) -> Path:
    """Write a motion on the dressed body to a GLB file; an older file stays whole until the new one is.

    Args:
        motion: any; of a `flame100` face the jaw moves, the rest of it stays neutral.
        path: the file.
        wears: the body's look; the default one if not given.
        speech: the recording, whose name and hash the file then says.

    Returns:
        The path written.

    Raises:
        OutputError: the file cannot be written.
    """
    path = Path(path)
    data = glb_bytes(motion, wears, speech)
    with replacing(path) as temporary:
        temporary.write_bytes(data)
    return path


def write_body(path: str | Path, wears: Look | None = None) -> Path:
    """Write the dressed body at rest, with its skeleton and shapes but no animation, to a GLB file.

    Raises:
        OutputError: the file cannot be written.
    """
    path = Path(path)
    data = figure_glb(None, figure(wears or look()), _about(None, None))
    with replacing(path) as temporary:
        temporary.write_bytes(data)
    return path


def glb_bytes(motion: Motion, wears: Look | None = None, speech: Speech | None = None) -> bytes:
    """A GLB file as it is written by `write_glb`."""
    return figure_glb(motion, figure(wears or look()), _about(motion, speech))


def figure_glb(motion: Motion | None, body: Figure, about: dict[str, Any]) -> bytes:
    """A GLB file of any figure; the same motion and figure give the same bytes.

    Args:
        motion: what it does; None for a file without animation.
        body: who does it.
        about: what the file says of itself, as JSON.
    """
    buffer = Buffer()
    morphs = morphs_of(body)
    joints = joint_nodes(body.rig)
    mesh_node = len(joints)
    document = GLTF2(
        asset=Asset(generator=f"gesta {__version__}", extras={EXTRAS: about}),
        scene=0,
        # The mesh stands beside the skeleton: a skinned mesh is not moved by what is above it (section 3.7.3.3).
        scenes=[Scene(name="scene", nodes=[mesh_node, body.rig.parents.index(-1)])],
        nodes=[*joints, Node(name="body", mesh=0, skin=0)],
        meshes=[body_mesh(body, morphs, buffer)],
        skins=[body_skin(body.rig, buffer)],
        materials=[
            material(KINDS[group.kind], group.two_sided, body.material[group.vertices, 3]) for group in groups_of(body)
        ],
        animations=[] if motion is None else [_animation(motion, body, mesh_node, buffer)],
        accessors=buffer.accessors,
    )
    document.bufferViews, numbers = buffer.finish()
    document.buffers = [BufferSize(byteLength=len(numbers))]
    document.set_binary_blob(numbers)
    return b"".join(document.save_to_bytes())


def _animation(motion: Motion, body: Figure, mesh_node: int, buffer: Buffer) -> Animation:
    """The motion with the weights of all shapes: the face's as far as a mesh can show them, then the correctives'."""
    acting = corrective_weights(body.rules, motion.rotations)
    weights = np.concatenate([tamed(arkit_weights(motion)), acting], axis=1)
    return body_animation(motion, body, mesh_node, weights, buffer)


def _about(motion: Motion | None, speech: Speech | None) -> dict[str, Any]:
    """What a file says of itself: where motion and body come from, how exact it is, and which sound belongs to it."""
    about: dict[str, Any] = {"body": body_asset().info.sources}
    if motion is not None:
        about["provenance"] = dict(motion.provenance)
        about["face"] = FACE_SAID[motion.face_basis]
        about["errors"] = {
            "rotation_degrees": ROTATION_ERROR_DEGREES,
            "position_m": POSITION_ERROR_M,
            "weight": WEIGHT_ERROR,
        }
    if speech is not None:
        about["speech"] = {"name": speech.name, "duration_s": speech.duration_s, "sha256": speech.sha256}
    # As JSON and back, so that nothing is left that only Python knows.
    return json.loads(json.dumps(about, default=str), parse_constant=str)
