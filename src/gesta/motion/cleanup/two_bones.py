"""Limbs of two bones brought to another end point: elbow and knee keep the side they are on."""

from dataclasses import dataclass, replace

import numpy as np

from gesta.motion.kinematics import Pose
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.skeleton import skeleton

LONGEST = 0.9995
"""Share of the straight limb's length that it may reach."""
SHORTEST = 0.25
"""A limb folds to no less than this share of its length."""
STRAIGHT_SINE = 0.1
"""Sine of the bend below which a limb counts as nearly straight: there its plane says little, and the bone's own hinge
says how it bends. A limb that is bent the wrong way bends the right way again."""
LIMBS = {
    "left_arm": (("left_shoulder", "left_elbow", "left_wrist"), (0.0, -1.0, 0.0)),
    "right_arm": (("right_shoulder", "right_elbow", "right_wrist"), (0.0, 1.0, 0.0)),
    "left_leg": (("left_hip", "left_knee", "left_ankle"), (1.0, 0.0, 0.0)),
    "right_leg": (("right_hip", "right_knee", "right_ankle"), (1.0, 0.0, 0.0)),
}
"""Joints of each limb, and the axis at rest about which the middle one bends."""


@dataclass(frozen=True)
class Limb:
    """One limb over T frames, in the world.

    Attributes:
        name: a name in LIMBS.
        start, middle, end: (T, 3) metres: shoulder, elbow, wrist or hip, knee, ankle.
        upper, lower: (T, 3, 3) global rotations of its two bones.
        last: (T, 3, 3) that of hand or foot.
        parent: (T, 3, 3) that of collar or pelvis.
    """

    name: str
    start: np.ndarray
    middle: np.ndarray
    end: np.ndarray
    upper: np.ndarray
    lower: np.ndarray
    last: np.ndarray
    parent: np.ndarray

    @classmethod
    def of(cls, name: str, pose: Pose) -> "Limb":
        """The limb in a pose of the whole body."""
        bones = skeleton()
        joints = bones.indices(LIMBS[name][0])
        above = bones.parents[joints[0]]
        places = (pose.positions[:, joint] for joint in joints)
        return cls(name, *places, *(pose.rotations[:, joint] for joint in (*joints, above)))

    def reaching(self, end: np.ndarray, start: np.ndarray | None = None, last: np.ndarray | None = None) -> np.ndarray:
        """Local rotations (T, 3, 3, 3) of its three joints with the end elsewhere.

        The middle joint bends about its hinge until the limb is as long as it must be, then the whole limb turns the
        shortest way; an end that stays where it is changes nothing.

        Args:
            end: (T, 3) metres; what is out of reach is approached.
            start: (T, 3) metres, where shoulder or hip is now, if it has moved.
            last: (T, 3, 3) global rotation of hand or foot, which is kept if not given.
        """
        start = self.start if start is None else start
        last = self.last if last is None else last
        up, low, hinge = self.middle - self.start, self.end - self.middle, self._hinge()
        bent = turn_about(hinge, self._bend(np.linalg.norm(end - start, axis=-1), hinge))
        whole = shortest_turn(up + _turned(bent, low), end - start)
        upper, lower = whole @ self.upper, whole @ bent @ self.lower
        local = (_transposed(self.parent) @ upper, _transposed(upper) @ lower, _transposed(lower) @ last)
        return np.stack(local, axis=1)

    def swung(self, angle: np.ndarray) -> "Limb":
        """The limb with its middle joint swung by (T,) radians about the line from its start to its end."""
        turn = turn_about(unit(self.end - self.start), angle)
        middle = self.start + _turned(turn, self.middle - self.start)
        return replace(self, middle=middle, upper=turn @ self.upper, lower=turn @ self.lower)

    def _hinge(self) -> np.ndarray:
        """(T, 3) unit axis about which the middle joint bends."""
        own = self.upper @ np.array(LIMBS[self.name][1])
        if self.name.endswith("leg"):
            return own
        # An arm bends as it is bent: fitted models put some of the shoulder's turn into the elbow.
        normal = np.cross(unit(self.middle - self.start), unit(self.end - self.middle))
        bend = _dot(normal, own)[:, None]
        near = STRAIGHT_SINE * np.exp(-((bend / STRAIGHT_SINE) ** 2))
        return unit(normal + np.where(bend > 0.0, near, STRAIGHT_SINE - 2.0 * bend) * own)

    @property
    def longest(self) -> np.ndarray:
        """(T,) metres from its start to its end when its middle joint is as straight as its hinge lets it be."""
        up, low = self.middle - self.start, self.end - self.middle
        still, a, b = _around(up, low, self._hinge())
        return np.sqrt(_dot(up, up) + _dot(low, low) + 2.0 * (still + np.hypot(a, b)))

    def _bend(self, reach: np.ndarray, hinge: np.ndarray) -> np.ndarray:
        """(T,) radians that the middle joint bends further, so that the limb is `reach` (T,) metres long."""
        up, low = self.middle - self.start, self.end - self.middle
        length = np.linalg.norm(up, axis=-1) + np.linalg.norm(low, axis=-1)
        reach = np.clip(reach, SHORTEST * length, LONGEST * length)
        # |up + turned low|^2 = reach^2.
        still, a, b = _around(up, low, hinge)
        wanted = 0.5 * (reach**2 - _dot(up, up) - _dot(low, low)) - still
        share = np.clip(wanted / np.maximum(np.hypot(a, b), 1e-9), -1.0, 1.0)
        # At arctan2(b, a) the limb is straight; people's limbs bend to one side of that.
        return np.arctan2(b, a) + np.arccos(share)


def _around(up: np.ndarray, low: np.ndarray, hinge: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(T,) each: s, a and b of up . low = s + a cos + b sin, of the angle by which low has turned about the hinge."""
    still = _dot(low, hinge) * _dot(up, hinge)
    return still, _dot(up, low) - still, _dot(up, np.cross(hinge, low))


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) scaled to length 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def shortest_turn(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """(T, 3, 3) rotations that carry the direction of one vector (T, 3) to that of another by the shortest way."""
    first, second = unit(before), unit(after)
    cosine = np.sum(first * second, axis=-1)[:, None, None]
    x, y, z = np.cross(first, second).T
    zero = np.zeros_like(x)
    across = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=-1).reshape(-1, 3, 3)
    # Rodrigues' formula; half a turn, which limbs do not make, would need an axis of its own.
    return np.eye(3) + across + across @ across / np.maximum(1.0 + cosine, 1e-6)


def turn_about(axis: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """(T, 3, 3) rotations by (T,) radians about (T, 3) unit axes."""
    return matrix_from_axis_angle(axis * angle[:, None])


def _dot(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.einsum("ti,ti->t", first, second)


def _turned(rotations: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    return np.einsum("tij,tj->ti", rotations, vectors)


def _transposed(rotations: np.ndarray) -> np.ndarray:
    return np.swapaxes(rotations, -1, -2)
