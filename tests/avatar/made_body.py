"""A small body in the asset's format for tests: a box on every bone, two outfits, two hairs, a few shapes.

`made_body` and `made_palette` make it, `made_body_in_use` lets the whole of gesta take it for the built-in one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from gesta.avatar import asset, figure, looks
from gesta.avatar.asset import write_asset
from gesta.avatar.body import BodyAsset, Piece
from gesta.avatar.info import BodyInfo
from gesta.avatar.palette import Palette
from gesta.avatar.shapes import SparseShapes
from gesta.motion.face import ARKIT_NAMES
from gesta.motion.skeleton import skeleton

HELPERS = tuple(
    {"name": f"{side}_{part}_twist", "parent": f"{side}_{parent}", "source": f"{side}_{source}", "axis": axis,
     "share": share, "position": position}
    for side, sign in (("left", 1.0), ("right", -1.0))
    for part, parent, source, share, axis, position in (
        ("upper_arm", "shoulder", "shoulder", -0.5, (sign, 0.0, 0.0), (sign * 0.26, 1.33, -0.03)),
        ("forearm", "elbow", "wrist", 0.5, (sign, 0.0, 0.0), (sign * 0.50, 1.33, -0.03)),
    )
)  # fmt: skip
CORRECTIVES = ({"name": "left_arm_up", "joint": "left_shoulder", "direction": (0.0, 1.0, 0.0), "reach_deg": 60.0},)
CORNERS = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
FACES = np.array([
    (0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1),
    (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4), (1, 5, 7), (1, 7, 3),
])  # fmt: skip
FOREARM = "left_elbow"


def box(centre: np.ndarray, half: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (8, 3) and faces (12, 3) of a box, counter-clockwise seen from outside."""
    return centre + CORNERS * half, FACES


def limb_box(joint: str, thickness: float = 0.03) -> tuple[np.ndarray, np.ndarray]:
    """A box from a joint to its first child, or round a joint that has none."""
    bones = skeleton()
    rest = bones.rest_positions()
    start = rest[bones.index(joint)]
    children = bones.children(joint)
    end = rest[bones.index(children[0])] if children else start
    return box((start + end) / 2, np.maximum(np.abs(end - start) / 2, thickness / (1 if len(children) else 3)))


def made_piece(
    boxes: list[tuple[np.ndarray, np.ndarray]], joints: list[str], tints: list[list[int]],
    moves: dict[str, tuple[np.ndarray, np.ndarray]] | None = None,
    mends: dict[str, tuple[np.ndarray, np.ndarray]] | None = None,
) -> Piece:  # fmt: skip
    """A piece of boxes, each carried by one joint; forearms share their far half with the twist helper."""
    bones = skeleton()
    rig = (*bones.names, *(helper["name"] for helper in HELPERS))
    vertices = np.concatenate([vertices for vertices, _ in boxes])
    count = len(vertices)
    carried = np.zeros((count, 4), np.uint8)
    carried[:, 0] = np.repeat([rig.index(joint) for joint in joints], 8)
    weights = np.zeros((count, 4), np.float32)
    weights[:, 0] = 1.0
    for row in np.flatnonzero(carried[:, 0] == rig.index(FOREARM)):
        if vertices[row, 0] > 0.5:
            carried[row, 1], weights[row, :2] = rig.index("left_forearm_twist"), (0.25, 0.75)

    def shapes(names: tuple[str, ...], given: dict[str, tuple[np.ndarray, np.ndarray]]) -> SparseShapes:
        return SparseShapes.of(names, [given.get(name, (np.zeros(0), np.zeros((0, 3)))) for name in names])

    return Piece(
        vertices=vertices.astype(np.float32),
        faces=np.concatenate([faces + 8 * part for part, (_, faces) in enumerate(boxes)]).astype(np.int32),
        joints=carried,
        weights=weights,
        tints=np.repeat(np.array(tints, np.uint8), 8, axis=0),
        shade=np.linspace(128, 255, count).astype(np.uint8),
        shapes=shapes(ARKIT_NAMES, moves or {}),
        correctives=shapes(tuple(rule["name"] for rule in CORRECTIVES), mends or {}),
    )


def made_skin() -> Piece:
    """A box on every joint but the eyes, the head's a large one; eyeBlinkLeft, jawOpen and mouthSmileLeft move it."""
    bones = skeleton()
    rest = bones.rest_positions()
    joints = [name for name in bones.names if "eye" not in name and name not in ("jaw", "head")]
    head = box(rest[bones.index("head")] + (0.0, 0.09, 0.03), np.array((0.07, 0.11, 0.09)))
    top = 8 * len(joints)
    moves = {
        "eyeBlinkLeft": (np.array([top + 7]), np.array([(0.0, -0.02, 0.0)])),
        "jawOpen": (np.array([top + 1, top + 5]), np.array([(0.0, -0.025, -0.005)] * 2)),
        "mouthSmileLeft": (np.array([top + 5]), np.array([(0.01, 0.01, 0.0)])),
    }
    shoulder = 8 * joints.index("left_shoulder") + np.arange(8)
    mends = {"left_arm_up": (shoulder, np.full((8, 3), (0.0, 0.02, 0.0)))}
    hand = [name.startswith(("left_", "right_")) and name[-1] in "123" for name in joints]
    tints = [[215, 40] if bare else [255, 0] for bare in hand]
    return made_piece(
        [*(limb_box(joint, 0.05) for joint in joints), head], [*joints, "head"], [*tints, [155, 100]], moves, mends
    )


