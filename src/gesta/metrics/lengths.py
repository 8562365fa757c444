"""How long generated and real clips are that show the same speech: nearly alike, else they are other cuts."""

from gesta.errors import InputError

LENGTHS_APART_S = 0.25
"""By how much they may differ; more is another cut, and nothing could be compared at one moment."""


def shared_frames(name: str, generated: int, real: int, fps: float) -> int:
    """How many frames both sides of a clip have.

    Args:
        name: of the clip.
        generated, real: their frames.
        fps: frames a second of both.

    Raises:
        InputError: one is much longer than the other.
    """
    if abs(generated - real) > LENGTHS_APART_S * fps:
        lengths = " and ".join(f"{count / fps:.2f} s" for count in (generated, real))
        raise InputError(f"'{name}' is generated and real of two lengths, {lengths}; cut both to the same speech.")
    return min(generated, real)
