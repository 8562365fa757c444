"""Which joint of a BVH file is which: names of the common conventions.

A convention gives, for each of our joints, the names it may have. Names are compared without case, namespaces
("mixamorig:"), separators and the prefixes some programs put in front. The convention that knows most of a file's
joints is taken, since the same name means different joints in different ones ("LeftShoulder" is the collar bone in
MotionBuilder, the upper arm in SMPL). The spine is found by its place between pelvis and neck, not by name.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np

PREFIXES = ("mixamorig", "bip001", "bip01", "character1", "valvebiped")
SPINE = ("spine1", "spine2", "spine3")
REQUIRED = ("pelvis", *(f"{side}_{part}" for side in ("left", "right") for part in ("shoulder", "elbow", "wrist")))
"""Without these a file cannot be read."""
FINGERS = ("thumb", "index", "middle", "ring", "pinky")

Convention = Mapping[str, Sequence[str]]


def _sided(left: str, right: str, parts: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Names on both sides; `left` and `right` are patterns such as "left{}" or "{}l"."""
    return {
        f"{side}_{ours}": [pattern.format(name) for name in names]
        for side, pattern in (("left", left), ("right", right))
        for ours, names in parts.items()
    }


def _fingers(
    pattern: str, names: Sequence[str] = FINGERS, steps: Sequence[str] = ("1", "2", "3")
) -> dict[str, list[str]]:
    """Finger joints: `pattern` takes a finger's name and the step along it."""
    return {
        f"{ours}{row}": [pattern.format(name, step)]
        for ours, name in zip(FINGERS, names, strict=True)
        for row, step in zip("123", steps, strict=True)
    }


_OWN_PARTS = ("hip", "knee", "ankle", "foot", "collar", "shoulder", "elbow", "wrist")
_MOTION_BUILDER = {
    "hip": ("upleg", "thigh"),
    "knee": ("leg", "shin"),
    "ankle": ("foot",),
    "foot": ("toebase", "toe", "forefoot"),
    "collar": ("shoulder",),
    "shoulder": ("arm",),
    "elbow": ("forearm",),
    "wrist": ("hand",),
    **_fingers("hand{}{}"),
}
_VRM = {
    "hip": ("upperleg",),
    "knee": ("lowerleg",),
    "ankle": ("foot",),
    "foot": ("toes", "toe"),
    "collar": ("shoulder",),
    "shoulder": ("upperarm",),
    "elbow": ("lowerarm",),
    "wrist": ("hand",),
    **_fingers("{}{}", ("thumb", "index", "middle", "ring", "little"), ("proximal", "intermediate", "distal")),
}
_UNREAL = {
    "hip": ("thigh",),
    "knee": ("calf", "shin"),
    "ankle": ("foot",),
    "foot": ("ball", "toe0", "toe"),
    "collar": ("clavicle", "collar"),
    "shoulder": ("upperarm", "shldr"),
    "elbow": ("lowerarm", "forearm"),
    "wrist": ("hand",),
    **_fingers("{}0{}"),
}
_BEAT = {
    "hip": ("upleg",),
    "knee": ("leg",),
    "ankle": ("foot",),
    "foot": ("toebase", "footf"),
    "collar": ("shoulder",),
    "shoulder": ("arm",),
    "elbow": ("arm1",),
    "wrist": ("hand",),
    **_fingers("hand{}{}", ("t", "i", "m", "r", "p")),
}
_CENTRE = {"pelvis": ("hips", "pelvis", "hip", "root"), "neck": ("neck", "neck01", "neck1"), "head": ("head",)}

CONVENTIONS: Mapping[str, Convention] = {
    "SMPL-X": {**_CENTRE, **_sided("left{}", "right{}", {part: (part,) for part in (*_OWN_PARTS, *_fingers("{}{}"))})},
    "MotionBuilder": {**_CENTRE, **_sided("left{}", "right{}", _MOTION_BUILDER)},
    "BEAT": {**_CENTRE, **_sided("l{}", "r{}", _BEAT)},
    "VRM": {**_CENTRE, **_sided("left{}", "right{}", _VRM)},
    "VRoid": {**_CENTRE, **_sided("l{}", "r{}", _VRM)},
    "Unreal": {**_CENTRE, **_sided("{}l", "{}r", _UNREAL)},
    "Biped": {**_CENTRE, **_sided("l{}", "r{}", _UNREAL)},
}
"""CMU, Mixamo, ZEGGS, Rokoko and BEAT's long names are MotionBuilder's; Poser and DAZ use Biped's. BEAT's short names
(RArm1, RHandM1) are those in its own list of joints."""


def plain(name: str) -> str:
    """A joint's name without namespace, case, separators and known prefixes."""
    short = re.sub(r"[^a-z0-9]", "", re.split(r"[:|]", name)[-1].lower())
    for prefix in PREFIXES:
        short = short.removeprefix(prefix)
    return short


def match_names(names: Sequence[str], parents: Sequence[int]) -> tuple[str, dict[str, int]]:
    """Find our joints among the joints of a file.

    Args:
        names: J names.
        parents: J parent indices, -1 for the root.

    Returns:
        the convention's name, and the file's index for each of our joints that was found.
    """
    # The first of equal names wins: it is the one nearer to the root.
    index = {plain(name): joint for joint, name in reversed(list(enumerate(names)))}
    matches = {
        convention: {
            ours: index[found[0]] for ours, aliases in table.items() if (found := [a for a in aliases if a in index])
        }
        for convention, table in CONVENTIONS.items()
    }
    best = max(matches, key=lambda convention: len(matches[convention]))
    return best, matches[best] | _spine(matches[best], parents)


def match_mapping(names: Sequence[str], parents: Sequence[int], mapping: Mapping[str, str]) -> dict[str, int]:
    """Find our joints by a user's own table of names.

    Args:
        names: J names in the file.
        parents: J parent indices, -1 for the root.
        mapping: for each of our joints that is wanted, its name in the file, letter by letter.

    Returns:
        the file's index for each of our joints whose name is there; the spine by its place if the table leaves it out.
    """
    index = {name: joint for joint, name in reversed(list(enumerate(names)))}
    found = {ours: index[theirs] for ours, theirs in mapping.items() if theirs in index}
    return found if set(SPINE) & set(mapping) else found | _spine(found, parents)


def _spine(found: Mapping[str, int], parents: Sequence[int]) -> dict[str, int]:
    """Our three spine joints among the joints between pelvis and neck (or collar): first, middle and last of them."""
    above = next((found[name] for name in ("neck", "left_collar", "left_shoulder", "head") if name in found), None)
    if above is None or "pelvis" not in found:
        return {}
    chain: list[int] = []
    joint = parents[above]
    while joint >= 0 and joint != found["pelvis"]:
        chain.insert(0, joint)
        joint = parents[joint]
    if not chain or joint < 0:
        return {}
    if len(chain) == 1:
        return {SPINE[-1]: chain[0]}
    chosen = np.rint(np.linspace(0, len(chain) - 1, len(SPINE))).astype(int)
    spine = {name: chain[place] for name, place in zip(SPINE, chosen, strict=True)}
    if len(chain) < len(SPINE):
        del spine[SPINE[1]]
    return spine
