"""Bad input: one sentence that names what is wrong, exit status 2, no traceback, nothing written."""

import os
import struct
from pathlib import Path

import av
import numpy as np
import pytest

from gesta.audio.decode import Decoder
from gesta.audio.limits import Limits
from tests.cli.running import Outcome, demo_speech, everything_in, gesta_run, write_wav


def refused(outcome: Outcome, *words: str) -> None:
    """Assert that a run ended with one sentence that holds these words; a slow machine says first how far it is."""
    assert outcome.status == 2, outcome
    assert outcome.stdout == ""
    (sentence,) = (line for line in outcome.stderr.splitlines() if not line.endswith(" s left"))
    assert sentence.startswith("gesta: ")
    assert sentence.endswith((".", "?"))
    for word in words:
        assert word in sentence


def missing(_path: Path) -> None:
    """Nothing is there."""


def folder(path: Path) -> None:
    path.mkdir()


def empty(path: Path) -> None:
    path.touch()


def text(path: Path) -> None:
    path.write_text("This is a letter to my aunt, and no sound at all. " * 40)


def random_bytes(path: Path) -> None:
    path.write_bytes(np.random.default_rng(3).bytes(20_000))


def truncated_header(path: Path) -> None:
    path.write_bytes(demo_speech(path).read_bytes()[:21])


def nan_samples(path: Path) -> None:
    samples = np.zeros(RATE, "<f4")
    samples[700] = np.nan
    data = samples.tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 3, 1, RATE, 4 * RATE, 4, 32)
    path.write_bytes(head + struct.pack("<4sI", b"data", len(data)) + data)


def no_sound(path: Path) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        track = container.add_stream("libx264", rate=25)
        track.width = track.height = 64
        track.pix_fmt = "yuv420p"
        for index in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            frame.pts = index
            container.mux(track.encode(frame))
        container.mux(track.encode(None))


def too_short(path: Path) -> None:
    write_wav(path, np.ones(1599))


