"""Temporary: the plain mask of the person as one layer."""

from dataclasses import dataclass

import numpy as np

from gesta.keypoints.bridge.fit import BodyFit
from gesta.records import Keypoints


@dataclass(frozen=True)
class Layer:
    name: str
    colour: np.ndarray
    alpha: np.ndarray


@dataclass(frozen=True)
class Cutout:
    layers: tuple[Layer, ...]
    background: np.ndarray
    person: np.ndarray


def cut_person(picture: np.ndarray, keypoints: Keypoints, fit: BodyFit) -> Cutout:
    import cv2

    from gesta.keypoints.estimators.embedded.estimator import Embedded

    body = Embedded().look(picture).body
    height, width = picture.shape[:2]
    side = body.mask.shape[0]
    corners = np.array([(0, 0), (1, 0), (0, 1)], np.float32)
    back = cv2.getAffineTransform(corners * side, np.asarray(body.region.to_picture(corners), np.float32))
    mask = cv2.warpAffine(body.mask, back, (width, height))
    alpha = np.clip((mask - 0.3) / 0.4, 0, 1).astype(np.float32)
    hole = cv2.dilate((alpha > 0.02).astype(np.uint8), np.ones((9, 9), np.uint8))
    background = cv2.inpaint(picture, hole, 5, cv2.INPAINT_TELEA).astype(np.float32) / 255
    return Cutout((Layer("body", picture.astype(np.float32) / 255, alpha),), background, alpha)
