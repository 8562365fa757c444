"""What a training's log says, drawn: a panel for each measure, trained and validated, over steps.

    python runs/learning_curves.py TRAINING PICTURE.png [--measures self_tokens,word_tokens,...] [--over 10]

TRAINING is the folder of a stage, for example gesta_runs/default/motion. What is drawn of training is the mean of
--over lines of its log, since losses of single batches jump. Without --measures: whatever validation measured.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from gesta.train.log import LOG

COLUMNS, PANEL_WIDTH, PANEL_HEIGHT = 3, 3.6, 2.4
NO_MEASURES = {"step", "split", "seconds", "windows_per_second", "learning_rate", "gradient_norm"}

Lines = Sequence[Mapping[str, float]]


def series(lines: Lines, measure: str, over: int) -> tuple[np.ndarray, np.ndarray]:
    """Steps and values of a measure (N,), means of `over` lines each; a rest at the beginning is left out."""
    found = np.array([(line["step"], line[measure]) for line in lines if measure in line], float)
    whole = found[len(found) % over :].reshape(-1, over, 2).mean(axis=1)
    return whole[:, 0], whole[:, 1]


def drawn(trained: Lines, validated: Lines, measures: Sequence[str], over: int) -> Figure:
    """All panels."""
    rows = -(-len(measures) // COLUMNS)
    figure = Figure((COLUMNS * PANEL_WIDTH, rows * PANEL_HEIGHT), layout="constrained")
    for panel, measure in zip(figure.subplots(rows, COLUMNS, squeeze=False).flat, measures, strict=False):
        panel.plot(*series(trained, measure, over), linewidth=1.0, label="training")
        panel.plot(*series(validated, measure, 1), "o-", markersize=3, linewidth=1.0, label="validation")
        panel.set_title(measure.replace("_", " "), fontsize=9)
        panel.tick_params(labelsize=8)
    figure.axes[0].legend(fontsize=8)
    return figure


def main() -> None:
    """Read, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("training", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--measures")
    parser.add_argument("--over", type=int, default=10)
    given = parser.parse_args()
    lines = [json.loads(line) for line in (given.training / LOG).read_text(encoding="utf-8").splitlines()]
    trained, validated = ([line for line in lines if line["split"] == split] for split in ("train", "validation"))
    measured = [name for name in (validated or trained)[-1] if name not in NO_MEASURES]
    drawn(trained, validated, given.measures.split(",") if given.measures else measured, given.over).savefig(
        given.picture, dpi=100
    )


if __name__ == "__main__":
    main()
