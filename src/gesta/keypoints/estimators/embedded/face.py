"""The 468 points of a face, mouth and eyes looked at closely, and which of them are the 68 of our layout.

Facts: MediaPipe's graphs face_landmark_cpu and face_landmark_landmarks_to_roi. Which points of the mesh lie at the 68
places of the 300-W scheme: read off the mesh's published picture.
"""

from dataclasses import dataclass

import numpy as np

from gesta.keypoints.estimators.embedded.body import Body
from gesta.keypoints.estimators.embedded.face_attention import FaceAttention
from gesta.keypoints.estimators.embedded.networks import Network, sigmoid
from gesta.keypoints.estimators.embedded.region import Region, around, upright

MESH_POINTS = 468
JAW = (162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389)
BROWS = (71, 63, 105, 66, 107, 336, 296, 334, 293, 301)
NOSE = (168, 197, 5, 4, 75, 97, 2, 326, 305)
EYES = (33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380)
LIPS = (61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87)
FACE_68 = np.array([*JAW, *BROWS, *NOSE, *EYES, *LIPS])
"""Mesh points in the order of the 68."""
NOSE_TIP = 30
"""Its place among the 68."""
EYE_CORNERS = {"right_eye": (33, 133), "left_eye": (362, 263)}
"""The person's own right and left."""
WIDER = 1.5
"""The region's side over that of the box of a face's points."""
FACE_OVER_MIDDLE = 4.2
"""The region's side over the way from between the eyes to the mouth, as the body's network knows them."""
LOOKS = 2
"""The first look says where the second has to be."""
STILL_THERE, NEAR = 0.8, 0.5
"""How sure a face must be that is looked for where it was, and how near to where the body has it, in its regions."""


@dataclass(frozen=True)
class Face:
    """A face in a picture.

    Attributes:
        mesh: (468, 2) pixels of the picture.
        presence: how likely it is a face.
    """

    mesh: np.ndarray
    presence: float

    def next_region(self) -> Region:
        """Where to look for the same face again."""
        first, last = self.mesh[EYE_CORNERS["right_eye"][0]], self.mesh[EYE_CORNERS["left_eye"][1]]
        return around(self.mesh, float(np.arctan2(*(last - first)[::-1])), WIDER)


class FaceNetwork:
    """Reads the face in a region."""

    def __init__(self) -> None:
        self._network, self._attention = Network("face"), FaceAttention()

    def of_body(self, image: np.ndarray, body: Body, before: Face | None = None) -> Face:
        """The face where a body has its head.

        Args:
            image: (H, W, 3) uint8.
            body: whose face it is.
            before: the same face in the frame before, where a look may be enough.
        """
        expected = face_region(body)
        if before is not None:
            face = self.read(image, before.next_region())
            if face.presence >= STILL_THERE and _near(face.next_region(), expected):
                return face
        return self.looked(image, expected)

    def looked(self, image: np.ndarray, region: Region) -> Face:
        """The face in a region, looked at as often as it takes to have it in the middle."""
        face = self.read(image, region)
        for _ in range(LOOKS - 1):
            face = self.read(image, face.next_region())
        return face

    def read(self, image: np.ndarray, region: Region) -> Face:
        """The face in a region of an (H, W, 3) uint8 picture, looked at once."""
        side = self._network.side
        points, presence, features = self._network.answer(region.cut(image, side, behind="edge"))
        mesh = points.reshape(MESH_POINTS, -1)[:, :2].astype(np.float64)
        refined = self._attention.refined(mesh, features)
        return Face(region.to_picture(refined / side), float(sigmoid(presence).item()))


def face_region(body: Body) -> Region:
    """Where a body has its face."""
    eyes = (body.point("left_eye") + body.point("right_eye")) / 2.0
    mouth = (body.point("mouth_left") + body.point("mouth_right")) / 2.0
    size = max(float(np.linalg.norm(eyes - mouth)), float(np.linalg.norm(body.point("left_eye") - eyes)))
    return Region((eyes + mouth) / 2.0, size * FACE_OVER_MIDDLE, upright(mouth, eyes))


def _near(region: Region, expected: Region) -> bool:
    return float(np.linalg.norm(region.centre - expected.centre)) < NEAR * expected.side
