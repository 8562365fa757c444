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
    "film": ("cv2", "onnxruntime", "ai_edge_litert"),
    "scale": ("ray",),
    "video": ("diffusers", "transformers", "accelerate"),
}
"""Extras by name with the modules they bring."""
PACKAGES = {"cv2": "opencv-python-headless", "ai_edge_litert": "ai-edge-litert", "ray": "ray[data]"}
"""What modules are called on PyPI, where that is another name."""


def missing_modules(extra: str) -> list[str]:
    """The modules of an extra that this environment lacks."""
    return [module for module in EXTRAS[extra] if find_spec(module) is None]


def extra_module(name: str, purpose: str, extra: str | None = None) -> ModuleType:
    """Import an optional module, for example `extra_module("accelerate", "Training")`.

    Args:
        name: the module, perhaps dotted; its first part is listed in EXTRAS.
        purpose: what needs it, as the beginning of the sentence a user reads.
        extra: which extra to name where several bring the module; the first of them if not given.

    Raises:
        InputError: it is not installed; the sentence holds the install line.
    """
    module = name.split(".")[0]
    bringing = next(known for known, modules in EXTRAS.items() if module in modules and extra in (None, known))
    if find_spec(module) is None:
        raise InputError(f"{purpose} needs {PACKAGES.get(module, module)}: pip install 'gesta[{bringing}]'.")
    return importlib.import_module(name)
