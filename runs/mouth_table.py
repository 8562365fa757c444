"""How well the mouth that gesta comes with shuts, rests and keeps time: the tables of docs/mouth.md.

    python runs/mouth_table.py DATA SYNTHETIC [--ahead N]

DATA holds face/ (captured faces) and speech/ as runs/checked_closures.csv names them; SYNTHETIC what
runs/synthesise_speech.py made. How the mouth predicts a captured rig's shapes, one recording left out, is
`runs/mouth_left_out.py`.
"""

import argparse
import csv
import json
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gesta.audio.encoders.spectral import SpectralStream
from gesta.audio.prosody import analyse
from gesta.audio.read import open_speech
from gesta.avatar.figure import figure
from gesta.avatar.lips import lip_gaps
from gesta.avatar.looks import look
from gesta.mouth.stream import MouthStream
from gesta.procedural.mouth_pose import POSE_INDEX, arkit_of
from gesta.records import Prosody
from gesta.units import MOTION_FPS

CHECKED = Path(__file__).with_name("checked_closures.csv")
HELD_OUT, LANGUAGES = "*-en-gb-scotland.json", ("lips-es.json", "lips-cmn-latn-pinyin.json")
LIPS, OPEN = ("p", "b", "m", "ph"), ("a", "aː", "ɑ", "ɑː", "æ", "ɛ", "e", "eː", "ʌ", "ɔ", "ɔː", "i", "iː", "ɪ")
SHUT_M = 0.003
SILENT_S = 0.1
"""Silence is so far from speech on both sides."""
LAGS = range(-4, 5)
Reader = Callable[[Prosody], np.ndarray]
FIGURE = look()


def learned(ahead: int) -> Reader:
    """Poses by the learned mouth."""

    def read(prosody: Prosody) -> np.ndarray:
        stream = MouthStream(ahead)
        return np.concatenate([stream.push(SpectralStream().push(prosody)), stream.finish()])

    return read


def gaps(poses: np.ndarray) -> np.ndarray:
    """(T,) metres between the lips of the built-in body."""
    return lip_gaps(figure(FIGURE), arkit_of(poses))


def sounds_line(files: list[Path], read: Reader) -> str:
    """Sounds of known times: lips that meet, and vowels whose middle is shut."""
    met: dict[str, list[bool]] = defaultdict(list)
    shut = []
    for path in files:
        gap = gaps(read(analyse(open_speech(path.with_suffix(".wav")))))
        for start, end, name in json.loads(path.read_text())["tiers"]["phones"]["entries"]:
            middle = min(round((start + end) / 2.0 * MOTION_FPS), len(gap) - 1)
            if name in LIPS:
                first, last = int(np.floor(start * MOTION_FPS)), int(np.ceil(end * MOTION_FPS))
                met[name[0]].append(bool(gap[first : last + 1].min() < SHUT_M))
            elif name in OPEN:
                shut.append(bool(gap[middle] < SHUT_M))
    every = [value for values in met.values() for value in values]
    each = ", ".join(f"{name} {np.mean(values):.2f}" for name, values in sorted(met.items()))
    return f"{np.mean(every):.2f} of {len(every)} ({each}); vowels shut {np.mean(shut):.2f}"


def checked_line(data: Path, read: Reader) -> tuple[str, str, str]:
    """Closures checked by eye; gaps in silence; lags of the captured jaw: three lines."""
    rows: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for row in csv.DictReader(CHECKED.open(encoding="utf-8")):
        rows[row["file"]].append((float(row["time_s"]), row["sound"]))
    met: dict[str, list[bool]] = defaultdict(list)
    silent: list[np.ndarray] = []
    ours, captured = [], []
    for name, closures in rows.items():
        prosody = analyse(open_speech(data / name))
        poses = read(prosody)
        gap = gaps(poses)
        for time_s, _ in closures:
            frame = round(time_s * MOTION_FPS)
            met[name.split("/")[0]].append(bool(gap[max(frame - 1, 0) : frame + 2].min() < SHUT_M))
        around = np.ones(2 * round(SILENT_S * MOTION_FPS) + 1)
        silent.append(gap[np.convolve(prosody.activity, around, "same") < 1e-3])
        if (truth := data / name).with_suffix(".npz").is_file():
            with np.load(truth.with_suffix(".npz"), allow_pickle=False) as stored:
                jaw = stored["weights"][:, [str(one) for one in stored["names"]].index("mouth_stretch_c")]
            frames = min(len(jaw), len(poses))
            ours.append(poses[:frames, POSE_INDEX["jaw"]])
            captured.append(jaw[:frames])
    every = [value for values in met.values() for value in values]
    each = ", ".join(f"{folder} {np.mean(values):.2f} of {len(values)}" for folder, values in sorted(met.items()))
    quiet = 1000.0 * np.concatenate(silent)
    jaws, truths = np.concatenate(ours), np.concatenate(captured)
    inside = slice(len(LAGS), -len(LAGS))
    fits = {lag: float(np.corrcoef(np.roll(jaws, -lag)[inside], truths[inside])[0, 1]) for lag in LAGS}
    best = max(fits, key=lambda lag: fits[lag])
    return (
        f"{np.mean(every):.2f} of {len(every)} ({each})",
        f"gap in silence, 50 / 95 %: {np.percentile(quiet, 50):.1f} / {np.percentile(quiet, 95):.1f} mm",
        f"jaw late by {1000 * best / MOTION_FPS:.0f} ms, r {fits[best]:.2f}",
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("synthetic", type=Path)
    parser.add_argument("--ahead", type=int, nargs="+", default=[3, 0])
    given = parser.parse_args()
    readers = {f"{ahead} frames ahead": learned(ahead) for ahead in given.ahead}
    for name, read in readers.items():
        out = [f"held-out voice: {sounds_line(sorted(given.synthetic.glob(HELD_OUT)), read)}"]
        out += [f"{file}: {sounds_line([given.synthetic / file], read)}" for file in LANGUAGES]
        checked, silence, lag = checked_line(given.data, read)
        sys.stdout.write("\n".join([f"## {name}", *out, f"checked by eye: {checked}", silence, lag]) + "\n\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
