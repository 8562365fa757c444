"""The formats that a motion can be written in: their names, the files they make, and who writes them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from gesta.errors import not_in_this_version, unknown_name
from gesta.motion.bvh_write import write_bvh
from gesta.motion.npz_write import write_npz
from gesta.records import Motion, Speech

PLANNED_FORMATS = ("vrma", "usd", "arkit-csv", "fbx")


@dataclass(frozen=True)
class Wearing:
    """What formats that hold a body want to know beside the motion.

    Attributes:
        look: how the body is dressed, as `gesta.avatar.looks.look` takes it; the default look if empty.
        speech: the recording that the motion belongs to, where it is known.
    """

    look: str = ""
    speech: Speech | None = None


@dataclass(frozen=True)
class Format:
    """One format.

    Attributes:
        suffix: what its files' names end in.
        write: takes the motion, the path, and what it wears.
        has_body: whether the body is in the file, so that its look matters.
    """

    suffix: str
    write: Callable[[Motion, Path, Wearing], object]
    has_body: bool = False


def _glb(motion: Motion, path: Path, wearing: Wearing) -> None:
    # Not everyone wants a body in a file, and what writes it takes a moment to load.
    from gesta.avatar.glb.write import write_glb
    from gesta.avatar.looks import look

    write_glb(motion, path, look(wearing.look), wearing.speech)


FORMATS: dict[str, Format] = {
    "npz": Format(".npz", lambda motion, path, _: write_npz(motion, path)),
    "bvh": Format(".bvh", lambda motion, path, _: write_bvh(motion, path)),
    "glb": Format(".glb", _glb, has_body=True),
}


def check_formats(names: Iterable[str], look: str = "") -> list[str]:
    """Return the format names, each once.

    Args:
        names: what was asked for.
        look: what a body in them would wear.

    Raises:
        InputError: a format is unknown or not built yet, or the look is unknown and a format wants it.
    """
    chosen = list(dict.fromkeys(names))
    for name in chosen:
        if name in PLANNED_FORMATS:
            raise not_in_this_version("format", name)
        if name not in FORMATS:
            raise unknown_name("format", name, [*FORMATS, *PLANNED_FORMATS])
    if any(FORMATS[name].has_body for name in chosen):
        from gesta.avatar.looks import look as look_named

        look_named(look)
    return chosen
