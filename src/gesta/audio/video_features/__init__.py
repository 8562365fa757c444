"""What the video engine's networks hear of a recording, per video frame, in one or more layers."""
