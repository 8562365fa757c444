"""The body's file: what was written is read, and a file that is no body is refused in one sentence."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from gesta.avatar.asset import ARRAYS, FORMAT, HEADER_BYTES, VERSION, asset_bytes, body_asset, read_asset, write_asset
from gesta.avatar.capsules import body_capsules
from gesta.errors import InputError
from tests.avatar.made_body import made_body, made_body_in_use

Tensors = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("body") / "body.safetensors"
    write_asset(made_body(), path)
    return path


def rewritten(written: Path, path: Path, change: Callable[[Tensors, dict], None]) -> Path:
    """The file with a change to its arrays and to what it says of itself."""
    tensors, info = load_file(written), json.loads(json.dumps(made_body().info.model_dump(mode="json")))
    change(tensors, info)
    save_file(tensors, path, {"format": FORMAT, "version": VERSION, "info": json.dumps(info)})
    return path


def test_what_was_written_is_read(written: Path) -> None:
    body, read = made_body(), read_asset(written)
    assert read.info == body.info
    assert list(read.pieces) == list(body.pieces)
    for name, piece in body.pieces.items():
        for array in ARRAYS:
            np.testing.assert_array_equal(getattr(read.pieces[name], array), getattr(piece, array))
        for shapes in ("shapes", "correctives"):
            ours, theirs = getattr(piece, shapes), getattr(read.pieces[name], shapes)
            assert ours.names == theirs.names
            np.testing.assert_array_equal(ours.starts, theirs.starts)
            np.testing.assert_array_equal(ours.offsets, theirs.offsets)
    assert {name: faces.tolist() for name, faces in read.hidden.items()} == {
        name: faces.tolist() for name, faces in body.hidden.items()
    }


def test_the_same_body_makes_the_same_file(written: Path, tmp_path: Path) -> None:
    write_asset(read_asset(written), tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == written.read_bytes()


def test_the_body_in_use_and_its_capsules(tmp_path: Path) -> None:
    with made_body_in_use(tmp_path):
        assert body_asset() is body_asset()
        assert asset_bytes() == (tmp_path / "body.safetensors").stat().st_size
        capsules = body_capsules()
    assert (capsules.names, capsules.joints) == (("head",), ("head",))
    np.testing.assert_allclose(capsules.starts, [(0.0, 1.5, 0.0)])


def lost(tensors: Tensors, _: dict) -> None:
    del tensors["skin/faces"]


def beyond(tensors: Tensors, _: dict) -> None:
    tensors["skin/faces"][3, 1] = len(tensors["skin/vertices"])


def infinite(tensors: Tensors, _: dict) -> None:
    tensors["eyes/vertices"][0, 0] = np.inf


def unheld(tensors: Tensors, _: dict) -> None:
    tensors["skin/weights"][5] = 0.1


def many_joints(tensors: Tensors, _: dict) -> None:
    tensors["skin/joints"][0, 0] = 200


def other_type(tensors: Tensors, _: dict) -> None:
    tensors["skin/vertices"] = tensors["skin/vertices"].astype(np.float64)


def backwards(tensors: Tensors, _: dict) -> None:
    tensors["skin/shape_starts"][4] = -1


def far_shape(tensors: Tensors, _: dict) -> None:
    tensors["skin/shape_vertices"][0] = 10**6


def colourless(tensors: Tensors, _: dict) -> None:
    tensors["skin/tints"][2] = 0


def hides_nothing_there(tensors: Tensors, _: dict) -> None:
    tensors["outfit/shirt/hidden"][0] = -5


def unknown_piece(_: Tensors, info: dict) -> None:
    info["outfits"]["shirt"].append("cape")


def unknown_joint(_: Tensors, info: dict) -> None:
    info["helpers"][0]["parent"] = "tail"


def no_direction(_: Tensors, info: dict) -> None:
    info["correctives"][0]["direction"] = [0.0, 0.0, 0.0]


def far_landmark(_: Tensors, info: dict) -> None:
    info["landmarks"]["left_palm"] = [10**7]


def naked_of_skin(_: Tensors, info: dict) -> None:
    info["always"] = ["eyes"]


def unknown_key(_: Tensors, info: dict) -> None:
    info["landmark"] = {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lost, "'skin/faces' is missing"),
        (beyond, "the faces of piece 'skin' lie outside"),
        (infinite, "the vertices of piece 'eyes' hold values that are not finite"),
        (unheld, "the weights of piece 'skin' do not add up"),
        (many_joints, "the joints of piece 'skin' lie outside of 0 to 58"),
        (other_type, "the vertices of piece 'skin' are float64"),
        (backwards, "the starts of shapes of piece 'skin'"),
        (far_shape, "the vertices of shapes of piece 'skin' lie outside"),
        (colourless, "the tints of piece 'skin' do not add up"),
        (hides_nothing_there, "the outfit 'shirt' hides lie outside"),
        (unknown_piece, "it names the piece 'cape'"),
        (unknown_joint, "it names the joint 'tail'"),
        (no_direction, "is no unit vector"),
        (far_landmark, "the landmark 'left_palm' lie outside"),
        (naked_of_skin, "'skin' is not among the pieces"),
        (unknown_key, "Unknown setting 'landmark': did you mean landmarks"),
    ],
)
def test_an_unsound_file_is_refused(written: Path, tmp_path: Path, change: Callable, said: str) -> None:
    path = rewritten(written, tmp_path / "unsound.safetensors", change)
    with pytest.raises(InputError, match=said) as caught:
        read_asset(path)
    assert "unsound.safetensors" in str(caught.value)


def test_a_file_that_is_no_body_is_refused(written: Path, tmp_path: Path) -> None:
    path = tmp_path / "any.safetensors"
    with pytest.raises(InputError, match="cannot be read: no such file"):
        read_asset(path)
    for content, said in (
        (b"", "damaged"),
        (b"not a body at all", "a header of"),
        ((HEADER_BYTES + 1).to_bytes(8, "little"), "a header of"),
        (written.read_bytes()[:-100], "damaged"),
    ):
        path.write_bytes(content)
        with pytest.raises(InputError, match=said):
            read_asset(path)
    save_file({"a": np.zeros(3)}, path)
    with pytest.raises(InputError, match=f"its format is not {FORMAT} {VERSION}"):
        read_asset(path)
    save_file({"a": np.zeros(3)}, path, {"format": FORMAT, "version": VERSION, "info": "{"})
    with pytest.raises(InputError, match="its info is no JSON"):
        read_asset(path)


def test_a_body_that_contradicts_itself_is_not_written(tmp_path: Path) -> None:
    body = made_body()
    skin = replace(body.pieces["skin"], weights=body.pieces["skin"].weights * 2)
    with pytest.raises(ValueError, match="do not add up to one"):
        write_asset(replace(body, pieces={**body.pieces, "skin": skin}), tmp_path / "body.safetensors")
    assert not list(tmp_path.iterdir())
