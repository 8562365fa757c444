"""What the body touches with: capsules fitted to its skin, handed on as a record."""

import numpy as np

from gesta.avatar.asset import body_asset
from gesta.records import Capsules


def body_capsules() -> Capsules:
    """The built-in body's capsules.

    Raises:
        InputError: the body's file is damaged.
    """
    items = body_asset().info.capsules
    return Capsules(
        tuple(item.name for item in items),
        tuple(item.joint for item in items),
        np.array([item.start for item in items]),
        np.array([item.end for item in items]),
        np.array([item.radius for item in items]),
    )
