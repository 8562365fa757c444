"""The mannequin's eyes: eyeballs that turn, and lids as shells round them that open and close."""

from collections.abc import Mapping

import numpy as np

from gesta.render import palette
from gesta.render.shapes import Piece, loft_faces

EYE_RADIUS_M = 0.0125
LID_RADIUS_M = 0.0139
LASH_SPAN_DEG = 3.0
CORNER_DEG = 66.0
"""How far to the side of straight ahead the two lids meet."""
CORNER_HEIGHT_DEG = -2.0
UPPER_OPEN_DEG, LOWER_OPEN_DEG = 23.0, -22.0
"""Angle above straight ahead of the two lids' middles at rest."""
LID_BACK_DEG = 105.0
LID_SPAN_DEG = 108.0
LID_COLUMNS, LID_ROWS = 23, 5
IRIS_DEG, PUPIL_DEG, RING_DEG = 29.0, 13.0, 25.0
EYE_COLUMNS = 16

LID_MOVES: Mapping[str, tuple[float, float]] = {
    "eyeBlink": (-41.0, 3.0),
    "eyeLookDown": (-15.0, -6.0),
    "eyeLookUp": (6.0, 3.0),
    "eyeSquint": (-5.0, 10.0),
    "eyeWide": (9.0, -4.0),
}
"""Degrees by which an expression moves the upper and the lower lid's middle."""


def eyeball(centre: np.ndarray, joint: str) -> Piece:
    """An eyeball with iris and pupil looking along +Z, carried by the eye's joint."""
    edges = np.array([PUPIL_DEG, PUPIL_DEG + 1, RING_DEG, RING_DEG + 1, IRIS_DEG, IRIS_DEG + 1, 45, 65, 90, 120, 150])
    tones = [palette.PUPIL] + [palette.IRIS] * 2 + [palette.IRIS_RING] * 2 + [palette.EYE_WHITE] * 6
    away = np.radians(edges)[:, None]
    turn = 2 * np.pi * np.arange(EYE_COLUMNS) / EYE_COLUMNS
    rings = np.stack(
        np.broadcast_arrays(np.sin(away) * np.cos(turn), np.sin(away) * np.sin(turn), np.cos(away)), axis=-1
    )
    count = len(edges) * EYE_COLUMNS
    # The rings run from front to back, so the faces between them are turned round.
    faces = loft_faces(len(edges), EYE_COLUMNS)[:, ::-1]
    column = np.arange(EYE_COLUMNS)
    front = np.stack([column, (column + 1) % EYE_COLUMNS, np.full(EYE_COLUMNS, count)], axis=1)
    vertices = np.concatenate([rings.reshape(-1, 3), [(0.0, 0.0, 1.0)]])
    material = np.concatenate([np.repeat(np.stack(tones), EYE_COLUMNS, axis=0), [palette.PUPIL]])
    return Piece(
        centre + EYE_RADIUS_M * vertices, np.concatenate([faces, front]), material, {joint: np.ones(len(vertices))}
    )


def _lid_points(upper: bool, middle_deg: float) -> np.ndarray:
    """(rows, LID_COLUMNS, 3) a lid round the origin whose edge's middle stands `middle_deg` above straight ahead."""
    side = np.linspace(-LID_SPAN_DEG, LID_SPAN_DEG, LID_COLUMNS)
    arch = np.cos(np.clip(side / CORNER_DEG, -1.0, 1.0) * np.pi / 2) ** 0.75
    edge = CORNER_HEIGHT_DEG + (middle_deg - CORNER_HEIGHT_DEG) * arch
    sign = 1.0 if upper else -1.0
    back = sign * LID_BACK_DEG
    first = edge + sign * LASH_SPAN_DEG
    shares = np.linspace(0.0, 1.0, LID_ROWS)[:, None] ** 1.3
    rise = np.concatenate([[edge, edge], first + shares * (back - first)])
    radius = np.full(len(rise), LID_RADIUS_M)
    radius[0] = 0.5 * (EYE_RADIUS_M + LID_RADIUS_M) - 0.0007
    radius[1] = LID_RADIUS_M + 0.0004
    side, rise = np.radians(side), np.radians(rise)
    points = np.stack(
        np.broadcast_arrays(np.sin(side), np.cos(side) * np.sin(rise), np.cos(side) * np.cos(rise)), axis=-1
    )
    points = points * radius[:, None, None]
    return points if upper else points[::-1]


def lid(centre: np.ndarray, upper: bool) -> Piece:
    """An eyelid with its dark edge, carried by the head."""
    points = _lid_points(upper, UPPER_OPEN_DEG if upper else LOWER_OPEN_DEG)
    edge = palette.LASH if upper else palette.LOWER_LASH
    tones = [edge, edge] + [palette.LID] * LID_ROWS
    material = np.repeat(np.stack(tones if upper else tones[::-1]), LID_COLUMNS, axis=0)
    faces = loft_faces(len(points), LID_COLUMNS, closed=False)
    vertices = centre + points.reshape(-1, 3)
    return Piece(vertices, faces, material, {"head": np.ones(len(vertices))})


def lid_moves(upper: bool) -> dict[str, np.ndarray]:
    """What each expression in LID_MOVES adds to a lid's vertices at full strength: (V, 3) metres."""
    rest = UPPER_OPEN_DEG if upper else LOWER_OPEN_DEG
    still = _lid_points(upper, rest)
    return {
        name: (_lid_points(upper, rest + (move[0] if upper else move[1])) - still).reshape(-1, 3)
        for name, move in LID_MOVES.items()
    }
