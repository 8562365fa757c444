"""Which part of a person each pixel shows, as our body says it that was fitted to their points."""

from dataclasses import dataclass

import numpy as np

from gesta.avatar.figure import Figure
from gesta.film.cutout.areas import around_bones, hull
from gesta.film.cutout.person_points import SIDES, PersonPoints
from gesta.keypoints.bridge.fit import BodyFit
from gesta.keypoints.bridge.pose_numbers import rotations_of
from gesta.keypoints.bridge.surface import BuiltSurface
from gesta.motion.skeleton import skeleton
from gesta.render.camera import Camera
from gesta.render.rasteriser import Rasteriser

ARM_RADIUS, TRUNK_RADIUS, HEAD_RADIUS = 0.13, 0.1, 0.33
"""Of limbs, around the trunk's corners, and of heads, in widths of the shoulders, where no body was fitted."""
BODY, NOTHING = 0, -1
"""What `FittedParts.label` holds besides 1 for the left and 2 for the right arm."""


@dataclass(frozen=True)
class FittedParts:
    """Parts of a body, as a camera sees them.

    Attributes:
        label: (H, W) int8, what is seen: `NOTHING`, `BODY`, or an arm, 1 + its place in `SIDES`.
        trunk: (H, W) bool, where the body is when its arms are taken off.
        nearness: by side, how much nearer than the neck the arm's wrist is, in metres.
    """

    label: np.ndarray
    trunk: np.ndarray
    nearness: dict[str, float]

    def arm(self, side: str) -> np.ndarray:
        """Where an arm is seen: (H, W) bool."""
        return self.label == 1 + SIDES.index(side)


def posed_skin(fit: BodyFit) -> tuple[Figure, np.ndarray, np.ndarray]:
    """The body's surface as it was fitted to the first picture.

    Returns:
        The figure; its vertices (V, 3) and the skeleton's joints (J, 3), metres before the camera.
    """
    built = BuiltSurface(fit)
    pose = built.pose(rotations_of(fit.numbers[:1]).numpy(), fit.pelvis[:1].numpy())
    return built.worn, built.carried(built.worn.vertices, pose), pose.positions[0, : len(skeleton().names)]


def fitted_parts(fit: BodyFit, size: tuple[int, int]) -> FittedParts:
    """The parts of a fitted body in its picture, drawn at a size (width, height) of the same shape."""
    worn, vertices, places = posed_skin(fit)
    focal = fit.focal * size[0] / (2.0 * float(fit.centre[0]))
    camera = Camera(np.zeros(3), np.array((0.0, 0.0, -1.0)), size[1] / focal)
    part = part_of_faces(worn)
    label = np.full(size[::-1], NOTHING, np.int8)
    seen = _seen(worn, worn.faces, worn.two_sided, vertices, camera, size)
    label[seen >= 0] = part[seen[seen >= 0]]
    rest = part == BODY
    trunk = _seen(worn, worn.faces[rest], worn.two_sided[rest], vertices, camera, size) >= 0
    neck, names = places[skeleton().index("neck")], skeleton()
    near = {side: float(places[names.index(f"{side}_wrist"), 2] - neck[2]) for side in SIDES}
    return FittedParts(label, trunk, near)


def parts_from_points(points: PersonPoints, shape: tuple[int, int]) -> FittedParts:
    """Parts drawn thick around the points, where no body was fitted."""
    label = np.full(shape, NOTHING, np.int8)
    across = points.across
    corners = points.seen(("left_shoulder", "right_shoulder", "left_hip", "right_hip"))
    trunk = around_bones(shape, [(end, end) for end in points.seen(("nose",))], HEAD_RADIUS * across)
    if len(corners):
        ends = [(first, second) for first in corners for second in corners]
        trunk |= hull(shape, corners) | around_bones(shape, ends, TRUNK_RADIUS * across)
    label[trunk] = BODY
    for number, side in enumerate(SIDES):
        label[around_bones(shape, points.arm_bones(side), ARM_RADIUS * across)] = 1 + number
    return FittedParts(label, trunk, dict.fromkeys(SIDES, 0.0))


def part_of_faces(worn: Figure) -> np.ndarray:
    """The part each face belongs to: (N,) int8."""
    part_of_joint = np.array([_part(name, worn) for name in range(len(worn.rig.names))], np.int8)
    of_vertex = part_of_joint[worn.joints[:, 0]]
    return of_vertex[worn.faces[:, 0]]


def _part(joint: int, worn: Figure) -> int:
    """The part of a joint: an arm if its shoulder is above it."""
    names, parents = worn.rig.names, worn.rig.parents
    while joint >= 0:
        for number, side in enumerate(SIDES):
            if names[joint] == f"{side}_shoulder":
                return 1 + number
        joint = parents[joint]
    return BODY


def _seen(
    worn: Figure, faces: np.ndarray, two_sided: np.ndarray, vertices: np.ndarray, camera: Camera, size: tuple[int, int]
) -> np.ndarray:
    """Which face each pixel sees: (H, W), -1 where none is."""
    drawn = Rasteriser(faces, worn.material, size, worn.kind, two_sided)
    return np.asarray(drawn.visible_faces(vertices, camera)[..., 0])
