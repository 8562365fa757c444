"""Windows: batches are what encoding the motion gives, padded and masked as they say."""

import multiprocessing
from collections.abc import Iterator
from multiprocessing.reduction import ForkingPickler
from pathlib import Path

import numpy as np
import pytest

from gesta.data.clips import Dataset
from gesta.data.prepare import prepare
from gesta.data.speech_features import FeatureStore
from gesta.data.windows import Windows
from gesta.errors import InputError
from gesta.motion.representation import Representation
from gesta.records import Speech, SpeechFeatures
from tests.data.making import in_pieces, made_plan, planned
from tests.motion.moving import made_motion

MOTIONS = {"long": made_motion(150, seed=1), "short": made_motion(30, seed=2), "fits": made_motion(64, seed=3)}
STROKES = (np.arange(150) % 50 < 20).astype(np.float32)


class FakeEncoder:
    """Hears the number of each frame; counts how often it is asked."""

    name, fingerprint, low_size, high_size = "fake", "fake-1", 2, 3

    def __init__(self, frames_short: int = 0) -> None:
        self.heard: list[str] = []
        self.frames_short = frames_short

    def stretches(self, speech: Speech) -> Iterator[SpeechFeatures]:
        self.heard.append(speech.name)
        count = speech.frame_count - self.frames_short
        for start in range(0, count, 40):
            rows = np.arange(start, min(start + 40, count), dtype=np.float32)[:, None]
            yield SpeechFeatures(np.repeat(rows, 2, 1), np.repeat(-rows, 3, 1), self.fingerprint, start)

    def encode(self, speech: Speech) -> SpeechFeatures:
        return SpeechFeatures.concatenate(list(self.stretches(speech)))


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    clips = [
        planned("long", MOTIONS["long"], load=lambda: in_pieces(MOTIONS["long"], (70, 80), STROKES)),
        planned("short", MOTIONS["short"], speaker="bob"),
        planned("fits", MOTIONS["fits"], "validation"),
    ]
    prepare(made_plan(clips, strokes=True), tmp_path / "set")
    return Dataset.open(tmp_path / "set")


def test_windows_cover_clips_in_order(dataset: Dataset) -> None:
    windows = Windows(dataset, ("train", "validation"))
    places = [windows.place(index) for index in range(len(windows))]
    assert places == [(0, 0), (0, 20), (0, 40), (0, 60), (0, 80), (1, 0), (2, 0)]
    assert len(Windows(dataset)) == 6
    assert len(Windows(dataset, length=150, stride=1)) == 2
    assert [clip.id for clip in Windows(dataset, "validation").clips] == ["fits"], "validation never trains"
    with pytest.raises(InputError, match="no clip"):
        Windows(dataset, "test")


def test_a_batch_is_what_encoding_the_motion_gives(dataset: Dataset) -> None:
    windows = Windows(dataset)
    batch = windows.batch([4, 5, 1])
    for row, (name, start) in enumerate((("long", 80), ("short", 0), ("long", 20))):
        motion = MOTIONS[name]
        held = min(motion.frame_count - start, 64)
        assert np.array_equal(batch["real"][row], np.arange(64) < held)
        for part, channels in Representation().encode(motion).items():
            assert np.array_equal(batch[f"motion.{part}"][row, :held], channels[start : start + held])
            assert np.array_equal(batch[f"motion.{part}"][row, held:], np.repeat(channels[-1:], 64 - held, 0))
            assert batch[f"valid.{part}"][row].all()
    assert np.array_equal(batch["strokes"][0], STROKES[80:144])
    assert not batch["strokes"][1].any()
    assert batch["speaker"].tolist() == [0, 1, 0]
    assert {name: values.dtype.name for name, values in batch.items() if "." not in name} == {
        "real": "bool",
        "speaker": "int64",
        "strokes": "float32",
        "traits": "float32",
    }
    parts, real = dataset.window(dataset.clips[1], 10, 64)
    assert real.sum() == 20
    assert np.array_equal(parts["hands"][:20], Representation().encode(MOTIONS["short"])["hands"][10:])
    with pytest.raises(ValueError, match="cannot begin"):
        dataset.window(dataset.clips[1], 30, 64)


