"""docs/echomask.md keeps its word: its files are there, settings exist, no difference of presets is left out."""

import re
from pathlib import Path

from gesta.echomask.config import PRESETS as GENERATOR_PRESETS
from gesta.echomask.config import GeneratorConfig, generator_config
from gesta.tokenizer.config import tokenizer_config

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "echomask.md").read_text(encoding="utf-8")
NOT_TRAINING = {"sizes"}


def differing(first: dict[str, object], second: dict[str, object], above: str = "") -> set[str]:
    """Dotted names of what differs between two tables."""
    names: set[str] = set()
    for name, value in first.items():
        other = second[name]
        if isinstance(value, dict) and isinstance(other, dict):
            names |= differing(value, other, f"{above}{name}.")
        elif value != other:
            names.add(f"{above}{name}")
    return names


def test_files_it_names_are_there() -> None:
    named = set(re.findall(r"(?<![\w/])(?:src/gesta|runs|recipes|docs)/[\w./-]+\w", PAGE)) | {
        f"docs/{found}" for found in re.findall(r"\]\((images/[\w./-]+)\)", PAGE)
    }
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_module_of_the_method_is_named() -> None:
    plain = {"__init__", "config", "parts", "sight", "dropout", "model", "motion_input", "official"}
    modules = {path.stem for path in (ROOT / "src/gesta/echomask").glob("*.py")} - plain
    assert {name for name in modules if f"echomask/{name}.py" not in PAGE} == set()


def test_every_difference_between_the_presets_is_in_the_table() -> None:
    generator = differing(generator_config("official").model_dump(), generator_config("gesta").model_dump())
    assert {name for name in generator if f"`{name}`" not in PAGE} == set()
    tokenizer = differing(tokenizer_config("official").model_dump(), tokenizer_config("gesta").model_dump())
    assert {name for name in tokenizer if f"`{name.partition('.')[0]}`" not in PAGE} == set()


def test_settings_it_names_exist() -> None:
    config = GeneratorConfig().model_dump()
    for table, name in re.findall(r"`(masking|alignment|losses)\.(\w+)`", PAGE):
        assert name in config[table]


def test_every_mask_policy_is_explained() -> None:
    from gesta.echomask.config import MASK_POLICIES

    assert [policy for policy in MASK_POLICIES if f"`{policy}`" not in PAGE] == []
    assert set(GENERATOR_PRESETS) >= {"official", "gesta"}
