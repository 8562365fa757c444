"""The pieces of a take: nothing is left out or spoken twice, and streams hear exactly as far ahead as they may."""

import itertools

import pytest

from gesta.echomask.blocks import Block, Pace
from gesta.echomask.config import Decoding, Sizes

SIZES = Sizes()


def blocks(pace: Pace, frames: int) -> list[Block]:
    made, spoken = [], 0
    while spoken < frames:
        block = pace.next_block(spoken)
        made.append(block if block.heard <= frames else pace.last_block(spoken, frames))
        spoken = made[-1].until
    return made


def test_published_windows_begin_sixty_frames_apart() -> None:
    made = blocks(Pace.of_files(SIZES, Decoding()), 64 + 60 + 60)
    assert [(block.begin, block.spoken, block.until, block.stop) for block in made] == [
        (0, 0, 64, 64),
        (60, 64, 124, 124),
        (120, 124, 184, 184),
    ]


@pytest.mark.parametrize("frames", [1, 4, 37, 64, 65, 500])
@pytest.mark.parametrize(
    "pace",
    [
        Pace.of_files(SIZES, Decoding()),
        Pace.of_files(SIZES, Decoding(past=16, ahead=12)),
        Pace.of_streams(SIZES, Decoding(), 12),
        Pace.of_streams(SIZES, Decoding(), 3),
        Pace.of_streams(SIZES, Decoding(), 1000),
        Pace.of_streams(SIZES, Decoding(stream_window=20), 1000),
    ],
    ids=["published", "ahead", "stream", "near", "far", "short"],
)
def test_pieces_follow_each_other_to_the_end(pace: Pace, frames: int) -> None:
    made = blocks(pace, frames)
    assert made[0].spoken == made[0].begin == 0
    for before, after in itertools.pairwise(made):
        assert after.spoken == before.until
        assert after.begin <= after.spoken
    assert made[-1].until >= frames
    for block in made:
        assert block.begin < block.until <= block.stop
        assert block.stop - block.begin <= SIZES.window
        assert all(number % 4 == 0 for number in (block.begin, block.spoken, block.until, block.stop))
        assert block.spoken < block.heard <= min(block.stop, frames)


def test_a_streams_passes_see_as_much_as_they_are_told_to() -> None:
    pace = Pace.of_streams(SIZES, Decoding(stream_window=32), 9)
    block = pace.next_block(400)
    assert (block.begin, block.until, block.stop, block.heard) == (384, 404, 416, 413)
    assert Pace.of_streams(SIZES, Decoding(stream_window=32), 1000).next_block(400).heard == 420
    assert Pace.of_streams(SIZES, Decoding(stream_window=1000), 9) == Pace.of_streams(SIZES, Decoding(), 9)


@pytest.mark.parametrize("look_ahead", [0, 3, 6, 12, 30])
def test_a_stream_hears_its_look_ahead_and_no_more(look_ahead: int) -> None:
    pace = Pace.of_streams(SIZES, Decoding(), look_ahead)
    for spoken in (0, 4, 40, 4000):
        block = pace.next_block(spoken)
        assert block.until == spoken + 4
        assert block.heard == block.until + look_ahead
