"""`gesta doctor`: what this machine has, what is missing and how to get it."""

import os
import platform
import shutil
from importlib import metadata
from importlib.util import find_spec

from rich.markup import escape
from rich.table import Table

from gesta.cli.console import out
from gesta.extras import EXTRAS, missing_modules
from gesta.processes import core_count
from gesta.version import __version__

BASE = (
    "torch",
    "numpy",
    "scipy",
    "numba",
    "av",
    "roma",
    "safetensors",
    "pydantic",
    "typer",
    "rich",
    "matplotlib",
    "pygltflib",
)


def doctor() -> None:
    """Say what this machine has, what is missing and how to get it."""
    table = Table("what", "here", "what to do", box=None, pad_edge=False)
    table.add_row("gesta", __version__, "")
    table.add_row("Python", platform.python_version(), "")
    table.add_row("system", f"{platform.system()} {platform.machine()}", "")
    table.add_row("cores", str(core_count()), "")
    table.add_row("memory", _memory(), "")
    table.add_row("disk here", f"{shutil.disk_usage('.').free / 1e9:.0f} GB free", "")
    for name in BASE:
        table.add_row(name, _version(name), "" if find_spec(name) else "pip install gesta")
    table.add_row("GPU", _gpu(), "")
    table.add_row("compiled cache", _cache(), "")
    for extra in EXTRAS:
        missing = missing_modules(extra)
        here = "missing: " + ", ".join(missing) if missing else "complete"
        # Without escaping, the name in brackets would be taken for a colour.
        table.add_row(f"extra '{extra}'", here, escape(f"pip install 'gesta[{extra}]'") if missing else "")
    out.print(table)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"


def _memory() -> str:
    if not hasattr(os, "sysconf"):
        return "unknown"
    page = os.sysconf("SC_PAGE_SIZE")
    return f"{page * os.sysconf('SC_PHYS_PAGES') / 1e9:.1f} GB"


def _gpu() -> str:
    # Loading torch takes seconds; this is the one place of the command that needs it.
    import torch

    if not torch.cuda.is_available():
        return "none (nothing here needs one)"
    return ", ".join(torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count()))


def _cache() -> str:
    """Whether the kernels that numba compiles can be kept for the next start."""
    from gesta import render

    folder = os.environ.get("NUMBA_CACHE_DIR") or next(iter(render.__path__))
    return "kept" if os.access(folder, os.W_OK) else "kept in the user's cache folder"
