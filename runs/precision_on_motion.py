"""What rounding a trained model's matrices to bfloat16 does to the motion it makes.

    gesta train motion recipes/toy.toml
    python runs/precision_on_motion.py gesta_runs/toy/motion/model src/gesta/assets/demo_voice.flac

Prints how far joints are from where float32 puts them, in millimetres, and how far they are turned, in degrees.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

import gesta
from gesta.motion.kinematics import track
from gesta.motion.rotations import angle_between
from gesta.motion.skeleton import skeleton
from gesta.records import Motion

METHODS = ("single", "iterative")


def positions(motion: Motion) -> np.ndarray:
    """Where all joints are: (T, J, 3) metres."""
    return track(motion.rotations, motion.translation, skeleton().names).positions


def main() -> None:
    """Speak with both, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("speech", type=Path)
    given = parser.parse_args()
    models = [gesta.load(given.model, precision=name) for name in ("float32", "bfloat16")]
    for method in METHODS:
        exact, rounded = (model.speak(given.speech, decoding=method).motion for model in models)
        apart = np.linalg.norm(positions(exact) - positions(rounded), axis=-1) * 1000.0
        turned = np.degrees(angle_between(exact.rotations, rounded.rotations))
        sys.stdout.write(
            f"{method:10} mean {apart.mean():.3f} mm, at most {apart.max():.1f} mm; "
            f"mean {turned.mean():.4f} degrees, at most {turned.max():.2f}\n"
        )


if __name__ == "__main__":
    main()
