"""The records that cross every boundary: frozen, validated when made, with named axes and units.

T motion frames at 30 a second, F video frames at 25, J joints, C face channels, S audio samples, M mel bands, N events
or capsules. Arrays inside a record are read-only. Times are seconds from the take's beginning.
"""

from gesta.records.capsules import Capsules
from gesta.records.keypoints import KEYPOINT_COUNT, Keypoints
from gesta.records.motion import FACE_CHANNELS, JOINT_COUNT, PARTS, Motion
from gesta.records.plan import BodyMove, HandMove, HandPose, Plan
from gesta.records.speech import Events, Prosody, SampleSource, Speech, SpeechFeatures
from gesta.records.words import Phone, Word, Words

__all__ = [
    "FACE_CHANNELS",
    "JOINT_COUNT",
    "KEYPOINT_COUNT",
    "PARTS",
    "BodyMove",
    "Capsules",
    "Events",
    "HandMove",
    "HandPose",
    "Keypoints",
    "Motion",
    "Phone",
    "Plan",
    "Prosody",
    "SampleSource",
    "Speech",
    "SpeechFeatures",
    "Word",
    "Words",
]
