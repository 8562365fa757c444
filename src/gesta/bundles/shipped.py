"""The trained models that come with the package."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

ECHOMASK_SMALL = "echomask-small"
"""Moves bodies; learned from the procedural speaker (docs/default_model.md)."""
SHIPPED = (ECHOMASK_SMALL,)
SMGA_SMALL = "smga-small"
"""Makes keypoints; learned from the same speaker, seen by cameras (docs/mmgt.md)."""
LARGEST_BYTES = 25_000_000
"""Of one's files together, so that the package stays small."""


@contextmanager
def shipped_folder(name: str) -> Iterator[Path]:
    """The folder of one of them."""
    with resources.as_file(resources.files("gesta").joinpath("assets", "models", name)) as folder:
        yield folder


def ships(name: str) -> bool:
    """Whether a model comes with this version of the package."""
    return resources.files("gesta").joinpath("assets", "models", name).is_dir()
