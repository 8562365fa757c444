"""The hub as tests see it: never reached, and there only where the extra `research` is installed."""

from typing import Any

import pytest


def hub_module() -> Any:
    """huggingface_hub; the test is skipped where it is not installed."""
    return pytest.importorskip("huggingface_hub", reason="huggingface-hub is not installed (extra: research)")


def unplug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every way to the hub fail, and find nothing fetched before."""
    hub = hub_module()

    def unreachable(*_: object, **__: object) -> None:
        raise OSError("network is unreachable")

    monkeypatch.setattr(hub, "snapshot_download", unreachable)
    monkeypatch.setattr(hub.HfApi, "list_repo_files", unreachable)
