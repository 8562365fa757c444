"""What the video network is shown: what its configuration names reaches the drawing and the masks."""

import numpy as np
import pytest

from gesta.keypoints.levels import mask_levels
from gesta.mmgt.pose_inputs import drawn_poses, region_masks
from gesta.mmgt.video_config import video_config
from tests.keypoints.made_points import gesturing


@pytest.mark.parametrize("steps", ["as_published", "smooth"])
@pytest.mark.parametrize("full", ["hands", "outside_lips"])
def test_masks_are_those_the_configuration_names(steps: str, full: str) -> None:
    config = video_config("mini", mask_steps=steps, full_mask=full)
    found = region_masks(gesturing(3), config)
    wanted = mask_levels(gesturing(3), full=full, grid=16, levels=2, steps=config.mask_steps)
    for region, levels in wanted.items():
        assert len(levels) == len(found[region]) == len(config.sizes.widths)
        assert all(np.array_equal(one, other) for one, other in zip(levels, found[region], strict=True))


def test_drawings_have_the_size_and_colours_that_the_configuration_names() -> None:
    pytest.importorskip("cv2")
    released, example = (
        drawn_poses(gesturing(2), video_config("mini", drawing=style)) for style in ("released_code", "example_film")
    )
    assert released.shape == example.shape == (2, 64, 64, 3)
    assert released.mean() > 1.2 * example.mean()


def test_the_official_network_has_published_masks_and_ours_smooth_ones() -> None:
    assert video_config("official").mask_steps == "as_published"
    assert video_config("gesta").mask_steps == "smooth"
