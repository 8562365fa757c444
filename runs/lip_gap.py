"""Measures how well the shipped networks find the gap between lips: our own body, drawn with a jaw that is open so far.

    python runs/lip_gap.py

The body is drawn in several looks and sizes with known openings of the jaw. The true gap is that of the figure's own
inner lips (their middles, points 62 and 66 of the 68), seen by the camera that draws it; the found one is between the
same points as `Embedded` finds them. `slope` is how much of a true change is found (least squares), `error` the median
and the greatest difference, in pixels of the picture and in per cent of the face's width. The last rows show what one
opening gives in each size. Prints tables in Markdown.
"""

import argparse

import numpy as np
from saying import say

from gesta.avatar.figure import figure
from gesta.avatar.looks import looks
from gesta.keypoints.estimators.embedded.estimator import Embedded
from gesta.keypoints.layout import GROUPS
from gesta.records import Motion
from gesta.render.camera import project
from gesta.render.preview import frames, on_the_floor
from gesta.render.still_poses import PORTRAIT, StillPose, still_motion
from gesta.render.views import Follower, camera_for

UPPER_LIP, LOWER_LIP = 62, 66
"""The middles of the inner lips, of the 68."""
OPENINGS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8)
PICTURES = (("half", 360), ("half", 512), ("half", 768), ("half", 1024), ("portrait", 512), ("portrait", 1024))
LOOKS = ("host", "anchor", "friend", "teacher")


def speaking(smile: float) -> Motion:
    """A body whose jaw opens from frame to frame."""
    face = {"mouthSmileLeft": smile, "mouthSmileRight": smile}
    return still_motion(StillPose(str(open_), PORTRAIT.turns, face | {"jawOpen": open_}) for open_ in OPENINGS)


def true_gaps(motion: Motion, look: str, camera: str, side: int) -> np.ndarray:
    """(T,) pixels between the inner lips as they are drawn."""
    motion = on_the_floor(motion)
    body = figure(looks()[look])
    vertices, _ = body.pose(motion.rotations, motion.translation, motion.face)
    lips = vertices[:, body.landmarks["face"][[UPPER_LIP, LOWER_LIP]]]
    follower = Follower(motion, camera_for(camera), (side, side))
    seen = np.stack([project(places, follower.camera(at), (side, side))[:, :2] for at, places in enumerate(lips)])
    return np.linalg.norm(seen[:, 1] - seen[:, 0], axis=1)


def found_gaps(estimator: Embedded, pictures: np.ndarray) -> tuple[np.ndarray, float]:
    """(T,) pixels between the inner lips as they are found, and how wide the face is."""
    gaps, widths = [], []
    for picture in pictures:
        face = estimator.picture(picture).points[0, GROUPS["face"]]
        gaps.append(float(np.linalg.norm(face[UPPER_LIP] - face[LOWER_LIP])))
        widths.append(float(np.ptp(face[:, 0])))
    return np.array(gaps), float(np.median(widths))


def main() -> None:
    """Print the tables."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    estimator, shown = Embedded(), []
    say("| picture | face, px | slope | error, px (median, greatest) | error, % of the face |")
    say("|---|---|---|---|---|")
    for camera, side in PICTURES:
        true, found, widths = [], [], []
        for look in LOOKS:
            motion = speaking(0.2)
            gaps, width = found_gaps(estimator, frames(motion, range(len(OPENINGS)), (side, side), camera, look))
            true.append(true_gaps(motion, look, camera, side))
            found.append(gaps)
            widths.append(width)
        truth, seen, width = np.concatenate(true), np.concatenate(found), float(np.median(widths))
        slope = np.polyfit(truth, seen, 1)[0]
        away = np.abs(seen - truth)
        shares = 100.0 * away / width
        say(
            f"| {camera} {side} | {width:.0f} | {slope:.2f} | {np.median(away):.1f}, {away.max():.1f} "
            f"| {np.median(shares):.1f}, {shares.max():.1f} |"
        )
        shown.append((camera, side, np.mean(true, axis=0), np.mean(found, axis=0)))
    say("\n| jawOpen | " + " | ".join(f"{camera} {side}: true, found" for camera, side, _, _ in shown) + " |")
    say("|---|" + "---|" * len(shown))
    for place, opening in enumerate(OPENINGS):
        cells = (f"{true[place]:.1f}, {found[place]:.1f}" for _, _, true, found in shown)
        say(f"| {opening:g} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
