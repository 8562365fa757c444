"""Streams read in overlapping spans, and what a segment of a film is made of."""

from collections.abc import Iterator
from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesta.errors import InputError
from gesta.mmgt.audio_tokens import audio_windows
from gesta.mmgt.film_conditions import FilmReader
from gesta.mmgt.rows import Rows
from gesta.mmgt.sampling import spans
from gesta.mmgt.sampling_config import sampling_config
from gesta.mmgt.video_config import VideoSizes
from gesta.records import Keypoints
from tests.mmgt.speaking import FRAMES, features, keypoints, stretches

SIZES = VideoSizes(audio_layers=2, audio_channels=3)


@settings(deadline=None)
@given(lengths=st.lists(st.integers(1, 9), min_size=1, max_size=12), data=st.data())
def test_rows_are_those_of_the_whole(lengths: list[int], data: st.DataObject) -> None:
    total = sum(lengths)
    whole = np.arange(total)
    rows = Rows(iter(np.split(whole, np.cumsum(lengths)[:-1])), total, "numbers")
    start = 0
    while start < total:
        stop = data.draw(st.integers(start + 1, total + 3))
        assert rows.between(start - 1 if start else -2, stop).tolist() == whole[max(start - 1, 0) : stop].tolist()
        start = data.draw(st.integers(start + 1, max(stop, start + 1)))


def test_no_more_is_read_than_needed_and_nothing_passed_is_held() -> None:
    read = []

    def endless() -> Iterator[np.ndarray]:
        for number in count():
            read.append(number)
            yield np.full(10, number)

    rows = Rows(endless(), 10**6, "numbers")
    for start in range(0, 1000, 7):
        assert len(rows.between(start, start + 20)) == 20
        assert len(read) <= (start + 20) // 10 + 1
        assert sum(map(len, rows._held)) <= 40
    with pytest.raises(ValueError, match="forgotten"):
        rows.between(5, 10)


def test_a_stream_that_ends_too_early_is_one_sentence() -> None:
    with pytest.raises(InputError, match="The numbers end after 5 of 8 frames"):
        Rows(iter([np.arange(5)]), 8, "numbers").between(0, 6)


def test_segments_hear_what_they_would_in_the_whole_film() -> None:
    heard, points = features(SIZES), keypoints()
    reader = FilmReader(iter(stretches(points, 9)), iter(np.split(heard, [4, 5, 33])), FRAMES, SIZES)
    for span in spans(FRAMES, sampling_config(segment=20, carried=7)):
        made = reader.read(span)
        expected = audio_windows(heard, span.begin, span.stop, SIZES.audio_span)
        np.testing.assert_array_equal(made.heard, expected)
        np.testing.assert_array_equal(made.keypoints.points, points.points[span.begin : span.stop])
        np.testing.assert_array_equal(made.keypoints.scores, points.scores[span.begin : span.stop])
        assert made.keypoints.size == points.size


@pytest.mark.parametrize("changes", [{"size": (640, 512)}, {"fps": 30.0}])
def test_keypoints_that_are_not_on_the_canvas_at_25_frames_a_second_are_refused(changes: dict[str, object]) -> None:
    odd: Keypoints = keypoints().replaced(**changes)
    span = next(spans(FRAMES, sampling_config()))
    with pytest.raises(InputError, match="square canvas at 25 frames a second"):
        FilmReader(iter([odd]), iter([features(SIZES)]), FRAMES, SIZES).read(span)
    with pytest.raises(InputError, match="hears 2 of 3"):
        FilmReader(iter([keypoints()]), iter([features(SIZES)[:, :1]]), FRAMES, SIZES).read(span)
