"""Pose estimators by name."""

from pathlib import Path

from gesta.errors import InputError, unknown_name
from gesta.keypoints.estimators.dwpose import DWPose
from gesta.keypoints.estimators.dwpose_config import DWPoseConfig
from gesta.keypoints.estimators.embedded.estimator import Embedded
from gesta.keypoints.estimators.given import GivenPoints
from gesta.keypoints.estimators.protocol import PoseEstimator

ESTIMATORS = ("embedded", "dwpose", "given")
"""Names that users may write; "embedded" needs no download."""


def make_estimator(name: str, source: str | Path | None = None, config: DWPoseConfig | None = None) -> PoseEstimator:
    """The estimator of a name.

    Args:
        name: one of ESTIMATORS.
        source: for "dwpose" the folder with its two files (none: what `config` says, or else the hub); for "given"
            the file with the points.
        config: DWPose's settings.

    Raises:
        InputError: the name is unknown, or the estimator's files cannot be used.
    """
    if name == "dwpose":
        config = config or DWPoseConfig()
        return DWPose(config if source is None else config.model_copy(update={"model": str(source)}))
    if name == "given":
        if source is None:
            raise InputError("The pose estimator 'given' needs a file of points.")
        return GivenPoints(source)
    if name == "embedded":
        return Embedded()
    raise unknown_name("pose estimator", name, ESTIMATORS)
