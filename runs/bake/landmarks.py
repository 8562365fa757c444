"""Named points of the skin: 68 points of the face, palms, fingertips, soles.

The face's points follow the usual 68 (iBUG's order: jaw from the person's right ear to the left, brows, bridge and foot
of the nose, eyes, outer and inner lips). Where they lie was read off a drawing of this very face, in front view; each
is the nearest skin vertex that looks to the front. Lips are told apart by which of them the jaw takes along.
"""

from collections.abc import Mapping

import numpy as np
from folds import normals_of
from pieces import Sparse
from scipy.spatial import cKDTree

JAW = ((72, 1508), (71, 1490), (67, 1471), (61.5, 1453), (53, 1437), (43, 1424), (31, 1415.5), (16, 1410.5))
BROW = ((54, 1526.5), (44, 1528), (33, 1527.5), (22, 1526.5), (13, 1524))
NOSTRILS = ((13, 1473.5), (6.5, 1472))
UPPER_LIP, LOWER_LIP = ((14, 1452.6), (5, 1455.4)), ((15, 1440.2), (7, 1436.6))
LIP_CORNER, INNER_CORNER = (22.5, 1446.0), (20.0, 1446.4)
EYE = ((43.5, 1513.5), (36.5, 1517.4), (25, 1517.4), (17, 1511.5), (25.5, 1509.6), (37, 1509.4))
"""From the outer corner over the upper lid to the inner corner and back."""
CHIN, LIPS_MIDDLE = (0, 1408.5), ((0, 1454.4), (0, 1435.8))
BRIDGE, NOSE_FOOT = ((0, 1512), (0, 1502), (0, 1492), (0, 1482)), (0, 1470)
INNER_LIPS, INNER_MIDDLE = (9.0, 1447.0), (0.0, 1446.6)
SOLE_REACH_M = 0.04
TIPS = ("thumb", "index", "middle", "ring", "pinky")

Places = list[tuple[float, float]]


def right(places: tuple[tuple[float, float], ...]) -> Places:
    """Places on the person's right, from places on the left."""
    return [(-x, y) for x, y in places]


def drawn_places() -> dict[str, Places]:
    """All 68 places in iBUG's order by what may be there: x and height in millimetres, A-pose."""
    left = {name: list(reversed(right(right(places)))) for name, places in {"jaw": JAW, "brow": BROW}.items()}
    face = [*right(JAW), CHIN, *left["jaw"], *right(BROW), *left["brow"], *BRIDGE]
    face += [*right(NOSTRILS), NOSE_FOOT, *reversed(NOSTRILS)]
    face += [*right(EYE), EYE[3], EYE[2], EYE[1], EYE[0], EYE[5], EYE[4]]
    outer_upper = [*right((LIP_CORNER, *UPPER_LIP)), LIPS_MIDDLE[0], *reversed(UPPER_LIP), LIP_CORNER]
    outer_lower = [*LOWER_LIP, LIPS_MIDDLE[1], *reversed(right(LOWER_LIP))]
    inner_upper = [*right((INNER_CORNER, INNER_LIPS)), INNER_MIDDLE, INNER_LIPS, INNER_CORNER]
    inner_lower = [INNER_LIPS, INNER_MIDDLE, *right((INNER_LIPS,))]
    return {
        "face": face,
        "outer upper": outer_upper,
        "outer lower": outer_lower,
        "inner upper": inner_upper,
        "inner lower": inner_lower,
    }


def face_landmarks(vertices: np.ndarray, faces: np.ndarray, shapes: Mapping[str, Sparse]) -> list[int]:
    """The 68 vertices; `vertices` (V, 3) metres in the A-pose, `shapes` the skin's ARKit units."""
    opened = np.zeros(len(vertices))
    indices, offsets = shapes["jawOpen"]
    opened[indices] = np.linalg.norm(offsets, axis=1)
    follows = opened / opened.max()
    normals = normals_of(vertices, faces)
    worn = np.zeros(len(vertices), bool)
    worn[np.unique(faces)] = True
    front = worn & (vertices[:, 2] > 0.0) & (vertices[:, 1] > 1.40) & (normals[:, 2] > 0.0)
    lip = worn & (vertices[:, 2] > 0.115) & (normals[:, 2] > -0.5)
    allowed = {
        "face": front,
        "outer upper": front & (follows < 0.6),
        "outer lower": front & (follows > 0.4),
        "inner upper": lip & (follows < 0.4),
        "inner lower": lip & (follows > 0.6),
    }
    twin = np.zeros(len(vertices), np.int64)
    own = np.flatnonzero(worn)
    twin[own] = own[cKDTree(vertices[own]).query(vertices[own] * (-1.0, 1.0, 1.0))[1]]
    found = []
    for sort, places in drawn_places().items():
        among = np.flatnonzero(allowed[sort])
        # Of vertices one behind another the foremost is meant: depth counts a little.
        near = cKDTree(vertices[among] * (1.0, 1.0, 0.3))
        for x, y in places:
            across, height = abs(x) / 1e3, y / 1e3
            column = among[np.hypot(vertices[among, 0] - across, vertices[among, 1] - height) < 0.004]
            depth = vertices[column if len(column) else among, 2].max()
            vertex = among[near.query((across, height, 0.3 * depth))[1]]
            found.append(int(twin[vertex] if x < 0 else vertex))
    return found


def hand_landmarks(vertices: np.ndarray, weights: np.ndarray, rig: tuple[str, ...]) -> dict[str, list[int]]:
    """Palm and fingertip vertices of both hands; `vertices` (V, 3) metres in the T-pose, palms down."""
    found = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        tips = []
        for finger in TIPS:
            last = np.flatnonzero(weights[:, rig.index(f"{side}_{finger}3")] > 0.5)
            way = np.array((sign, 0.0, 0.0)) if finger != "thumb" else np.array((sign * 0.37, -0.68, 0.63))
            tips.append(int(last[np.argmax(vertices[last] @ way)]))
        hand = weights[:, rig.index(f"{side}_wrist")] > 0.6
        places = vertices[hand]
        low = np.flatnonzero(hand & (vertices[:, 1] < np.median(places[:, 1])))
        inner = np.abs(np.abs(vertices[low, 0]) - 0.69) < 0.03
        centre = vertices[low[inner]]
        spread = np.hypot(
            np.abs(vertices[low, 0]) - 0.695, vertices[low, 2] - 0.5 * (centre[:, 2].min() + centre[:, 2].max())
        )
        found[f"{side}_palm"] = [int(vertex) for vertex in low[spread < 0.012]]
        found[f"{side}_fingertips"] = tips
    return found


def sole_landmarks(vertices: np.ndarray, soles: Mapping[str, np.ndarray]) -> dict[str, list[int]]:
    """The lowest skin vertices near the skeleton's heel and toe points, T-pose."""

    def lowest(place: np.ndarray) -> int:
        near = np.flatnonzero(np.hypot(vertices[:, 0] - place[0], vertices[:, 2] - place[2]) < SOLE_REACH_M)
        return int(near[np.argmin(vertices[near, 1])])

    return {f"{side}_sole": [lowest(soles[f"{side}_{part}"]) for part in ("heel", "toe")] for side in ("left", "right")}
