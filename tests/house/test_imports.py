"""The house stands: who may import whom, and that importing costs next to nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "gesta"

# The ground floor, which everything may use, and what its modules may import of each other.
GROUND_ORDER = {
    "averaging": set(),
    "version": set(),
    "errors": set(),
    "devices": {"errors"},
    "extras": {"errors"},
    "foreign": {"errors"},
    "hashing": {"errors"},
    "hub": {"errors", "extras"},
    "kernels": set(),
    "locking": {"errors"},
    "memory": set(),
    "npy": set(),
    "processes": {"errors"},
    "settings": {"errors"},
    "units": set(),
    "randomness": set(),
    "records": {"units"},
    "reports": {"writing"},
    "writing": {"errors"},
}

# What each part may import of gesta, besides the ground floor. Lower parts come first.
MAY_IMPORT = {
    "audio": set(),
    "motion": {"audio"},
    "avatar": {"audio", "motion"},
    "render": {"audio", "motion", "avatar"},
    "view": {"audio", "motion", "avatar", "render"},
    "mouth": {"audio", "motion"},
    "procedural": {"audio", "motion", "mouth"},
    "tokenizer": {"audio", "motion"},
    "echomask": {"audio", "motion", "tokenizer"},
    "live": {"audio", "motion", "procedural", "tokenizer", "echomask"},
    "keypoints": {"audio", "motion", "avatar", "render"},
    "mmgt": {"audio", "motion", "avatar", "render", "keypoints"},
    "film": {"audio", "motion", "avatar", "render", "keypoints", "mmgt"},
}
ALL_PARTS = set(MAY_IMPORT)
MAY_IMPORT["bundles"] = ALL_PARTS | {"metrics"}
MAY_IMPORT["take"] = ALL_PARTS | {"bundles", "metrics"}
MAY_IMPORT["samples"] = MAY_IMPORT["take"] | {"take"}
MAY_IMPORT["clip"] = ALL_PARTS | {"bundles", "metrics"}
MAY_IMPORT["models"] = ALL_PARTS | {"bundles", "metrics", "take", "clip"}
MAY_IMPORT["api"] = ALL_PARTS | {"bundles", "metrics", "take", "clip", "models"}
MAY_IMPORT["cli"] = ALL_PARTS | {"bundles", "metrics", "take", "clip", "samples", "models", "api", "data", "train"}
MAY_IMPORT["__main__"] = {"cli"}
MAY_IMPORT["metrics/motion"] = {"audio", "motion"}
MAY_IMPORT["metrics"] = ALL_PARTS | {"bundles"}
MAY_IMPORT["data"] = ALL_PARTS | {"bundles", "metrics"}
MAY_IMPORT["train"] = ALL_PARTS | {"bundles", "metrics", "data"}
MAY_IMPORT[""] = {"api"}
# metrics/motion needs only records, audio and motion, so anything above those may use it.
USES_MOTION_METRICS = {
    "render",
    "procedural",
    "tokenizer",
    "echomask",
    "keypoints",
    "mmgt",
    "film",
    "metrics",
    "bundles",
    "take",
    "samples",
}

MODULES = sorted(PACKAGE.rglob("*.py"))


def part_of(module: str) -> str:
    """The part of the house a module like gesta.metrics.motion.jerk is in."""
    names = module.split(".")[1:]
    if names[:2] == ["metrics", "motion"]:
        return "metrics/motion"
    return names[0] if names else ""


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" if node.module == "gesta" else node.module for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.split(".")[0] == "gesta"}


def name_of(path: Path) -> str:
    names = ["gesta", *path.relative_to(PACKAGE).with_suffix("").parts]
    return ".".join(names[:-1] if names[-1] == "__init__" else names)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_downward(path: Path) -> None:
    own = part_of(name_of(path))
    if own in GROUND_ORDER:
        allowed = GROUND_ORDER[own] | {own}
    else:
        allowed = MAY_IMPORT[own] | set(GROUND_ORDER) | {own}
        allowed |= {"metrics/motion"} if own in USES_MOTION_METRICS else set()
    for imported in imports_of(path):
        assert part_of(imported) in allowed, f"{name_of(path)} imports {imported}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), f"{name_of(path)} has no docstring"


def test_importing_gesta_is_quick_and_loads_nothing_heavy() -> None:
    program = (
        "import sys, time; start = time.perf_counter(); import gesta; spent = time.perf_counter() - start;"
        "heavy = {'torch', 'numpy', 'numba', 'av', 'scipy', 'matplotlib'} & set(sys.modules);"
        "print(spent, sorted(heavy))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True) for _ in range(3)
    ]
    assert min(float(run.stdout.split()[0]) for run in runs) < 0.3
    assert all(run.stdout.strip().endswith("[]") for run in runs)


def test_library_code_has_no_banned_habits() -> None:
    banned = ("torchvision", "torchaudio", ".cuda(", "sys.path", "import *", "pickle.load", "allow_pickle=True")
    for path in MODULES:
        for word in banned:
            assert word not in path.read_text(), f"{path.name} has {word}"


def test_nothing_unpickles() -> None:
    folders = (PACKAGE, *(PACKAGE.parents[1] / name for name in ("tests", "benchmarks", "runs")))
    for path in (path for folder in folders for path in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert "pickle" not in {alias.name for alias in node.names}, f"{path} imports pickle"
            elif isinstance(node, ast.ImportFrom) and node.module == "pickle":
                assert {alias.name for alias in node.names} == {"UnpicklingError"}, f"{path} imports of pickle"


def public_functions(tree: ast.Module) -> list[ast.FunctionDef]:
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return [function for function in functions if not function.name.startswith("_")]


def test_public_signatures_are_typed() -> None:
    typed = total = 0
    for path in MODULES:
        for function in public_functions(ast.parse(path.read_text())):
            arguments = [a for a in (*function.args.args, *function.args.kwonlyargs) if a.arg not in ("self", "cls")]
            total += len(arguments) + 1
            typed += sum(argument.annotation is not None for argument in arguments) + (function.returns is not None)
    assert typed / total >= 0.9
