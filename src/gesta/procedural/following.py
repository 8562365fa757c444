"""How back, neck and head go along with the hands: a body that gestures moves as one, a little late and never alike.

A shoulder that reaches takes the chest with it, the chest is balanced against hands held out, and beyond these nobody
knows: on real speakers the back turns fast when the hands move fast (r = 0.3 to 0.45 within a second), but hardly twice
in the same direction (R^2 0.1 to 0.2 over a minute). So each direction of each hand pulls each joint in a way that
changes within seconds. What is heavy or far from the hands comes late: the head by 50 to 90 ms.
"""

from collections.abc import Mapping

import numpy as np

from gesta.procedural.alive import alive
from gesta.procedural.channels import AXES
from gesta.procedural.habits import HANDS
from gesta.procedural.targets import Targets
from gesta.procedural.trailing import Filter, Follower

USUAL_M = (0.0, -0.22, 0.26)
"""Where a hand that gestures is, from its shoulder: outward, up, forward. It pulls at nothing there."""
SURE_DEG_PER_M: Mapping[str, tuple[float, float, float]] = {
    # Of the left hand; the right one's yaw and roll are mirrored.
    "pitch": (0.0, -2.0, -3.0),
    "yaw": (0.0, 3.0, -9.0),
    "roll": (4.0, -2.0, 0.0),
}
"""How the back turns with a hand that goes outward, up or forward, whatever else happens."""
CHANGING_DEG_PER_M: Mapping[str, tuple[float, float, float]] = {
    "back": (12.0, 8.5, 9.0),
    "neck": (13.0, 14.0, 10.0),
    "head": (10.0, 12.0, 6.0),
}
"""How far each is pulled by each direction of each hand, in a way that changes: standard deviation."""
SHARES: Mapping[str, Mapping[str, float]] = {
    "back": {"spine1": 0.33, "spine2": 0.33, "spine3": 0.34},
    "neck": {"neck": 1.0},
    "head": {"head": 1.0},
}
QUIET, STIRRED, STIRRED_BY_M_S = 0.25, 1.5, 0.45
"""What the trunk does by itself swells with the hands: the factor while they are still, how much more it is at most,
and the mean speed at which it is half of that."""
SPEED_OVER_S, STIR_OVER_S = 0.03, 0.1
"""Speeds are smoothed over this, and what they stir."""
SEATED_BACK = 1.3
HOME_S = 1.5
"""What changes pulls only as long as the hand is new where it is: the trunk comes back within about this time."""
LATE_S: Mapping[str, float] = {"back": 0.015, "neck": 0.03, "head": 0.05}


class Following:
    """Turns of back, neck and head that go with the hands; stretches follow each other.

    Args:
        seed: whose body it is.
        size: how much it goes along, 1 as people do who stand.
        seated: whether the back has to do alone what else the pelvis does.
    """

    def __init__(self, seed: int, size: float, seated: bool = False) -> None:
        self.seed = seed
        self.size = {part: size * (SEATED_BACK if seated and part == "back" else 1.0) for part in LATE_S}
        self.late = {part: Follower(late_s) for part, late_s in LATE_S.items()}
        self.home = Follower(HOME_S)
        self.velocity = Filter((0.0, 1.0, 0.0), (SPEED_OVER_S**2 / 4.0, SPEED_OVER_S, 1.0))
        self.stirring = Follower(STIR_OVER_S)

    def push(self, targets: Targets, times_s: np.ndarray) -> dict[str, np.ndarray]:
        """Degrees (T, 3) that each joint turns, by its channel's name, at the targets' frames."""
        hands = _hands(targets)
        home = self.home.push(hands)
        names = [f"pull/{part}/{axis}/{way}" for part in LATE_S for axis in AXES for way in range(hands.shape[-1])]
        pulls = alive(names, times_s, self.seed).reshape(len(times_s), len(LATE_S), len(AXES), -1)
        turns = {}
        for place, (part, late) in enumerate(self.late.items()):
            ways = late.push(hands)
            turn = self.size[part] * np.einsum("taw,tw->ta", pulls[:, place], ways - home) * CHANGING_DEG_PER_M[part]
            if part == "back":
                turn += min(self.size[part], 1.0) * ways @ _sure()
            for joint, share in SHARES[part].items():
                turns[joint] = share * turn
        return turns

    def stirred(self, targets: Targets) -> np.ndarray:
        """How much more or less than usual the trunk moves by itself: (T, 1) factors."""
        velocity = self.velocity.push(_hands(targets)).reshape(targets.frame_count, len(HANDS), 3)
        speed = np.linalg.norm(velocity, axis=-1).mean(axis=-1, keepdims=True)
        return QUIET + STIRRED * self.stirring.push(speed / (speed + STIRRED_BY_M_S))


def _hands(targets: Targets) -> np.ndarray:
    """Both hands' places against where hands are that gesture: (T, 6) metres."""
    return np.concatenate([targets.channel(f"{hand}_position") - USUAL_M for hand in HANDS], axis=-1)


def _sure() -> np.ndarray:
    """Degrees of pitch, yaw and roll for a metre of each direction of the left, then of the right hand: (6, 3)."""
    left = np.array([SURE_DEG_PER_M[axis] for axis in AXES]).T
    return np.concatenate((left, left * (1.0, -1.0, -1.0)))
