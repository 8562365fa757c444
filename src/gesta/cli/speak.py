"""`gesta speak`: recordings in; motion, preview with sound, and report out."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gesta.cli.console import note, progress_bar
from gesta.cli.outputs import check_folder
from gesta.cli.recordings import Recording, find_recordings
from gesta.cli.sizes import pixels
from gesta.cli.speaking import Order, Speaking, say_made
from gesta.cli.words import WordsOption
from gesta.errors import InputError

if TYPE_CHECKING:
    from gesta.take import Preview

ALWAYS = "npz"
"""The format that is written whatever else is asked for: everything else can be made from it."""
EXAMPLES = """\b
Examples:
  gesta speak talk.wav
  gesta speak recordings -o takes --style lively --no-preview
  gesta speak talk.wav --seed 7 --camera face --look suit
  gesta speak talk.wav --style calm,size=1.2 --energy 0.8 --samples 3
  gesta speak talk.wav --style 'calm>lively=0.3'
  gesta speak talk.wav --words talk.TextGrid
  gesta speak talk.wav --lock lower --formats npz,bvh,glb
  gesta speak talk.wav --seed 2 --keep gesta_out/talk/motion.npz@1.5-3,8-10"""


def speak(
    speech: Annotated[
        list[Path],
        typer.Argument(
            metavar="SPEECH", help="Recordings: sound or video files, or folders of them.", show_default=False
        ),
    ],
    folder: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="DIR", readable=False, help="Where results go: one folder in it per recording."
        ),
    ] = Path("gesta_out"),
    model: Annotated[
        str,
        typer.Option(
            metavar="NAME|DIR", help="What moves the body: a name (see: gesta models), a folder, OWNER/NAME@REVISION."
        ),
    ] = "default",
    style: Annotated[
        str,
        typer.Option(
            metavar="STYLE",
            help="calm, lively, host, seated ... (docs/procedural.md), 'calm,size=1.2', 'calm>lively=0.3', a TOML "
            "file, a motion (.npz, .bvh) to take it from; speaker=N for a trained model.",
        ),
    ] = "neutral",
    energy: Annotated[
        float | None,
        typer.Option(metavar="X", help="0 (only idles) to 1.5 (most); 1 if not given.", show_default=False),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, metavar="N", help="The same seed gives the same motion, another one another.")
    ] = 0,
    samples: Annotated[
        int,
        typer.Option(
            min=1,
            max=1000,
            metavar="N",
            help="Make so many takes, counting the seed up, and rank them: the best as usual, the others below it in "
            "samples/2, samples/3 ...",
        ),
    ] = 1,
    formats: Annotated[
        str, typer.Option(metavar="LIST", help="npz (always written), bvh and glb, with commas between.")
    ] = "npz,bvh",
    preview: Annotated[bool, typer.Option("--preview/--no-preview", help="Draw preview.mp4, with the sound.")] = True,
    size: Annotated[str, typer.Option(metavar="WxH", help="Size of the preview in pixels.")] = "640x640",
    camera: Annotated[str, typer.Option(metavar="NAME", help="full, half, face, hands, side or portrait.")] = "half",
    look: Annotated[
        str,
        typer.Option(metavar="NAME", help="Who is drawn (see: gesta body), with changes: 'suit,hair=long,skin=deep'."),
    ] = "host",
    bones: Annotated[bool, typer.Option("--bones", help="Draw the skeleton over the body.")] = False,
    look_ahead: Annotated[
        str,
        typer.Option(metavar="S", help="How much sound the body may hear ahead: seconds (0.1 or more) or 'full'."),
    ] = "full",
    keep: Annotated[
        str | None,
        typer.Option(
            metavar="FILE@A-B,...",
            help="Keep these seconds of another motion as they are, with soft seams; for one recording.",
            show_default=False,
        ),
    ] = None,
    decoding: Annotated[
        str | None,
        typer.Option(
            metavar="METHOD",
            help="For trained models: single or iterative, or 'iterative,steps=8,temperature=0.7,top_k=20'.",
            show_default=False,
        ),
    ] = None,
    device: Annotated[
        str, typer.Option(metavar="NAME", help="Where a trained model runs: auto, cpu or cuda.")
    ] = "auto",
    precision: Annotated[
        str, typer.Option(metavar="NAME", help="float32, or bfloat16: less exact, quicker for large trained models.")
    ] = "float32",
    words: WordsOption = None,
    lock: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PART",
            help="Let lower, upper, hands (fingers) or face hold one pose throughout; may be given again.",
            show_default=False,
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1000,
            metavar="N",
            help="Processes for several recordings; if not given one per core, where there is memory and work for it.",
            show_default=False,
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Make anew what the same command has made of a recording before.")
    ] = False,
    clean: Annotated[
        bool | None,
        typer.Option(
            "--clean/--no-clean",
            help="Mend feet, joints, jitter and hands in the body; if not said, trained models are mended throughout, "
            "the procedural one only where its hands meet.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Give recordings a moving body.

    Writes, into one folder per recording: the motion (motion.npz, motion.bvh), a film of it with the sound
    (preview.mp4), what the body meant to do (plan.json), and what was measured (report.json).

    Nothing is written before all options are checked. A bad recording among others is named at the end. Ctrl-C stops;
    what is finished is kept, and the same command goes on from there.
    """
    from gesta.motion.held_parts import checked_parts

    order = Order(
        model=model,
        device=device,
        precision=precision,
        style=style,
        energy=energy,
        look_ahead_s=_seconds(look_ahead),
        keep=keep,
        decoding=decoding,
        words=words,
        lock=tuple(sorted(checked_parts(lock))),
        clean=clean,
        seed=seed,
        samples=samples,
        formats=tuple(dict.fromkeys([ALWAYS, *filter(None, (part.strip() for part in formats.split(",")))])),
        look=look,
        preview=_preview(size, camera, bones) if preview else None,
        again=again,
    )
    speaking = Speaking(order)
    if not speaking.model.has_network and device == "cuda":
        note(f"The model '{model}' has no network; --device cuda changes nothing.")
    if samples > 1 and getattr(speaking.how.get("decoding"), "temperature", 1.0) == 0.0:
        note("With a temperature of 0 all takes come out alike; try --decoding temperature=0.7.")
    recordings = find_recordings(speech, folder)
    check_folder(folder)
    if len(recordings) == 1:
        _speak_one(speaking, recordings[0])
        return
    for name, value in (("--words", words), ("--keep", keep)):
        if value is not None:
            raise InputError(f"{name} is for one recording at a time; name one.")
    from gesta.cli.speaking_many import speak_many, workers_for

    speak_many(speaking, recordings, workers_for(len(recordings), speaking) if workers is None else workers)


def _preview(size: str, camera: str, bones: bool) -> "Preview":
    from gesta.render.video import checked_size
    from gesta.render.views import camera_for
    from gesta.take import Preview

    camera_for(camera)
    return Preview(checked_size(pixels(size)), camera, bones)


def _seconds(look_ahead: str) -> float:
    from gesta.audio.prosody import LEAST_LOOK_AHEAD_S

    if look_ahead == "full":
        return math.inf
    try:
        seconds = float(look_ahead)
    except ValueError:
        raise InputError(f"The look-ahead '{look_ahead}' is neither a number of seconds nor 'full'.") from None
    if not seconds >= LEAST_LOOK_AHEAD_S:
        raise InputError(f"The look-ahead is {look_ahead} s, but at least {LEAST_LOOK_AHEAD_S:g} s is needed.")
    return seconds


def _speak_one(speaking: Speaking, recording: Recording) -> None:
    """Speak a single recording in this process, with a bar for each stage."""
    with progress_bar(recording.folder.name) as report:
        made = speaking.made(recording, report)
    say_made(made)
