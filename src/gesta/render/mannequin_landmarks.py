"""Where the 68 points of a face are on the mannequin: which vertices carry each, so that they move as it is drawn.

The order is that of the iBUG 300-W markup (Sagonas et al., 2013), which COCO-WholeBody shares; "right" is the figure's.
"""

import numpy as np

from gesta.render.mannequin import Mannequin
from gesta.render.mannequin_eyes import LID_COLUMNS, LID_ROWS
from gesta.render.mannequin_head import BROW_COLUMNS, BROW_RINGS, COLUMNS, HEIGHTS, MOUTH_HALF_M, MOUTH_M, skull

FACE_POINTS = 68
JAW_HEIGHTS = np.array((1.533, 1.516, 1.499, 1.482, 1.466, 1.451, 1.437, 1.4245, 1.4160))
JAW_TURNS_DEG = np.array((84.0, 82.0, 80.0, 78.0, 76.0, 70.0, 58.0, 36.0, 0.0))
"""The jaw's edge from the ear to the chin: metres above the floor at rest, and how far from straight ahead."""
BROW_PLACES = np.array((0.06, 0.28, 0.50, 0.72, 0.94))
"""Shares of the way from a brow's inner end to its outer one."""
RIDGE_HEIGHTS = np.array((1.5330, 1.5190, 1.5060, 1.4940))
NOSTRILS = np.array([(-0.0135, 1.4885), (-0.0070, 1.4860), (0.0, 1.4850), (0.0070, 1.4860), (0.0135, 1.4885)])
LID_PLACES = np.array((0.25, 0.41, 0.59, 0.75))
"""Shares of a lid's width where its corner, two middle points and other corner lie, from the figure's right."""
OUTER_LIP_SIDES = np.array((-1.10, -0.80, -0.36, 0.0, 0.36, 0.80, 1.10))
INNER_LIP_SIDES = np.array((-0.88, -0.50, 0.0, 0.50, 0.88))
"""Shares of half the mouth's width at rest."""
UPPER_LIP_M, LOWER_LIP_M = 0.0065, 0.0082
"""How far the red of the lips reaches from the mouth line in the middle."""


def face_landmarks(figure: Mannequin) -> np.ndarray:
    """The vertices of the 68 points: (68, 2), each point being half way between its two (often one and the same)."""
    right, left = (_eye(figure, side) for side in ("right", "left"))
    brows = [_brow(figure, "right")[::-1], _brow(figure, "left")]
    found = np.concatenate([_jaw(figure), *brows, _nose(figure), right, left, _lips(figure)])
    assert found.shape == (FACE_POINTS, 2)
    return found


def _on_skin(figure: Mannequin, wanted: np.ndarray, axes: int = 2) -> np.ndarray:
    """The vertices (N,) of the face's front that are nearest to the places (N, 2 or 3), by as many coordinates."""
    start = figure.face_parts["skin"].start
    skin = figure.rest[start : start + len(HEIGHTS) * COLUMNS]
    away = np.linalg.norm(skin[:, None, :axes] - wanted[None, :, :axes], axis=-1)
    away[skin[:, 2] < 0.0] = np.inf
    return start + away.argmin(axis=0)


def _twice(vertices: np.ndarray) -> np.ndarray:
    return np.stack([vertices, vertices], axis=1)


def _jaw(figure: Mannequin) -> np.ndarray:
    """17 points from the right ear by the chin to the left ear."""
    heights = np.concatenate([JAW_HEIGHTS, JAW_HEIGHTS[-2::-1]])
    turns = np.radians(np.concatenate([-JAW_TURNS_DEG, JAW_TURNS_DEG[-2::-1]]))
    return _twice(_on_skin(figure, skull(heights, turns), 3))


def _brow(figure: Mannequin, side: str) -> np.ndarray:
    """5 points from the inner end of a brow to the outer one, each between its upper and its lower edge."""
    rings = np.rint(BROW_PLACES * (BROW_RINGS - 1)).astype(int)
    top = figure.face_parts[f"{side}_brow"].start + rings * BROW_COLUMNS
    return np.stack([top, top + BROW_COLUMNS // 2], axis=1)


def _nose(figure: Mannequin) -> np.ndarray:
    """4 points down the ridge to the tip, then 5 under the nose from the right."""
    ridge = np.stack([np.zeros_like(RIDGE_HEIGHTS), RIDGE_HEIGHTS], axis=1)
    return _twice(_on_skin(figure, np.concatenate([ridge, NOSTRILS])))


def _eye(figure: Mannequin, side: str) -> np.ndarray:
    """6 points round an eye: its right corner, two above, its left corner, two below from the left."""
    columns = np.rint(LID_PLACES * (LID_COLUMNS - 1)).astype(int)
    # The second row is the lid's visible edge; a lower lid has its rows the other way round.
    upper = figure.face_parts[f"{side}_upper_lid"].start + LID_COLUMNS + columns
    lower = figure.face_parts[f"{side}_lower_lid"].start + LID_ROWS * LID_COLUMNS + columns
    corners = np.stack([upper, lower], axis=1)
    above, below = _twice(upper), _twice(lower)
    return np.stack([corners[0], above[1], above[2], corners[3], below[2], below[1]])


def _lips(figure: Mannequin) -> np.ndarray:
    """12 points round the lips from the right corner over the upper lip, then 8 round the opening in the same way."""
    sides = OUTER_LIP_SIDES * MOUTH_HALF_M
    rise = np.clip(1.0 - OUTER_LIP_SIDES**2, 0.0, 1.0) ** 0.6
    upper = np.stack([sides, MOUTH_M + UPPER_LIP_M * rise], axis=1)
    lower = np.stack([sides, MOUTH_M - LOWER_LIP_M * rise], axis=1)[-2:0:-1]
    outer = _twice(_on_skin(figure, np.concatenate([upper, lower])))
    inner = INNER_LIP_SIDES * MOUTH_HALF_M
    edge = _on_skin(figure, np.stack([inner, np.full_like(inner, MOUTH_M)], axis=1))
    twins = _lower_twins(figure, edge)
    corners = np.stack([edge, twins], axis=1)
    above, below = _twice(edge), _twice(twins)
    return np.concatenate([outer, corners[:1], above[1:-1], corners[-1:], below[-2:0:-1]])


def _lower_twins(figure: Mannequin, edge: np.ndarray) -> np.ndarray:
    """The vertices (N,) of the lower lip's edge, which at rest lie where those of the upper lip's edge are."""
    skin = figure.face_parts["skin"]
    start = skin.start + len(HEIGHTS) * COLUMNS
    away = np.linalg.norm(figure.rest[start : skin.stop, None] - figure.rest[edge], axis=-1)
    return start + away.argmin(axis=0)
