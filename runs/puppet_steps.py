"""What layers of puppets look like when wrists go far: holes, and how much of the cloth and skin is drawn out.

    python runs/puppet_steps.py PORTRAITS [--size 512] [--only NAME ...] [--out SHEETS]

Wrists are brought 5, 10 and 20 % of the picture's height away from where the picture has them, in eight directions,
without the limits that films have. Prints for each distance: pixels of holes (places that a layer surrounds and does
not cover, and that are not there in the picture), what 95 of 100 triangles are stretched by less than, how much of the
way was reached, and how far the limits of a film let a wrist go. Writes sheets of the directions.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image
from portraits import add_options, portraits
from saying import say

from gesta.errors import InputError
from gesta.film.points import points_of
from gesta.film.puppet.limits import WRIST_M
from gesta.film.puppet.measures import stretches, surrounded
from gesta.film.puppet.puppet import Puppet
from gesta.film.puppet.transfer import CHEST, SIDES
from gesta.motion.skeleton import skeleton

SHARES = (0.05, 0.1, 0.2)
"""Of the picture's height."""
DIRECTIONS = 8


def stepped(puppet: Puppet, share: float, angle: float) -> tuple[np.ndarray, float]:
    """A pose (55, 3, 3) with all moving wrists a share of the picture's height away, outward at the angle 0 and up at a
    quarter turn; and the least share of that way that a wrist went.
    """
    body, transfer, bones = puppet._body, puppet._transfer, skeleton()
    pose = body.local[None].astype(np.float64)
    here = body.pose(pose)
    towards_chest = here.rotations[0, bones.index(CHEST)].T
    steps, wanted = np.zeros((1, 2, 3)), {}
    for side in puppet._moving:
        wrist = here.positions[0, bones.index(f"{side}_wrist")]
        length = share * puppet.size[1] * -wrist[2] / float(puppet.fit.focal)
        outward = 1.0 if side == "left" else -1.0
        way = length * np.array((outward * np.cos(angle), np.sin(angle), 0.0))
        steps[0, SIDES.index(side)] = towards_chest @ way
        wanted[side] = way
    transfer.reach(pose, steps)
    there = body.pose(pose).positions[0] - here.positions[0]
    went = [there[bones.index(f"{side}_wrist")] @ way / (way @ way) for side, way in wanted.items()]
    return pose[0], min(went, default=0.0)


def holes(puppet: Puppet, pose: np.ndarray) -> int:
    """Pixels that a layer surrounds in a pose and does not cover, more than in the picture's own pose."""

    def found(at: np.ndarray) -> int:
        turns, shifts = puppet._body.moves(at[None], puppet._moving)
        return sum(surrounded(layer, turns[0], shifts[0], puppet._body.view) for layer in puppet._layers)

    return max(0, found(pose) - found(puppet._body.local))


def stretch_95(puppet: Puppet) -> float:
    """Of the frame that was drawn last."""
    return float(np.percentile(np.concatenate([stretches(layer) for layer in puppet._layers]), 95.0))


def main() -> None:
    """Do it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(parser)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    say("| portrait | way, % of the height | holes, pixels | stretch_95 | reached | limit of a film, % |")
    say("|---|---|---|---|---|---|")
    for name, picture in portraits(given):
        try:
            puppet = Puppet.of(picture, points_of(picture, None).points)
        except InputError as error:
            say(f"{name}: {error}")
            continue
        limit = 100.0 * min(WRIST_M[:2]) * float(puppet.fit.focal) / -float(puppet.fit.pelvis[0, 2]) / puppet.size[1]
        rows = []
        for share in SHARES:
            poses, reached = zip(*(stepped(puppet, share, turn) for turn in _angles()), strict=True)
            found, drawn, stretched = 0, [], []
            for pose in poses:
                found += holes(puppet, pose)
                turns, shifts = puppet._body.moves(pose[None], puppet._moving)
                drawn.append(puppet.drawn(turns[0], shifts[0], None))
                stretched.append(stretch_95(puppet))
            rows.append(np.hstack(drawn))
            say(f"| {name} | {100 * share:g} | {found} | {max(stretched):.2f} | {min(reached):.2f} | {limit:.0f} |")
        if given.out is not None:
            given.out.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.vstack(rows)).save(given.out / f"{name}.png")


def _angles() -> np.ndarray:
    return np.arange(DIRECTIONS) * 2.0 * np.pi / DIRECTIONS


if __name__ == "__main__":
    main()