def made_body() -> BodyAsset:
    """The whole body."""
    bones = skeleton()
    rest = bones.rest_positions()
    eyes = ["left_eye_smplhf", "right_eye_smplhf"]
    trunk, legs = ["spine1", "spine2", "spine3", "left_shoulder", "right_shoulder"], ["left_hip", "right_hip"]
    pieces = {
        "skin": made_skin(),
        "eyes": made_piece(
            [box(rest[bones.index(eye)] + (0.0, 0.0, 0.03), np.full(3, 0.012)) for eye in eyes], eyes, [[200, 55]] * 2,
            {"eyeLookInLeft": (np.arange(8), np.full((8, 3), (-0.004, 0.0, 0.0)))},
        ),
        "shirt_cloth": made_piece(
            [limb_box(joint, 0.07) for joint in trunk + legs], trunk + legs, [[255, 0]] * 5 + [[0, 255]] * 2
        ),
        "suit_cloth": made_piece([limb_box(joint, 0.08) for joint in trunk], trunk, [[255, 0]] * 5),
        "short_hair": made_piece([box(rest[bones.index("head")] + (0.0, 0.2, 0.0), np.array((0.08, 0.03, 0.1)))],
                                 ["head"], [[255]]),
        "long_hair": made_piece([box(rest[bones.index("head")] + (0.0, 0.1, -0.08), np.array((0.09, 0.15, 0.03)))],
                                ["head"], [[255]]),
        "soft_brows": made_piece([box(rest[bones.index("head")] + (0.0, 0.13, 0.12), np.array((0.05, 0.004, 0.004)))],
                                 ["head"], [[255]]),
    }  # fmt: skip
    info = BodyInfo.checked(_info(pieces["skin"]), "the made body")
    hidden = {"shirt": np.arange(12, dtype=np.int32) + 12 * 3, "suit": np.zeros(0, np.int32)}
    return BodyAsset(info, pieces, hidden)


def _info(skin: Piece) -> dict:
    """What the made body says about itself, as JSON would."""
    head = len(skin.vertices) - 8
    return {
        "pieces": {
            "skin": {"kind": "skin", "swatches": ["skin", "lips"]},
            "eyes": {"kind": "eye", "swatches": ["sclera", "iris"]},
            "shirt_cloth": {"kind": "cloth", "swatches": ["top", "bottom"], "two_sided": True},
            "suit_cloth": {"kind": "cloth", "swatches": ["top", "bottom"]},
            "short_hair": {"kind": "hair", "swatches": ["hair"]},
            "long_hair": {"kind": "hair", "swatches": ["hair"]},
            "soft_brows": {"kind": "brow", "swatches": ["brow"]},
        },
        "always": ["skin", "eyes"],
        "outfits": {"shirt": ["shirt_cloth"], "suit": ["suit_cloth"]},
        "hairs": {"short": ["short_hair"], "long": ["long_hair"]},
        "brows": {"soft": ["soft_brows"]},
        "helpers": HELPERS,
        "correctives": CORRECTIVES,
        "landmarks": {
            "face": [head + index % 8 for index in range(68)],
            "left_palm": [0, 1],
            "left_sole": [24, 25],
        },
        "capsules": [{"name": "head", "joint": "head", "start": (0, 1.5, 0), "end": (0, 1.55, 0), "radius": 0.1}],
        "sources": {"skin": {"from": "made for tests", "licence": "Apache-2.0"}},
    }


def made_palette() -> Palette:
    """Colours for everything the made body has, and two looks."""
    host = {"outfit": "shirt", "hair": "short", "brows": "soft", "skin": "light", "eyes": "brown"}
    suits = {"grey": {"top": "#444448", "bottom": "#444448"}, "blue": {"top": "#223355", "bottom": "#223355"}}
    return Palette.checked(
        {
            "common": {"sclera": "#f1ece6"},
            "gloss": {"skin": 0.25, "lips": 0.45},
            "skins": {"light": {"skin": "#e8c3a8", "lips": "#b8685f"}, "deep": {"skin": "#4a2c1e", "lips": "#5a2f2a"}},
            "eyes": {"brown": {"iris": "#5b3a21"}, "green": {"iris": "#4c6b45"}},
            "hair_colours": {"chestnut": {"hair": "#4a2f20", "brow": "#3a2519"}},
            "outfits": {"shirt": {"navy": {"top": "#28405e", "bottom": "#5a5a55"}}, "suit": suits},
            "looks": {
                "host": {**host, "hair_colour": "chestnut"},
                "speaker": {**host, "outfit": "suit", "colours": "blue", "hair": "long", "hair_colour": "chestnut"},
            },
        },
        "the made palette",
    )


@contextmanager
def made_body_in_use(folder: Path) -> Iterator[None]:
    """Let gesta take the made body and its colours for the built-in ones inside the block.

    Args:
        folder: where the body's file is written.
    """
    path = folder / "body.safetensors"
    write_asset(made_body(), path)
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(asset, "ASSET_FILE", str(path))
        for module in (figure, looks):
            patches.setattr(module, "palette", made_palette)
        for kept in (asset.body_asset, figure.figure):
            kept.cache_clear()
        yield
    for kept in (asset.body_asset, figure.figure):
        kept.cache_clear()
