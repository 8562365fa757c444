"""What files call a word, its beginning and its end: Whisper, WhisperX, Vosk, Deepgram, Gentle, MFA and people."""

TEXT_NAMES = ("word", "text", "punctuated_word", "label", "token", "words", "name")
START_NAMES = ("start", "start_s", "start_time", "starttime", "begin", "xmin", "from", "onset", "start_ms", "startms")
END_NAMES = ("end", "end_s", "end_time", "endtime", "xmax", "to", "offset", "stop", "end_ms", "endms")
DURATION_NAMES = ("duration", "duration_s", "dur", "duration_ms")
PAIR_NAMES = ("timestamp", "timestamps", "interval")
"""What holds a beginning and an end in one list."""


def plain_name(name: str) -> str:
    """A column's or key's name as the lists above have it."""
    return name.strip().lower().replace(" ", "_").removesuffix("_(s)").removesuffix("_seconds")


def unit_of(name: str) -> float:
    """The unit, in seconds, of a column with this name."""
    return 0.001 if name.endswith("ms") else 1.0
