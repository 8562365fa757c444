"""Keep trained tokenizers with 16 bits a number, so that generators can be trained without training them first.

    python runs/ship_tokenizers.py MODEL OUT

MODEL is what `gesta train tokenizer` made. A generator has to be trained on what lies in OUT, with
tokenizer_model=OUT, not on MODEL: rounded networks give a few other tokens.
"""

import argparse
import json
from pathlib import Path

from gesta.bundles.folder import halved
from gesta.bundles.tensors import write_tensors
from gesta.train.loop import FINISHED
from gesta.train.tokenizer_folder import WEIGHTS_FILE, load_tokenizers, save_tokenizers

PROVENANCE = "provenance.json"


def main() -> None:
    """Round them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    tokenizers = load_tokenizers(given.model)
    given.out.mkdir(parents=True, exist_ok=True)
    save_tokenizers(given.out, tokenizers)
    write_tensors(given.out / WEIGHTS_FILE, halved(tokenizers.state_dict()))
    made = json.loads((given.model / FINISHED).read_text(encoding="utf-8"))
    (given.out / PROVENANCE).write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
