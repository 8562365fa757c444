"""Dressing: a look's pieces as one surface, hidden skin gone, colours and landmarks in place."""

from pathlib import Path

import numpy as np
import pytest

from gesta.avatar.colours import linear_from_srgb
from gesta.avatar.dressing import dressed
from gesta.avatar.figure import figure
from gesta.avatar.info import KINDS
from gesta.avatar.looks import look, look_from
from gesta.avatar.posing import Figure
from gesta.motion.face import ARKIT_NAMES
from tests.avatar.made_body import made_body, made_body_in_use, made_palette

BODY, COLOURS = made_body(), made_palette()
SKIN = BODY.pieces["skin"]


def made_figure(text: str) -> Figure:
    return dressed(BODY, look_from(text, COLOURS, BODY.info), COLOURS)


@pytest.fixture(scope="module")
def host() -> Figure:
    return made_figure("host")


def test_a_figure_has_its_look_s_pieces_and_no_others(host: Figure) -> None:
    worn = ("skin", "eyes", "shirt_cloth", "short_hair", "soft_brows")
    hidden = len(BODY.hidden["shirt"])
    assert len(host.faces) == sum(len(BODY.pieces[name].faces) for name in worn) - hidden
    assert {KINDS[kind] for kind in np.unique(host.kind)} == {"skin", "eye", "cloth", "hair", "brow"}
    assert (host.vertices.dtype, host.faces.dtype, host.joints.dtype) == (np.float32, np.int32, np.int32)
    np.testing.assert_allclose(host.weights.sum(axis=1), 1.0, atol=1e-6)
    assert (np.diff(host.weights, axis=1) <= 0.0).all()


def test_hidden_skin_is_gone_with_its_vertices(host: Figure) -> None:
    gone = np.setdiff1d(SKIN.faces[BODY.hidden["shirt"]], np.delete(SKIN.faces, BODY.hidden["shirt"], axis=0))
    assert len(gone) == 8
    drawn = {tuple(vertex) for vertex in host.vertices[: host.drawn].tolist()}
    assert not drawn & {tuple(vertex) for vertex in SKIN.vertices[gone].tolist()}
    assert host.drawn == len(np.unique(host.faces)) == host.faces.max() + 1


def test_landmarks_are_where_they_were_on_the_skin(host: Figure) -> None:
    for name, vertices in BODY.info.landmarks.items():
        np.testing.assert_array_equal(host.vertices[host.landmarks[name]], SKIN.vertices[list(vertices)])
    # The sole of the made body is under what the shirt hides: it is carried along, but not drawn.
    assert (host.landmarks["left_sole"] >= host.drawn).all()
    assert (made_figure("suit").landmarks["left_sole"] < made_figure("suit").drawn).all()


def test_colours_are_the_look_s_shaded(host: Figure) -> None:
    cloth = np.flatnonzero(host.kind == KINDS.index("cloth"))
    piece = BODY.pieces["shirt_cloth"]
    light = linear_from_srgb([(0x28, 0x40, 0x5E), (0x5A, 0x5A, 0x55)])
    expected = piece.tints / 255 @ light * (piece.shade[:, None] / 255)
    np.testing.assert_allclose(host.material[cloth, :3], expected, atol=1e-6)
    skin = host.material[host.kind == KINDS.index("skin")]
    assert skin[:, 3].min() == pytest.approx(0.25)
    assert skin[:, 3].max() == pytest.approx(0.25 + 0.2 * 100 / 255, abs=1e-6)
    deep = made_figure("host,skin=deep")
    assert deep.material[0, :3].sum() < host.material[0, :3].sum() / 3
    np.testing.assert_array_equal(deep.material[cloth], host.material[cloth])


def test_only_some_faces_have_two_sides(host: Figure) -> None:
    cloth = (host.kind == KINDS.index("cloth"))[host.faces[:, 0]]
    np.testing.assert_array_equal(host.two_sided, cloth)
    assert not made_figure("suit").two_sided.any()


def test_shapes_move_the_same_places_in_every_look(host: Figure) -> None:
    assert host.shapes.names == ARKIT_NAMES
    for text in ("host", "suit,hair=long"):
        dressed_so = made_figure(text)
        for name in ("jawOpen", "eyeBlinkLeft", "eyeLookInLeft"):
            piece = BODY.pieces["eyes" if "Look" in name else "skin"]
            (vertices, offsets), (there, same) = piece.shapes.moves(name), dressed_so.shapes.moves(name)
            np.testing.assert_array_equal(dressed_so.vertices[there], piece.vertices[vertices])
            np.testing.assert_array_equal(same, offsets)


def test_a_figure_is_made_once_a_look(tmp_path: Path) -> None:
    with made_body_in_use(tmp_path):
        assert figure(look("host")) is figure(look("host"))
        assert figure(look("host")) is not figure(look("host,skin=deep"))
