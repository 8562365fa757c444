"""A film for local trainings from the one example that MMGT's authors published with their code.

    python runs/example_clip.py FOLDER_OF_VIDEO POINTS.npz -o SOURCE

The example's own frames are not there: only its first picture, its speech, and drawn poses, whose 134 points
runs/example_points.py has found. So THE FILM MADE HERE IS NOT THE REAL ONE: its first picture is cut into a plate and
two forearms, which are bent so that their points are where they should be; what was hidden is painted over with what
surrounds it; and the hands are drawn, in the picture's colours, since no bending opens a fist. It shows one real
person's looks moving as that person moved, which is enough to see whether a training learns, and nothing to judge
pictures by. SOURCE gets NAME.mp4, NAME.wav (16 kHz) and NAME.npz.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from drawn_film import cut
from example_points import CLIP, laid
from PIL import Image
from scipy.interpolate import LinearNDInterpolator

from gesta.keypoints.files import read_keypoints, write_keypoints
from gesta.keypoints.layout import GROUPS, body_index
from gesta.records import Keypoints
from gesta.render.video import VideoWriter

STILL = ("neck", "right_shoulder", "left_shoulder", "right_hip", "left_hip")
"""Body points that the plate follows."""
BORDER_POINTS = 9
HEAD_WIDER = ((1.35, 2.2), (2.2, 3.3))
"""The head's outline round the face's points, and where the background stands still again; as factors of x and y."""
SLEEVE_PX, HAND_PX, FEATHER_PX = 21, 9, 7
"""How far a forearm and a hand reach round their bones."""
ROOM_PX = 40
PALM = (0, 1, 5, 9, 13, 17)
FINGER_PX, EDGE_PX = 10, 2
"""How thick a drawn finger is, and its darker edge."""
EDGE_SHADE = 0.72
SKIN_PERCENTILE = 70.0
"""Of the colours at a hand's points: most are in some shade."""
FINER = 8
"""Hands are drawn to so many parts of a pixel; a power of two."""
Say = Callable[[str], object]


def bent(picture: np.ndarray, places: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """A picture (H, W, C) with what was at `places` (N, 2) brought to `targets` (N, 2); between them it is linear."""
    height, width = picture.shape[:2]
    low = np.clip(np.floor(targets.min(axis=0)).astype(int), 0, (width - 1, height - 1))
    high = np.clip(np.ceil(targets.max(axis=0)).astype(int) + 1, low + 1, (width, height))
    columns, rows = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
    source = np.full((height, width, 2), -1.0e3, np.float32)
    found = LinearNDInterpolator(targets, places, fill_value=-1.0e3)(columns, rows)
    source[low[1] : high[1], low[0] : high[0]] = found
    return cv2.remap(picture, source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)


def covered(outline: np.ndarray, reach: int, size: tuple[int, int]) -> np.ndarray:
    """(H, W) float32 1 within `reach` pixels of the hull of an outline (N, 2), and a soft edge."""
    mask = np.zeros(size, np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(np.rint(outline).astype(np.int32)), 255)
    mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2))
    return cv2.GaussianBlur(mask, (FEATHER_PX, FEATHER_PX), 0).astype(np.float32) / 255.0


class Puppet:
    """A picture taken apart along the points that it shows.

    Args:
        picture: (H, W, 3) uint8.
        points: (134, 2) its points.
    """

    def __init__(self, picture: np.ndarray, points: np.ndarray) -> None:
        self._points, size = points, picture.shape[:2]
        self._sleeves: dict[str, np.ndarray] = {}
        self._skins: dict[str, np.ndarray] = {}
        hidden = np.zeros(size, np.float32)
        for side in ("right", "left"):
            sleeve = covered(forearm(points, side), SLEEVE_PX, size)
            hand = covered(points[GROUPS[f"{side}_hand"]], HAND_PX, size)
            hidden = np.maximum(hidden, np.maximum(sleeve, hand))
            self._sleeves[side] = np.dstack([picture * sleeve[..., None], sleeve]).astype(np.float32)
            columns, rows = points[GROUPS[f"{side}_hand"]].astype(int).T
            self._skins[side] = np.percentile(picture[rows, columns], SKIN_PERCENTILE, axis=0)
        hole = cv2.dilate((hidden > 0.0).astype(np.uint8), np.ones((13, 13), np.uint8))
        self._plate = cv2.inpaint(picture, hole, 9, cv2.INPAINT_TELEA)

    def posed(self, points: np.ndarray) -> np.ndarray:
        """The picture with its points at (134, 2)."""
        places, targets = (self._plate_points(at) for at in (self._points, points))
        picture = bent(self._plate, places, targets).astype(np.float32)
        for side, sleeve in self._sleeves.items():
            start, end = forearm(self._points, side), forearm(points, side)
            # What lies round the bone goes along with it.
            ring = around(start)
            moved = bent(sleeve, np.concatenate([start, ring]), np.concatenate([end, laid_with(ring, start, end)]))
            picture = picture * (1.0 - moved[..., 3:]) + moved[..., :3]
        picture = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
        for side, skin in self._skins.items():
            draw_skin(picture, points[GROUPS[f"{side}_hand"]], points[body_index(f"{side}_wrist")], skin)
        return picture

    def _plate_points(self, points: np.ndarray) -> np.ndarray:
        """What the plate follows: the face and the head round it, the trunk, and the border, which stands still."""
        height, width = self._plate.shape[:2]
        along = np.linspace(0.0, 1.0, BORDER_POINTS)
        border = [np.stack([along * (width - 1), np.full_like(along, edge)], axis=1) for edge in (0.0, height - 1.0)]
        border += [np.stack([np.full_like(along, edge), along * (height - 1)], axis=1) for edge in (0.0, width - 1.0)]
        first, face = self._points[GROUPS["face"]], points[GROUPS["face"]]
        outline = first[cv2.convexHull(first.astype(np.float32), returnPoints=False)[:, 0]]
        # The neck is the trunk's, so the head's own outline ends above the chin.
        outline = outline[outline[:, 1] < first[:, 1].mean()] - first.mean(axis=0)
        near, far = (first.mean(axis=0) + outline * np.array(wider) for wider in HEAD_WIDER)
        head = [laid_with(near, first, face), far]
        trunk = points[[body_index(name) for name in STILL]]
        return np.concatenate([face, *head, trunk, *border])


