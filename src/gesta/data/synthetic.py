"""Recordings moved by the procedural speaker as a source: as much motion as wanted, with the truth about its plan.

Each recording is moved in every style and with every seed, and so are altered copies of it, where it trains; the style
is the speaker. Nothing but the recordings' own licence bears on the result.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import Field

from gesta.audio.words.read import READERS
from gesta.data.files import SOUND_SUFFIXES, clip_names, find_files, safe_name, shown_name, total_size
from gesta.data.listing import Split
from gesta.data.plans import DatasetPlan, PlannedClip
from gesta.data.splits import Shares, split_groups
from gesta.data.synthetic_people import Person, named_person, own_person
from gesta.data.synthetic_sound import Alterations, drawn_sound
from gesta.data.synthetic_takes import SHORTEST_HELD_OUT, Listener, Part, Recording, Take
from gesta.data.truth import TRUTH
from gesta.errors import InputError
from gesta.procedural.style import style_from
from gesta.randomness import generator

KIND = "synthetic"
LICENCE = "motion: Apache-2.0; recordings: {}"
BY_TIME = (
    "by time, since there is one recording: its end tests ({test:g} of it), what comes before validates "
    "({validation:g} of it; both at least {shortest} frames or a quarter), the beginning trains"
)


class SyntheticSettings(Shares):
    """What is made of each recording."""

    seeds: int = Field(1, ge=1, le=100_000, description="takes of each recording and style, by seeds from 0 on")
    styles: tuple[str, ...] = Field(("neutral",), min_length=1, description="names of styles, each a speaker")
    styles_each: int | None = Field(
        None, ge=1, description="styles that each recording or copy is moved in, drawn for it; all if not given"
    )
    people: bool = Field(False, description="whether each take is a person of its own, between two of the styles")
    spread: float = Field(
        0.0, ge=0.0, le=2.0, description="with `people`: how far single numbers are from the blend of two styles"
    )
    words: bool = Field(True, description="whether words that lie beside a recording call for gestures")
    alterations: Alterations = Field(Alterations(), description="copies of the recordings that sound different")
    held_out: tuple[str, ...] = Field(
        (), description="recordings that test and nothing else: paths below the source, with * for anything"
    )
    licence: str = Field("not stated", description="what may be done with the recordings")


@dataclass(frozen=True)
class _Source:
    """A recording among those of a plan."""

    recording: Recording
    shown: str
    name: str
    split: Split | None


def synthetic_plan(source: Path, settings: SyntheticSettings) -> DatasetPlan:
    """Plan the takes of every recording below a folder, or of a single one.

    Several recordings are divided into splits by recording, a single one by time. Words lie beside a recording in a
    file of the same name. Copies that are altered are made only of what trains.

    Raises:
        InputError: there is no recording, or no such style.
    """
    numbers = {style: style_from(style).model_dump() for style in settings.styles}
    sources = _sources(source, settings)
    listener = Listener()
    clips = [clip for recording in sources for clip in _clips(recording, settings, listener)]
    by_time = BY_TIME.format(test=settings.test_share, validation=settings.validation_share, shortest=SHORTEST_HELD_OUT)
    return DatasetPlan(
        kind=KIND,
        source=shown_name(Path(source.resolve().name)),
        face_basis="arkit52",
        licence=LICENCE.format(settings.licence),
        speakers=settings.styles,
        split_rule=by_time if len(sources) == 1 else _rule(settings),
        settings={**settings.model_dump(), "style_numbers": numbers},
        clips=tuple(clips),
        strokes=True,
        truth=TRUTH,
    )


def _sources(source: Path, settings: SyntheticSettings) -> list[_Source]:
    """The recordings below a folder, or the one; a single one belongs to no split as a whole."""
    if source.is_file():
        root, paths = source.parent, [Path(source.name)]
    else:
        root, paths = source, find_files(source, SOUND_SUFFIXES)
    groups = [path.as_posix() for path in paths]
    splits = _splits(groups, settings)
    beside = _words_beside(root, paths) if settings.words else {}
    return [
        _Source(
            Recording(root / path, beside.get(path)), shown_name(path), name, splits[group] if len(paths) > 1 else None
        )
        for path, name, group in zip(paths, clip_names(paths), groups, strict=True)
    ]


def _splits(groups: list[str], settings: SyntheticSettings) -> dict[str, Split]:
    """The split of each recording: what is held out by name tests, the others are divided by shares.

    Raises:
        InputError: a name that is held out is no recording's, or nothing is left to train.
    """
    held = {pattern: [name for name in groups if fnmatchcase(name, pattern)] for pattern in settings.held_out}
    for pattern, names in held.items():
        if not names:
            raise InputError(f"'{pattern}' is to be held out, but no recording below the source has that name.")
    tests = {name for names in held.values() for name in names}
    others = [name for name in groups if name not in tests]
    if tests and not others:
        raise InputError("All recordings are held out; leave some to train.")
    splits: dict[str, Split] = dict.fromkeys(sorted(tests), "test")
    return splits | split_groups(others, settings)


def _rule(settings: SyntheticSettings) -> str:
    shares = settings.rule("a recording is a group")
    if not settings.held_out:
        return shares
    return f"held out by name, to test: {', '.join(settings.held_out)}; of the others: {shares}"


def _words_beside(root: Path, paths: Iterable[Path]) -> dict[Path, Path]:
    """The file of words of each recording that has one: of the same name in the same folder."""
    paths = list(paths)
    found: dict[tuple[Path, str], Path] = {}
    for folder in sorted({path.parent for path in paths}):
        files = (path for path in sorted((root / folder).iterdir()) if path.suffix.lower() in READERS)
        for path in sorted(files, key=lambda path: [*READERS].index(path.suffix.lower()), reverse=True):
            found[folder, path.stem] = path
    return {path: found[path.parent, path.stem] for path in paths if (path.parent, path.stem) in found}


def _clips(source: _Source, settings: SyntheticSettings, listener: Listener) -> Iterator[PlannedClip]:
    """The takes of one recording: of itself, then of each of its altered copies."""
    files = [path for path in (source.recording.path, source.recording.words) if path is not None]
    size = total_size(files)
    parts: list[Part | None] = [None] if source.split is not None else [*_parts(settings)]
    for copy in range(settings.alterations.copies + 1):
        heard = f"{source.name}-a{copy}" if copy else source.name
        sound = drawn_sound(settings.alterations, heard) if copy else None
        for style, seed, part in itertools.product(_styles(settings, heard), range(settings.seeds), parts):
            split = part.split if part is not None else source.split
            assert split is not None
            if copy and split != "train":
                continue
            ending = f"-{part.split}" if part is not None else ""
            take = Take(source.recording, sound, _person(settings, style, seed, heard), part, listener)
            yield PlannedClip(
                id=f"{heard}-{safe_name(style)}-{seed}{ending}",
                split=split,
                speaker=style,
                source=source.shown,
                size=size,
                speech_name=f"{heard}{ending}",
                load=take.load,
                together=heard,
            )


def _styles(settings: SyntheticSettings, heard: str) -> tuple[str, ...]:
    """The styles that a recording or copy is moved in."""
    if settings.styles_each is None or settings.styles_each >= len(settings.styles):
        return settings.styles
    drawn = generator(0, "synthetic", "styles", heard).permutation(len(settings.styles))[: settings.styles_each]
    return tuple(settings.styles[number] for number in sorted(drawn))


def _person(settings: SyntheticSettings, style: str, seed: int, heard: str) -> Person:
    if settings.people:
        return own_person(settings.styles, style, f"{heard}/{style}/{seed}", settings.spread)
    return named_person(style, seed)


def _parts(settings: SyntheticSettings) -> list[Part]:
    """The splits that a single recording is divided into, in the order of time."""
    shares: dict[Split, float] = {"validation": settings.validation_share, "test": settings.test_share}
    splits: list[Split] = ["train", *(split for split, share in shares.items() if share > 0.0)]
    return [Part(split, settings.validation_share, settings.test_share) for split in splits]