def test_clips_with_a_face_or_a_body_alone_say_what_is_valid(tmp_path: Path) -> None:
    motion = made_motion(64)
    clips = [
        planned("body", motion.replaced(parts=frozenset({"upper", "hands", "lower", "translation"}))),
        planned("face", motion.replaced(parts=frozenset({"face"}), contacts=None, floor_known=False)),
        planned("seated", motion.replaced(parts=frozenset({"upper"}), contacts=None)),
        planned("mitten", motion.replaced(provenance={"lacking": ["left_index1", "left_foot", "tongueOut"]})),
    ]
    prepare(made_plan(clips), tmp_path / "set")
    dataset = Dataset.open(tmp_path / "set")
    windows = Windows(dataset)
    batch = windows.batch(range(4))
    counts = {part: batch[f"valid.{part}"].sum(axis=1).tolist() for part in ("upper", "hands", "lower", "face")}
    assert counts == {
        "upper": [78, 0, 78, 78],
        "hands": [180, 0, 0, 174],
        "lower": [61, 0, 0, 55],
        "face": [0, 52, 0, 51],
    }
    assert dataset.motion(dataset.clips[1]).parts == {"face"}
    assert dataset.motion(dataset.clips[1]).contacts is None
    for row, clip in enumerate(dataset.clips):
        for part, flags in Representation().valid(dataset.motion(clip)).items():
            assert np.array_equal(flags, batch[f"valid.{part}"][row])


def test_features_are_heard_once_and_read_in_windows(dataset: Dataset) -> None:
    encoder = FakeEncoder()
    store = FeatureStore(dataset, encoder)
    with pytest.raises(InputError, match="no such file"):
        store.features(dataset.clips[0], "low")
    told: list[tuple[int, int]] = []
    assert store.fill(progress=lambda _what, done, of: told.append((done, of))) == 3
    assert told[-1] == (244, 244)
    assert FeatureStore(dataset, encoder).fill() == 0, "kept on the disk"
    assert len(encoder.heard) == 3
    assert store.folder == dataset.folder / "features" / "fake-1"
    batch = Windows(dataset, features=store).batch([4, 5])
    assert batch["speech_low"][0, :, 1].tolist() == list(range(80, 144))
    assert batch["speech_high"][1, :, 2].tolist() == [-min(frame, 29) for frame in range(64)]
    assert batch["speech_low"].dtype == batch["speech_high"].dtype == np.float32
    assert store.window(dataset.clips[1], 20, 64)["low"][:, 0].tolist() == [min(frame, 29) for frame in range(20, 84)]


def test_hearing_goes_on_where_it_was_stopped(dataset: Dataset, tmp_path: Path) -> None:
    encoder = FakeEncoder()

    def stop(_what: str, _done: int, _of: int) -> None:
        raise KeyboardInterrupt

    store = FeatureStore(dataset, encoder, tmp_path / "cache")
    with pytest.raises(KeyboardInterrupt):
        store.fill(progress=stop)
    assert store.fill() == 2
    assert sorted(encoder.heard) == ["fits", "long", "short"]
    assert len(list((tmp_path / "cache" / "fake-1").iterdir())) == 6
    assert FeatureStore(dataset, FakeEncoder(), tmp_path / "other").fill(dataset.split("validation")) == 1


def test_features_of_the_wrong_length_are_refused(dataset: Dataset) -> None:
    with pytest.raises(InputError, match="gave 149 frames where 150"):
        FeatureStore(dataset, FakeEncoder(frames_short=1)).fill()
    assert list((dataset.folder / "features" / "fake-1").iterdir()) == []


def test_clips_with_the_same_sound_share_their_features(tmp_path: Path) -> None:
    clips = [planned(name, MOTIONS["long"]) for name in ("ab", "ba")]
    prepare(made_plan(clips), tmp_path / "set")
    encoder = FakeEncoder()
    assert FeatureStore(Dataset.open(tmp_path / "set"), encoder).fill() == 1


def test_a_worker_opens_the_files_itself(dataset: Dataset) -> None:
    assert len(ForkingPickler.dumps(dataset)) < 1000, "rows do not travel"
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        clips = pool.apply(getattr, (dataset, "clips"))
        parts, real = pool.apply(Dataset.window, (dataset, clips[0], 10, 64))
    assert clips == dataset.clips
    expected = dataset.window(dataset.clips[0], 10, 64)
    assert np.array_equal(real, expected[1])
    assert all(np.array_equal(parts[part], values) for part, values in expected[0].items())