def draw_skin(picture: np.ndarray, hand: np.ndarray, wrist: np.ndarray, skin: np.ndarray) -> None:
    """Draw a hand (21, 2) of one colour onto a picture: the palm, then finger by finger with its edge."""
    places = np.rint(hand * FINER).astype(np.int32)
    start = np.rint(wrist * FINER).astype(np.int32)
    shift = FINER.bit_length() - 1
    fingers = [np.concatenate([places[:1], places[at : at + 4]]) for at in range(1, len(hand), 4)]
    lines = [np.stack([start, places[0]]), places[list(PALM)], *fingers]
    for line in lines:
        for thick, shade in ((FINGER_PX + EDGE_PX, EDGE_SHADE), (FINGER_PX, 1.0)):
            colour = (skin * shade).tolist()
            cv2.polylines(picture, [line], False, colour, thick, cv2.LINE_AA, shift)
            if len(line) == len(PALM):
                cv2.fillPoly(picture, [line], colour, cv2.LINE_AA, shift)


def forearm(points: np.ndarray, side: str) -> np.ndarray:
    """(2, 2) the elbow and the wrist."""
    return points[[body_index(f"{side}_elbow"), body_index(f"{side}_wrist")]]


def around(points: np.ndarray) -> np.ndarray:
    """(8, 2) places round points, so far out that what belongs to them lies within."""
    low, high = points.min(axis=0) - ROOM_PX, points.max(axis=0) + ROOM_PX
    shares = np.array([(0, 0), (0.5, 0), (1, 0), (1, 0.5), (1, 1), (0.5, 1), (0, 1), (0, 0.5)])
    return low + shares * (high - low)


def laid_with(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Points (N, 2) carried along by the turn, shift and scale that bring `start` nearest to `end`."""
    corners = np.concatenate([np.zeros((1, 2)), np.eye(2)])
    weights = np.concatenate([np.ones(len(start)), np.zeros(3)])
    origin, right, down = laid(np.concatenate([start, corners]), np.concatenate([end, corners]), weights)[-3:]
    return origin + points @ np.stack([right - origin, down - origin])


def film(say: Say) -> None:
    """Bend the picture into a film."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("video", "points"):
        parser.add_argument(name, type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="SOURCE")
    parser.add_argument("--size", type=int, default=512, help="pixels of the square picture")
    chosen = parser.parse_args()
    chosen.output.mkdir(parents=True, exist_ok=True)
    points = read_keypoints(chosen.points)
    picture = np.asarray(Image.open(chosen.video / f"{CLIP}.png").convert("RGB"))
    puppet = Puppet(picture, points.points[0].astype(np.float64))
    size = (chosen.size, chosen.size)
    speech = cut(chosen.video / f"{CLIP}.wav", points.frame_count / points.fps, chosen.output / f"{CLIP}.wav")
    with VideoWriter(chosen.output / f"{CLIP}.mp4", size, int(points.fps), speech) as video:
        for places in points.points.astype(np.float64):
            video.write(cv2.resize(puppet.posed(places), size, interpolation=cv2.INTER_AREA)[None])
    scale = chosen.size / points.size[0]
    write_keypoints(chosen.output / f"{CLIP}.npz", Keypoints(points.points * scale, points.scores, size, points.fps))
    say(f"{points.frame_count} frames, bent from one picture, are in {chosen.output}")


if __name__ == "__main__":
    film(lambda line: sys.stdout.write(line + "\n"))
