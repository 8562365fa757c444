"""The page as a text: whole, closed to the network, safe with any name, the same each time."""

import base64
import hashlib
import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from gesta.errors import OutputError
from gesta.view.contents import PEAKS_PER_SECOND, Asked, Contents, asked_of, sound_of
from gesta.view.page import page_text, write_page
from tests.render.figures import click, rest_motion
from tests.view.made_glb import pillar_bytes

__all__ = ["click"]

HOSTILE = "</script><script>alert(1)</script><!-- {{body}} ]]> \u2028 'x' \"y\" & é"
LARGEST_EMPTY_PAGE = 750_000
"""Bytes of a page besides its body and sound: three.js is nearly all of it."""


class Elements(HTMLParser):
    """What a browser finds in a page: attributes and texts by element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.texts: dict[str, str] = {}
        self.attributes: list[tuple[str, str, str | None]] = []
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self._open = tag
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_data(self, data):
        if self._open == "script":
            self.scripts[-1] = (self.scripts[-1][0], self.scripts[-1][1] + data)
        else:
            self.texts[self._open] = self.texts.get(self._open, "") + data

    def handle_endtag(self, _tag):
        self._open = ""


def policy_of(found: Elements) -> str:
    return next(value for _, _, value in found.attributes if value and value.startswith("default-src"))


def data_of(page: str) -> dict:
    return json.loads(next(text for attrs, text in Elements(page).scripts if attrs.get("id") == "data"))


@pytest.fixture(scope="module")
def glb() -> bytes:
    return pillar_bytes()


def test_a_page_holds_the_body_and_the_sound_byte_for_byte(glb, click):
    sound = sound_of(click)
    held = {attrs.get("id"): text for attrs, text in Elements(page_text(glb, Contents("a", sound=sound))).scripts}
    assert base64.b64decode(held["body"]) == glb
    assert base64.b64decode(held["sound"]) == sound.encoded


def test_names_can_be_anything(glb):
    page = page_text(glb, Contents(HOSTILE, [(HOSTILE, HOSTILE)]))
    plain = page_text(glb, Contents("a", [("b", "c")]))
    assert [attrs for attrs, _ in Elements(page).scripts] == [attrs for attrs, _ in Elements(plain).scripts]
    assert data_of(page)["title"] == HOSTILE
    assert data_of(page)["facts"] == [[HOSTILE, HOSTILE]]
    assert html.unescape(Elements(page).texts["title"]) == HOSTILE
    assert "alert(1)</script>" not in page


def test_nothing_is_loaded_from_anywhere(glb, click):
    page = page_text(glb, Contents("a", sound=sound_of(click)))
    addresses = set(re.findall(r"""(?:https?:)?//[\w.-]+\.\w+[^\s"'`<>)]*""", page))
    # An XML namespace is a name and not an address.
    assert {one for one in addresses if one.startswith("http")} <= {"http://www.w3.org/1999/xhtml"}
    loading = {"src", "href", "action", "data", "poster", "srcset"}
    assert not [item for item in Elements(page).attributes if item[1] in loading]
    policy = next(
        value for tag, name, value in Elements(page).attributes if name == "content" and "default-src" in value
    )
    assert policy.startswith("default-src 'none'; ")
    assert not re.search(r"unsafe|http|\*", policy)


def test_the_policy_names_each_script_and_the_style_by_its_hash(glb):
    found = Elements(page_text(glb, Contents("a")))
    policy = policy_of(found)
    running = [text for attrs, text in found.scripts if "type" not in attrs]
    assert len(running) == 2
    for text in (*running, found.texts["style"]):
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy


def test_the_licence_of_three_js_comes_along(glb):
    page = page_text(glb, Contents("a"))
    assert "three.js authors" in page
    assert "The above copyright notice and this permission notice shall be included" in page


def test_the_same_input_gives_the_same_page(glb, click, tmp_path: Path):
    for name in ("a.html", "b.html"):
        write_page(tmp_path / name, glb, Contents("a", sound=sound_of(click)))
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == page_text(glb, Contents("a", sound=sound_of(click)))


def test_a_page_is_little_more_than_what_it_shows(glb, click):
    sound = sound_of(click)
    size = len(page_text(glb, Contents("a", sound=sound)).encode())
    assert size < LARGEST_EMPTY_PAGE + 4 / 3 * (len(glb) + len(sound.encoded)) + 8


def test_a_page_that_cannot_be_written_leaves_the_old_one(glb, tmp_path: Path):
    with pytest.raises(OutputError, match="Cannot write"):
        write_page(tmp_path / "none" / "a.html", glb, Contents("a"))
    assert not any(tmp_path.iterdir())


def test_the_curve_of_the_sound_has_its_click_where_it_is_heard(click):
    sound = sound_of(click)
    assert len(sound.peaks) == 2 * PEAKS_PER_SECOND
    assert np.flatnonzero(sound.peaks).tolist() == [PEAKS_PER_SECOND]
    assert sound.peaks.max() == 255


def test_strokes_are_where_the_plan_has_weight():
    attention = np.zeros(120, np.float32)
    attention[30:45] = 0.6
    attention[60:61] = 1.0
    attention[90:120] = 0.3
    asked = asked_of(rest_motion(120, attention=attention))
    assert asked is not None
    assert asked.strokes == [(1.0, 1.5), (3.0, 4.0)]
    assert asked.weights[[0, 40, 100]].tolist() == [0, 153, 76]


def test_scores_are_drawn_against_their_middle():
    attention = np.full(60, 0.5, np.float32)
    attention[20:30], attention[40:50] = 0.52, 0.48
    asked = asked_of(rest_motion(60, attention=attention, provenance={"decoding": "single"}))
    assert asked is not None
    assert asked.strokes == [(20 / 30, 1.0)]
    assert asked.weights[[0, 25, 45]].tolist() == [128, 255, 0]


@pytest.mark.parametrize("attention", [None, np.zeros(40, np.float32), np.full(40, 0.5, np.float32)])
def test_a_motion_that_asks_the_same_of_every_frame_has_no_strokes(attention):
    assert asked_of(rest_motion(40, attention=attention)) is None


def test_curves_reach_the_page_as_bytes(glb):
    asked = Asked(np.arange(10, dtype=np.uint8), [(0.0, 0.1)])
    data = data_of(page_text(glb, Contents("a", frame_count=10, asked=asked)))
    assert base64.b64decode(data["attention"]) == bytes(range(10))
    assert data["strokes"] == [[0.0, 0.1]]
    assert (data["frames"], data["framesPerSecond"], data["duration"]) == (10, 30, pytest.approx(1 / 3))


def test_the_page_has_the_cameras_of_the_previews(glb):
    views = data_of(page_text(glb, Contents("a")))["views"]
    assert {"full", "half", "face", "hands", "side"} <= {view["name"] for view in views}
    assert data_of(page_text(glb, Contents("a")))["firstView"] == "half"
