"""docs/mmgt.md keeps its word: its files are there, no module is left out, its values are those of the presets."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from gesta.keypoints.estimators.dwpose_config import dwpose_config
from gesta.mmgt.sampling_config import SAMPLING_PRESETS, sampling_config
from gesta.mmgt.schedulers import SCHEDULERS
from gesta.mmgt.smga_config import SMGA_PRESETS, smga_config
from gesta.mmgt.video_config import VIDEO_PRESETS, video_config
from gesta.train.recipe import Recipe
from gesta.train.stages import STAGES
from tests.house.test_echomask_page import differing

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mmgt.md").read_text(encoding="utf-8")
PRESETS = {
    "keypoints": smga_config,
    "video": video_config,
    "video_sampling": sampling_config,
    "dwpose": dwpose_config,
}
"""By the first name of a field in the page: what makes a preset."""
ROW = re.compile(r"`(\w+)\.([\w.]+)` `([^`]+)` → `([^`]+)`")
MILLIONS = re.compile(r"^\| `(\w+)`[^|]*\| ([\d.]+) \| ([\d,.]+) \|$", re.MULTILINE)


def values(table: str, preset: str) -> dict[str, Any]:
    """A preset as plain values."""
    return PRESETS[table](preset).model_dump(mode="json")


def shown(value: Any) -> str:
    """A value as the page writes it."""
    return value if isinstance(value, str) else json.dumps(value)


def looked_up(table: dict[str, Any], name: str) -> Any:
    """The value behind a dotted name."""
    found: Any = table
    for part in name.split("."):
        found = found[part]
    return found


def test_files_it_names_are_there() -> None:
    named = set(re.findall(r"(?<![\w/])(?:src/gesta|runs|recipes|docs)/[\w./-]+\w", PAGE))
    named |= {f"docs/{found}" for found in re.findall(r"\]\(((?:images/)?[\w.-]+)\)", PAGE)}
    assert len(named) > 60
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("part", ["mmgt", "keypoints"])
def test_every_module_of_the_method_is_named(part: str) -> None:
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / "src/gesta" / part).rglob("*.py")}
    modules = {name for name in found if not name.endswith("__init__.py")}
    assert {name for name in modules if f"`{name}`" not in PAGE} == set()


@pytest.mark.parametrize("table", PRESETS)
def test_the_table_holds_every_difference_of_the_presets_with_its_values(table: str) -> None:
    official, gesta = values(table, "official"), values(table, "gesta")
    written = {name: (one, other) for where, name, one, other in ROW.findall(PAGE) if where == table}
    right = {
        name: (shown(looked_up(official, name)), shown(looked_up(gesta, name))) for name in differing(official, gesta)
    }
    assert written == right


def test_other_fields_it_names_exist() -> None:
    recipe = Recipe.checked({"name": "page", "data": {"dataset": "none"}}, "the page's test").model_dump()
    tables = [name for name in recipe if isinstance(recipe[name], dict)]
    for table, name in re.findall(rf"`({'|'.join(tables)})\.([\w.]+)`", PAGE):
        looked_up(recipe[table], name)


def test_every_recipe_of_films_is_named() -> None:
    tables = {path.name: tomllib.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "recipes").glob("*.toml")}
    films = {name for name, table in tables.items() if {"keypoints", "video"} & set(table)}
    assert films and {name for name in films if f"`recipes/{name}`" not in PAGE} == set()


def test_presets_schedulers_and_stages_are_explained() -> None:
    assert [name for name in {**SMGA_PRESETS, **VIDEO_PRESETS, **SAMPLING_PRESETS} if f"`{name}`" not in PAGE] == []
    assert re.findall(r"^\| `([\w+]+)` \| \d", PAGE, re.MULTILINE)[-len(SCHEDULERS) :] == list(SCHEDULERS)
    filmed = {name for name in STAGES if re.search(rf"^\| `{name}` \|", PAGE, re.MULTILINE)}
    assert filmed == {"keypoints", "autoencoder", "image", "video"}


@pytest.mark.slow
def test_parameters_are_counted_right() -> None:
    import torch

    from gesta.mmgt.smga import Smga
    from gesta.mmgt.video_network import VideoNetwork

    written = {name: (first, second.replace(",", "")) for name, first, second in MILLIONS.findall(PAGE)}
    assert set(written) == {"official", "gesta", "small", "mini"}
    for preset, (first, second) in written.items():
        with torch.device("meta"):
            networks = Smga(smga_config(preset)), VideoNetwork(video_config(preset))
        counts = (sum(weight.numel() for weight in network.parameters()) / 1e6 for network in networks)
        assert tuple(f"{count:.1f}" for count in counts) == (first, second)


def test_numbers_of_frames_are_the_settings() -> None:
    smga, sampling = smga_config(), sampling_config()
    assert f"windows of {smga.sizes.frames} frames" in PAGE
    assert f"the last {smga.sampling.overlap} of the one before" in PAGE
    assert f"segments of {sampling.segment} frames" in PAGE
    assert f"windows of {sampling.window} frames share {sampling.overlap}" in PAGE
    made_again, stay = sampling.faded, sampling.carried - sampling.faded
    assert f"last {sampling.carried} frames of this one: {stay} stay as they are, {made_again} are made again" in PAGE
