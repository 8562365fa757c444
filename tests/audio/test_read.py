"""Reading: any usable file gives 16 kHz mono samples; anything else gives one sentence."""

import logging
import os
import socket
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from gesta.audio.limits import Limits
from gesta.audio.read import open_speech, speech_from_samples
from gesta.errors import InputError
from gesta.records import Speech
from tests.audio.made_sounds import add_picture, sine, write_sound, write_wav

SECOND = 16_000


def samples_of(speech: Speech) -> np.ndarray:
    samples = np.concatenate(list(speech.source.blocks()))
    assert samples.dtype == np.float32
    assert len(samples) == speech.sample_count
    return samples


def amplitude(samples: np.ndarray, frequency_hz: float) -> float:
    """Amplitude of a sine in the middle of (S,) samples at 16 kHz."""
    inner = samples[SECOND // 5 : -SECOND // 5].astype(np.float64)
    time = np.arange(len(inner)) / SECOND
    window = np.hanning(len(inner))
    return float(2.0 * np.abs(np.sum(window * inner * np.exp(-2j * np.pi * frequency_hz * time))) / window.sum())


def refused(path: Path, **limits: float) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(InputError) as caught:
        open_speech(path, Limits(**limits))
    message = str(caught.value)
    assert path.name in message
    assert "\n" not in message and message.endswith(".")
    return message


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 96_000])
@pytest.mark.parametrize("sample_bytes", [1, 2, 3])
def test_wav_of_any_rate_and_width(tmp_path: Path, rate: int, sample_bytes: int) -> None:
    speech = open_speech(write_wav(tmp_path / "tone.wav", sine(440.0, 1.0, rate), rate, sample_bytes))
    assert speech.name == "tone"
    assert abs(speech.sample_count - SECOND) <= 2
    assert amplitude(samples_of(speech), 440.0) == pytest.approx(0.5, rel=0.02)


def test_resampling_keeps_time(tmp_path: Path) -> None:
    click = np.zeros(44_100, np.float32)
    click[22_050] = 0.9
    samples = samples_of(open_speech(write_wav(tmp_path / "click.wav", click, 44_100)))
    assert abs(int(np.argmax(np.abs(samples))) - SECOND // 2) <= 1


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("a.flac", "flac", 48_000),
        ("a.ogg", "libopus", 48_000),
        ("a.mp3", "libmp3lame", 44_100),
        ("a.m4a", "aac", 44_100),
        ("a.wav", "pcm_f32le", 32_000),
        ("a.mka", "pcm_f64le", 16_000),
    ],
)
def test_codecs(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    speech = open_speech(write_sound(tmp_path / name, sine(440.0, 2.0, rate), rate, codec))
    assert speech.duration_s == pytest.approx(2.0, abs=0.1)
    assert amplitude(samples_of(speech), 440.0) == pytest.approx(0.5, rel=0.05)


def test_sound_of_a_video(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "film.mp4", sine(440.0, 2.0, 44_100), 44_100, "aac", picture=True)
    assert amplitude(samples_of(open_speech(path)), 440.0) == pytest.approx(0.5, rel=0.05)


def test_mixing_to_mono_never_overflows(tmp_path: Path) -> None:
    loud = sine(440.0, 1.0, amplitude=1.0)
    both = samples_of(open_speech(write_wav(tmp_path / "both.wav", np.stack([loud, loud], 1), SECOND)))
    assert np.max(np.abs(both)) <= 1.0
    assert amplitude(both, 440.0) == pytest.approx(1.0, rel=0.01)
    one = samples_of(open_speech(write_wav(tmp_path / "one.wav", np.stack([loud, 0.0 * loud], 1), SECOND)))
    assert amplitude(one, 440.0) == pytest.approx(0.5, rel=0.01)


def test_seven_channels(tmp_path: Path) -> None:
    path = tmp_path / "seven.wav"
    wavfile.write(path, SECOND, np.repeat(sine(440.0, 1.0)[:, np.newaxis], 7, axis=1))
    assert amplitude(samples_of(open_speech(path)), 440.0) == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize(("name", "codec", "layout"), [("a.m4a", "aac", "7.1"), ("a.mka", "flac", "7.1")])
def test_planes_of_many_channels(tmp_path: Path, name: str, codec: str, layout: str) -> None:
    path = write_sound(tmp_path / name, sine(440.0, 2.0, 48_000), 48_000, codec, layout=layout)
    assert amplitude(samples_of(open_speech(path)), 440.0) == pytest.approx(0.5, rel=0.15)


def test_files_with_flipped_bytes_never_crash(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    random = np.random.default_rng(0)
    whole = write_sound(tmp_path / "whole.m4a", sine(440.0, 1.0), SECOND, "aac").read_bytes()
    path = tmp_path / "flipped.m4a"
    for _ in range(60):
        flipped = np.frombuffer(whole, np.uint8).copy()
        flipped[random.integers(0, len(flipped), 20)] = random.integers(0, 256, 20)
        path.write_bytes(flipped.tobytes())
        try:
            open_speech(path)
        except InputError as error:
            assert path.name in str(error)
    assert capfd.readouterr().err == ""


def test_reading_again_gives_the_same_samples(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "tone.wav", sine(440.0, 3.0, 44_100), 44_100)
    speech = open_speech(path)
    assert np.array_equal(samples_of(speech), samples_of(speech))
    assert open_speech(path).sha256 == speech.sha256
    assert open_speech(write_wav(tmp_path / "b.wav", sine(441.0, 3.0, 44_100), 44_100)).sha256 != speech.sha256


def test_arrays_are_read_as_files_are(tmp_path: Path) -> None:
    stereo = np.stack([sine(440.0, 1.0, 44_100), sine(880.0, 1.0, 44_100)], 1)
    whole = np.rint(stereo * 32767).astype(np.int16)
    path = tmp_path / "stereo.wav"
    wavfile.write(path, 44_100, whole)
    from_file, from_array = open_speech(path), speech_from_samples(whole, 44_100, "array")
    assert from_array.name == "array" and from_array.path is None
    assert from_array.sample_count == from_file.sample_count
    np.testing.assert_allclose(samples_of(from_array), samples_of(from_file), atol=1e-4)


def test_beyond_full_scale_is_clipped_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "gesta"):
        samples = samples_of(speech_from_samples(10.0 * sine(440.0, 1.0), SECOND))
    assert np.max(np.abs(samples)) == 1.0
    assert "clipped" in caplog.text


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite(tmp_path: Path, bad: float) -> None:
    samples = sine(440.0, 1.0)
    samples[8_000] = bad
    for rate in (SECOND, 44_100):
        path = tmp_path / "bad.wav"
        wavfile.write(path, rate, samples)
        assert "not finite" in refused(path)
    with pytest.raises(InputError, match="not finite"):
        speech_from_samples(samples, SECOND)


def test_arrays_that_cannot_be_used() -> None:
    with pytest.raises(InputError, match="at least 0"):
        speech_from_samples(np.zeros(1500), SECOND)
    with pytest.raises(InputError, match="array"):
        speech_from_samples(np.zeros((3, 3, 3)), SECOND)
    with pytest.raises(InputError, match="channels"):
        speech_from_samples(np.zeros((100, 8_000)), SECOND)
    with pytest.raises(InputError, match="sample rate"):
        speech_from_samples(np.zeros(8_000), 10)
    with pytest.raises(InputError, match="longer than"):
        speech_from_samples(np.zeros(20_000), SECOND, limits=Limits(duration_s=1.0))


def test_missing_folder_empty(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "gone.wav")
    assert "folder" in refused(tmp_path)
    (tmp_path / "empty.wav").touch()
    assert "empty" in refused(tmp_path / "empty.wav")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.wav")
        assert "regular file" in refused(tmp_path / "pipe.wav")


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "secret.wav", sine(440.0, 1.0), SECOND)
    path.chmod(0)
    assert "permission" in refused(path)


