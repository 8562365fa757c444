"""Our body in the pose and build of a person in a picture: the camera, the place and the bones that meet the points.

A body is turned, moved and stretched until its 134 points lie where the person's are. What points leave open is taken
from what is likely: poses of our own speaker (`prior`), bones near our body's, a camera as phones have. A picture says
depth only by how short a bone looks, in which forward and backward look the same; likely poses decide that, mostly for
hands toward the camera. The fit begins from several poses, and from more while they end in different places.
"""

import torch
from torch import Tensor

from gesta.errors import InputError
from gesta.keypoints.bridge.body_fit import BodyFit
from gesta.keypoints.bridge.descent import descend
from gesta.keypoints.bridge.observed import Observed
from gesta.keypoints.bridge.pose_numbers import place_of
from gesta.keypoints.bridge.prior import pose_prior
from gesta.motion.skeleton import PELVIS
from gesta.records import Keypoints

STARTS, ROUNDS, STEPS = 4, 3, 40
"""Poses begun from at once, how often at most, and steps from each."""
SAME = 0.5
"""Costs that differ by less are of the same pose."""
AGREED = 2
"""So many starts must end in the best pose, else others are tried."""
MOST_ERROR = 0.08
"""Fits that are further off, in widths of the shoulders, are refused."""


def fit_picture(keypoints: Keypoints, seed: int = 0) -> BodyFit:
    """Our body as the person in a picture.

    Args:
        keypoints: one frame.
        seed: of the poses it begins from.

    Raises:
        InputError: a shoulder is not seen, or no pose of a body meets the points.
    """
    if keypoints.frame_count != 1:
        raise ValueError(f"a picture has one frame of keypoints, not {keypoints.frame_count}")
    seen = Observed.of(keypoints)
    fit = BodyFit.of(seen, best_row(seen, seed))
    if (off := float(fit.error)) > MOST_ERROR:
        raise InputError(
            f"No pose of a body fits the points of this person: they stay {off:.0%} of the shoulders' width away, more "
            f"than {MOST_ERROR:.0%}; take a picture that shows head, shoulders and arms from the front."
        )
    return fit


def best_row(seen: Observed, seed: int) -> Tensor:
    """The row (1, U) of unknown numbers that meets one frame best."""
    prior = pose_prior()
    poses = prior.drawn(STARTS * ROUNDS, torch.Generator().manual_seed(seed))
    poses[0] = prior.mean
    poses[:, place_of(PELVIS)] = 0.0
    ends, costs = torch.empty(0, 0), torch.empty(0)
    for some in poses.split(STARTS):
        end, cost = descend(seen, seen.start(some), STEPS)
        ends, costs = (torch.cat([ends, end]), torch.cat([costs, cost])) if len(ends) else (end, cost)
        if int((costs < costs.min() + SAME).sum()) >= AGREED:
            break
    return ends[costs.argmin()][None]
