"""Who is filmed: people drawn by chance, each with a body, small features of the face, clothes, hair and own colours.

    python runs/video_people/people.py COUNT SEED -o people.json

The body is told in phenotypes of anny (adults: age 0.6 to 1, where 2/3 is 25 years), the features in shares of its
small targets, the looks in names of the built-in body, the colours as a palette of the person's own.
"""

import argparse
import colorsys
import json
from pathlib import Path

import numpy as np
from pydantic import Field, TypeAdapter

from gesta.avatar.palette import Look, Palette, palette
from gesta.randomness import generator
from gesta.settings import Settings
from gesta.writing import replacing

EITHER_WAY = {
    "head/head-scale-horiz": ("decr", "incr", 0.55),
    "head/head-scale-vert": ("decr", "incr", 0.45),
    "head/head-fat": ("decr", "incr", 0.7),
    "chin/chin-width": ("decr", "incr", 0.7),
    "chin/chin-height": ("decr", "incr", 0.5),
    "chin/chin-prominent": ("decr", "incr", 0.5),
    "chin/chin-bones": ("decr", "incr", 0.6),
    "cheek/*-cheek-volume": ("decr", "incr", 0.7),
    "cheek/*-cheek-bones": ("decr", "incr", 0.7),
    "nose/nose-scale-horiz": ("decr", "incr", 0.6),
    "nose/nose-scale-vert": ("decr", "incr", 0.5),
    "nose/nose-scale-depth": ("decr", "incr", 0.5),
    "nose/nose-hump": ("decr", "incr", 0.8),
    "nose/nose-point-width": ("decr", "incr", 0.7),
    "nose/nose-trans": ("down", "up", 0.4),
    "mouth/mouth-upperlip-volume": ("decr", "incr", 0.6),
    "mouth/mouth-lowerlip-volume": ("decr", "incr", 0.6),
    "mouth/mouth-scale-horiz": ("decr", "incr", 0.35),
    "eyes/*-eye-scale": ("decr", "incr", 0.4),
    "eyes/*-eye-height2": ("decr", "incr", 0.4),
    "forehead/forehead-scale-vert": ("decr", "incr", 0.6),
    "eyebrows/eyebrows-angle": ("down", "up", 0.5),
    "eyebrows/eyebrows-trans": ("down", "up", 0.5),
    "ears/*-ear-scale": ("decr", "incr", 0.6),
    "ears/*-ear-wing": ("decr", "incr", 0.5),
}
"""Targets that come in pairs, their two endings, and the deviation of the share; * stands for both sides."""
FEATURED, MOST = 0.75, 0.8
"""By how much all shares are less, and the most of any."""
HEADS = ("oval", "round", "square", "rectangular", "triangular", "diamond", "invertedtriangular")
SKIN_OF = {"african": 4.3, "asian": 1.2, "caucasian": 0.9}
"""Where on the palette's row of skins, fair to deep, people are in the middle."""
SKIN_SPREAD = 0.75
GREY_FROM = 0.72
"""Age from which hair may be grey."""
OUTFITS_WORN = {"male": ("shirt", "suit", "tee"), "female": ("shirt", "suit", "blouse", "tee")}
HAIRS_WORN = {"male": (("short", 0.78), ("ponytail", 0.12), ("long", 0.10)),
              "female": (("short", 0.22), ("ponytail", 0.36), ("long", 0.42))}  # fmt: skip


class Person(Settings):
    """Somebody who is filmed."""

    name: str = Field(description="of the person and of the files")
    phenotype: dict[str, float] = Field(description="anny's, by name, 0 to 1")
    features: dict[str, float] = Field(description="shares of anny's small targets, by name")
    look: Look = Field(description="what the person wears, in the person's own palette")
    palette: Palette = Field(description="the person's colours")


def people(count: int, seed: int) -> list[Person]:
    """So many people; the same number of the same seed is always the same person."""
    return [person(number, seed) for number in range(count)]


def person(number: int, seed: int) -> Person:
    """One of the people."""
    name = f"person-{number:04d}"
    chance = generator(seed, "video people", name)
    side = "female" if number % 2 else "male"
    phenotype = _phenotype(chance, side)
    look = _look(chance, side, phenotype)
    return Person(
        name=name, phenotype=phenotype, features=_features(chance), look=look, palette=_palette(chance, look, phenotype)
    )


def _phenotype(chance: np.random.Generator, side: str) -> dict[str, float]:
    races = chance.dirichlet((0.6, 0.6, 0.6))
    shares = {name: float(np.clip(chance.normal(0.5, spread), 0.12, 0.88)) for name, spread in
              {"muscle": 0.16, "weight": 0.15, "height": 0.15, "firmness": 0.12, "cupsize": 0.12}.items()}  # fmt: skip
    shares["gender"] = float(chance.uniform(0.0, 0.2) if side == "male" else chance.uniform(0.8, 1.0))
    shares["age"] = float(0.6 + 0.38 * chance.beta(1.1, 1.8))
    shares["proportions"] = float(chance.uniform(0.1, 0.6))
    return shares | dict(zip(("african", "asian", "caucasian"), map(float, races), strict=True))


