"""The hub as tests see it: never reached, and there only where the extra `research` is installed."""

import importlib
from typing import Any

import pytest


def hub_module() -> Any:
    """huggingface_hub; the test is skipped where it is not installed."""
    return pytest.importorskip("huggingface_hub", reason="huggingface-hub is not installed (extra: research)")


def unplug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every way to the hub fail as it does without a network, and find nothing fetched before."""
    hub, errors = hub_module(), importlib.import_module("huggingface_hub.errors")

    def nothing_here(*_: object, **__: object) -> None:
        raise errors.LocalEntryNotFoundError("nothing was fetched")

    def unreachable(*_: object, **__: object) -> None:
        raise errors.HfHubHTTPError.__bases__[0]("network is unreachable")

    monkeypatch.setattr(hub, "snapshot_download", nothing_here)
    monkeypatch.setattr(hub.HfApi, "list_repo_files", unreachable)
