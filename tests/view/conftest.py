"""One headless Chromium for all tests of the page; they are skipped where none is installed."""

from collections.abc import Iterator

import pytest

from tests.view.chromium import Tab, browser, chromium_program


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """A browser whose tab is not open yet."""
    if chromium_program() is None:
        pytest.skip("no Chromium is installed (on Debian: apt-get install chromium)")
    with browser(tmp_path_factory.mktemp("chromium")) as tab:
        yield tab
