"""Where results go: checked before the work, so that nobody waits hours to learn that a folder cannot be written."""

import os
from collections.abc import Sequence
from pathlib import Path

from gesta.errors import OutputError

BODY_SUFFIXES = (".png", ".glb")


def check_folder(folder: Path) -> None:
    """Raise OutputError if files cannot be written into a folder, or it cannot be made."""
    # os.path.exists, unlike Path.exists, answers for places that may not even be looked into.
    there = next(path for path in (folder, *folder.absolute().parents) if os.path.exists(path))  # noqa: PTH110
    if not there.is_dir():
        raise OutputError(f"'{there}' is not a folder; choose another one with -o.")
    if not os.access(there, os.W_OK | os.X_OK):
        raise OutputError(f"The folder '{there}' cannot be written; choose another one with -o.")


def check_picture(path: Path, made_from: Path) -> None:
    """Raise OutputError if a PNG picture cannot be written to `path`."""
    _check_file(path, ".png", "picture", (made_from,))
    _check_folder_of(path)


def check_film(path: Path, made_from: Sequence[Path]) -> None:
    """Raise OutputError if an MP4 film cannot be written to `path`; its folder is made later."""
    _check_file(path, ".mp4", "film", made_from)
    check_folder(path.absolute().parent)


def check_body(path: Path) -> None:
    """Raise OutputError if neither a PNG picture nor a GLB model of the body can be written to `path`."""
    if path.suffix.lower() not in BODY_SUFFIXES:
        raise OutputError(f"'{path}' ends neither in .png nor in .glb, the kinds that are written; rename it.")
    _check_file(path, path.suffix.lower(), "file", ())
    _check_folder_of(path)


def check_page(path: Path, made_from: Path) -> None:
    """Raise OutputError if an HTML page cannot be written to `path`."""
    _check_file(path, ".html", "page", (made_from,))
    _check_folder_of(path)


def check_report(path: Path, made_from: Sequence[Path]) -> None:
    """Raise OutputError if a JSON report, and a page beside it, cannot be written; their folder is made later."""
    _check_file(path, ".json", "report", made_from)
    _check_file(path.with_suffix(".html"), ".html", "page", made_from)
    check_folder(path.absolute().parent)


def _check_folder_of(path: Path) -> None:
    """Raise OutputError if the folder that a file is to be in is not there or cannot be written."""
    if not path.absolute().parent.is_dir():
        raise OutputError(f"The folder '{path.parent}' does not exist; make it first or choose another one with -o.")
    check_folder(path.absolute().parent)


def _check_file(path: Path, suffix: str, kind: str, made_from: Sequence[Path]) -> None:
    if path.suffix.lower() != suffix:
        raise OutputError(f"'{path}' does not end in {suffix}, the one kind of {kind} that is written; rename it.")
    if path.is_dir():
        raise OutputError(f"'{path}' is a folder; name a {kind} in it with -o.")
    if path.absolute() in [source.absolute() for source in made_from]:
        raise OutputError(f"'{path}' is what the {kind} is made from; choose another name with -o.")
