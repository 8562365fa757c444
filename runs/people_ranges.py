"""What people were measured to do, as ranges that any take can be held against: writes people_ranges.csv.

    python runs/people_ranges.py DATA

DATA holds beat2/ and show/ (research data, local only); only the least, the median and the most of the takes of 8 s and
more is kept of it. A line for each number of the rows of people_rows.py that at least five takes have, but for what
cannot be seen in most of them: they last ten seconds, and neither fingers nor legs are theirs. `ranges` reads the file
back.
"""

import argparse
import csv
from functools import cache
from pathlib import Path

import numpy as np
from people_rows import MINUTE_S, MOVEMENT, PEOPLE, Row

from gesta.metrics.ranges import Range
from gesta.writing import replacing

TABLE = Path(__file__).with_name("people_ranges.csv")
COLUMNS = ("row", "place", "low", "middle", "high", "takes")
FEWEST_TAKES = 5
LEFT_OUT = (
    "head, half of the power below Hz",
    "head, nine tenths",
    "spine, half",
    "spine, nine tenths",
    "ms after the shoulder: elbow, wrist, fingers, spine, head",
    "its sd",
    "hips / knees, sd of pitch deg",
    "margin of hands / head",
)
"""Rows that need longer takes, fingers or legs; and margins, which are judged by themselves."""
SHARE = 0.1
"""Of the middle: a number that is so near is near, however alike these few people are."""
TYPICAL_S = 10.0
"""Length of most of the takes; an event more or less in it is near."""
ROWS = {row.label: row for row in (*PEOPLE, *MOVEMENT)}


@cache
def ranges() -> dict[str, tuple[Range, ...]]:
    """The ranges of each row's numbers, by the row's label; a row with a number that too few takes have is left out."""
    found: dict[str, list[Range]] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            low, middle, high = (float(line[name]) for name in ("low", "middle", "high"))
            near = Range(low, middle, high, _allowance(ROWS[line["row"]], middle))
            found.setdefault(line["row"], []).append(near)
    return {label: tuple(places) for label, places in found.items()}


def _allowance(row: Row, middle: float) -> float:
    events = MINUTE_S / TYPICAL_S if row.counted else 0.0
    return max(SHARE * abs(middle), row.allowance, events, 0.5 * 10.0**-row.decimals)


def main() -> None:
    """Measure and write."""
    # What is measured here needs the real takes; who reads the file needs neither.
    from judge_measures import numbers_of
    from people_table import takes_of

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    takes = [seen for seen, _, _ in takes_of(parser.parse_args().data).values()]
    with replacing(TABLE) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in ROWS.values():
            values = [numbers for take in takes if (numbers := numbers_of(row, take)) is not None]
            if row.label in LEFT_OUT or len(values) < FEWEST_TAKES:
                continue
            for place, column in enumerate(np.array(values).T):
                low, middle, high = np.min(column), np.median(column), np.max(column)
                writer.writerow([row.label, place, *(f"{value:.4g}" for value in (low, middle, high)), len(values)])


if __name__ == "__main__":
    main()
