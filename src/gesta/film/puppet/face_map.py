"""Our body's face laid onto the face in a picture: where each vertex is in it, and where an expression moves it.

Landmarks say where eyes, nose, lips and the jaw's edge are in both; a thin-plate spline carries everything between
them (Bookstein, 1989). What parts the lips in the picture is taken off: they are no rest, and close when the motion
closes them. A smile stays.

V vertices of the patch, S face shapes.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import RBFInterpolator

from gesta.film.puppet.body import PicturedBody
from gesta.keypoints.layout import GROUPS
from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.records import Keypoints

JAW_EDGE = slice(0, 17)
JAW_SMOOTHING, INNER_SMOOTHING = 30.0, 0.0
"""How exactly the spline meets points; those of the jaw's edge lie where nobody can say exactly."""
INNER_LIPS = ((61, 67), (62, 66), (63, 65))
"""Upper and lower points of the inner lips that face each other."""
EYES = {"Right": ((37, 41), (38, 40)), "Left": ((43, 47), (44, 46))}
"""Upper and lower points of the lids that face each other."""
BROWS = {"Right": slice(17, 22), "Left": slice(22, 27)}
BROW_DROP = 0.22
"""Estimators put brows at their upper edge and our body has them in the middle: so far down, in shares of the way from
the brow to the eye."""
BROW_SHAPES = ("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight")
BROW_SHARE = 0.6
"""Brows go so much of our body's way: a face in a photograph looks angry or amazed with less than a drawn one."""
MOST_JAW = 0.7
SMILES = ("mouthSmile",)
"""What stays of a picture's face: a motion's smile comes on top of its own."""
PARTING = ("mouthUpperUp", "mouthLowerDown", "mouthFunnel")
"""What parts lips besides the jaw."""
LID_GAIN = (0.8, 1.7)
LID_MORE = 1.12
"""Lids go a little farther than they must, so that no slit stays."""
LID_END = 0.75
"""Above this share of the way from eye to brow nothing moves with a lid: brows are not drawn out by blinks."""
"""A lid's way is that of our body's, times how much wider or narrower the eye in the picture is open."""
MOUTH_POINTS = slice(48, 68)
SMILING = [ARKIT_INDEX[f"{name}{side}"] for name in SMILES for side in ("Left", "Right")]


@dataclass(frozen=True)
class FaceMap:
    """A face in a picture.

    Attributes:
        places: (V, 2) float64 pixels of the vertices in the picture.
        distance: (V,) float64 metres from the camera.
        ways: (S, V, 3) float32: what a shape of weight 1 adds to both: pixels, pixels, metres.
        own: (S,) float32 the picture's own expression.
        linear: (2, 2) our body's face to the picture's, the nearest linear map, and
        shift: (2,) pixels, what it leaves for the middle of the mouth.
        gap_px: how far the lips in the picture are apart.
    """

    places: np.ndarray
    distance: np.ndarray
    ways: np.ndarray
    own: np.ndarray
    linear: np.ndarray
    shift: np.ndarray
    gap_px: float

    @classmethod
    def of(cls, body: PicturedBody, keypoints: Keypoints, vertices: np.ndarray) -> "FaceMap":
        """Lay the vertices (V,) of the body's surface onto the picture."""
        wanted = _with_brows_lowered(keypoints.points[0, GROUPS["face"]].astype(np.float64))
        marks = body.worn.landmarks["face"]
        linear = _linear(body.seen(body.surface().astype(np.float64))[marks, :2], wanted)
        gap_px = _mean_gap(wanted, INNER_LIPS)
        own = _own_expression(body, marks, linear, gap_px)
        shapes = body.worn.shapes
        space = body.surface(body.worn.vertices + shapes.offset(own, len(body.worn.vertices))).astype(np.float64)
        seen = body.seen(space)
        smoothing = np.full(len(marks), INNER_SMOOTHING)
        smoothing[JAW_EDGE] = JAW_SMOOTHING
        spline = RBFInterpolator(seen[marks, :2], wanted - seen[marks, :2], smoothing=smoothing)
        places = seen[:, :2] + spline(seen[:, :2])
        ways = shape_ways(body, space, linear)
        for side, pairs in EYES.items():
            ours = _mean_gap(seen[marks, :2] @ linear.T, pairs)
            gain = float(np.clip(LID_MORE * _mean_gap(wanted, pairs) / max(ours, 1e-3), *LID_GAIN))
            lids = _below_brow(places, wanted[BROWS[side]], wanted[[upper for upper, _ in pairs]])
            ways[ARKIT_INDEX[f"eyeBlink{side}"]] *= gain * lids[:, None].astype(np.float32)
        for name in BROW_SHAPES:
            ways[ARKIT_INDEX[name]] *= BROW_SHARE
        middle = marks[MOUTH_POINTS]
        shift = wanted[MOUTH_POINTS].mean(axis=0) - linear @ seen[middle, :2].mean(axis=0)
        return cls(
            places[vertices], seen[vertices, 2], np.ascontiguousarray(ways[:, vertices]), own, linear, shift, gap_px
        )

    def shown(self, face: np.ndarray) -> np.ndarray:
        """Weights (S,) of a motion on this face: it goes on smiling as in the picture, and the motion smiles more."""
        found = face.copy()
        found[SMILING] = self.own[SMILING] + (1.0 - self.own[SMILING]) * face[SMILING]
        return found

    def moved(self, face: np.ndarray) -> np.ndarray:
        """Where the vertices are with weights (S,): (V, 3) pixels, pixels, metres."""
        away = (face - self.own) @ self.ways.reshape(len(face), -1)
        return np.concatenate([self.places, self.distance[:, None]], axis=1) + away.reshape(-1, 3)


