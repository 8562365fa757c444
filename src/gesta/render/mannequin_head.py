"""The mannequin's head at rest: a skin with an opening mouth, the mouth's inside, teeth, ears, brows and eyes."""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import LinearNDInterpolator, PchipInterpolator

from gesta.motion.skeleton import Skeleton
from gesta.render import palette
from gesta.render.shapes import Piece, ball, loft, loft_faces, mirrored, rigid

PROFILE = np.array(
    [  # height, half width, front, back; metres above the floor at rest
        (1.4160, 0.016, 0.0900, 0.0560),
        (1.4200, 0.025, 0.0975, 0.0360),
        (1.4300, 0.037, 0.1060, 0.0040),
        (1.4450, 0.048, 0.1075, -0.0360),
        (1.4620, 0.056, 0.1085, -0.0600),
        (1.4850, 0.0625, 0.1075, -0.0740),
        (1.5100, 0.0680, 0.1045, -0.0830),
        (1.5300, 0.0710, 0.1035, -0.0880),
        (1.5500, 0.0735, 0.1060, -0.0910),
        (1.5750, 0.0730, 0.1030, -0.0900),
        (1.6000, 0.0640, 0.0895, -0.0790),
        (1.6180, 0.0500, 0.0705, -0.0615),
        (1.6300, 0.0330, 0.0480, -0.0405),
        (1.6350, 0.0210, 0.0320, -0.0250),
    ]
)
HEIGHTS = np.array(
    [
        *(1.4160, 1.4200, 1.4245, 1.4295, 1.4350, 1.4405, 1.4455, 1.4500, 1.4535, 1.4565, 1.4590, 1.4608),
        *(1.4620, 1.4632, 1.4650, 1.4675, 1.4705, 1.4745, 1.4785, 1.4820, 1.4855, 1.4895, 1.4940, 1.4985),
        *(1.5030, 1.5080, 1.5130, 1.5180, 1.5230, 1.5280, 1.5330, 1.5380, 1.5430, 1.5480, 1.5540, 1.5610),
        *(1.5690, 1.5780, 1.5880, 1.5980, 1.6080, 1.6170, 1.6240, 1.6300, 1.6350),
    ]
)
"""Rows of the skin, closest where the face moves most."""
MOUTH_ROW = 12
MOUTH_M = float(HEIGHTS[MOUTH_ROW])
MOUTH_HALF_M = 0.0240
COLUMNS = 56
FRONT_DENSITY = 0.55
"""0 spreads the columns evenly round the head, 1 crowds them all into the face."""
CHIN_TIP = np.array((0.0, 1.4145, 0.074))
CROWN = np.array((0.0, 1.6375, 0.003))

INNER_LIP = np.array([(0.97, 0.0, 0.0045), (0.97, 0.0090, 0.018), (0.85, 0.0140, 0.042)])
"""The inside of the mouth, row by row: share of the width, metres away from the mouth line, metres inwards."""
TEETH_COLUMNS = 12
TEETH_HALF_M = 0.0185
TEETH_BEHIND_M = 0.0085
TEETH_HEIGHT_M = 0.0090
EAR_RADII = np.array((0.0075, 0.0290, 0.0160))
EAR_PLACE = np.array((0.0715, 1.5160, -0.0120))
BROW_COLUMNS, BROW_RINGS = 6, 12
HEAD_PARTS = (
    *("skin", "upper_teeth", "lower_teeth", "tongue"),
    *("left_ear", "right_ear", "left_brow", "right_brow"),
)
"""Names of what `head_pieces` gives, in its order."""


@dataclass(frozen=True)
class FacePiece:
    """A piece of the face with what its expressions depend on.

    Attributes:
        piece: the mesh.
        kind: "skin", "mouth", "tongue" or "brow".
        below: (V,) 1 for what belongs to the lower lip and below, 0 above the mouth line, between at the corners.
    """

    piece: Piece
    kind: str
    below: np.ndarray


