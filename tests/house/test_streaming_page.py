"""docs/streaming.md keeps its word: its files are there, its code can be read, and streams take what it lists."""

import ast
import inspect
import re
from pathlib import Path

from gesta.models.echomask import EchoMaskModel
from gesta.models.procedural import ProceduralModel

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "streaming.md").read_text()


def test_files_it_names_are_there() -> None:
    for name in re.findall(r"(?:docs|runs|benchmarks|examples)/[\w.]+", PAGE):
        assert (ROOT / name).is_file(), name
    for name in re.findall(r"`(\w+\.py)`", PAGE):
        assert (ROOT / "src/gesta/live" / name).is_file(), name


def test_its_code_can_be_read() -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert blocks
    for block in blocks:
        ast.parse(block)


def test_streams_take_what_it_lists() -> None:
    taken = {
        name for model in (ProceduralModel, EchoMaskModel) for name in inspect.signature(model.stream).parameters
    } - {"self"}
    table = PAGE.split("| of `stream` |")[1].split("\n\n")[0]
    assert taken <= set(re.findall(r"`(\w+)`", table))
