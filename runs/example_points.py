"""The 134 points behind a film of drawn poses: found by colour, told apart by shape, and settled by drawing them again.

    python runs/example_points.py FOLDER_OF_VIDEO FOLDER_OF_POSES -o POINTS.npz

For the one example that MMGT's authors published with their code, of which only the drawn poses are known: body points
by their colours; the 68 white dots by a model of faces made from the DWPose recordings in FOLDER_OF_POSES, frame after
frame; the blue dots of hands by the colours of the lines between them. Then every point is moved, pixel by pixel, to
where drawing all of them again comes nearest to the film. Prints how near that is, and how far the boxes of face, hands
and lips are from those of the published masks.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from drawn_dots import DOT_PX, JOINT_PX, filled, peaks, pictures, through_video
from example_hands import HandDots, HandFit, draw_hand, hand_points

from gesta.keypoints.drawing import BODY_COLOURS, draw_poses
from gesta.keypoints.files import write_keypoints
from gesta.keypoints.layout import FACE_COUNT, GROUPS, HANDS, LEGS, body_index
from gesta.keypoints.masks import region_pictures
from gesta.records import KEYPOINT_COUNT, Keypoints
from gesta.units import VIDEO_FPS

CLIP = "mmgt_oliver_103842_slice18"
SIDE = 512
STYLE = "example_film"
DRAWN_BODY = [index for index in range(len(BODY_COLOURS)) if index not in LEGS]
HEAD = {
    "nose": slice(30, 31),
    "right_eye": slice(36, 42),
    "left_eye": slice(42, 48),
    "right_ear": slice(0, 2),
    "left_ear": slice(15, 17),
}
"""Points of the face that body points of the head are near."""
FACE_SHAPES = 14
"""Directions in which the model of faces can bend."""
FITTING_ROUNDS = 40
TOLERANCE = 60
PATCH_PX, SWEEPS = 14, 4
STEPS = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if (x, y) != (0, 0)]
MUCH_WORSE = 1.3
"""A hand that is met so much worse than in the frame before is looked for anew."""
HALF_PIXEL = 0.5
Say = Callable[[str], object]


def settled(points: np.ndarray, chosen: list[int], error: Callable[[np.ndarray, int], float]) -> np.ndarray:
    """Points (N, 2) after the chosen ones have been moved pixel by pixel to where their errors are least."""
    for _ in range(SWEEPS):
        before = points
        for index in chosen:
            ways = [points]
            for step in STEPS:
                ways.append(points.copy())
                ways[-1][index] += step
            points = min(ways, key=lambda way: error(way, index))
        if np.array_equal(points, before, equal_nan=True):
            break
    return points


def record(body: np.ndarray, face: np.ndarray | None = None, hands: list[np.ndarray] | None = None) -> Keypoints:
    """One frame's points; what is not given has no score."""
    points, scores = np.zeros((1, KEYPOINT_COUNT, 2), np.float32), np.zeros((1, KEYPOINT_COUNT), np.float32)
    points[0, DRAWN_BODY], scores[0, DRAWN_BODY] = body[DRAWN_BODY] + HALF_PIXEL, 1.0
    groups = {"face": face} | dict(zip(HANDS, hands or (), strict=False))
    for group, places in groups.items():
        if places is not None:
            points[0, GROUPS[group]], scores[0, GROUPS[group]] = places + HALF_PIXEL, 1.0
    return Keypoints(points, scores, (SIDE, SIDE), VIDEO_FPS)


