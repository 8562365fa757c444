"""What Blender makes of a GLB file: joints, shapes and surface at some frames. Run by Blender's Python (module bpy).

    BLENDER_PYTHON runs/glb_in_blender.py FILE.glb OUT.npz FPS FRAME,FRAME,...

Writes positions (N, J, 3) of the bones' heads with their names, values (N, M) of the shape keys with theirs, and the
surface (N, V, 3) as it is when skin and shapes have moved it, all in glTF's axes. `check_glb.py` compares them.
"""

import sys
from pathlib import Path

import bpy
import numpy as np


def in_gltf_axes(points: np.ndarray) -> np.ndarray:
    """Points (..., 3) of Blender's, whose Z is up, with Y up."""
    return np.stack([points[..., 0], points[..., 2], -points[..., 1]], axis=-1)


def surface(body: bpy.types.Object) -> np.ndarray:
    """(V, 3) vertices in the world, as modifiers and shapes have moved them."""
    moved = body.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = moved.to_mesh()
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    world = np.array(moved.matrix_world)
    moved.to_mesh_clear()
    return points.reshape(-1, 3) @ world[:3, :3].T + world[:3, 3]


def main(file: str, out: str, fps: str, frames: str) -> None:
    """Import the file into an empty scene, and write what is there at each frame."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.fps = int(fps)
    bpy.ops.import_scene.gltf(filepath=str(Path(file).resolve()))
    skeleton = next(thing for thing in scene.objects if thing.type == "ARMATURE")
    body = next(thing for thing in scene.objects if thing.type == "MESH" and thing.data.shape_keys)
    keys = [key for key in body.data.shape_keys.key_blocks if key != body.data.shape_keys.reference_key]
    joints, shapes, surfaces = [], [], []
    for frame in frames.split(","):
        scene.frame_set(int(frame))
        joints.append([skeleton.matrix_world @ bone.head for bone in skeleton.pose.bones])
        shapes.append([key.value for key in keys])
        surfaces.append(surface(body))
    np.savez(
        out,
        joint_names=[bone.name for bone in skeleton.pose.bones],
        joints=in_gltf_axes(np.array(joints)),
        shape_names=[key.name for key in keys],
        shapes=np.array(shapes),
        surface=in_gltf_axes(np.array(surfaces)),
        materials=[slot.name for slot in body.material_slots],
        vertex_colours=len(body.data.color_attributes),
    )


main(*sys.argv[1:])