def playlist(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXTINF:1,\n/etc/hostname\n")


RATE = 16_000
BAD_RECORDINGS = {
    missing: "does not exist",
    folder: "no sound or video file",
    empty: "is empty",
    text: "not a sound or video file",
    random_bytes: "not a sound or video file",
    truncated_header: "not a sound or video file",
    nan_samples: "not finite",
    no_sound: "no sound in it",
    too_short: "at least 0.1 s",
    playlist: "not a sound or video file",
}


@pytest.mark.parametrize("command", ["speak", "inspect"])
@pytest.mark.parametrize("make", BAD_RECORDINGS, ids=lambda make: make.__name__)
def test_a_bad_recording(here: Path, make, command: str) -> None:
    make(Path("bad.wav"))
    before = everything_in(here)
    said = "is a folder" if (make, command) == (folder, "inspect") else BAD_RECORDINGS[make]
    refused(gesta_run(command, "bad.wav"), "'bad.wav'", said)
    assert everything_in(here) == before


def test_a_recording_over_the_cap(here: Path, speech: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = Decoder.__init__
    monkeypatch.setattr(Decoder, "__init__", lambda self, path, _limits: begin(self, path, Limits(duration_s=0.5)))
    refused(gesta_run("speak", speech), "longer than", "cut it into parts")
    assert everything_in(here) == {}


def test_a_header_that_states_days_of_sound_is_refused_before_it_is_read(here: Path, speech: Path) -> None:
    data = bytearray(speech.read_bytes())
    data[24:32] = struct.pack("<II", 1000, 2000)
    data[4:8], data[40:44] = struct.pack("<I", 2**32 - 10), struct.pack("<I", 2**32 - 100)
    with Path("long.wav").open("wb") as file:
        file.write(data)
        file.truncate(2**32 - 100)
    refused(gesta_run("speak", "long.wav"), "longer than 6 hours")


def test_a_name_that_would_lead_out_of_the_results(here: Path, speech: Path) -> None:
    Path("...wav").write_bytes(speech.read_bytes())
    refused(gesta_run("speak", "...wav"), "rename")


BAD_OPTIONS = [
    ("--style livly", ["did you mean lively"]),
    ("--style calm,sise=1.2", ["did you mean size"]),
    ("--style calm,size=big", ["size"]),
    ("--style nowhere.toml", ["nowhere.toml"]),
    ("--model defualt", ["did you mean default"]),
    ("--model dbug", ["debug"]),
    ("--formats npz,bhv", ["did you mean bvh"]),
    ("--formats vrma", ["'vrma' is not in this version"]),
    ("--formats npz,fbx", ["'fbx' is not in this version"]),
    ("--camera hnds", ["did you mean hands"]),
    ("--look suit,hair=lon", ["did you mean long"]),
    ("--no-preview --look suit,hair=lon", ["did you mean long"]),
    ("--device gpu", ["cpu"]),
    ("--model gesta_runs/nothing", ["no folder 'gesta_runs/nothing'", "config.json", "OWNER/NAME@REVISION"]),
    ("--model nowhere", ["Unknown model 'nowhere'", "procedural", "the folder of a trained one"]),
    ("--model debug --precision half", ["Unknown precision 'half'", "bfloat16"]),
    ("--size 640", ["WIDTHxHEIGHT"]),
    ("--size 640xtall", ["WIDTHxHEIGHT"]),
    ("--size ²x²", ["WIDTHxHEIGHT"]),
    ("--size 10x10", ["64 to 4096"]),
    ("--size -640x640", ["64 to 4096"]),
    ("--size 99999x640", ["64 to 4096"]),
    ("--size 641x640", ["even"]),
    ("--energy 1.6", ["energy", "1.5"]),
    ("--energy -1", ["energy", "0"]),
    ("--energy nan", ["energy"]),
    ("--energy much", ["--energy"]),
    ("--look-ahead 0.05", ["at least 0.1 s"]),
    ("--look-ahead nan", ["at least 0.1 s"]),
    ("--look-ahead abc", ["'abc'", "full"]),
    ("--seed -1", ["--seed"]),
    ("--seed x", ["--seed"]),
    ("--seed", ["--seed"]),
    ("--samples 0", ["--samples"]),
    ("--sede 3", ["--seed"]),
    ("--words words.csv", ["no file of words 'words.csv'", "TextGrid"]),
    ("--words words.doc", ["'words.doc' is no file of words", ".srt"]),
    ("--words speech.wav", ["'speech.wav' is no file of words"]),
    ("--model debug --words words.csv", ["'debug' knows no words", "--model procedural"]),
    ("--lock legs", ["part to lock 'legs'", "lower"]),
    ("--lock lower,upper --lock hands,face", ["nothing would move"]),
    ("--keep old.npz@1-2", ["old.npz"]),
    ("--keep old.npz", ["does not say what to keep", "take.npz@1.5-3"]),
    ("--decoding single", ["'default' chooses no tokens", "--model"]),
    ("--model debug --decoding doubel", ["Unknown decoding 'doubel'", "single", "iterative"]),
    ("--model debug --decoding steps=0", ["steps", "greater than or equal to 1"]),
    ("--model debug --decoding stpes=4", ["did you mean steps?"]),
    ("--model debug --style speaker=9", ["speaker=1 to speaker=2"]),
    ("--look studio", ["look 'studio'", "did you mean"]),
    ("--look suit,hair=lnog", ["did you mean long"]),
]


@pytest.mark.parametrize(("options", "words"), BAD_OPTIONS, ids=[options for options, _ in BAD_OPTIONS])
def test_a_bad_option(here: Path, speech: Path, options: str, words: list[str]) -> None:
    refused(gesta_run("speak", speech, *options.split()), *words)
    assert everything_in(here) == {}


def test_usage_errors_are_one_sentence(here: Path) -> None:
    refused(gesta_run("speek"), "did you mean 'speak'")
    refused(gesta_run("speak"), "SPEECH", "gesta speak --help")
    refused(gesta_run("inspect", "a.wav", "b.wav"), "b.wav")


def test_a_file_name_cannot_command_the_terminal(here: Path) -> None:
    refused(gesta_run("speak", "\x1b[2Jred\n\u202e.wav"), "\\x1b[2Jred\\n\\u202e.wav")


def test_an_output_folder_that_cannot_be(here: Path, speech: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("taken").write_text("mine")
    refused(gesta_run("speak", speech, "-o", "taken"), "'taken' is not a folder")
    refused(gesta_run("speak", speech, "-o", "taken/further"), "not a folder")
    Path("results/speech/motion.npz").mkdir(parents=True)
    refused(gesta_run("speak", speech, "-o", "results"), "motion.npz", "is a folder")
    assert sorted(everything_in(here)) == ["results", "results/speech", "results/speech/motion.npz", "taken"]
    monkeypatch.setattr("os.access", lambda _path, wanted: not wanted & os.W_OK)
    refused(gesta_run("speak", speech, "-o", "results"), "cannot be written")


def test_an_output_folder_that_only_fails_when_it_is_made(here: Path, speech: Path) -> None:
    refused(gesta_run("speak", speech, "--no-preview", "-o", "long" * 100), "results cannot be written")
    assert everything_in(here) == {}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--from -1", ["--from"]),
        ("--from 7", ["behind its end"]),
        ("--from nan", ["--from"]),
        ("--from 0.5 --to 0.5", ["--to"]),
        ("-o picture.jpg", [".png"]),
        ("--words words.csv", ["no file of words 'words.csv'"]),
        ("-o nowhere/picture.png", ["does not exist"]),
        ("--style livly", ["did you mean lively"]),
        ("--seed -1", ["--seed"]),
    ],
)
def test_bad_options_of_inspect(here: Path, speech: Path, options: str, words: list[str]) -> None:
    refused(gesta_run("inspect", speech, *options.split()), *words)
    assert everything_in(here) == {}
