"""Writes the page: template, style, program, three.js, the body and its sound become one file.

Nothing is loaded from anywhere: a content security policy forbids it, and names the page's own scripts and style by
their SHA-256, so that nothing else can run in it either.
"""

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from gesta.version import __version__
from gesta.view.contents import Contents
from gesta.writing import replacing

PROGRAM = ("clock.js", "floor.js", "seat.js", "skeleton.js", "cameras.js", "stage.js", "strip.js", "page.js")
"""The page's own program, in the order in which its parts need each other."""
PLACE = re.compile(r"\{\{(\w+)\}\}")


def write_page(path: str | Path, glb: bytes, contents: Contents) -> None:
    """Write a page that shows a body.

    Args:
        path: the .html file.
        glb: a GLB that `gesta.view.glb_check` finds fit.
        contents: everything else that the page shows.

    Raises:
        OutputError: the file cannot be written; an older one stays as it was.
    """
    with replacing(path) as beside:
        beside.write_text(page_text(glb, contents), encoding="utf-8", newline="\n")


def page_text(glb: bytes, contents: Contents) -> str:
    """The page as text; the same input gives the same text."""
    style, three = _asset("page.css"), _asset("three.min.js")
    program = '"use strict";\n' + "\n".join(_asset(name) for name in PROGRAM)
    parts = {
        "policy": _policy(scripts=(three, program), style=style),
        "version": html.escape(__version__),
        "title": html.escape(contents.title),
        "style": style,
        "data": script_json(contents.to_dict()),
        "body": _base64(glb),
        "sound": "" if contents.sound is None else _base64(contents.sound.encoded),
        "three": three,
        "program": program,
    }
    return PLACE.sub(lambda place: parts[place[1]], _asset("page.html"))


def script_json(value: Any) -> str:
    """A value as JSON that can stand in a script element: nothing in it can end the element or begin a comment.

    Arrays of bytes are written as base64.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, default=_bytes_as_text)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _bytes_as_text(value: object) -> str:
    if isinstance(value, np.ndarray) and value.dtype == np.uint8:
        return _base64(value.tobytes())
    raise TypeError(f"{type(value).__name__} cannot be written into a page")


def _policy(scripts: Iterable[str], style: str) -> str:
    """A content security policy that allows these scripts, this style, and what the page itself holds as blobs."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(map(_hash_source, scripts))}",
            f"style-src {_hash_source(style)}",
            "img-src blob: data:",
            "media-src blob:",
            "connect-src blob: data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash_source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _asset(name: str) -> str:
    return files("gesta.view").joinpath("assets", name).read_text(encoding="utf-8")
