"""What an evaluation compares, from two files or two folders: each generated file with the real one of its name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from gesta.errors import InputError


@dataclass(frozen=True)
class FilePair:
    """One clip.

    Attributes:
        name: the generated file's path below its folder, without its suffix, with /.
        generated, real: the files.
        speech: its recording, where recordings were named.
    """

    name: str
    generated: Path
    real: Path
    speech: Path | None = None


def file_pairs(generated: Path, real: Path, speech: Path | None, suffixes: Collection[str]) -> list[FilePair]:
    """The clips that two files, or two folders searched to the bottom, hold; in the order of their names.

    Args:
        generated, real: files, or folders with files of the same names, suffixes aside.
        speech: a recording, or a folder with a recording of each clip's name; None for none.
        suffixes: of the files that count in folders, in small letters.

    Raises:
        InputError: a file or folder is missing, a clip has no counterpart, or a name means two files.
    """
    for path in (generated, real, *([] if speech is None else [speech])):
        if not path.exists():
            raise InputError(f"'{path}' does not exist; check its name.")
    if generated.is_dir() != real.is_dir():
        folder, file = (generated, real) if generated.is_dir() else (real, generated)
        raise InputError(f"'{folder}' is a folder and '{file}' is not; name two files or two folders.")
    if not generated.is_dir():
        if speech is not None and speech.is_dir():
            raise InputError(f"'{speech}' is a folder; name the recording of '{generated}'.")
        return [FilePair(generated.stem, generated, real, speech)]
    ours, theirs = (_by_name(folder, suffixes) for folder in (generated, real))
    _check_counterparts(ours, theirs, generated, real)
    sounds = {} if speech is None else _recordings(speech, ours)
    return [FilePair(name, ours[name], theirs[name], sounds.get(name)) for name in sorted(ours)]


def _by_name(folder: Path, suffixes: Collection[str]) -> dict[str, Path]:
    # Data sets know how folders are searched; they take a moment to load.
    from gesta.data.files import find_files, shown_name

    found: dict[str, Path] = {}
    for path in find_files(folder, suffixes):
        name = shown_name(path.with_suffix(""))
        if name in found:
            raise InputError(f"'{found[name]}' and '{folder / path}' have one name; keep one of them.")
        found[name] = folder / path
    if not found:
        raise InputError(f"The folder '{folder}' holds no file that ends in {', '.join(sorted(suffixes))}.")
    return found


def _check_counterparts(ours: Mapping[str, Path], theirs: Mapping[str, Path], generated: Path, real: Path) -> None:
    """Raise InputError unless both folders hold the same names: measures of sets of different size mislead."""
    for some, others, folder in ((ours, theirs, real), (theirs, ours, generated)):
        if lacking := sorted(set(some) - set(others)):
            more = f" (and {len(lacking) - 1} more)" if len(lacking) > 1 else ""
            raise InputError(
                f"'{some[lacking[0]]}'{more} has no counterpart in '{folder}': as many clips of the same names are "
                f"needed on both sides, and there are {len(ours)} generated and {len(theirs)} real ones."
            )


def _recordings(speech: Path, clips: Mapping[str, Path]) -> dict[str, Path]:
    """The recording of each clip."""
    from gesta.data.files import sound_of, sounds_by_name

    if not speech.is_dir():
        if len(clips) > 1:
            raise InputError(f"'{speech}' is one recording, but there are {len(clips)} clips; name a folder of them.")
        return dict.fromkeys(clips, speech)
    sounds = sounds_by_name(speech)
    return {name: speech / sound_of(Path(name + clips[name].suffix), sounds) for name in clips}