def body_points(picture: np.ndarray, face: np.ndarray, before: np.ndarray | None) -> np.ndarray:
    """(18, 2) body points by their colours, near to where they were or the face (68, 2) is; 0 for knees and ankles."""
    found = np.zeros((len(BODY_COLOURS), 2))
    expected = {} if before is None else dict(enumerate(before))
    expected |= {body_index(name): face[part].mean(axis=0) for name, part in HEAD.items()}
    blank = picture.max(axis=-1) < TOLERANCE
    rows, columns = np.indices(blank.shape)
    for index in DRAWN_BODY:
        like = np.abs(picture.astype(int) - BODY_COLOURS[index]).max(axis=-1) < TOLERANCE
        share = filled(like, JOINT_PX) - filled(blank, JOINT_PX)
        if index in expected:
            x, y = expected[index]
            share -= 0.01 * np.minimum(np.hypot(columns - x, rows - y), 60.0)
        found[index] = np.unravel_index(share.argmax(), share.shape)[::-1]
    above = (picture.min(axis=-1) > 140) | ((picture[..., 2] > 150) & (picture[..., :2].max(axis=-1) < TOLERANCE))
    below = cv2.dilate(above.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0

    def error(body: np.ndarray, index: int) -> float:
        x, y = np.rint(body[index]).astype(int).tolist()
        box = np.s_[max(y - PATCH_PX, 0) : y + PATCH_PX, max(x - PATCH_PX, 0) : x + PATCH_PX]
        drawn = draw_poses(record(body), style=STYLE)[0][box].astype(int)
        return float(np.sum((drawn - picture[box])[below[box]] ** 2))

    return settled(found, DRAWN_BODY, error)


class Faces:
    """What faces look like: a mean and directions, from recordings."""

    def __init__(self, folder: Path) -> None:
        found = []
        for path in sorted(folder.glob("*.npz")):
            with np.load(path, allow_pickle=False) as stored:
                found.append(stored["faces"][:, 0].astype(np.float64))
        faces = np.concatenate(found)
        faces = faces[np.isfinite(faces).all(axis=(1, 2)) & (np.ptp(faces[..., 1], axis=1) > 0.0)]
        mean = faces[0] - faces[0].mean(axis=0)
        for _ in range(3):
            mean = np.mean([laid(face, mean) for face in faces], axis=0)
        self.mean = mean / np.ptp(mean[:, 1])
        aligned = np.stack([laid(face, self.mean) for face in faces]) - self.mean
        _, sizes, directions = np.linalg.svd(aligned.reshape(len(faces), -1), full_matrices=False)
        self.directions = directions[:FACE_SHAPES].reshape(-1, *self.mean.shape)
        self.spreads = sizes[:FACE_SHAPES] / np.sqrt(len(faces))

    def nearest(self, face: np.ndarray, weights: np.ndarray, stiffness: float) -> np.ndarray:
        """The model's face (68, 2) nearest to points (68, 2) that count by `weights` (68,)."""
        plain = laid(face, self.mean, weights)
        away = ((plain - self.mean) * weights[:, None]).reshape(-1)
        basis = (self.directions * weights[:, None]).reshape(len(self.directions), -1)
        damped = basis @ basis.T + np.diag(stiffness / self.spreads**2)
        bent = self.mean + np.tensordot(np.linalg.solve(damped, basis @ away), self.directions, 1)
        return laid(bent, face, weights)


def laid(points: np.ndarray, onto: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Points (N, 2) shifted, turned and scaled to lie as near as can be to others, which count by `weights` (N,)."""
    weights = np.ones(len(points)) if weights is None else weights
    share = weights / weights.sum()
    middles = share @ points, share @ onto
    # Planes as complex numbers: one complex factor turns and scales.
    first, second = ((at - middle) @ (1.0, 1.0j) for at, middle in zip((points, onto), middles, strict=True))
    turned = first * (np.sum(share * first.conj() * second) / np.sum(share * np.abs(first) ** 2))
    return np.stack([turned.real, turned.imag], axis=1) + middles[1]


def face_points(picture: np.ndarray, model: Faces, before: np.ndarray | None) -> np.ndarray:
    """(68, 2) the white dots, in order."""
    share = filled(picture.min(axis=-1) > 140, DOT_PX)
    dots = peaks(share, 0.93, 1.5)
    if before is None:
        low, high = dots.min(axis=0), dots.max(axis=0)
        face = low + (model.mean - model.mean.min(axis=0)) / np.ptp(model.mean, axis=0) * (high - low)
    else:
        face = before
    for round_ in range(FITTING_ROUNDS):
        away = np.linalg.norm(dots[:, None] - face, axis=-1)
        # Every dot pulls the point nearest to it, and every point goes to its nearest dot.
        target = dots[away.argmin(axis=0)]
        pulled = away.argmin(axis=1)
        for point in np.unique(pulled):
            target[point] = dots[pulled == point].mean(axis=0)
        weights = 1.0 / (1.0 + (np.linalg.norm(target - face, axis=1) / 6.0) ** 2)
        face = model.nearest(target, weights, 0.3 if round_ < FITTING_ROUNDS // 2 else 0.03)
    away = np.linalg.norm(dots[:, None] - face, axis=-1)
    near = np.where(away.min(axis=0)[:, None] < 4.0, dots[away.argmin(axis=0)], face)
    corner = (near.min(axis=0) - 12).astype(int)
    size = np.ptp(near, axis=0).astype(int) + 24
    wanted = picture.min(axis=-1)[corner[1] : corner[1] + size[1], corner[0] : corner[0] + size[0]].copy()

    def error(points: np.ndarray, _index: int) -> float:
        drawn = np.zeros_like(wanted)
        for place in np.rint(points - corner).astype(int).tolist():
            cv2.circle(drawn, place, DOT_PX, 255, -1)
        return float(cv2.norm(drawn, wanted, cv2.NORM_L2SQR))

    return settled(np.rint(near), list(range(FACE_COUNT)), error)


def tracked_hands(film: np.ndarray, bodies: np.ndarray) -> np.ndarray:
    """(F, 2, 21, 2) both hands through the film: forward, then back, each frame keeping the better."""
    hands, errors = np.zeros((len(film), len(HANDS), 21, 2)), np.full((len(film), len(HANDS)), np.inf)
    wrists = [body_index("left_wrist"), body_index("right_wrist")]
    behind = np.stack([draw_poses(record(body), style=STYLE)[0] for body in bodies])
    for order in (range(len(film)), range(len(film))[::-1]):
        last: int | None = None
        for at in order:
            for side, wrist in enumerate(wrists):
                back = behind[at].copy()
                if np.isfinite(errors[at, 1 - side]):
                    draw_hand(back, hands[at, 1 - side])
                before, enough = None, -np.inf
                if last is not None:
                    before = np.rint(hands[last, side] + bodies[at, wrist] - bodies[last, wrist])
                    enough = MUCH_WORSE * errors[last, side]
                seen = HandDots(film[at], bodies[at, wrist])
                fit = HandFit(film[at], back, [seen.dots, *([] if before is None else [before])])
                hand, error = hand_points(fit, seen, before, enough)
                if error < errors[at, side]:
                    hands[at, side], errors[at, side] = hand, error
            last = at
    return hands


def say_how_near(say: Say, points: Keypoints, film: np.ndarray, folder: Path) -> None:
    """The table of errors."""
    drawn = np.stack([through_video(picture) for picture in draw_poses(points, style=STYLE)])
    lit = (drawn.max(axis=-1) > TOLERANCE) | (film.max(axis=-1) > TOLERANCE)
    wrong = np.abs(drawn.astype(int) - film).max(axis=-1) > 2 * TOLERANCE
    say(f"pixels that are drawn otherwise: {wrong[lit].mean():.1%} of all that are lit in either")
    ours = region_pictures(points)
    for kind, region in (("face", "face"), ("lips", "lip")):
        theirs = pictures(folder / f"{CLIP}_{kind}_mask.mp4")[..., 0] > 127
        mine = ours[region][..., 0] > 127 if ours[region].ndim == 4 else ours[region] > 127
        apart = [np.abs(box(mask) - box(other)).max() for mask, other in zip(mine, theirs, strict=True)]
        overlap = np.mean((mine & theirs).sum((1, 2)) / (mine | theirs).sum((1, 2)))
        say(f"{kind} mask: outline {np.median(apart):.0f} px off (most: {max(apart):.0f}); overlap {overlap:.1%}")


def box(mask: np.ndarray) -> np.ndarray:
    """Left, top, right and bottom pixel of a mask (H, W)."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return np.array((columns[0], rows[0], columns[-1], rows[-1]))


def recovered(film: np.ndarray, model: Faces) -> Keypoints:
    """All points of all frames."""
    faces = [face_points(film[0], model, None)]
    bodies = [body_points(film[0], faces[0], None)]
    for picture in film[1:]:
        faces.append(face_points(picture, model, faces[-1]))
        bodies.append(body_points(picture, faces[-1], bodies[-1]))
    hands = tracked_hands(film, np.stack(bodies))
    found = [record(*frame) for frame in zip(bodies, faces, map(list, hands), strict=True)]
    points, scores = (np.concatenate([getattr(one, name) for one in found]) for name in ("points", "scores"))
    return Keypoints(points, scores, (SIDE, SIDE), VIDEO_FPS)


def main(say: Say) -> None:
    """Find the points, write them down, and say how near they are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("video", "poses"):
        parser.add_argument(name, type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="POINTS.npz")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    film = pictures(chosen.video / f"{CLIP}.mp4")
    points = recovered(film, Faces(chosen.poses))
    write_keypoints(chosen.output, points)
    say_how_near(say, points, film, chosen.video)


if __name__ == "__main__":
    main(lambda line: sys.stdout.write(line + "\n"))
