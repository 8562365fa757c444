"""`gesta prepare`: recordings of speech with motion, from anywhere, become one kind of data set for training."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from gesta.cli.console import note, progress_bar, say_cost, say_written
from gesta.cli.outputs import check_folder
from gesta.cli.planned import refuse_planned
from gesta.errors import InputError

MOST_NAMED = 20
"""Clips that could not be used and are named one by one."""
HELP = """Make a data set for training from recordings and motion, or from films.

A run that was stopped goes on where it was when the same command is given again. Clips that cannot be used are named
and left out. SRC is only read."""
EXAMPLES = """\b
Examples:
  gesta prepare synthetic voice.flac -o data/toy --seeds 8
  gesta prepare synthetic recordings -o data/made --people --copies 2
  gesta prepare bvh captures -o data/own --joints joints.toml
  gesta prepare beat2 BEAT2/beat_english_v2.0.0 -o data/scott --speakers 2
  gesta prepare show SHOW -o data/show --smplx SMPLX_NEUTRAL.npz
  gesta prepare face faces -o data/faces --validates take_3
  gesta prepare videos films -o data/films --workers 8
  gesta prepare keypoints data/made -o data/points --share 0.3

\b
Each kind has a help of its own:
  gesta prepare bvh --help"""

Source = Annotated[Path, typer.Argument(metavar="SRC", help="Where the data is.", show_default=False)]
Output = Annotated[
    Path,
    typer.Option("-o", "--output", metavar="DATASET", readable=False, show_default=False, help="The folder to make."),
]
Validation = Annotated[float, typer.Option(metavar="X", help="Share that validates and never trains, 0 to 1.")]
Test = Annotated[float, typer.Option(metavar="X", help="Share that tests and never trains, 0 to 1.")]
Licence = Annotated[str, typer.Option(metavar="TEXT", help="What may be done with the source; kept with every clip.")]
Smplx = Annotated[
    Path | None,
    typer.Option(metavar="FILE.npz", show_default=False, help="Your SMPL-X model; without it fingers are not exact."),
]
Ray = Annotated[bool | None, typer.Option("--ray", show_default=False, help="Not in this version.")]


def build() -> typer.Typer:
    """The command with a command of its own for each kind of source."""
    app = typer.Typer(help=HELP, epilog=EXAMPLES, no_args_is_help=True, rich_markup_mode=None)
    for command in (synthetic, beat2, show, bvh, face, videos, keypoints):
        app.command(command.__name__)(command)
    return app


def synthetic(
    source: Source,
    output: Output,
    seeds: Annotated[int, typer.Option(metavar="N", help="Takes of each recording and style.")] = 1,
    styles: Annotated[str, typer.Option(metavar="LIST", help="Presets of styles; each is a speaker.")] = "neutral",
    styles_each: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, show_default=False, help="Styles drawn for each recording; all if not given."),
    ] = None,
    people: Annotated[
        bool, typer.Option("--people", help="Make each take a person of its own, between two of the styles.")
    ] = False,
    spread: Annotated[
        float, typer.Option(metavar="X", help="With --people: how far their numbers stray, 0 to 2; 1 as people differ.")
    ] = 0.0,
    copies: Annotated[
        int,
        typer.Option(metavar="N", help="Copies of what trains with other speed, pitch, loudness, noise, room."),
    ] = 0,
    words: Annotated[
        bool,
        typer.Option("--words/--no-words", help="Use words beside a recording (NAME.TextGrid, .tsv ...)."),
    ] = True,
    workers: Annotated[int, typer.Option(metavar="N", min=1, help="Processes; the data does not depend on it.")] = 1,
    hold_out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.txt", show_default=False, help="Recordings that only test: names below SRC, * for anything."
        ),
    ] = None,
    validation_share: Validation = 0.1,
    test_share: Test = 0.0,
    licence: Licence = "not stated",
    ray: Ray = None,
) -> None:
    """Recordings, moved by the procedural speaker.

    SRC is a recording or a folder of them. What each hand does in every frame, and why, is known and kept. Several
    recordings are divided into splits by recording, a single one by time.
    """
    refuse_planned(ray=ray)
    # Imported here so that `gesta --help` answers at once.
    from gesta.settings import read_list

    settings = {
        "seeds": seeds,
        "styles": _words(styles),
        "styles_each": styles_each,
        "people": people,
        "spread": spread,
        "words": words,
        "alterations": {"copies": copies},
        "held_out": read_list(hold_out, "list") if hold_out is not None else (),
        "validation_share": validation_share,
        "test_share": test_share,
        "licence": licence,
    }
    _prepare("synthetic", source, output, settings, workers=workers)


def beat2(
    source: Source,
    output: Output,
    speakers: Annotated[
        str, typer.Option(metavar="LIST", show_default=False, help="Numbers such as 2,4; all if not given.")
    ] = "",
    additional: Annotated[bool, typer.Option("--additional", help="With the additional recordings.")] = False,
    whole_seconds: Annotated[bool, typer.Option("--whole-seconds", help="Cut to whole seconds, as published.")] = False,
    smplx: Smplx = None,
    ray: Ray = None,
) -> None:
    """BEAT2 (non-commercial).

    SRC holds smplxflame_30, wave16k and train_test_split.csv, whose splits are kept.
    """
    refuse_planned(ray=ray)
    chosen = _words(speakers)
    if not all(word.isdecimal() for word in chosen):
        raise InputError(f"--speakers is '{speakers}', but numbers with commas between are needed, for example 2,4.")
    settings = {
        "speakers": [int(word) for word in chosen],
        "additional": additional,
        "whole_seconds": whole_seconds,
    }
    _prepare("beat2", source, output, settings, smplx)


def show(
    source: Source,
    output: Output,
    validation_share: Validation = 0.1,
    test_share: Test = 0.0,
    smplx: Smplx = None,
    ray: Ray = None,
) -> None:
    """SHOW (non-commercial).

    SRC holds clips (npz) with sounds of the same name, in any folders. Clips of one film stay in one split.
    """
    refuse_planned(ray=ray)
    _prepare("show", source, output, {"validation_share": validation_share, "test_share": test_share}, smplx)


def bvh(
    source: Source,
    output: Output,
    joints: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", show_default=False, help='Lines such as: left_elbow = "L_ForeArm"'),
    ] = None,
    scale: Annotated[
        float | None, typer.Option(metavar="M", show_default=False, help="Metres in a unit; guessed if not given.")
    ] = None,
    up: Annotated[
        str | None, typer.Option(metavar="AXIS", show_default=False, help="y or z; the rest pose's if not given.")
    ] = None,
    validation_share: Validation = 0.1,
    test_share: Test = 0.0,
    licence: Licence = "not stated",
    ray: Ray = None,
) -> None:
    """Anybody's BVH files with sound.

    SRC holds BVH files with sounds of the same name, in any folders. Joints are found by name as in BEAT, ZEGGS, CMU,
    Mixamo and others, or by --joints.
    """
    refuse_planned(ray=ray)
    # Imported here so that `gesta --help` answers at once.
    from gesta.data.bvh import read_mapping

    settings = {
        "joints": read_mapping(joints) if joints is not None else {},
        "scale": scale,
        "up": up,
        "validation_share": validation_share,
        "test_share": test_share,
        "licence": licence,
    }
    _prepare("bvh", source, output, settings)


def face(
    source: Source,
    output: Output,
    validates: Annotated[
        str, typer.Option(metavar="LIST", show_default=False, help="Recordings that validate: names, * for anything.")
    ] = "",
    hold_out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.txt", show_default=False, help="Recordings that only test, one name a line."),
    ] = None,
    validation_share: Validation = 0.1,
    test_share: Test = 0.0,
    licence: Licence = "not stated",
    ray: Ray = None,
) -> None:
    """Captured faces, and speech whose sounds have known times.

    SRC holds captured weights (NAME.npz: weights, names), with to_arkit.csv where the rig is not FACEGOOD's, or files
    of sounds (NAME.json, NAME.TextGrid), each with a sound of the same name.
    """
    refuse_planned(ray=ray)
    # Imported here so that `gesta --help` answers at once.
    from gesta.settings import read_list

    settings = {
        "validates": _words(validates),
        "held_out": read_list(hold_out, "list") if hold_out is not None else (),
        "validation_share": validation_share,
        "test_share": test_share,
        "licence": licence,
    }
    _prepare("face", source, output, settings)


def videos(
    source: Source,
    output: Output,
    side: Annotated[int, typer.Option(metavar="PX", help="Side of the square pictures; even.")] = 512,
    hands: Annotated[str, typer.Option(metavar="WHICH", help="Hands that must be seen: both, one or any.")] = "one",
    shortest: Annotated[float, typer.Option(metavar="S", help="Shortest clip, seconds.")] = 2.0,
    longest: Annotated[float, typer.Option(metavar="S", help="Longest clip; longer ones are divided.")] = 60.0,
    sources: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv", show_default=False, help="Where films come from: columns film, source, licence."
        ),
    ] = None,
    workers: Annotated[int, typer.Option(metavar="N", min=1, help="Processes; the data does not depend on it.")] = 1,
    ray: Annotated[bool, typer.Option("--ray", help="Make it on Ray Data: gesta[scale].")] = False,
    validation_share: Validation = 0.1,
    test_share: Test = 0.0,
    together: Annotated[
        str, typer.Option(metavar="WHAT", help="Never divided between splits: a film, or a speaker's films: speaker.")
    ] = "film",
    licence: Licence = "unknown",
) -> None:
    """Anybody's films of talking people.

    SRC holds films in any folders; a folder is a speaker. Films are cut into shots, the person is found and followed,
    and what shows one person with face and hands becomes clips: 25 pictures a second, a square around the person, their
    134 points, masks, 16 kHz sound. What is dropped is counted by reason in DATASET/report.json.

    A film with NAME.npz or NAME.json beside it, the points of its pictures, becomes one clip as it is. NAME.wav beside
    a film takes the place of its sound.
    """
    settings = {
        "side": side,
        "hands": hands,
        "shortest_s": shortest,
        "longest_s": longest,
        "sources": None if sources is None else str(sources),
        "validation_share": validation_share,
        "test_share": test_share,
        "together": together,
        "licence": licence,
    }
    _prepare("videos", source, output, settings, workers=workers, ray=ray)


def keypoints(
    source: Source,
    output: Output,
    share: Annotated[float, typer.Option(metavar="X", help="Share of SRC's clips that is used, 0 to 1.")] = 1.0,
    piece: Annotated[
        float, typer.Option(metavar="S", help="Seconds that one person is seen by one camera, about.")
    ] = 20.0,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Of people and cameras.")] = 0,
    workers: Annotated[int, typer.Option(metavar="N", min=1, help="Processes; the data does not depend on it.")] = 1,
    ray: Ray = None,
) -> None:
    """Motion in space, seen by many cameras as many people.

    SRC is a data set that gesta prepare made of motion. Its clips are cut into pieces; in each, another person of other
    proportions does the motion before another camera, and the 134 points of that person are kept, 25 times a second,
    with the sound and without pictures. Splits and licences are those of SRC.
    """
    refuse_planned(ray=ray)
    _prepare("keypoints", source, output, {"share": share, "piece_s": piece, "seed": seed}, workers=workers)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _prepare(
    kind: str,
    source: Path,
    output: Path,
    settings: dict[str, Any],
    smplx: Path | None = None,
    *,
    workers: int = 1,
    ray: bool = False,
) -> None:
    from gesta.data.kinds import plan_source
    from gesta.data.manifest import DatasetInfo
    from gesta.data.prepare import prepare

    check_folder(output)
    started = time.perf_counter()
    plan = plan_source(kind, source, settings, smplx)
    try:
        with progress_bar(kind) as report, _readers_quiet():
            done = prepare(plan, output, report, workers, ray)
    except KeyboardInterrupt:
        note(f"What is finished stays in '{output}'; the same command goes on from there.")
        raise
    _say_left_out(done.left_out)
    for said, clips in done.notes.items():
        note(f"{clips} clips: {said.rstrip('.')}.")
    for sentence in done.said:
        note(sentence)
    say_written(output)
    if isinstance(done.info, DatasetInfo) and done.info.distinct_speech_hours is not None:
        made, heard = done.info.motion_hours, done.info.distinct_speech_hours
        note(f"{made:.2f} hours of motion from {heard:.2f} hours of different speech")
    kept = f", {done.kept} of them from before" if done.kept else ""
    note(f"{done.info.clips} clips{kept}; {len(done.left_out)} left out; licence: {done.info.licence}")
    if done.made:
        say_cost(kind, done.made_frames / done.info.frames_per_second, time.perf_counter() - started)


@contextmanager
def _readers_quiet() -> Iterator[None]:
    """Keep the readers from saying the same of every clip; what they say is kept with the clips and counted."""

    def wanted(record: logging.LogRecord) -> bool:
        return record.module != "notes"

    logger = logging.getLogger("gesta")
    logger.addFilter(wanted)
    try:
        yield
    finally:
        logger.removeFilter(wanted)


def _say_left_out(left_out: Mapping[str, str]) -> None:
    for name, reason in list(left_out.items())[:MOST_NAMED]:
        note(f"left out {name}: {reason}")
    if len(left_out) > MOST_NAMED:
        note(f"left out {len(left_out) - MOST_NAMED} more; dataset.json names them all")
