"""`gesta body`: what it says of the built-in body, the pictures and the GLB it writes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pygltflib import GLTF2

from gesta.avatar.looks import looks
from gesta.motion.face import ARKIT_NAMES
from gesta.motion.skeleton import skeleton
from tests.cli.running import everything_in, gesta_run
from tests.cli.test_bad_input import refused


def picture(path: str) -> np.ndarray:
    return np.asarray(Image.open(path)).astype(int)


def test_it_says_what_the_body_is(here: Path) -> None:
    outcome = gesta_run("body")
    assert (outcome.status, outcome.stderr) == (0, "")
    words = set(outcome.stdout.replace(",", " ").replace(":", " ").split())
    assert {*skeleton().names, *ARKIT_NAMES, *looks(), "55", "52", "CC0"} <= words
    assert max(map(len, outcome.stdout.splitlines())) <= 80
    assert everything_in(here) == {}


def test_another_look_is_another_body(here: Path) -> None:
    names = list(looks())
    assert gesta_run("body", "--look", names[1]).stdout != gesta_run("body", "--look", names[0]).stdout


@pytest.mark.slow
def test_a_contact_sheet(here: Path) -> None:
    outcome = gesta_run("body", "-o", "sheet.png")
    assert (outcome.status, outcome.files) == (0, [Path("sheet.png")])
    sheet = picture("sheet.png")
    assert sheet.shape[1] == 2340
    # Nothing in it is empty: every stretch of the height of a face has contrast.
    assert all(sheet[top : top + 180].std() > 10 for top in range(0, len(sheet) - 180, 180))
    assert sorted(everything_in(here)) == ["sheet.png"]


def test_a_portrait_shows_the_look(here: Path) -> None:
    one, other = list(looks())[:2]
    assert gesta_run("body", "--portrait").files == [Path("portrait.png")]
    gesta_run("body", "--portrait", "-o", "same.png", "--look", one)
    gesta_run("body", "--portrait", "-o", "other.png", "--look", other)
    assert np.array_equal(picture("portrait.png"), picture("same.png"))
    assert np.abs(picture("other.png") - picture("same.png")).mean() > 2.0


def test_a_model_file_has_every_shape_and_no_animation(here: Path) -> None:
    assert gesta_run("body", "-o", "body.glb").files == [Path("body.glb")]
    assert Path("body.glb").read_bytes().startswith(b"glTF")
    document = GLTF2().load("body.glb")
    assert document.animations == []
    assert document.meshes[0].extras["targetNames"][: len(ARKIT_NAMES)] == list(ARKIT_NAMES)
    assert len(document.skins[0].joints) >= len(skeleton().names)


BAD = (
    ("-o body.fbx", ["body.fbx", ".glb"]),
    ("-o none/sheet.png", ["none"]),
    ("--portrait -o body.glb", [".png"]),
    ("--look nobody", ["nobody"]),
    ("--look suit,hair=green", ["green"]),
)


@pytest.mark.parametrize(("options", "words"), BAD, ids=[options for options, _ in BAD])
def test_what_cannot_be_is_said_in_one_sentence(here: Path, options: str, words: list[str]) -> None:
    refused(gesta_run("body", *options.split()), *words)
    assert everything_in(here) == {}


def test_a_folder_is_no_picture(here: Path) -> None:
    Path("there.png").mkdir()
    refused(gesta_run("body", "-o", "there.png"), "folder")
