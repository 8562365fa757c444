"""Make the package's copy of a trained model: its matrices with 16 bits, its decoding, its card.

    python runs/ship_model.py MODEL OUT --card CARD.md [--decoding "single,temperature=0.9"] [--follows energy,head]

MODEL is what `gesta train motion` made. OUT is a folder whose name becomes the model's, for example
src/gesta/assets/models/echomask-small; what lies there is replaced. --decoding changes how it chooses tokens if nobody
says otherwise; --follows names the numbers of a style that users may set one by one. What it makes is the user's; the
notices of what it was trained on stand on the card. What comes out is read again, speaks the demo voice, and must not
be larger than 25 MB.
"""

import argparse
import sys
from pathlib import Path

import gesta
from gesta.bundles.folder import load_bundle, save_bundle
from gesta.bundles.shipped import LARGEST_BYTES
from gesta.models.common import LICENCE

VOICE = Path(gesta.__file__).parent / "assets" / "demo_voice.flac"


def main() -> None:
    """Ship it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--card", type=Path, required=True)
    parser.add_argument("--decoding", default=None)
    parser.add_argument("--follows", default="")
    given = parser.parse_args()
    bundle = load_bundle(given.model)
    decoding = bundle.config.decoding.changed_by(given.decoding) if given.decoding else bundle.config.decoding
    said = {"decoding": decoding, "follows": tuple(given.follows.split(",")) if given.follows else ()}
    config = bundle.config.model_copy(update={"name": given.out.name, "licence": LICENCE, **said})
    save_bundle(given.out, config, bundle.model, given.card.read_text(encoding="utf-8"), half=True)
    size = sum(path.stat().st_size for path in given.out.iterdir())
    take = gesta.load(given.out).speak(VOICE, seed=0)
    sys.stdout.write(f"{given.out}: {size / 1e6:.1f} MB; the demo voice became {take.motion.frame_count} frames.\n")
    if size > LARGEST_BYTES:
        sys.exit(f"It is larger than {LARGEST_BYTES / 1e6:.0f} MB.")


if __name__ == "__main__":
    main()
