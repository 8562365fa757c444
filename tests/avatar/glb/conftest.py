"""The made-up body dressed, and what its GLB files are made of, for the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gesta.avatar.figure import figure
from gesta.avatar.looks import look
from gesta.avatar.posing import Figure
from tests.avatar.made_body import made_body_in_use


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Figure]:
    """The made-up body in its default look, which is the built-in one while a module's tests run."""
    with made_body_in_use(Path(tmp_path_factory.mktemp("body"))):
        yield figure(look())