def test_what_is_not_sound(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "speech.wav"
    path.write_text("This is only text. " * 100)
    assert "not a sound or video file" in refused(path)
    whole = write_wav(tmp_path / "whole.wav", sine(440.0, 1.0), SECOND).read_bytes()
    path.write_bytes(whole[:30])
    assert "not a sound or video file" in refused(path)
    for seed in range(8):
        path = tmp_path / "noise.mp3"
        path.write_bytes(np.random.default_rng(seed).bytes(50_000))
        refused(path)
    assert capfd.readouterr() == ("", "")


def test_video_without_sound(tmp_path: Path) -> None:
    import av

    with av.open(str(tmp_path / "mute.mp4"), "w") as container:
        add_picture(container)
    assert "no sound" in refused(tmp_path / "mute.mp4")


def test_too_short_too_long_and_too_wide(tmp_path: Path) -> None:
    assert "at least 0.1 s" in refused(write_wav(tmp_path / "short.wav", sine(440.0, 0.09), SECOND))
    two_seconds = write_wav(tmp_path / "long.wav", np.stack([sine(440.0, 2.0)] * 3, 1), SECOND)
    assert "longer than" in refused(two_seconds, duration_s=1.0)
    assert "channels" in refused(two_seconds, channels=2)
    assert "sample rate" in refused(two_seconds, sample_rate=8_000)
    video = write_sound(tmp_path / "film.mp4", sine(440.0, 2.0), SECOND, "aac", picture=True)
    refused(video, streams=1)


def test_length_is_capped_even_where_the_header_is_silent(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "stream.aac", sine(440.0, 30.0), SECOND, "aac")
    assert "longer than" in refused(path, duration_s=20.0)


def test_a_damaged_file_is_used_as_far_as_it_goes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    whole = write_sound(tmp_path / "whole.flac", sine(440.0, 4.0), SECOND, "flac").read_bytes()
    path = tmp_path / "cut.flac"
    path.write_bytes(whole[: len(whole) // 2])
    assert 1.0 < open_speech(path).duration_s < 3.5
    garbage = np.random.default_rng(0).bytes(len(whole) // 4)
    path.write_bytes(whole[: len(whole) // 2] + garbage + whole[-len(whole) // 4 :])
    with caplog.at_level(logging.WARNING, "gesta"):
        assert open_speech(path).duration_s > 1.0
    assert "damaged" in caplog.text


def test_files_that_point_elsewhere_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object) -> None:
        raise AssertionError("the network was reached")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    other = write_wav(tmp_path / "other.wav", sine(440.0, 1.0), SECOND)
    scripts = {
        "list.ffconcat": f"ffconcat version 1.0\nfile '{other.name}'\n",
        "local.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{other.name}\n#EXT-X-ENDLIST\n",
        "web.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.wav\n#EXT-X-ENDLIST\n",
        "call.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n",
        "scene%03d.png": "picture",
    }
    for name, text in scripts.items():
        for shown in (name, Path(name).stem + ".wav"):
            path = tmp_path / shown
            path.write_text(text)
            assert "not a sound or video file" in refused(path)


def test_names_that_look_like_addresses_are_only_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "does not exist" in refused(Path("http://127.0.0.1/a.wav"))
    write_wav(tmp_path / "concat:a.wav", sine(440.0, 1.0), SECOND)
    assert open_speech("concat:a.wav").sample_count == SECOND
