"""Is a GLB file of ours what the motion says, in Blender too? Joints, shapes and surface at ten frames.

    .venv/bin/python runs/check_glb.py MOTION.npz FILE.glb BLENDER_PYTHON [LOOK]

BLENDER_PYTHON is a Python that has the module bpy (pip install bpy). Compares with the motion itself, not with the
file: what reducing the keys costs is in the differences. Fails beyond 2 mm or a weight of 0.01.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from gesta.avatar.correctives import corrective_weights
from gesta.avatar.face_weights import arkit_weights, tamed
from gesta.avatar.figure import figure
from gesta.avatar.glb.mesh import groups_of
from gesta.avatar.glb.read import read_glb
from gesta.avatar.looks import look
from gesta.motion.npz_read import read_npz
from gesta.units import MOTION_FPS

FRAMES = 10
MOST_MM = 2.0
MOST_WEIGHT = 0.01


def say(sentence: str) -> None:
    """Write a line to standard output."""
    sys.stdout.write(f"{sentence}\n")


def furthest_mm(first: np.ndarray, second: np.ndarray) -> float:
    """Largest distance of points (..., 3) in metres, in millimetres."""
    return 1000.0 * float(np.linalg.norm(first - second, axis=-1).max())


def main(motion_file: str, file: str, blender: str, wears: str = "") -> None:
    """Compare and say the largest differences."""
    motion, body, found = read_npz(motion_file), figure(look(wears)), read_glb(file)
    frames = np.linspace(0, motion.frame_count - 1, FRAMES).astype(int)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "blender.npz"
        program = Path(__file__).with_name("glb_in_blender.py")
        listed = ",".join(map(str, frames))
        subprocess.run([blender, program, file, out, str(MOTION_FPS), listed], check=True, stdout=subprocess.DEVNULL)
        with np.load(out) as opened:
            seen = dict(opened)
    rotations, translation = motion.rotations[frames], motion.translation[frames]
    pose = body.rig.pose(rotations.astype(np.float64), translation.astype(np.float64))
    face = tamed(arkit_weights(motion))[frames]
    shapes = np.concatenate([face, corrective_weights(body.rules, rotations)], axis=1)
    vertices, _ = body.pose(rotations, translation, face if motion.face_basis == "arkit52" else None)
    order = np.concatenate([group.vertices for group in groups_of(body)])
    rows = [list(seen["joint_names"]).index(name) for name in body.rig.names]
    columns = [list(seen["shape_names"]).index(name) for name in found.shapes]
    joints_mm = furthest_mm(seen["joints"][:, rows], pose.positions)
    off = float(np.abs(seen["shapes"][:, columns] - shapes).max())
    surface_mm = furthest_mm(seen["surface"], vertices[:, order])
    say(f"{file}: {len(seen['materials'])} materials, {int(seen['vertex_colours'])} set of vertex colours in Blender")
    say(f"joints at most {joints_mm:.2f} mm off, shapes {off:.4f}, surface {surface_mm:.2f} mm, at {FRAMES} frames")
    ours_mm = furthest_mm(found.pose(frames / MOTION_FPS).positions, seen["joints"][:, rows])
    say(f"joints as we read the file and as Blender does: at most {ours_mm:.3f} mm apart")
    if max(joints_mm, surface_mm) > MOST_MM or off > MOST_WEIGHT:
        sys.exit(f"more than {MOST_MM} mm or a weight of {MOST_WEIGHT} off")


main(*sys.argv[1:])
