"""Whether a page can show a GLB file: its outside, its size, and what it needs of a reader are looked at first."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gesta.avatar.glb.container import read_container
from gesta.avatar.glb.write import EXTRAS
from gesta.errors import InputError, reason_of

LARGEST_BYTES = 256 * 2**20
READABLE_EXTENSIONS = frozenset(
    {
        "KHR_lights_punctual",
        "KHR_materials_anisotropy",
        "KHR_materials_clearcoat",
        "KHR_materials_dispersion",
        "KHR_materials_emissive_strength",
        "KHR_materials_ior",
        "KHR_materials_iridescence",
        "KHR_materials_sheen",
        "KHR_materials_specular",
        "KHR_materials_transmission",
        "KHR_materials_unlit",
        "KHR_materials_volume",
        "KHR_mesh_quantization",
        "KHR_texture_transform",
        "EXT_materials_bump",
        "EXT_mesh_gpu_instancing",
        "EXT_texture_avif",
        "EXT_texture_webp",
        "VRM",
        "VRMC_vrm",
    }
)
"""What three.js's GLTFLoader reads by itself; VRM's are about behaviour, without which the body can be shown."""


@dataclass(frozen=True)
class FitGlb:
    """A GLB that a page can show.

    Attributes:
        content: the file, whole.
        duration_s: of its longest animation, as the file says; 0 if it does not move.
        own: whether gesta wrote it.
    """

    content: bytes
    duration_s: float
    own: bool


def read_fit_glb(path: str | Path) -> FitGlb:
    """A GLB file after it was found fit for a page.

    Raises:
        InputError: it is missing, too large, damaged, or needs what a page does not have.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise InputError(
                f"'{path}' has {size / 2**20:.0f} MB, but a page holds {LARGEST_BYTES / 2**20:.0f} at most."
            )
        scene = read_container(path).description
        _check_scene(scene, path)
        return FitGlb(path.read_bytes(), _duration_s(scene), _is_own(scene))
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {reason_of(error)}.") from None


def _check_scene(scene: dict[str, Any], path: Path) -> None:
    """Raise InputError unless a page can show what a GLB describes."""
    needed = scene.get("extensionsRequired")
    for name in needed if isinstance(needed, list) else []:
        if name not in READABLE_EXTENSIONS:
            raise InputError(f"'{path}' needs {str(name)[:60]}, which a page cannot read; export it without.")
    if not scene.get("meshes"):
        raise InputError(f"'{path}' has no mesh in it, so there is nothing to see; export it with its body.")


def _duration_s(scene: dict[str, Any]) -> float:
    """The last key of any animation, seconds (section 3.11: an animation's input says its greatest time)."""
    last = 0.0
    try:
        for animation in scene.get("animations", []):
            for sampler in animation["samplers"]:
                last = max(last, float(scene["accessors"][sampler["input"]]["max"][0]))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return 0.0
    return last if math.isfinite(last) else 0.0


def _is_own(scene: dict[str, Any]) -> bool:
    """Whether gesta wrote a GLB."""
    asset = scene.get("asset")
    extras = asset.get("extras") if isinstance(asset, dict) else None
    return isinstance(extras, dict) and EXTRAS in extras
