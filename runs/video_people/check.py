"""Whether a data set of films shows faces with raised hands large enough: asserted clip by clip, and written down.

    python runs/video_people/check.py DATASET -o sizes.json

Widths are those of the boxes that MMGT's masks fill, in pixels of the pictures: the median over the frames in which a
mouth, or either hand, is seen. It also asserts that no person is in two splits, and that enough people test and
validate.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from gesta.data.film_set import FilmSet
from gesta.keypoints.layout import HANDS
from gesta.keypoints.masks import exact_boxes
from gesta.writing import replacing

MOUTH_PX, HAND_PX = 10.0, 12.0
LEAST_PEOPLE = {"test": 20, "validation": 10}
PERCENTILES = (0, 5, 50, 95, 100)


def widths(films: FilmSet) -> dict[str, list[float]]:
    """Medians in pixels: of the mouth and of both hands' widths together in every clip, and of each hand alone."""
    found: dict[str, list[float]] = {"mouth": [], "hands": [], "each_hand": []}
    for clip in films.clips:
        points = films.points(clip, 0, clip.frames)
        boxes = exact_boxes(points)
        scale = films.info.side / points.size[0]
        mouth, *hands = ((boxes[name][:, 2] - boxes[name][:, 0]) * scale for name in ("lip", *HANDS))
        seen = [wide[wide > 0.0] for wide in hands]
        found["mouth"].append(float(np.median(mouth[mouth > 0.0])) if (mouth > 0.0).any() else 0.0)
        found["hands"].append(float(np.median(np.concatenate(seen))) if any(map(len, seen)) else 0.0)
        found["each_hand"] += [float(np.median(wide)) for wide in seen if len(wide)]
    return found


def main() -> None:
    """Assert the sizes and the splits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--few", action="store_true", help="a sample: any number of people may test and validate")
    asked = parser.parse_args()
    films = FilmSet.open(asked.dataset)
    people = {
        split: {clip.speaker for clip in films.clips if clip.split == split} for split in ("train", *LEAST_PEOPLE)
    }
    measured = widths(films)
    said = {
        "people": {split: len(names) for split, names in people.items()},
        "clips": len(films.clips),
        "frames": sum(clip.frames for clip in films.clips),
        "side_px": films.info.side,
        **{
            f"{name}_px": dict(
                zip(map(str, PERCENTILES), np.percentile(wide, PERCENTILES).round(2).tolist(), strict=True)
            )
            for name, wide in measured.items()
        },
    }
    with replacing(asked.output) as beside:
        beside.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(said, indent=1) + "\n")
    wrong = [
        (sum(map(len, people.values())) > len(set().union(*people.values())), "a person is in two splits"),
        (not asked.few and any(len(people[split]) < least for split, least in LEAST_PEOPLE.items()), "too few people"),
        (min(measured["mouth"]) < MOUTH_PX, f"a clip's mouth is narrower than {MOUTH_PX:g} px"),
        (min(measured["hands"]) < HAND_PX, f"a clip's hands are narrower than {HAND_PX:g} px"),
    ]
    if found := [sentence for broken, sentence in wrong if broken]:
        raise SystemExit(f"{asked.dataset}: {'; '.join(found)}.")


if __name__ == "__main__":
    main()
