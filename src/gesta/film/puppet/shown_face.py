"""What of a motion's face a picture can show: brows and eyes begin from those of the picture.

A puppet's eyes turn little, so that lids which go along with a lowered gaze would make it look asleep. Brows have a
tone of their own at rest, and eyes a place where they look, which suit the body that moves and not the person in the
picture; what leaves them counts.

T frames.
"""

import numpy as np

from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES, LID_FOLLOWS_GAZE

SIDES = ("Left", "Right")
GAZE = [number for name, number in ARKIT_INDEX.items() if name.startswith("eyeLook")]
BROWS = [number for name, number in ARKIT_INDEX.items() if name.startswith("brow")]


def resting_face(face: np.ndarray) -> np.ndarray:
    """Brows and gaze of a motion at rest, (52,) with 0 elsewhere, from some of its frames (T, 52)."""
    rest = np.zeros(len(ARKIT_NAMES), np.float32)
    rest[BROWS + GAZE] = np.median(face[:, BROWS + GAZE], axis=0)
    return rest


def shown_face(face: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """ARKit weights that a puppet shows: (T, 52), 0 to 1.

    Args:
        face: (T, 52) of the motion.
        rest: (52,) from `resting_face`.
    """
    shown = np.maximum(face - rest, 0.0)
    for side in SIDES:
        blink = ARKIT_INDEX[f"eyeBlink{side}"]
        with_gaze = LID_FOLLOWS_GAZE * face[:, ARKIT_INDEX[f"eyeLookDown{side}"]]
        # A whole blink closes the eye whatever it looks at.
        shown[:, blink] = np.clip((face[:, blink] - with_gaze) / (1.0 - with_gaze), 0.0, 1.0)
    return shown
