"""Which recordings a command is to work on, from files and folders mixed, and where the results of each go."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gesta.errors import InputError

MADE_BESIDE = "report.json"
"""A film beside such a file is a result of ours, and no recording."""


@dataclass(frozen=True)
class Recording:
    """One recording to work on.

    Attributes:
        path: the file.
        folder: where its results go; no other recording's go there.
    """

    path: Path
    folder: Path

    @property
    def size(self) -> int:
        """Bytes, at least 1; a file that cannot be looked at has 1."""
        try:
            return max(1, self.path.stat().st_size)
        except OSError:
            return 1


@dataclass(frozen=True)
class _Found:
    """A file, what its results are called, and the folder above that name."""

    path: Path
    name: Path
    above: Path

    def named(self, depth: int) -> Path:
        """The name with so many folders above it."""
        parts = self.above.parts[1:]
        return Path(*parts[max(0, len(parts) - depth) :], self.name)


def find_recordings(named: Sequence[Path], output: Path) -> list[Recording]:
    """The recordings that somebody means, each once, in the order named; within folders sorted.

    A file's results go to OUTPUT/NAME, those of a file in a folder that was named to where it lies in that folder.
    Files of one name in one folder keep what they end in; other names that meet are told apart by the folders above.

    Args:
        named: files, and folders that are searched to the bottom for sound and video files.
        output: where all results go; what lies in it is no recording.

    Raises:
        InputError: a folder holds none, a file has no name that a folder could have, or names cannot be told apart.
    """
    found: dict[Path, _Found] = {}
    for path in named:
        for one in _in_folder(path, output) if path.is_dir() else [_file(path)]:
            found.setdefault(one.path.resolve(), one)
    beside = Counter(path.with_suffix("") for path in found)
    ones = [
        _Found(one.path, one.name.with_name(one.path.name), one.above) if beside[path.with_suffix("")] > 1 else one
        for path, one in found.items()
    ]
    return [Recording(one.path, output / name) for one, name in zip(ones, _apart(ones), strict=True)]


def _file(path: Path) -> _Found:
    if not path.stem.strip("."):
        raise InputError(f"'{path}' has no name that a folder could have; rename it.")
    return _Found(path, Path(path.stem), path.resolve().parent)


def _in_folder(folder: Path, output: Path) -> list[_Found]:
    # Data sets know by what files with sound are recognised; they take a moment to load.
    from gesta.data.files import SOUND_SUFFIXES, find_files

    inside = [
        path
        for path in find_files(folder, SOUND_SUFFIXES)
        if not (folder / path).with_name(MADE_BESIDE).is_file()
        and not (folder / path).resolve().is_relative_to(output.resolve())
    ]
    if not inside:
        raise InputError(f"The folder '{folder}' holds no sound or video file.")
    return [_Found(folder / path, path.with_suffix(""), folder.resolve()) for path in inside]


def _apart(found: Sequence[_Found]) -> list[Path]:
    """A name for each file, all different."""
    depths = [0] * len(found)
    for _ in range(max((len(one.above.parts) for one in found), default=0)):
        names = [one.named(depth) for one, depth in zip(found, depths, strict=True)]
        often = Counter(names)
        if len(often) == len(names):
            return names
        depths = [depth + (often[name] > 1) for depth, name in zip(depths, names, strict=True)]
    twice = next(name for name, count in often.items() if count > 1)
    first, second = [str(one.path) for one, name in zip(found, names, strict=True) if name == twice][:2]
    raise InputError(f"'{first}' and '{second}' would both be written to '{twice}'; rename one of them.")
