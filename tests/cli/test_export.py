"""`gesta export`: which files it writes, from what, and what it refuses."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gesta.avatar.glb.read import read_glb
from gesta.motion.npz_read import read_npz
from gesta.motion.npz_write import write_npz
from tests.avatar.made_body import made_body_in_use
from tests.cli.running import everything_in, gesta_run
from tests.motion.moving import made_motion


@pytest.fixture(scope="module", autouse=True)
def body(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with made_body_in_use(tmp_path_factory.mktemp("body")):
        yield


@pytest.fixture
def motion(here: Path) -> Path:
    return write_npz(made_motion(30), Path("motion.npz"))


def test_files_are_called_after_the_motion_and_lie_beside_it(motion: Path) -> None:
    outcome = gesta_run("export", motion, "--to", "glb,bvh,glb")
    assert outcome.status == 0
    assert outcome.files == [Path("motion.glb"), Path("motion.bvh")]
    assert all(file.stat().st_size for file in outcome.files)
    assert outcome.stderr.splitlines()[-1].startswith("motion: 1.0 s took ")


def test_another_folder_and_another_look(motion: Path) -> None:
    assert gesta_run("export", motion, "--to", "glb", "-o", "models/new", "--look", "speaker").status == 0
    assert gesta_run("export", motion, "--to", "glb").status == 0
    assert sorted(everything_in(Path())) == [
        "models",
        "models/new",
        "models/new/motion.glb",
        "motion.glb",
        "motion.npz",
    ]
    first, second = read_glb("models/new/motion.glb"), read_glb("motion.glb")
    assert {surface.material for surface in first.surfaces} != {surface.material for surface in second.surfaces}
    times = np.arange(30) / 30
    assert np.allclose(first.pose(times).positions, second.pose(times).positions)


def test_bvh_becomes_npz_and_glb(motion: Path) -> None:
    gesta_run("export", motion, "--to", "bvh", "-o", "captured")
    assert gesta_run("export", "captured/motion.bvh", "--to", "npz,glb").status == 0
    want = made_motion(30)
    assert np.abs(read_npz("captured/motion.npz").rotations[:, :22] - want.rotations[:, :22]).max() < 1e-3
    assert read_glb("captured/motion.glb").duration_s == pytest.approx(29 / 30)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("motion.npz --to vrma", "The format 'vrma' is not in this version"),
        ("motion.npz --to gbl", "did you mean glb"),
        ("motion.npz --to ,", "names no format"),
        ("motion.npz --to npz", "is what the files are made from"),
        ("motion.npz --to glb --look hst", "did you mean host"),
        ("motion.npz --to glb --avatar me.vrm", "--avatar' is not in this version"),
        ("none.npz --to glb", "none.npz"),
        ("motion.txt --to glb", "give an .npz or a .bvh"),
        ("motion.npz", "--to"),
        ("motion.npz --to glb -o motion.npz", "is not a folder"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(motion: Path, arguments: str, said: str) -> None:
    before = everything_in(Path())
    outcome = gesta_run("export", *arguments.split())
    assert outcome.status == 2
    assert said in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert everything_in(Path()) == before


def test_speak_writes_a_glb_that_knows_its_recording(here: Path, speech: Path) -> None:
    outcome = gesta_run("speak", speech, "--no-preview", "--formats", "glb", "--look", "suit")
    assert outcome.status == 0
    found = read_glb("gesta_out/speech/motion.glb")
    assert found.extras["gesta"]["speech"]["name"] == "speech"
    assert found.extras["gesta"]["speech"]["duration_s"] == pytest.approx(1.0, abs=0.01)
    assert gesta_run("speak", speech, "--no-preview", "--formats", "glb", "--look", "nobody").status == 2
