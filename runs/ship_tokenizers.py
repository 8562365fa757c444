"""Keep trained tokenizers with 16 bits a number, so that generators can be trained without training them first.

    python runs/ship_tokenizers.py MODEL OUT

MODEL is what `gesta train tokenizer` made. A generator has to be trained on what lies in OUT, with
tokenizer_model=OUT, not on MODEL: rounded networks give a few other tokens.
"""

import argparse
import shutil
from pathlib import Path

from gesta.train.loop import FINISHED
from gesta.train.tokenizer_folder import load_tokenizers, save_tokenizers

PROVENANCE = "provenance.json"


def main() -> None:
    """Round them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    save_tokenizers(given.out, load_tokenizers(given.model), half=True)
    shutil.copyfile(given.model / FINISHED, given.out / PROVENANCE)


if __name__ == "__main__":
    main()
