"""A second of speech, and a working folder of its own for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import demo_speech, inside


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_speech(tmp_path_factory.mktemp("speech") / "speech.wav")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Path]:
    with inside(tmp_path):
        yield tmp_path
