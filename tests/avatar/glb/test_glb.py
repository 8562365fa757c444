"""GLB files: what is written is what is read, within the errors that the file states."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import gesta
from gesta.avatar.correctives import corrective_weights
from gesta.avatar.face_weights import arkit_weights, tamed
from gesta.avatar.glb.animation import POSITION_ERROR_M, ROTATION_ERROR_DEGREES, WEIGHT_ERROR
from gesta.avatar.glb.materials import material
from gesta.avatar.glb.mesh import groups_of
from gesta.avatar.glb.morphs import LEAST_TURN, morphs_of
from gesta.avatar.glb.read import GlbBody, read_glb
from gesta.avatar.glb.write import EXTRAS, figure_glb, glb_bytes, write_body, write_glb
from gesta.avatar.info import KINDS
from gesta.avatar.looks import look
from gesta.avatar.normals import vertex_normals
from gesta.avatar.posing import Figure
from gesta.motion.face import ARKIT_NAMES
from gesta.motion.kinematics import forward
from gesta.motion.rotations import angle_between, matrix_from_axis_angle
from gesta.records import Motion
from gesta.units import MOTION_FPS
from tests.cli.running import demo_speech
from tests.motion.moving import made_motion

VALIDATOR = "GESTA_GLTF_VALIDATOR"
"""Names the folder that holds node_modules/gltf-validator."""


@pytest.fixture(scope="module")
def motion() -> Motion:
    return made_motion(150, size=0.5)


@pytest.fixture(scope="module")
def written(body: Figure, motion: Motion, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_glb(motion, tmp_path_factory.mktemp("glb") / "made.glb")


@pytest.fixture(scope="module")
def found(written: Path) -> GlbBody:
    return read_glb(written)


def times_of(motion: Motion) -> np.ndarray:
    return np.arange(motion.frame_count) / MOTION_FPS


def test_joints_are_the_rigs(body: Figure, found: GlbBody) -> None:
    assert found.bones.names == body.rig.names
    assert found.bones.parents == body.rig.parents
    assert np.allclose(found.bones.rest_positions(), body.rig.rest_positions, atol=1e-6)


def test_every_joint_turns_as_it_should(body: Figure, motion: Motion, found: GlbBody) -> None:
    off = angle_between(body.rig.local(motion.rotations), found.local(times_of(motion)))
    assert np.degrees(off).max() <= ROTATION_ERROR_DEGREES


def test_joints_of_a_lively_body_are_where_they_should_be(body: Figure, motion: Motion, found: GlbBody) -> None:
    pose = body.rig.pose(motion.rotations.astype(np.float64), motion.translation.astype(np.float64))
    off = np.linalg.norm(pose.positions - found.pose(times_of(motion)).positions, axis=-1)
    # Every joint swings here, which no speaker does: errors add up to more than they do in a speaking body.
    assert off.max() <= 2.0 * POSITION_ERROR_M


def test_a_speaking_body_is_where_it_should_be(body: Figure, tmp_path: Path) -> None:
    motion = gesta.load("procedural").speak(demo_speech(tmp_path / "speech.wav", 6.0), style="lively").motion
    found = read_glb(write_glb(motion, tmp_path / "speaking.glb"))
    pose = body.rig.pose(motion.rotations.astype(np.float64), motion.translation.astype(np.float64))
    off = np.linalg.norm(pose.positions - found.pose(times_of(motion)).positions, axis=-1)
    assert off.max() <= POSITION_ERROR_M
    assert sum(len(track.times) for track in found.rotations) < 0.8 * motion.frame_count * len(found.bones.names)


def test_shapes_have_their_names_and_weights(body: Figure, motion: Motion, found: GlbBody) -> None:
    assert found.shapes == (*ARKIT_NAMES, *(f"corrective_{rule.name}" for rule in body.rules))
    weights = found.shape_weights(times_of(motion))
    assert np.abs(weights[:, :52] - tamed(arkit_weights(motion))).max() <= WEIGHT_ERROR + 1e-6
    assert np.abs(weights[:, 52:] - corrective_weights(body.rules, motion.rotations)).max() <= WEIGHT_ERROR + 1e-6


def test_the_surface_is_the_figures(body: Figure, found: GlbBody) -> None:
    groups = list(groups_of(body))
    assert sum(len(surface.triangles) for surface in found.surfaces) == len(body.faces)
    for group, surface in zip(groups, found.surfaces, strict=True):
        assert surface.material.removesuffix("_two_sided") == KINDS[group.kind]
        assert np.array_equal(surface.positions, body.vertices[group.vertices])
        assert np.array_equal(
            np.sort(group.vertices[surface.triangles].ravel()),
            np.sort(
                body.faces[(body.kind[body.faces[:, 0]] == group.kind) & (body.two_sided == group.two_sided)].ravel()
            ),
        )
        assert np.abs(surface.colours[:, :3] - body.material[group.vertices, :3]).max() < 1e-4
        assert np.abs(np.linalg.norm(surface.normals, axis=1) - 1.0).max() < 1e-5
        whole = np.rint(surface.weights * 65535).astype(int)
        assert (whole.sum(axis=1) == 65535).all()
        assert np.abs(surface.weights - body.weights[group.vertices]).max() < 1e-4
        assert (surface.joints[whole == 0] == 0).all()


def test_sparse_shapes_are_the_figures_dense_ones(body: Figure, found: GlbBody) -> None:
    for number, name in enumerate(ARKIT_NAMES):
        weights = np.zeros(52, np.float32)
        weights[number] = 1.0
        dense = body.shapes.offset(weights, len(body.vertices))
        for group, surface in zip(groups_of(body), found.surfaces, strict=True):
            moved, offsets = surface.moved[name]
            here = np.zeros((len(group.vertices), 3), np.float32)
            here[moved] = offsets
            assert np.array_equal(here, dense[group.vertices])
            assert len(moved) < len(group.vertices) or not len(moved) or dense[group.vertices].any(axis=1).all()


def test_shapes_turn_the_normals_that_they_bend(body: Figure) -> None:
    morph = morphs_of(body)[ARKIT_NAMES.index("jawOpen")]
    rest, bent = np.empty((2, *body.vertices.shape), np.float32)
    vertex_normals(body.vertices, body.faces, rest)
    opened = body.vertices.copy()
    opened[morph.moved] += morph.offsets
    vertex_normals(opened, body.faces, bent)
    turned = rest.copy()
    turned[morph.turned] += morph.turns
    assert np.abs(turned - bent).max() <= LEAST_TURN
    assert set(morph.moved) <= set(morph.turned)


def test_the_same_motion_gives_the_same_bytes(body: Figure, motion: Motion, written: Path) -> None:
    assert glb_bytes(motion) == written.read_bytes()
    assert glb_bytes(motion, look("speaker")) != written.read_bytes()


def test_the_file_says_where_it_comes_from_and_how_exact_it_is(found: GlbBody) -> None:
    about = found.extras[EXTRAS]
    assert about["provenance"] == {"model": "made", "seed": 0}
    assert about["body"]["skin"]["licence"] == "Apache-2.0"
    assert about["errors"] == {"rotation_degrees": 0.2, "position_m": 0.0005, "weight": 0.005}


def test_odd_provenance_is_still_json(body: Figure, tmp_path: Path) -> None:
    odd = made_motion(3).replaced(provenance={"loss": float("nan"), "path": Path("a"), 3: "ü"})
    path = write_glb(odd, tmp_path / "odd.glb")
    assert read_glb(path).extras[EXTRAS]["provenance"] == {"loss": "NaN", "path": "a", "3": "ü"}


def test_a_face_of_flame_moves_the_jaw(body: Figure, tmp_path: Path) -> None:
    motion = made_motion(30, "flame100")
    rotations = motion.rotations.copy()
    rotations[:, body.rig.names.index("jaw")] = matrix_from_axis_angle(np.array([0.2, 0.0, 0.0], np.float32))
    found = read_glb(write_glb(motion.replaced(rotations=rotations), tmp_path / "flame.glb"))
    weights = found.shape_weights(np.array([0.5]))[0]
    assert weights[ARKIT_NAMES.index("jawOpen")] == pytest.approx(np.degrees(0.2) / 18.0, abs=0.01)
    assert weights[ARKIT_NAMES.index("mouthSmileLeft")] == 0.0


def test_eyes_are_turned_once(body: Figure, tmp_path: Path) -> None:
    motion = made_motion(10)
    rotations = motion.rotations.copy()
    eye = body.rig.names.index("left_eye_smplhf")
    rotations[:, eye] = matrix_from_axis_angle(np.array([0.0, 0.3, 0.0], np.float32))
    found = read_glb(write_glb(motion.replaced(rotations=rotations), tmp_path / "eyes.glb"))
    assert np.allclose(found.local(np.array([0.1]))[0, eye], np.eye(3))


@pytest.mark.parametrize("frames", [1, 2])
def test_short_motions(body: Figure, frames: int, tmp_path: Path) -> None:
    motion = made_motion(frames)
    found = read_glb(write_glb(motion, tmp_path / "short.glb"))
    assert found.duration_s <= (frames - 1) / MOTION_FPS + 1e-6
    pose = forward(body.rig.local(motion.rotations), motion.translation, body.rig.bones)
    assert np.abs(found.pose(times_of(motion)).positions - pose.positions).max() < 1e-3


def test_a_still_body_has_one_key_each(body: Figure, tmp_path: Path) -> None:
    one = made_motion(1)
    still = Motion(*(np.repeat(part, 3000, axis=0) for part in (one.rotations, one.translation, one.face)))
    path = write_glb(still, tmp_path / "still.glb")
    found = read_glb(path)
    assert all(len(track.times) == 1 for track in (*found.rotations, found.translation, found.weights))
    assert path.stat().st_size < 200_000


def test_the_body_at_rest_has_shapes_but_no_animation(body: Figure, tmp_path: Path) -> None:
    data = write_body(tmp_path / "rest.glb", look("suit")).read_bytes()
    description = json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])
    assert "animations" not in description or not description["animations"]
    assert description["meshes"][0]["extras"]["targetNames"][:52] == list(ARKIT_NAMES)


def test_what_is_glossy_is_smooth() -> None:
    dull, wet = (material("eye", False, np.full(5, gloss)) for gloss in (0.0, 0.9))
    assert dull.pbrMetallicRoughness.roughnessFactor == 1.0
    assert wet.pbrMetallicRoughness.roughnessFactor == pytest.approx(0.1)
    assert material("eye", False, np.ones(5)).pbrMetallicRoughness.roughnessFactor > 0.0
    assert material("hair", True, np.zeros(3)).doubleSided


def test_no_parent_moves_the_mesh(body: Figure, motion: Motion) -> None:
    data = figure_glb(motion, body, {})
    description = json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])
    mesh = next(number for number, node in enumerate(description["nodes"]) if "mesh" in node)
    assert mesh in description["scenes"][0]["nodes"]
    assert all("uri" not in buffer for buffer in description["buffers"])


def test_the_validator_finds_nothing(written: Path) -> None:
    folder, node = os.environ.get(VALIDATOR), shutil.which("node")
    if not folder or not node:
        pytest.skip(f"needs node, and {VALIDATOR} naming a folder in which gltf-validator is installed by npm")
    program = (
        "const v = require('gltf-validator'), f = require('fs');"
        "v.validateBytes(new Uint8Array(f.readFileSync(process.argv[1]))).then(r => console.log(JSON.stringify(r)))"
    )
    run = subprocess.run([node, "-e", program, str(written)], cwd=folder, capture_output=True, text=True, check=True)
    issues = json.loads(run.stdout)["issues"]
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]
