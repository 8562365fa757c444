"""The expression of a person's face as ARKit weights, told apart from how their face is made.

Eyes, brows, nose, mouth and jaw may each lie elsewhere than our body's, and be wider or higher; what is left is
expression. All is found at once by least squares with weights from 0 to 1: parted lips, raised corners and lowered lids
can be no matter of size. Over a film a face is made the same way.

F frames, P the 68 points of a face, W weights that are looked for, B ways in which faces are made otherwise.
"""

from functools import cache

import torch
from torch import Tensor

from gesta.keypoints.bridge.anchors import anchors
from gesta.keypoints.bridge.figure_points import figure_points
from gesta.keypoints.bridge.observed import Observed
from gesta.keypoints.bridge.pose_numbers import rotations_of
from gesta.keypoints.bridge.proportions import flesh_sizes, sizes
from gesta.keypoints.bridge.unknown import BUILD, PLACE, POSE
from gesta.keypoints.layout import FACE_COUNT, GROUPS
from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES

FACE, BROWS = GROUPS["face"], slice(17, 27)
WEIGHTS = (
    "jawOpen", "jawLeft", "jawRight", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight", "mouthShrugLower",
    *(f"{name}{side}" for side in ("Left", "Right") for name in (
        "eyeBlink", "eyeWide", "mouthSmile", "mouthFrown", "mouthLowerDown", "mouthUpperUp", "browDown", "browOuterUp",
    )),
    "browInnerUp",
)  # fmt: skip
"""What points can tell."""
FEATURES = {
    "jaw": (slice(0, 17), 0.006, 0.12), "right brow": (slice(17, 22), 0.015, 0.3),
    "left brow": (slice(22, 27), 0.015, 0.3), "nose": (slice(27, 36), 0.004, 0.12),
    "right eye": (slice(36, 42), 0.003, 0.15), "left eye": (slice(42, 48), 0.003, 0.15),
    "mouth": (slice(48, 68), 0.004, 0.10),
}  # fmt: skip
"""Points, by how many metres they lie elsewhere, and by which share they are wider or higher (deviations)."""
FULL_LIPS = ((slice(49, 54), 1.0), (slice(55, 60), -1.0))
"""Points of the upper and of the lower lip's outer edge, and where they lie when a lip is fuller: up or down."""
FULLER_M = 0.002
USUAL_WEIGHT = 0.15
OFTEN = {
    "jawOpen": 0.4,
    "eyeBlink": 0.5,
    "mouthSmile": 0.4,
    "mouthLowerDown": 0.25,
    "mouthUpperUp": 0.25,
    "mouthFunnel": 0.08,
}
"""Deviation of a weight, and of those that are often or seldom high, by how their names begin."""
POINT_M, BROW_POINT_M = 0.001, 0.004
"""How exactly points of faces are known; brows are arched in ways of their own."""
STEPS = 400
LOOKED_AT = 64
"""Frames that say how a face is made."""
FRAMES_AT_ONCE = 128


def expression(seen: Observed, rows: Tensor, made: Tensor | None = None) -> Tensor:
    """ARKit weights of faces: (F, 52), 0 where no face is seen.

    Args:
        seen: F frames.
        rows: (F, U) the bodies that meet them.
        made: (B,) how the face is made, from `making`; none: as these frames say.
    """
    found = torch.zeros(len(rows), len(ARKIT_NAMES))
    shown = _shown(seen)
    if not len(shown):
        return found
    if made is None and len(shown) > 1:
        made = making(seen, rows)
    numbers = [ARKIT_INDEX[name] for name in WEIGHTS]
    for part in shown.split(FRAMES_AT_ONCE):
        weights, _ = _solved(*_system(seen.frames(part), rows[part]), made)
        found[part[:, None], torch.tensor(numbers)] = weights
    return found


def making(seen: Observed, rows: Tensor) -> Tensor | None:
    """How a face is made, (B,), as most of some frames say; None where no face is seen. Arguments as above."""
    shown = _shown(seen)
    if not len(shown):
        return None
    some = shown[torch.linspace(0, len(shown) - 1, min(LOOKED_AT, len(shown))).long()]
    return _solved(*_system(seen.frames(some), rows[some]), None)[1].median(dim=0).values


def _shown(seen: Observed) -> Tensor:
    """The frames that show a face."""
    return ((seen.weights[:, FACE] > 0.0).float().mean(dim=1) > 0.5).nonzero()[:, 0]


