"""Speech encoders: what a network hears of a recording, per motion frame, at two levels."""
