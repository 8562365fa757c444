"""Optional packages: which extra brings which module, and the one sentence that says how to install it.

Modules are imported where they are used, through `extra_module`; importing gesta itself never needs them.
"""

import importlib
from importlib.util import find_spec
from types import ModuleType

from gesta.errors import InputError

EXTRAS: dict[str, tuple[str, ...]] = {
    "train": ("accelerate", "tensorboard"),
    "research": ("transformers", "huggingface_hub", "librosa"),
}
"""Extras by name with the modules they bring."""


def missing_modules(extra: str) -> list[str]:
    """The modules of an extra that this environment lacks."""
    return [module for module in EXTRAS[extra] if find_spec(module) is None]


def extra_module(name: str, purpose: str) -> ModuleType:
    """Import an optional module, for example `extra_module("accelerate", "Training")`.

    Args:
        name: the module, perhaps dotted; its first part is listed in EXTRAS.
        purpose: what needs it, as the beginning of the sentence a user reads.

    Raises:
        InputError: it is not installed; the sentence holds the install line.
    """
    extra = next(extra for extra, modules in EXTRAS.items() if name.split(".")[0] in modules)
    if find_spec(name.split(".")[0]) is None:
        raise InputError(f"{purpose} needs {name.split('.')[0]}: pip install 'gesta[{extra}]'.")
    return importlib.import_module(name)