def _features(chance: np.random.Generator) -> dict[str, float]:
    features = {f"head/head-{HEADS[int(chance.integers(len(HEADS)))]}": float(chance.uniform(0.0, 0.5))}
    for name, (less, more, deviation) in EITHER_WAY.items():
        share = float(np.clip(FEATURED * chance.normal(0.0, deviation), -MOST, MOST))
        for side in ("l", "r") if "*" in name else ("",):
            features[f"{name.replace('*', side)}-{more if share > 0.0 else less}"] = abs(share)
    return features


def _look(chance: np.random.Generator, side: str, phenotype: dict[str, float]) -> Look:
    names, shares = zip(*HAIRS_WORN[side], strict=True)
    known = palette()
    outfit = str(chance.choice(OUTFITS_WORN[side]))
    hair_colours = [name for name in known.hair_colours if name != "grey"]
    common = "asian" if phenotype["asian"] > 0.5 else "african" if phenotype["african"] > 0.5 else ""
    dark = chance.random() < 0.8
    colour = str(chance.choice(("black", "brown"))) if common and dark else str(chance.choice(hair_colours))
    if phenotype["age"] > GREY_FROM and chance.random() < 0.6:
        colour = "grey"
    eyes = str(chance.choice(("brown", "dark"))) if common else str(chance.choice(list(known.eyes)))
    return Look(
        outfit=outfit,
        colours=str(chance.choice(list(known.outfits[outfit]))),
        hair=str(chance.choice(names, p=shares)),
        brows=str(chance.choice(("soft", "straight", "arched"))),
        skin="light",
        eyes=eyes,
        hair_colour=colour,
    )


def _palette(chance: np.random.Generator, look: Look, phenotype: dict[str, float]) -> Palette:
    """The built-in colours moved: a skin between two of them, clothes of another hue, hair and eyes a little aside."""
    known = palette()
    row = list(known.skins.values())
    middle = sum(SKIN_OF[race] * phenotype[race] for race in SKIN_OF)
    at = float(np.clip(chance.normal(middle, SKIN_SPREAD), 0.0, len(row) - 1.001))
    low, share = row[int(at)], at - int(at)
    tint = chance.normal(1.0, (0.02, 0.025, 0.035))
    skin = {name: _mixed(colour, row[int(at) + 1][name], share, tint) for name, colour in low.items()}
    hue, vivid, light = chance.uniform(0.0, 1.0), chance.uniform(0.7, 1.7), chance.uniform(0.75, 1.25)
    cloth = {
        name: _moved(colour, hue, vivid, light) for name, colour in known.outfits[look.outfit][look.colours].items()
    }
    aside, lighter = chance.normal(0.0, 0.02), chance.uniform(0.75, 1.3)
    hair = {name: _moved(colour, aside, 1.0, lighter) for name, colour in known.hair_colours[look.hair_colour].items()}
    eyes = {name: _moved(colour, chance.normal(0.0, 0.02), 1.0, 1.0) for name, colour in known.eyes[look.eyes].items()}
    return Palette(
        common=known.common, gloss=known.gloss, skins={look.skin: skin}, eyes={look.eyes: eyes},
        hair_colours={look.hair_colour: hair}, outfits={look.outfit: {look.colours: cloth}}, looks={"own": look},
    )  # fmt: skip


def _mixed(first: str, second: str, share: float, tint: np.ndarray) -> str:
    """A colour between two, each channel times `tint`."""
    ends = np.array([list(bytes.fromhex(colour[1:])) for colour in (first, second)], float)
    return _hex(((1.0 - share) * ends[0] + share * ends[1]) * tint)


def _moved(colour: str, hue: float, vivid: float, light: float) -> str:
    """A colour of another hue, more or less vivid and light."""
    own_hue, saturation, value = colorsys.rgb_to_hsv(*(channel / 255.0 for channel in bytes.fromhex(colour[1:])))
    moved = colorsys.hsv_to_rgb((own_hue + hue) % 1.0, min(saturation * vivid, 1.0), min(value * light, 0.96))
    return _hex(np.array(moved) * 255.0)


def _hex(channels: np.ndarray) -> str:
    return "#" + bytes(np.clip(np.rint(channels), 0, 255).astype(np.uint8).tolist()).hex()


def write_people(some: list[Person], path: Path) -> None:
    """Write the list."""
    with replacing(path) as beside:
        beside.write_text(json.dumps([one.model_dump(mode="json") for one in some], indent=1) + "\n", encoding="utf-8")


def read_people(path: Path) -> list[Person]:
    """What `write_people` wrote."""
    return TypeAdapter(list[Person]).validate_json(path.read_bytes())


def main() -> None:
    """Draw people and write them down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("-o", "--output", type=Path, required=True)
    asked = parser.parse_args()
    write_people(people(asked.count, asked.seed), asked.output)


if __name__ == "__main__":
    main()
