"""Places a hand can go to: (outward, up, forward) from the shoulder in metres, within comfort, or in a direction."""

from dataclasses import replace

import numpy as np

from gesta.records import HandPose

REACH_M = (0.2, 0.46)
"""How near to the shoulder and how far from it a hand is sent."""
HANGS_M, HANGS_FROM = 0.05, 0.75
"""A hand hangs so much lower, since the shoulder sinks with it; from how steep a way down on it begins to."""
BEFORE_BODY_M = 0.1
"""A hand that is inward of its shoulder stays at least this far in front of it."""
DIRECTION_M = {
    "left": (0.05, 0.0, 0.0),
    "right": (0.05, 0.0, 0.0),
    "up": (0.02, 0.1, 0.0),
    "down": (0.0, -0.06, 0.02),
    "forward": (0.0, 0.02, 0.05),
    "back": (0.04, 0.06, -0.06),
    "here": (-0.03, -0.05, 0.0),
    "there": (0.07, 0.05, 0.03),
    "listener": (-0.02, 0.02, 0.04),
}
"""How far from the usual place a direction takes a gesture: outward, up, forward."""


def within_reach(position: np.ndarray) -> tuple[float, float, float]:
    """The nearest place to (outward, up, forward) that a hand can comfortably go to: before the body, within reach."""
    outward, up, forward = position
    if outward < 0.0:
        forward = max(forward, BEFORE_BODY_M)
    place = np.array((outward, up, forward))
    length = float(np.linalg.norm(place))
    hanging = float(np.clip((-up / length - HANGS_FROM) / (1.0 - HANGS_FROM), 0.0, 1.0))
    outward, up, forward = place * (np.clip(length, REACH_M[0], REACH_M[1] + HANGS_M * hanging) / length)
    return float(outward), float(up), float(forward)


def moved(pose: HandPose, way: np.ndarray) -> HandPose:
    """The same hand pose a little further on: (3,) outward, up, forward, metres."""
    return replace(pose, position=within_reach(np.array(pose.position) + way))


def way_between(one: HandPose, other: HandPose) -> float:
    """The straight way from one pose to another, metres."""
    return float(np.linalg.norm(np.subtract(other.position, one.position)))


def part_of_way(start: HandPose, end: HandPose, share: float) -> HandPose:
    """The second pose, brought nearer to the first one: a share of the straight way from there, 0 to 1."""
    here, there = np.array(start.position), np.array(end.position)
    return replace(end, position=within_reach(here + share * (there - here)))