def _with_brows_lowered(points: np.ndarray) -> np.ndarray:
    """Points of a face (68, 2) with the brows where their middle is."""
    found = points.copy()
    for side, brow in BROWS.items():
        eye = points[[upper for upper, _ in EYES[side]]].mean(axis=0)
        found[brow] += BROW_DROP * (eye - points[brow].mean(axis=0))
    return found


def _below_brow(places: np.ndarray, brow: np.ndarray, lid: np.ndarray) -> np.ndarray:
    """How far places (V, 2) go with a lid: 1 at the lid, 0 near the brow and above."""
    up = brow.mean(axis=0) - lid.mean(axis=0)
    share = (places - lid.mean(axis=0)) @ up / max(float(up @ up), 1e-6)
    left = np.clip(1.0 - share / LID_END, 0.0, 1.0)
    return np.asarray(np.where(share <= 0.0, 1.0, left * left * (3.0 - 2.0 * left)))


def _linear(ours: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The (2, 2) map that carries differences of points (N, 2) to those of others best."""
    found, *_ = np.linalg.lstsq(ours - ours.mean(axis=0), wanted - wanted.mean(axis=0), rcond=None)
    return found.T


def _mean_gap(points: np.ndarray, pairs: tuple[tuple[int, int], ...]) -> float:
    upper, lower = np.array(pairs).T
    return float(np.maximum(points[lower, 1] - points[upper, 1], 0.0).mean())


def _own_expression(body: PicturedBody, marks: np.ndarray, linear: np.ndarray, gap_px: float) -> np.ndarray:
    """What the picture's mouth expresses, as weights (S,): smiles, and what parts the lips as far as they are parted.

    The fit tells whether lips are parted by lifting one, lowering the other or opening the jaw; how far is measured.
    """
    own, jaw = np.zeros(len(ARKIT_NAMES), np.float32), ARKIT_INDEX["jawOpen"]
    smiles, parting = _both_sides(body.face, SMILES), _both_sides(body.face, PARTING)

    def gap(weights: np.ndarray) -> float:
        space = body.surface(body.worn.vertices + body.worn.shapes.offset(weights, len(body.worn.vertices)))
        return _mean_gap(body.seen(space[marks].astype(np.float64))[:, :2] @ linear.T, INNER_LIPS)

    own += smiles
    closed, parted = gap(own), gap(own + parting)
    own += parting * np.clip((gap_px - closed) / max(parted - closed, 1e-6), 0.0, 1.0)
    before = gap(own)
    own[jaw] = 1.0
    opened = gap(own)
    own[jaw] = np.clip((gap_px - before) / max(opened - before, 1e-6), 0.0, MOST_JAW)
    return own


def _both_sides(face: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    """Some weights of a face (S,), the same on both sides: points of faces that look aside tell more of one; else 0."""
    found = np.zeros_like(face)
    for name in names:
        both = [ARKIT_INDEX[full] for full in (name, f"{name}Left", f"{name}Right") if full in ARKIT_INDEX]
        found[both] = face[both].mean()
    return found


def shape_ways(body: PicturedBody, space: np.ndarray, linear: np.ndarray) -> np.ndarray:
    """What each shape adds to the vertices' places: (S, V, 3) pixels, pixels, metres."""
    head = body.built.bones.index("head")
    turn = body.pose(body.local[None]).rotations[0, head].astype(np.float64) * body.built.flesh[head]
    focal = body.view[4, 0]
    found = np.zeros((len(ARKIT_NAMES), len(space), 3), np.float32)
    for number, name in enumerate(ARKIT_NAMES):
        vertices, offsets = body.worn.shapes.moves(name)
        away = offsets @ turn.T
        per_m = focal / -space[vertices, 2:3]
        found[number, vertices, :2] = (away[:, :2] * (1.0, -1.0) * per_m) @ linear.T
        found[number, vertices, 2] = -away[:, 2]
    return found
