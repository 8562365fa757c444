"""What the video network is shown of keypoints: poses drawn and region masks, the same in training and filming."""

import numpy as np

from gesta.keypoints.drawing import draw_poses
from gesta.keypoints.levels import RegionMasks, mask_levels
from gesta.mmgt.video_config import VideoConfig
from gesta.records import Keypoints


def drawn_poses(keypoints: Keypoints, config: VideoConfig) -> np.ndarray:
    """Pose pictures as the network expects them.

    Args:
        keypoints: F frames on a square canvas.
        config: the network's.

    Returns:
        (F, side, side, 3) uint8.
    """
    return draw_poses(keypoints, (config.picture.side, config.picture.side), config.drawing)


def region_masks(keypoints: Keypoints, config: VideoConfig) -> RegionMasks:
    """Masks as the network expects them: by region, for each resolution, (F, h w) float32.

    Args:
        keypoints: F frames on a square canvas.
        config: the network's.
    """
    return mask_levels(
        keypoints,
        full=config.full_mask,
        grid=config.picture.grid,
        levels=len(config.sizes.widths),
        steps=config.mask_steps,
    )
