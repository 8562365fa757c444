"""The procedural mouth held against recorded faces: how well jaw and lips follow, and whether they are on time.

    python runs/mouth_against_faces.py FOLDER_OF_FACES [--look-ahead S]

The folder holds pairs NAME.npz (weights (T, N) at 30 frames a second, names (N)) and NAME.flac, as FACEGOOD's
Audio2Face recordings come (MIT); their `mouth_stretch_c` is the jaw. Prints, over all recordings: the jaw's correlation
at lags of some frames (positive: ours is late), its percentiles, openings a second and spectrum beside the recorded
ones, how rounding follows, and how many closings of recorded lips ours meets within 0.1 s, beside chance. The learned
mouth was trained on all of these faces but 1114_3_16: docs/mouth.md has what it does on recordings it has not seen.
"""

import argparse
import math
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.signal import find_peaks, welch

from gesta.audio.prosody import analyse
from gesta.audio.read import open_speech
from gesta.motion.face import ARKIT_INDEX
from gesta.procedural.mouth import MouthReader
from gesta.units import MOTION_FPS

RECORDED = {
    "jaw": ("mouth_stretch_c",),
    "round": ("mouth_pucker_l", "mouth_funnel_dl", "mouth_oh_c"),
    "closed": ("mouth_press_l", "mouth_suck_ul", "mouth_suck_dl"),
}
OURS = {"jaw": "jawOpen", "round": "mouthPucker", "closed": "mouthPressLeft"}
SHUT = {"recorded": 0.08, "ours": 0.2}
"""Weights from which lips count as pressed together."""
LAGS = range(-3, 4)
SILENT_ACTIVITY = 0.05
NEAR_FRAMES = 3
OPENING = 0.08
"""Prominence of an opening of the jaw."""


@dataclass(frozen=True)
class Faces:
    """All recordings one after the other: tracks (T,) by name, and the activity of speech (T,)."""

    ours: dict[str, np.ndarray]
    recorded: dict[str, np.ndarray]
    activity: np.ndarray


def load(folder: Path, look_ahead_s: float) -> tuple[int, Faces]:
    """Every recording of a folder, and how many there are."""
    parts = [tracks(path, look_ahead_s) for path in sorted(folder.glob("*.npz"))]
    joined = [
        {name: np.concatenate([part[side][name] for part in parts]) for name in parts[0][side]} for side in range(2)
    ]
    return len(parts), Faces(*joined, activity=np.concatenate([part[2] for part in parts]))


def tracks(path: Path, look_ahead_s: float) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray]:
    """Our tracks, the recorded ones and the activity of one recording."""
    with np.load(path, allow_pickle=False) as stored:
        names, weights = [str(name) for name in stored["names"]], stored["weights"]
    recorded = {key: np.max([weights[:, names.index(name)] for name in of], axis=0) for key, of in RECORDED.items()}
    prosody = analyse(open_speech(path.with_suffix(".flac")), look_ahead_s)
    face = MouthReader().push(prosody)
    frames = min(len(face), len(weights))
    ours = {key: face[:frames, ARKIT_INDEX[name]] for key, name in OURS.items()}
    return ours, {key: track[:frames] for key, track in recorded.items()}, prosody.activity[:frames]


def lagged(ours: np.ndarray, recorded: np.ndarray, lag: int) -> float:
    """Correlation of ours, this many frames late, with what was recorded."""
    kept, late = slice(max(lag, 0), len(ours) + min(lag, 0)), slice(max(-lag, 0), len(ours) + min(-lag, 0))
    return float(np.corrcoef(ours[kept], recorded[late])[0, 1])


def jaw_line(name: str, jaw: np.ndarray, activity: np.ndarray) -> str:
    """A jaw in numbers."""
    quiet = activity < SILENT_ACTIVITY
    whole, silent = np.percentile(jaw, (5, 50, 95)), np.percentile(jaw[quiet], 95)
    speaking_s = np.sum(activity > 0.5) / MOTION_FPS
    openings = len(find_peaks(jaw, prominence=OPENING)[0]) / speaking_s
    frequency, power = welch(jaw - jaw.mean(), MOTION_FPS, nperseg=512)
    shares = np.interp((0.5, 0.9, 0.99), np.cumsum(power) / power.sum(), frequency)
    return (
        f"{name:9} jaw 5/50/95 % {whole[0]:.2f}/{whole[1]:.2f}/{whole[2]:.2f}  silent 95 % {silent:.2f}"
        f"  openings {openings:.1f}/s speaking"
        f"  power 50/90/99 % below {shares[0]:.1f}/{shares[1]:.1f}/{shares[2]:.1f} Hz\n"
    )


def closings(track: np.ndarray, shut: float) -> np.ndarray:
    """Middles of the times when lips are pressed together: (N,) frames."""
    edges = np.flatnonzero(np.diff(np.concatenate(((False,), track > shut, (False,))).astype(int)))
    return edges.reshape(-1, 2).mean(axis=1)


def met(wanted: np.ndarray, given: np.ndarray) -> float:
    """Share of the wanted points that have a given one near."""
    if not len(wanted) or not len(given):
        return 0.0
    return float(np.mean(np.abs(wanted[:, None] - given).min(axis=1) <= NEAR_FRAMES))


def closing_line(faces: Faces) -> str:
    """How closings meet."""
    recorded, ours = closings(faces.recorded["closed"], SHUT["recorded"]), closings(faces.ours["closed"], SHUT["ours"])
    # Chance: where ours would be at any other time in which somebody speaks.
    spoken = np.flatnonzero(faces.activity > 0.5)
    anywhere = spoken[np.linspace(0, len(spoken) - 1, 2000).astype(int)]
    return (
        f"closings: recorded {len(recorded)}, ours {len(ours)}; recorded ones met {met(recorded, ours):.2f}"
        f" (chance {met(anywhere, ours):.2f}), ours meant {met(ours, recorded):.2f}"
        f" (chance {met(anywhere, recorded):.2f})\n"
    )


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--look-ahead", type=float, default=math.inf)
    given = parser.parse_args()
    count, faces = load(given.folder, given.look_ahead)
    out = sys.stdout
    out.write(f"{count} recordings, {len(faces.activity) / MOTION_FPS:.0f} s\n")
    for lag in LAGS:
        at = lagged(faces.ours["jaw"], faces.recorded["jaw"], lag)
        out.write(f"lag {1000 * lag / MOTION_FPS:+5.0f} ms  r {at:.3f}\n")
    for name, side in (("ours", faces.ours), ("recorded", faces.recorded)):
        out.write(jaw_line(name, side["jaw"], faces.activity))
    out.write(f"rounding  r {lagged(faces.ours['round'], faces.recorded['round'], 0):.3f}\n")
    out.write(closing_line(faces))


if __name__ == "__main__":
    main()
