"""Finding the files of a source: recursive, in a fixed order, each motion with the sound of the same name."""

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from gesta.data.listing import INFO_FILE, LONGEST_NAME
from gesta.errors import InputError

SOUND_SUFFIXES = (
    ".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".aac", ".aif", ".aiff", ".wma", ".mp4", ".mov", ".mkv",
    ".webm",
)  # fmt: skip
"""How files with sound are recognised in a folder, the likelier ones first."""
HASH_LETTERS = 8


def find_files(root: Path, suffixes: Collection[str]) -> list[Path]:
    """Files below a folder by suffix, as paths relative to it, sorted; hidden ones and prepared data sets left out.

    Raises:
        InputError: it is no folder.
    """
    if not root.is_dir():
        raise InputError(f"'{root}' is no folder; name the folder that holds the data.")
    found = []
    for place, folders, names in os.walk(root):
        if INFO_FILE in names:
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith(".")]
        chosen = (name for name in names if Path(name).suffix.lower() in suffixes and not name.startswith("."))
        found += [Path(place, name).relative_to(root) for name in chosen]
    return sorted(found)


def sounds_by_name(root: Path) -> Mapping[str, list[Path]]:
    """Every sound file below a folder, relative to it, by its name without suffix."""
    found: dict[str, list[Path]] = defaultdict(list)
    for path in find_files(root, SOUND_SUFFIXES):
        found[path.stem].append(path)
    return found


def sound_of(motion: Path, sounds: Mapping[str, list[Path]]) -> Path:
    """The sound that belongs to a motion file: of the same name, in the same folder or the only one anywhere.

    Raises:
        InputError: there is none, or several.
    """
    candidates = sounds.get(motion.stem, [])
    if near := [path for path in candidates if path.parent == motion.parent]:
        return min(near, key=lambda path: SOUND_SUFFIXES.index(path.suffix.lower()))
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        raise InputError(f"'{motion}' has no sound: a sound file named {motion.stem} is needed.")
    raise InputError(f"'{motion}' has several sounds ({candidates[0]}, {candidates[1]}); keep one, or put it beside.")


def clip_names(paths: Iterable[Path]) -> list[str]:
    """A name for each path that is safe as a file name and unique: from the path without its suffix."""
    names: list[str] = []
    seen: set[str] = set()
    for path in paths:
        name = safe_name("-".join(path.with_suffix("").parts))
        if name in seen or len(name) > LONGEST_NAME // 2:
            digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:HASH_LETTERS]
            name = f"{name[: LONGEST_NAME // 2]}-{digest}"
        seen.add(name)
        names.append(name)
    return names


def safe_name(text: str) -> str:
    """Text with everything that does not belong in the name of a clip made into "_"."""
    # Undecodable bytes of a file name are no letters, so they go too.
    name = re.sub(r"[^\w.\-]+", "_", text)
    return name if re.match(r"\w", name) else f"_{name}"


def shown_name(path: Path) -> str:
    """The path as text that any file can hold."""
    return path.as_posix().encode("utf-8", "backslashreplace").decode()


def total_size(paths: Iterable[Path]) -> int:
    """Bytes of some files; one that cannot be looked at counts nothing."""
    return sum(path.stat().st_size if path.is_file() else 0 for path in paths)
