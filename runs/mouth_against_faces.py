"""The procedural mouth held against recorded faces: how well jawOpen follows, and whether it is on time.

    python runs/mouth_against_faces.py FOLDER_OF_FACES

The folder holds pairs NAME.npz (weights (T, N) at 30 frames a second, names (N)) and NAME.flac, as FACEGOOD's
Audio2Face recordings come (MIT); their `mouth_stretch_c` is the jaw. Prints the correlation over all recordings at
lags of some frames (positive: ours is late) and what both do in silence.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from gesta.audio.prosody import analyse
from gesta.audio.read import open_speech
from gesta.motion.face import ARKIT_INDEX
from gesta.procedural.mouth import MouthReader
from gesta.units import MOTION_FPS

JAW = "mouth_stretch_c"
LAGS = range(-3, 4)
SILENT_ACTIVITY = 0.05


def jaws(recording: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Our jawOpen, the recorded jaw and the speech activity, per frame: three (T,) arrays."""
    with np.load(recording, allow_pickle=False) as stored:
        recorded = stored["weights"][:, [str(name) for name in stored["names"]].index(JAW)]
    prosody = analyse(open_speech(recording.with_suffix(".flac")))
    ours = MouthReader().push(prosody)[:, ARKIT_INDEX["jawOpen"]]
    frames = min(len(ours), len(recorded))
    return ours[:frames], recorded[:frames], prosody.activity[:frames]


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    found = [jaws(path) for path in sorted(parser.parse_args().folder.glob("*.npz"))]
    ours, recorded, activity = (np.concatenate(parts) for parts in zip(*found, strict=True))
    sys.stdout.write(f"{len(found)} recordings, {len(ours) / MOTION_FPS:.0f} s\n")
    for lag in LAGS:
        kept = slice(max(lag, 0), len(ours) + min(lag, 0))
        late = slice(max(-lag, 0), len(ours) + min(-lag, 0))
        correlation = np.corrcoef(ours[kept], recorded[late])[0, 1]
        sys.stdout.write(f"lag {1000 * lag / MOTION_FPS:+5.0f} ms  r {correlation:.3f}\n")
    quiet = activity < SILENT_ACTIVITY
    for name, jaw in (("ours", ours), ("recorded", recorded)):
        speaking = np.percentile(jaw[~quiet], (5, 50, 95))
        sys.stdout.write(
            f"{name:9} speaking 5/50/95 % {speaking[0]:.2f}/{speaking[1]:.2f}/{speaking[2]:.2f}"
            f"  silent 95 % {np.percentile(jaw[quiet], 95):.2f}\n"
        )


if __name__ == "__main__":
    main()
