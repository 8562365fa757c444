"""MMGT: from what is heard to keypoints, and from a picture, keypoints and speech to a film."""
