"""Proves that the base install alone works: every module imports and a recording is given a body.

Run by `make bare` with the plain interpreter of an environment that has no extras and no test tools.
"""

import importlib
import pkgutil
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import gesta

EXTRAS = ("librosa", "accelerate", "tensorboard", "transformers", "diffusers", "onnxruntime", "cv2", "ai_edge_litert")
TOOLS = ("pytest", "hypothesis", "pybvh")


def main() -> None:
    present = [name for name in (*EXTRAS, *TOOLS) if find_spec(name)]
    if present:
        sys.exit(f"this environment is not bare: it has {', '.join(present)}")
    names = [
        module.name for module in pkgutil.walk_packages(gesta.__path__, "gesta.") if module.name != "gesta.__main__"
    ]
    for name in names:
        importlib.import_module(name)
    voice = Path(gesta.__path__[0]) / "assets" / "demo_voice.flac"
    with tempfile.TemporaryDirectory() as folder:
        files = gesta.load("procedural").speak(voice).save(folder, formats=("npz", "bvh", "glb"))
        if not all(file.stat().st_size for file in files):
            sys.exit("an empty file was written")
    sys.stdout.write(f"bare install: {len(names)} modules imported, {len(files)} files written\n")


if __name__ == "__main__":
    main()
