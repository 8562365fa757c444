"""What the planner of the body may move, besides the hands: the channels of `BodyMove`, with their sizes and units.

Neck and head, and the three joints of the back, are channels of their own: people turn them together only loosely.
"""

TURNS = ("hips", "spine1", "spine2", "spine3", "neck", "head")
"""Channels that turn one joint of the trunk: pitch, yaw, roll in degrees; "hips" turns the pelvis."""
AXES = ("pitch", "yaw", "roll")

BODY_SIZES: dict[str, int] = {
    **dict.fromkeys(TURNS, 3),
    # Metres on the floor, sideways and forward, and how far the knees let the pelvis down.
    "pelvis": 2,
    "sink": 1,
    # Metres sideways and forward from where a foot stands at first, and its turn in degrees; metres above the floor;
    # degrees that it is tilted over its toes, negative over its heel.
    "left_foot": 3,
    "right_foot": 3,
    "left_lift": 1,
    "right_lift": 1,
    "left_tilt": 1,
    "right_tilt": 1,
    # Degrees that the shoulders rise in a shrug.
    "shrug": 1,
    # Where the eyes look, against straight at the listener: yaw to the person's left, pitch up, degrees.
    "gaze": 2,
    # 0 to 1: lungs filled, lids closed, brows (left, right) raised, mouth smiling, a phrase being spoken.
    "breath": 1,
    "lids": 1,
    "brows": 2,
    "smile": 1,
    "speech": 1,
}
