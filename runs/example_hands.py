"""Hands in a film of drawn poses: which blue dot is which of a hand's 21 points, settled by drawing the hand again.

Used by runs/example_points.py. Lines between a hand's points have a colour each, which gives a first guess; it is then
improved by moving points, and what hangs on them, to wherever the drawing comes nearer to the film.
"""

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
from drawn_dots import JOINT_PX, disc, filled, peaks, through_video

from gesta.keypoints.drawing import FINGER_COLOURS, HAND_POINT
from gesta.keypoints.layout import HAND_COUNT, HAND_EDGES

CERTAINTY = 0.6
HUE_TOLERANCE = 9
"""Of 180, as OpenCV counts hues."""
WAY_SAMPLES = 25
LIKELY_EDGE = 0.35
REACH_PX, MARGIN_PX = 110.0, 24
ROOTS = 8
FINGERS, FINGER_JOINTS = 5, 4
TAILS = {k: np.arange(k, FINGER_JOINTS * ((k - 1) // FINGER_JOINTS) + 5) for k in range(1, HAND_COUNT)}
"""What hangs on each point of a finger, itself included."""
MOVED_TOGETHER = [np.arange(HAND_COUNT), *TAILS.values(), *(np.array([k]) for k in range(HAND_COUNT))]
STEPS = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if (x, y) != (0, 0)]
WORTH_GOING_ON = 0.99


def draw_hand(picture: np.ndarray, hand: np.ndarray) -> None:
    """Draw a hand (21, 2) onto a picture as the film does."""
    places = np.rint(hand).astype(int).tolist()
    for (first, second), colour in zip(HAND_EDGES, FINGER_COLOURS, strict=True):
        cv2.line(picture, places[first], places[second], colour, 2)
    for place in places:
        cv2.circle(picture, place, JOINT_PX, HAND_POINT, -1)


class HandDots:
    """The blue dots near a body's wrist (2,), and how likely each of a hand's edges joins each two of them."""

    def __init__(self, picture: np.ndarray, wrist: np.ndarray) -> None:
        blue = np.clip((picture[..., 2].astype(float) - picture[..., :2].max(axis=-1)) / 200.0, 0.0, 1.0)
        share = filled(blue, JOINT_PX)
        rows, columns = np.indices(share.shape)
        share[np.hypot(columns - wrist[0], rows - wrist[1]) > REACH_PX] = 0.0
        self.wrist, self.dots = wrist, peaks(share, CERTAINTY, 3.0)
        dot = np.ceil(disc(JOINT_PX - 1)).astype(np.uint8)
        free = cv2.dilate((share > 0.7).astype(np.uint8), dot) == 0
        hues = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
        self.edges = np.stack([_joined(self.dots, hues, free, edge) for edge in range(len(FINGER_COLOURS))])

    def hand(self, before: np.ndarray | None) -> np.ndarray:
        """(21, 2) the likeliest hand, if it was at `before` (21, 2)."""
        starts = -0.02 * np.linalg.norm(self.dots - self.wrist, axis=1)
        near = np.zeros((HAND_COUNT, len(self.dots)))
        if before is not None:
            near = -0.03 * np.minimum(np.linalg.norm(before[:, None] - self.dots, axis=-1), 25.0)
        best, chosen = -np.inf, np.zeros(HAND_COUNT, int)
        for root in np.argsort(-(starts + near[0]))[:ROOTS]:
            total, chain = starts[root] + near[0, root], [int(root)]
            for finger in range(FINGERS):
                own = slice(FINGER_JOINTS * finger, FINGER_JOINTS * (finger + 1))
                worth, joints = _finger(self.edges[own], near[1:][own], root)
                total, chain = total + worth, chain + joints
            if total > best:
                best, chosen = total, np.array(chain)
        return self.dots[chosen]

    def leaps(self) -> Iterator[tuple[int, int, int, int]]:
        """Points with a dot that each may be at, and the point before it with a dot: of likely edges, or both alike."""
        for edge, (first, second) in enumerate(HAND_EDGES):
            for start, end in np.argwhere(self.edges[edge] > LIKELY_EDGE).tolist():
                yield second, end, first, start
        for point in range(HAND_COUNT):
            for dot in range(len(self.dots)):
                yield point, dot, point, dot


def _joined(dots: np.ndarray, hues: np.ndarray, free: np.ndarray, edge: int) -> np.ndarray:
    """(N, N) how much the way from one dot to another looks like a hand's edge: its hue, where no dot covers it."""
    colour = cv2.cvtColor(np.array([[FINGER_COLOURS[edge]]], np.uint8), cv2.COLOR_RGB2HSV)[0, 0]
    apart = np.abs(hues[..., 0].astype(int) - int(colour[0]))
    right = (np.minimum(apart, 180 - apart) < HUE_TOLERANCE) & (hues[..., 1:].min(axis=-1) > 90)
    lit = cv2.dilate((hues[..., 2] > 60).astype(np.uint8), np.ones((3, 3), np.uint8))
    likely = cv2.dilate(right.astype(np.uint8), np.ones((3, 3), np.uint8))
    evidence = np.where(free, np.where(likely > 0, 1.0, np.where(lit > 0, -0.5, -2.0)), -0.3)
    shares = np.linspace(0.0, 1.0, WAY_SAMPLES)[:, None, None]
    places = np.rint(dots[:, None] * (1.0 - shares[..., None]) + dots * shares[..., None]).astype(int)
    length = np.linalg.norm(dots[:, None] - dots, axis=-1)
    # What the dots at both ends cover says nothing, and where they cover all, the way is just possible.
    between = length * np.minimum(shares, 1.0 - shares) > JOINT_PX
    found = np.sum(between * evidence[places[..., 1], places[..., 0]], axis=0)
    worth = np.where(between.any(axis=0), found / np.maximum(between.sum(axis=0), 1), 0.2)
    return worth - 0.004 * length - 1.0 * (length < 1.0)


def _finger(edges: np.ndarray, near: np.ndarray, root: int) -> tuple[float, list[int]]:
    """The best chain of four dots from the wrist: its worth, and the dots."""
    worth, back = edges[0, root] + near[0], []
    for edge, place in zip(edges[1:], near[1:], strict=True):
        ways = worth[:, None] + edge
        back.append(ways.argmax(axis=0))
        worth = ways.max(axis=0) + place
    chain = [int(worth.argmax())]
    for step in reversed(back):
        chain.append(int(step[chain[-1]]))
    return float(worth.max()), chain[::-1]


class HandFit:
    """Looks for the hand that, drawn on what lies behind it, comes nearest to a picture.

    Args:
        picture: (512, 512, 3) what is to be met.
        behind: (512, 512, 3) all but this hand.
        hands: first guesses (21, 2).
    """

    def __init__(self, picture: np.ndarray, behind: np.ndarray, hands: Iterable[np.ndarray]) -> None:
        everywhere = np.concatenate(list(hands))
        low = np.maximum(everywhere.min(axis=0) - MARGIN_PX, 0).astype(int) // 2 * 2
        high = np.minimum(everywhere.max(axis=0) + MARGIN_PX, picture.shape[0]).astype(int) // 2 * 2
        box = np.s_[low[1] : high[1], low[0] : high[0]]
        self._corner, self._wanted, self._behind = low, picture[box].copy(), behind[box].copy()

    def error(self, hand: np.ndarray) -> float:
        """Sum of squared differences."""
        drawn = self._behind.copy()
        draw_hand(drawn, hand - self._corner)
        return float(cv2.norm(through_video(drawn), self._wanted, cv2.NORM_L2SQR))

    def moved(self, hand: np.ndarray, sizes: Iterable[int]) -> np.ndarray:
        """The hand after steps of some sizes in pixels, as long as they help."""
        best = self.error(hand)
        for size in sizes:
            before = np.inf
            while best < WORTH_GOING_ON * before:
                before = best
                for group in MOVED_TOGETHER:
                    for step in STEPS:
                        tried = hand.copy()
                        tried[group] += np.multiply(step, size)
                        if (error := self.error(tried)) < best:
                            best, hand = error, tried
        return hand

    def leapt(self, hand: np.ndarray, seen: HandDots) -> np.ndarray:
        """The hand after points have leapt to dots, alone or with the point before them, where that helps."""
        best = self.error(hand)
        for point, place, earlier, earlier_place in seen.leaps():
            for follows in (False, True):
                tried = hand.copy()
                if follows and point:
                    tried[TAILS[point]] += seen.dots[place] - tried[point]
                tried[[earlier, point]] = seen.dots[[earlier_place, place]]
                if (error := self.error(tried)) < best:
                    best, hand = error, tried
        return hand


def hand_points(fit: HandFit, seen: HandDots, before: np.ndarray | None, enough: float) -> tuple[np.ndarray, float]:
    """A hand (21, 2) in order, and how badly it is met; it may go on from where it was, if that is good `enough`."""
    guesses = [] if before is None else [fit.moved(before, (6, 3, 1))]
    if not guesses or fit.error(guesses[0]) > enough:
        guesses.append(fit.moved(seen.hand(before), (6, 3, 1)))
        for _ in range(2):
            guesses = [fit.moved(fit.leapt(hand, seen), (2, 1)) for hand in guesses]
    return min(((hand, fit.error(hand)) for hand in guesses), key=lambda found: found[1])