def step(low: float, high: float, value: np.ndarray) -> np.ndarray:
    """0 below `low`, 1 above `high`, and a smooth way between; `low` may be the larger one."""
    share = np.clip((value - low) / (high - low), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def hill(
    x: np.ndarray, y: np.ndarray, place: tuple[float, float], width: float, height: float | np.ndarray
) -> np.ndarray:
    """A smooth hill of height one at `place` (x, y), metres; (V,)."""
    return np.exp(-(((x - place[0]) / width) ** 2) - ((y - place[1]) / height) ** 2)


def lip_split(x: np.ndarray) -> np.ndarray:
    """How far the lower lip parts from the upper one at sideways place x: 1 in the middle, 0 from the corners on."""
    return np.sqrt(np.clip(1.0 - (x / MOUTH_HALF_M) ** 2, 0.0, 1.0))


def head_pieces(bones: Skeleton) -> list[FacePiece]:
    """Everything of the head but the eyes."""
    skin = _skin()
    points = skin.piece.vertices
    front = points[(points[:, 2] > 0.0) & (skin.below < 1.0)]
    surface = LinearNDInterpolator(front[:, :2], front[:, 2])
    eye = dict(zip(bones.names, bones.rest_positions(), strict=True))["left_eye_smplhf"]
    brow = _brow(surface, eye)
    ear = _ear()
    plain = [(_teeth(points, upper=True), "teeth"), (_teeth(points, upper=False), "teeth"), (_tongue(), "tongue")]
    plain += [(ear, "ear"), (mirrored(ear), "ear"), (brow, "brow"), (mirrored(brow), "brow")]
    return [skin, *(FacePiece(piece, kind, np.zeros(len(piece.vertices))) for piece, kind in plain)]


def skull(heights: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Points (..., 3) of the head without its features.

    Args:
        heights: (...) metres above the floor at rest.
        turn: (...) radians from straight ahead towards the left.
    """
    width, front, back = np.moveaxis(PchipInterpolator(PROFILE[:, 0], PROFILE[:, 1:])(heights), -1, 0)
    side, ahead = np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** 0.95, np.cos(turn)
    ahead = np.where(ahead > 0, np.abs(ahead) ** 0.80, ahead)
    return np.stack([width * side, heights, 0.5 * (front + back) + 0.5 * (front - back) * ahead], axis=-1)


def _bare_skull() -> np.ndarray:
    """(rows, COLUMNS, 3) the skull where the skin's vertices are."""
    even = 2 * np.pi * (np.arange(COLUMNS) - COLUMNS // 2) / COLUMNS
    turn = even - FRONT_DENSITY * np.sin(even)
    return skull(*np.broadcast_arrays(HEIGHTS[:, None], turn))


def _features(points: np.ndarray) -> np.ndarray:
    """(rows, COLUMNS) how far forward nose, lips, chin, cheeks and eye sockets move the bare skull, metres."""
    x, y, z = np.moveaxis(points, -1, 0)
    away = np.abs(x)
    along = np.clip((1.536 - y) / (1.536 - 1.4915), 0.0, None)
    ridge = np.where(along <= 1.0, along**1.25, np.exp(-(((along - 1.0) / 0.17) ** 2)))
    wide = 0.0085 + 0.0050 * np.clip(along, 0.0, 1.2)
    nose = 0.0265 * ridge * np.exp(-((x / wide) ** 2)) + 0.0045 * hill(x, y, (0.0, 1.541), 0.011, 0.014)
    nose += 0.0085 * hill(away, y, (0.0125, 1.4885), 0.0060, 0.0060)
    sockets = -0.0105 * hill(away, y, (0.0285, 1.5315), 0.0165, np.where(y < 1.5315, 0.0085, 0.0105))
    sockets += 0.0095 * hill(away, y, (0.0455, 1.5290), 0.0095, 0.0150)
    brow_ridge = 0.0030 * hill(away, y, (0.0250, 1.5500), 0.0220, 0.0080)
    cheeks = 0.0050 * hill(away, y, (0.0400, 1.5000), 0.0180, 0.0170)
    lip_width = np.clip(1.0 - (x / 0.030) ** 2, 0.0, 1.0) ** 0.8
    upper = 0.0052 * np.exp(-(((y - MOUTH_M - 0.0050) / 0.0050) ** 2)) * lip_width
    lower = 0.0060 * np.exp(-(((y - MOUTH_M + 0.0058) / 0.0055) ** 2)) * lip_width
    crease = -0.0035 * hill(x, y, (0.0, MOUTH_M - 0.0155), 0.020, 0.0050)
    corners = -0.0030 * hill(away, y, (MOUTH_HALF_M + 0.001, MOUTH_M), 0.0060, 0.0060)
    chin = 0.0040 * hill(x, y, (0.0, 1.4310), 0.0170, 0.0110)
    total = nose + sockets + brow_ridge + cheeks + upper + lower + crease + corners + chin
    return total * step(0.02, 0.06, z)


def jaw_share(points: np.ndarray, below: np.ndarray) -> np.ndarray:
    """(V,) share with which the jaw carries the points (V, 3), given their `FacePiece.below`."""
    split = lip_split(points[:, 0]) * (np.abs(points[:, 1] - MOUTH_M) < 0.03)
    around = step(MOUTH_M + 0.018, MOUTH_M - 0.022, points[:, 1])
    return (around * (1.0 - split) + below * split) * step(-0.020, 0.045, points[:, 2])


def _skin() -> FacePiece:
    """The head's skin with lips that part, and the mouth's inside behind them."""
    rings = _bare_skull()
    rings[..., 2] += _features(rings)
    vertices, faces = loft(rings, CHIN_TIP, CROWN)
    row = MOUTH_ROW * COLUMNS + np.arange(COLUMNS)
    parted = row[(np.abs(rings[MOUTH_ROW, :, 0]) < MOUTH_HALF_M) & (rings[MOUTH_ROW, :, 2] > 0.0)]
    twins = len(vertices) + np.arange(len(parted))
    vertices = np.concatenate([vertices, vertices[parted]])
    under = np.any(faces // COLUMNS == MOUTH_ROW - 1, axis=1) & np.all(faces < len(vertices) - len(parted), axis=1)
    renamed = np.arange(len(vertices))
    renamed[parted] = twins
    faces[under] = renamed[faces[under]]
    upper_edge = np.concatenate([[parted[0] - 1], parted, [parted[-1] + 1]])
    lower_edge = np.concatenate([[parted[0] - 1], twins, [parted[-1] + 1]])
    below = (vertices[:, 1] < MOUTH_M - 1e-6).astype(np.float64)
    below[twins] = 1.0
    material = _skin_material(vertices)
    inside, inside_faces, inside_below, inside_material = _mouth_inside(vertices, upper_edge, lower_edge)
    vertices = np.concatenate([vertices, inside])
    below = np.concatenate([below, inside_below])
    jaw = jaw_share(vertices, below)
    piece = Piece(
        vertices,
        np.concatenate([faces, inside_faces]),
        np.concatenate([material, inside_material]),
        {"head": 1.0 - jaw, "jaw": jaw},
    )
    return FacePiece(piece, "skin", below)


def _skin_material(vertices: np.ndarray) -> np.ndarray:
    """(V, 4) skin, with tinted lips, a little warmth on the cheeks and shade in the eye sockets."""
    x, y, z = vertices.T
    edge = np.clip(1.0 - (x / MOUTH_HALF_M) ** 2, 0.0, 1.0) ** 0.6
    tall = np.where(y > MOUTH_M, 0.0080, 0.0095) * edge
    lips = step(1.10, 0.65, np.abs(y - MOUTH_M) / np.maximum(tall, 1e-4)) * (edge > 0) * (z > 0.05)
    warm = 0.30 * hill(np.abs(x), y, (0.042, 1.494), 0.020, 0.018) * (z > 0.02)
    shade = 0.30 * hill(np.abs(x), y, (0.0295, 1.531), 0.018, 0.013) * (z > 0.05)
    material = np.tile(palette.SKIN, (len(vertices), 1)).astype(np.float64)
    for share, colour in ((warm, palette.BLUSH), (shade, palette.LID), (lips, palette.LIP)):
        material += share[:, None] * (colour - material)
    return material


def _mouth_inside(
    vertices: np.ndarray, upper_edge: np.ndarray, lower_edge: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The inside of the mouth as a pocket between the two lips: its vertices, faces, `below` and material."""
    columns, depth = len(upper_edge), len(INNER_LIP)
    edge = vertices[upper_edge]
    # At the corners floor and roof meet, so that nobody looks out through the cheeks.
    open_share, still = lip_split(edge[:, 0]) ** 0.5, np.zeros(columns)
    lower_rows: list[np.ndarray] = []
    upper_rows: list[np.ndarray] = []
    for width, away, inwards in INNER_LIP:
        for rows, sign in ((lower_rows, -1.0), (upper_rows, 1.0)):
            rise = sign * away * open_share
            rows.append(edge * (width, 1.0, 1.0) + np.stack([still, rise, still - inwards], axis=1))
    added = np.stack([*lower_rows, *reversed(upper_rows)])
    numbers = len(vertices) + np.arange(added.shape[0] * columns).reshape(-1, columns)
    grid = np.concatenate([[lower_edge], numbers, [upper_edge]])
    faces = grid.reshape(-1)[loft_faces(len(grid), columns, closed=False)]
    below = np.repeat([1.0] * depth + [0.0] * depth, columns)
    tones = [palette.LIP, palette.MOUTH, palette.THROAT]
    material = np.repeat(np.stack([*tones, *reversed(tones)]), columns, axis=0)
    return added.reshape(-1, 3), faces, below, material


def _teeth(skin: np.ndarray, upper: bool) -> Piece:
    """One row of teeth as a curved band behind the lips."""
    x = np.linspace(-TEETH_HALF_M, TEETH_HALF_M, TEETH_COLUMNS)
    row = skin[MOUTH_ROW * COLUMNS : (MOUTH_ROW + 1) * COLUMNS]
    row = row[(row[:, 2] > 0.0)]
    row = row[np.argsort(row[:, 0])]
    z = np.interp(x, row[:, 0], row[:, 2]) - TEETH_BEHIND_M - 6.0 * x**2
    low = MOUTH_M - 0.0035 if upper else MOUTH_M - 0.0020 - TEETH_HEIGHT_M
    bottom = np.stack([x, np.full_like(x, low), z], axis=1)
    vertices = np.concatenate([bottom, bottom + np.array((0.0, TEETH_HEIGHT_M, 0.0005))])
    return rigid(vertices, loft_faces(2, TEETH_COLUMNS, closed=False), palette.TEETH, "head" if upper else "jaw")


def _tongue() -> Piece:
    """A flat tongue on the jaw."""
    vertices, faces = ball(np.array((0.0, MOUTH_M - 0.0105, 0.0780)), np.array((0.0155, 0.0055, 0.0230)), 14, 6)
    return rigid(vertices, faces, palette.TONGUE, "jaw")


def _ear() -> Piece:
    """The left ear: a leaf with a hollow, leaning back."""
    vertices, faces = ball(np.zeros(3), np.ones(3), 12, 10)
    x, y, z = vertices.T
    hollow = 0.75 * np.exp(-(((y - 0.1) / 0.50) ** 2) - ((z - 0.05) / 0.55) ** 2) * (x > 0)
    leaf = np.stack([x - hollow, y, z * (0.78 + 0.26 * y)], axis=1) * EAR_RADII
    leaf[:, 0] -= 0.30 * leaf[:, 2]
    leaf[:, 2] -= 0.20 * leaf[:, 1]
    return rigid(leaf + EAR_PLACE, faces, palette.SKIN, "head")


def _brow(surface: LinearNDInterpolator, eye: np.ndarray) -> Piece:
    """The left eyebrow: a tapered band that lies on the skin above the eye (3,)."""
    along = np.linspace(0.0, 1.0, BROW_RINGS)
    x = eye[0] - 0.0165 + 0.0385 * along
    y = eye[1] + 0.0195 + 0.0058 * np.sin(np.pi * along**0.75) - 0.0035 * along
    z = surface(x, y)
    tall = 0.0032 * np.sin(np.pi * (0.10 + 0.86 * along)) ** 0.6 * (1.15 - 0.45 * along)
    turn = 2 * np.pi * np.arange(BROW_COLUMNS) / BROW_COLUMNS
    centre = np.stack([x, y, z], axis=1)
    rings = np.repeat(centre[:, None], BROW_COLUMNS, axis=1)
    # Along +x the section runs counter-clockwise from y to z.
    rings[..., 1] += tall[:, None] * np.cos(turn)
    rings[..., 2] += 0.55 * tall[:, None] * np.sin(turn) - 0.12 * tall[:, None] * np.cos(turn)
    vertices, faces = loft(rings, centre[0] - (0.001, 0.0, 0.0), centre[-1] + (0.001, 0.0, 0.0))
    return rigid(vertices, faces, palette.BROW, "head")
