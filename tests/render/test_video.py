"""Video files have the pictures, rate, size and sound they should, and a failure leaves nothing behind."""

from pathlib import Path

import av
import numpy as np
import pytest

from gesta.audio.read import open_speech
from gesta.errors import InputError, OutputError
from gesta.records import Speech
from gesta.render.video import VideoWriter
from tests.audio.made_sounds import write_wav
from tests.render.figures import click, speech_of

__all__ = ["click"]

SIZE = (96, 64)


def grey(count: int) -> np.ndarray:
    return np.full((count, SIZE[1], SIZE[0], 3), 128, np.uint8)


def sound_of(path: Path) -> tuple[np.ndarray, int]:
    """The decoded sound, placed by its time stamps: samples (S,) and their rate."""
    with av.open(str(path)) as container:
        rate = container.streams.audio[0].rate
        samples = np.zeros(rate * 20)
        end = 0
        for frame in container.decode(audio=0):
            start = round(float(frame.pts * frame.time_base) * rate)
            block = frame.to_ndarray().mean(axis=0)
            if start < 0:
                block, start = block[-start:], 0
            samples[start : start + len(block)] = block
            end = start + len(block)
    return samples[:end], rate


def test_a_silent_video_has_its_frames_rate_and_size(tmp_path: Path):
    with VideoWriter(tmp_path / "a.mp4", SIZE, 30) as video:
        video.write(grey(7))
        video.write(grey(4))
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, float(stream.average_rate)) == (*SIZE, 30.0)
        assert stream.codec_context.name == "h264"
        assert not container.streams.audio
        assert sum(1 for _ in container.decode(video=0)) == 11
    assert [item.name for item in tmp_path.iterdir()] == ["a.mp4"]


def test_colours_survive(tmp_path: Path):
    pictures = grey(3)
    pictures[:, :, :48] = (200, 40, 40)
    with VideoWriter(tmp_path / "a.mp4", SIZE, 30) as video:
        video.write(pictures)
    with av.open(str(tmp_path / "a.mp4")) as container:
        read = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    assert np.abs(read[32, 20] - (200, 40, 40)).max() < 12
    assert np.abs(read[32, 80] - (128, 128, 128)).max() < 6


def test_the_index_comes_first(tmp_path: Path):
    with VideoWriter(tmp_path / "a.mp4", SIZE, 30) as video:
        video.write(grey(3))
    content = (tmp_path / "a.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_click_is_where_it_was(tmp_path: Path, click: Speech):
    with VideoWriter(tmp_path / "a.mp4", SIZE, 30, click) as video:
        video.write(grey(60))
    samples, rate = sound_of(tmp_path / "a.mp4")
    loud = np.flatnonzero(np.abs(samples) > 0.25 * np.abs(samples).max())
    assert loud.mean() / rate == pytest.approx(1.0, abs=0.02)
    assert len(samples) / rate == pytest.approx(2.0, abs=1 / 30)


def test_the_sound_is_kept_whole_and_the_last_picture_stands(tmp_path: Path, click: Speech):
    with VideoWriter(tmp_path / "a.mp4", SIZE, 30, click) as video:
        video.write(grey(12))
    assert len(sound_of(tmp_path / "a.mp4")[0]) / 48_000 == pytest.approx(2.0, abs=1 / 30)
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 60


@pytest.mark.parametrize("size", [(640, 63), (5000, 640), (641, 640)])
def test_sizes_that_cannot_be_are_refused(tmp_path: Path, size: tuple[int, int]):
    with pytest.raises(InputError, match="pixels"):
        VideoWriter(tmp_path / "a.mp4", size, 30)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", [RuntimeError, KeyboardInterrupt])
def test_a_failure_or_ctrl_c_leaves_nothing_and_the_old_file_whole(tmp_path: Path, kind: type[BaseException]):
    (tmp_path / "old.mp4").write_bytes(b"old")
    with pytest.raises(kind), VideoWriter(tmp_path / "old.mp4", SIZE, 30) as video:
        video.write(grey(5))
        raise kind
    assert [item.name for item in tmp_path.iterdir()] == ["old.mp4"]
    assert (tmp_path / "old.mp4").read_bytes() == b"old"


def test_an_unwritable_place_is_one_sentence(tmp_path: Path):
    with (
        pytest.raises(OutputError, match="cannot be written"),
        VideoWriter(tmp_path / "missing" / "a.mp4", SIZE, 30),
    ):
        pass


def test_sound_that_breaks_off_is_reported_and_leaves_nothing(tmp_path: Path):
    class Broken:
        def blocks(self):
            yield np.zeros(1600, np.float32)
            raise OSError("the disk is gone")

    speech = Speech("broken", 16_000, "0" * 64, Broken())
    with pytest.raises(OutputError), VideoWriter(tmp_path / "a.mp4", SIZE, 30, speech) as video:
        video.write(grey(30))
    assert not list(tmp_path.iterdir())


def test_very_short_sound(tmp_path: Path):
    with VideoWriter(tmp_path / "a.mp4", SIZE, 30, speech_of(np.zeros(1600))) as video:
        video.write(grey(3))
    assert len(sound_of(tmp_path / "a.mp4")[0]) / 48_000 == pytest.approx(0.1, abs=1 / 30)


@pytest.mark.parametrize(
    ("rate", "channels", "written"), [(44_100, 2, 44_100), (96_000, 1, 48_000), (48_000, 6, 48_000)]
)
def test_a_film_can_have_the_sound_of_the_file_as_it_is(tmp_path: Path, rate: int, channels: int, written: int):
    sound = np.zeros((rate, channels), np.float32)
    sound[:, 0] = 0.5 * np.sin(2.0 * np.pi * 9_000.0 * np.arange(rate) / rate)
    speech = open_speech(write_wav(tmp_path / "speech.wav", sound, rate))
    with VideoWriter(tmp_path / "a.mp4", SIZE, 25, speech, own_sound=True, comment="made by a test") as video:
        video.write(grey(25))
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.layout.nb_channels) == (written, channels if channels <= 2 else 1)
        assert container.metadata["comment"] == "made by a test"
        heard = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    middle = heard[:, written // 4 : written // 4 + written // 2]
    # 9 kHz is above what the body hears, and the right channel stays silent.
    mixed = 1 if channels <= 2 else channels
    assert np.sqrt((middle[0] ** 2).mean()) == pytest.approx(0.5 / np.sqrt(2.0) / mixed, rel=0.1)
    assert channels != 2 or np.abs(middle[1]).max() < 0.02


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_clicks_are_where_they_were_at_every_rate(tmp_path: Path, rate: int):
    sound, width = np.zeros(2 * rate), round(0.004 * rate)
    places = [round(moment * rate) for moment in (0.1, 0.75, 1.9)]
    for place in places:
        sound[place - width : place + width + 1] = (
            0.8 * np.hanning(2 * width + 1) * np.cos(2.0 * np.pi * 1_500.0 / rate * np.arange(-width, width + 1))
        )
    speech = open_speech(write_wav(tmp_path / "speech.wav", sound, rate))
    with VideoWriter(tmp_path / "a.mp4", SIZE, 25, speech, own_sound=True) as video:
        video.write(grey(50))
    samples, written = sound_of(tmp_path / "a.mp4")
    times = np.arange(len(samples)) / written
    for place in places:
        near = np.abs(times - place / rate) < 0.05
        energy = np.square(samples[near])
        assert (times[near] * energy).sum() / energy.sum() == pytest.approx(place / rate, abs=0.001)
