"""Says how resting hands touch, on the skin and cloth of the built-in body, and fits rests so that they do.

    python runs/rest_contacts.py [RESTS ...] [--look host] [--fit]

Printed for each hand of each rest: the nearest gap to what it is to touch (the other hand and forearm, or trunk and
legs), the deepest place in anything, and the share of the hand's skin within 5 mm of something. With --fit the poses of
the rests that touch are changed until they do (least squares of gaps and depths; poses stay as near to the table's as
that allows), and written out as rests.toml has them.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import least_squares
from scipy.spatial import cKDTree

from gesta.avatar.figure import figure
from gesta.avatar.looks import DEFAULT_LOOK, look
from gesta.motion.skeleton import skeleton
from gesta.procedural.families import Rest, rests
from gesta.procedural.habits import HANDS
from gesta.procedural.holding import holding
from gesta.records import HandPose

NEAR_M = 0.005
"""What is nearer than this counts as touching."""
ALLOWED_M = 0.002
"""How deep skin gives without being seen."""
PARTS = ("left_hand", "right_hand", "left_arm", "right_arm", "body")
TOUCHED: Mapping[str, Mapping[str, str]] = {
    "clasped": {"right_hand": "left_hand", "left_hand": "right_hand"},
    "one_over_other": {"right_hand": "left_hand", "left_hand": "right_hand"},
    "lap_clasped": {"right_hand": "left_hand", "left_hand": "body"},
    "lap": {"left_hand": "body", "right_hand": "body"},
    "on_hip": {"right_hand": "body"},
    "on_hips": {"left_hand": "body", "right_hand": "body"},
}
"""What each hand of a rest is to lie on."""
STEP = np.array((0.015, 0.015, 0.015, 0.2, 0.2, 0.2, 8.0, 6.0))
"""How far place, palm, flexion and deviation go for a cost of one."""
DEPTH_M, DEEP_VERTICES, STRAYING = 0.002, 15, 0.03
"""Being that deep with so many vertices counts for as much as one whole palm away from what it is to lie on."""
LYING_SHARE, LYING_M = 0.5, 0.05
"""So much of the palm's side is to lie on what it touches; what is farther away than this does not get worse."""
FAR_M = 0.07
"""What is farther away is not looked for."""


@dataclass(frozen=True)
class Surface:
    """A posed body's vertices by part: places (n, 3), normals (n, 3); for hands which are on the palm's side."""

    places: Mapping[str, np.ndarray]
    normals: Mapping[str, np.ndarray]


class Body:
    """The figure in a look, cut into hands, arms and the rest.

    Args:
        named: the look.
    """

    def __init__(self, named: str) -> None:
        self.figure = figure(look(named))
        bones = self.figure.rig.bones
        part_of = np.array([PARTS.index(_part(joint, bones.names, bones.parents)) for joint in range(len(bones.names))])
        of_vertex = part_of[self.figure.joints[:, 0]]
        of_vertex[self.figure.drawn :] = -1
        self.parts = {part: np.flatnonzero(of_vertex == number) for number, part in enumerate(PARTS)}
        at_rest = np.tile(np.eye(3, dtype=np.float32), (1, len(skeleton().names), 1, 1))
        _, normals = self.figure.pose(at_rest, np.zeros((1, 3), np.float32), None)
        self.palm_side = {part: normals[0, self.parts[part], 1] < -0.5 for part in PARTS}

    def surface(self, hands: tuple[HandPose, HandPose], seated: bool) -> Surface:
        """Its surface with the hands held so."""
        motion = holding([hands], seated)
        vertices, normals = self.figure.pose(motion.rotations, motion.translation, None)
        return Surface(
            {part: vertices[0, chosen] for part, chosen in self.parts.items()},
            {part: normals[0, chosen] for part, chosen in self.parts.items()},
        )


def _part(joint: int, names: Sequence[str], parents: Sequence[int]) -> str:
    """Which part a joint belongs to."""
    while joint >= 0:
        for side in HANDS:
            if names[joint] == f"{side}_wrist":
                return f"{side}_hand"
            if names[joint] in (f"{side}_elbow", f"{side}_shoulder"):
                return f"{side}_arm"
        joint = parents[joint]
    return "body"


def distances(surface: Surface, part: str, others: Sequence[str]) -> np.ndarray:
    """How far each vertex of a part is outside of others: (n,) metres, negative inside."""
    places = np.concatenate([surface.places[other] for other in others])
    normals = np.concatenate([surface.normals[other] for other in others])
    own = surface.places[part]
    close = np.all((places > own.min(axis=0) - FAR_M) & (places < own.max(axis=0) + FAR_M), axis=1)
    if not close.any():
        return np.full(len(own), FAR_M)
    places, normals = places[close], normals[close]
    apart, nearest = cKDTree(places).query(own)
    along = np.sum((own - places[nearest]) * normals[nearest], axis=-1)
    # Beside an edge the way to the nearest vertex is longer than the way out of its plane.
    return np.where(along < 0.0, along, apart)


def others_of(part: str) -> tuple[str, ...]:
    """What a hand may lie on or go into."""
    other = "right" if part.startswith("left") else "left"
    return (f"{other}_hand", f"{other}_arm", "body")


