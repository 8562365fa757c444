"""Which GLB files a page takes, and what is said of the others."""

import json
import struct
from pathlib import Path

import pytest

from gesta.errors import InputError
from gesta.view import glb_check
from gesta.view.glb_check import read_fit_glb
from tests.view.made_glb import pillar, pillar_bytes


def glb_of(scene: object, numbers: bytes = b"\0" * 4) -> bytes:
    text = json.dumps(scene).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(numbers), 0x004E4942) + numbers
    return struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks


def test_a_fit_file_is_taken_as_it_is(tmp_path: Path):
    path = tmp_path / "a.glb"
    path.write_bytes(pillar_bytes(duration_s=3.0))
    fit = read_fit_glb(path)
    assert fit.content == path.read_bytes()
    assert (fit.duration_s, fit.own) == (3.0, False)


def test_a_file_of_ours_is_known(tmp_path: Path):
    document = pillar()
    document.asset.extras = {"gesta": {"body": "ours"}}
    (tmp_path / "a.glb").write_bytes(b"".join(document.save_to_bytes()))
    assert read_fit_glb(tmp_path / "a.glb").own


BAD = {
    "empty": (b"", "no whole GLB"),
    "text": (b"hello there, this is no GLB at all", "no whole GLB"),
    "cut off": (pillar_bytes()[:-10], "no whole GLB"),
    "not JSON": (glb_of({}).replace(b"{}", b"{{"), "damaged"),
    "a list": (glb_of([]), "damaged"),
    "no mesh": (glb_of({"asset": {"version": "2.0"}}), "nothing to see"),
    "other files": (glb_of({"meshes": [{}], "buffers": [{"uri": "../../etc/passwd"}]}), "other files"),
    "the network": (glb_of({"meshes": [{}], "images": [{"uri": "https://example.com/a.png"}]}), "other files"),
    "Draco": (pillar_bytes(needs="KHR_draco_mesh_compression"), "KHR_draco_mesh_compression"),
}


@pytest.mark.parametrize("kind", BAD)
def test_an_unfit_file_is_refused_in_one_sentence(tmp_path: Path, kind: str):
    content, reason = BAD[kind]
    path = tmp_path / "bad.glb"
    path.write_bytes(content)
    with pytest.raises(InputError, match=reason) as refusal:
        read_fit_glb(path)
    assert "bad.glb" in str(refusal.value)
    assert str(refusal.value).count("\n") == 0


def test_what_is_too_large_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a.glb").write_bytes(pillar_bytes())
    monkeypatch.setattr(glb_check, "LARGEST_BYTES", 100)
    with pytest.raises(InputError, match="at most"):
        read_fit_glb(tmp_path / "a.glb")


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(InputError, match=r"none\.glb"):
        read_fit_glb(tmp_path / "none.glb")


@pytest.mark.parametrize("animations", [None, [{}], [{"samplers": [{"input": 7}]}], [{"samplers": "x"}], "x", [3]])
def test_a_length_that_is_not_said_is_no_reason_to_fail(tmp_path: Path, animations: object):
    (tmp_path / "a.glb").write_bytes(glb_of({"meshes": [{}], "animations": animations, "accessors": [{}]}))
    assert read_fit_glb(tmp_path / "a.glb").duration_s == 0.0