def _system(seen: Observed, rows: Tensor) -> tuple[Tensor, Tensor]:
    """Curvature (F, W + B, W + B) and slope (F, W + B) of what is minimised, at rest, in the usual deviations."""
    fixed, figure, build = anchors(), figure_points(), sizes(rows[:, BUILD])
    rotations = rotations_of(rows[:, POSE])
    turned, _ = figure.joints(rotations, rows[:, PLACE], build)
    space = figure(rotations, rows[:, PLACE], build)[:, FACE]
    carriers = figure.carriers[FACE]
    shares = torch.from_numpy(fixed.shares[FACE]) * flesh_sizes(build)[:, carriers]
    # How rest turns into the picture's space: (F, P, 3, 3).
    turning = (turned[:, carriers] * shares[..., None, None]).sum(dim=2)
    moves = torch.einsum("npab,spb->nspa", turning, _ways())
    scale = (seen.focal(rows) / -space[..., 2])[:, None]
    landed = torch.stack([space[..., 0], -space[..., 1]], dim=-1) * scale[:, 0, :, None]
    slope = landed[:, None] / -space[:, None, :, 2:]
    flat = torch.stack([moves[..., 0], -moves[..., 1]], dim=-1) * scale[..., None] + slope * moves[..., 2:]
    away = seen.points[:, FACE] - seen.centre - landed
    exact = torch.full((FACE_COUNT,), POINT_M)
    exact[BROWS] = BROW_POINT_M
    sure = ((seen.weights[:, FACE] > 0.0) / (exact * scale[:, 0]))[..., None]
    flat, away = (flat * sure[:, None]).flatten(2).double(), (away * sure).flatten(1).double()
    return flat @ flat.transpose(1, 2) + torch.eye(flat.shape[1]).double(), (flat @ away[..., None])[..., 0]


def _solved(curvature: Tensor, slope: Tensor, made: Tensor | None) -> tuple[Tensor, Tensor]:
    """Weights (F, W) and how faces are made (F, B); where that is known, (B,), it stays."""
    count = len(WEIGHTS)
    own, mixed, other = curvature[:, :count, :count], curvature[:, :count, count:], curvature[:, count:, count:]
    if made is None:
        # How a face is made has no bounds: it follows from the weights and is put in.
        back = torch.linalg.solve(other, torch.cat([mixed.transpose(1, 2), slope[:, count:, None]], dim=2))
        whole, pull = own - mixed @ back[:, :, :-1], slope[:, :count] - (mixed @ back[:, :, -1:])[..., 0]
    else:
        whole, pull = own, slope[:, :count] - mixed @ made
    weights = _within(whole, pull, 1.0 / _usual().double())
    if made is None:
        return (weights * _usual()).float(), back[:, :, -1] - (back[:, :, :-1] @ weights[..., None])[..., 0]
    return (weights * _usual()).float(), made.expand(len(weights), -1)


def _within(curvature: Tensor, slope: Tensor, most: Tensor) -> Tensor:
    """Least squares (F, W) between 0 and the most (W,), by projected steps with momentum (Nesterov, 1983)."""
    stride = 1.0 / torch.linalg.matrix_norm(curvature, ord=2)[:, None]
    found = ahead = torch.zeros_like(slope)
    for step in range(STEPS):
        downhill = slope - (curvature @ ahead[..., None])[..., 0]
        after = (ahead + stride * downhill).clamp(min=0.0).minimum(most)
        ahead = after + step / (step + 3.0) * (after - found)
        found = after
    return found


def ways_of_faces() -> Tensor:
    """How faces are made otherwise than our body's: (B, 68, 3) metres by which points lie elsewhere at rest, for one
    deviation of each of B numbers that stand by themselves."""
    return _ways()[len(WEIGHTS) :]


@cache
def _usual() -> Tensor:
    """Deviations of the weights: (W,)."""
    often = [[value for start, value in OFTEN.items() if name.startswith(start)] for name in WEIGHTS]
    return torch.tensor([found[0] if found else USUAL_WEIGHT for found in often])


@cache
def _ways() -> Tensor:
    """What moves points of a face at rest by one deviation: (W + B, P, 3) metres."""
    fixed = anchors()
    usual = zip(WEIGHTS, _usual().tolist(), strict=True)
    shapes = [torch.from_numpy(fixed.shapes[ARKIT_INDEX[name], FACE]) * share for name, share in usual]
    places = torch.from_numpy(fixed.places[FACE, 0])
    for where, metres, share in FEATURES.values():
        own = places[where]
        for axis in (0, 1):
            moved, grown = torch.zeros_like(places), torch.zeros_like(places)
            moved[where, axis] = metres
            grown[where, axis] = share * (own[:, axis] - own[:, axis].mean())
            shapes += [moved, grown]
    for where, way in FULL_LIPS:
        moved = torch.zeros_like(places)
        moved[where, 1] = way * FULLER_M
        shapes.append(moved)
    return torch.stack(shapes)