def misses(body: Body, rest: str, poses: Mapping[str, HandPose], seated: bool) -> np.ndarray:
    """What is wrong with how hands lie: distances of palms from what they lie on, depths in anything; weighted."""
    surface = body.surface((poses["left"], poses["right"]), seated)
    found = []
    for hand in HANDS:
        part = f"{hand}_hand"
        inside = np.minimum(distances(surface, part, others_of(hand)) + ALLOWED_M, 0.0)
        found.append(inside / DEPTH_M / np.sqrt(DEEP_VERTICES))
        if part in TOUCHED[rest]:
            lying = distances(surface, part, (TOUCHED[rest][part],))[body.palm_side[part]]
            found.append(np.clip(lying, 0.0, LYING_M) / LYING_M / np.sqrt(len(lying) * LYING_SHARE))
    return np.concatenate(found)


def fitted(body: Body, name: str, rest: Rest, tries: int) -> dict[str, HandPose]:
    """The hands of a rest, changed until they touch."""
    start = {"left": rest.left, "right": rest.right}
    free = [hand for hand in HANDS if f"{hand}_hand" in TOUCHED[name]]
    alike = rest.right_hand is None

    def poses(ways: np.ndarray) -> dict[str, HandPose]:
        each = (ways.reshape(-1, len(STEP)) - 1.0) * STEP
        moved = {hand: _moved(start[hand], way) for hand, way in zip(free, each, strict=False)}
        return start | moved | ({"right": moved["left"]} if alike else {})

    def residuals(ways: np.ndarray) -> np.ndarray:
        return np.concatenate((misses(body, name, poses(ways), rest.seated), STRAYING * (ways - 1.0)))

    # Ways count from one: the solver's steps are shares of the numbers that it changes.
    first = np.ones(len(STEP) * (1 if alike else len(free)))
    found = least_squares(residuals, first, diff_step=0.02, max_nfev=tries, xtol=1e-4, ftol=1e-4)
    sys.stdout.write(f"# {name}: cost {0.5 * np.square(residuals(first)).sum():.3f} -> {found.cost:.3f}\n")
    return {hand: _rounded(pose) for hand, pose in poses(found.x).items()}


def _moved(pose: HandPose, way: np.ndarray) -> HandPose:
    """A pose changed by place, palm, flexion and deviation (8,)."""
    palm = np.array(pose.palm) / np.linalg.norm(pose.palm) + way[3:6]
    return replace(
        pose,
        position=tuple(np.array(pose.position) + way[:3]),
        palm=tuple(palm / np.linalg.norm(palm)),
        flexion_deg=pose.flexion_deg + way[6],
        deviation_deg=pose.deviation_deg + way[7],
    )


def _rounded(pose: HandPose) -> HandPose:
    """A pose in as many digits as tables have."""
    x, y, z = (round(float(value), 4) for value in pose.position)
    palm_x, palm_y, palm_z = (round(float(value), 3) for value in pose.palm)
    bend = {"flexion_deg": round(float(pose.flexion_deg), 1), "deviation_deg": round(float(pose.deviation_deg), 1)}
    return replace(pose, position=(x, y, z), palm=(palm_x, palm_y, palm_z), **bend)


def report(body: Body, name: str, poses: Mapping[str, HandPose], seated: bool) -> str:
    """One line for each hand of a rest."""
    surface = body.surface((poses["left"], poses["right"]), seated)
    lines = []
    for hand in HANDS:
        part = f"{hand}_hand"
        off = distances(surface, part, others_of(hand))
        wanted = TOUCHED.get(name, {}).get(part)
        gap = f"{1000 * max(0.0, distances(surface, part, (wanted,)).min()):.1f} mm" if wanted else "-"
        lines.append(
            f"{name:16} {hand:6} {wanted or '-':10} gap {gap:8} depth {1000 * max(0.0, -off.min()):.1f} mm"
            f"  near {np.mean(np.abs(off) < NEAR_M):.0%}\n"
        )
    return "".join(lines)


def toml(name: str, hand: str, pose: HandPose) -> str:
    """A hand as rests.toml has it."""
    return (
        f"[{name}.{hand}_hand]\nposition = {list(pose.position)}\npalm = {list(pose.palm)}\n"
        f'flexion_deg = {pose.flexion_deg}\ndeviation_deg = {pose.deviation_deg}\nshape = "{pose.shape}"\n'
    )


def main() -> None:
    """Read the command line, print how rests touch, fit them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="RESTS")
    parser.add_argument("--look", default=DEFAULT_LOOK)
    parser.add_argument("--fit", action="store_true", help="change the rests that touch until they do")
    parser.add_argument("--tries", type=int, default=25, help="steps of the solver for each rest")
    options = parser.parse_args()
    body = Body(options.look)
    for name in options.names or rests():
        rest = rests()[name]
        poses = {"left": rest.left, "right": rest.right}
        sys.stdout.write(report(body, name, poses, rest.seated))
        if options.fit and name in TOUCHED:
            poses = fitted(body, name, rest, options.tries)
            sys.stdout.write(report(body, name, poses, rest.seated))
            sys.stdout.write("".join(toml(name, hand, poses[hand]) for hand in HANDS))


if __name__ == "__main__":
    main()
