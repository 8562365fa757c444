"""Captured faces and speech with known sounds as sources: what of them is real, what is kept, what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from gesta.data.clips import Dataset
from gesta.data.face import CAPTURED, POSES, SPOKEN, TRUTH
from gesta.data.face_captured import MOUTH_SHAPES, read_arkit_table, read_captured_face
from gesta.data.kinds import plan_source
from gesta.data.prepare import prepare
from gesta.errors import InputError
from gesta.motion.face import ARKIT_INDEX
from gesta.records import Motion
from tests.cli.running import write_wav
from tests.data.making import DATA, noise

FRAMES = 60
OTHER_SHAPES = ("jaw_thrust_c", "jaw_sideways_l", "jaw_sideways_r", "mouth_chew_c", "mouth_sideways_l")
MORE_SHAPES = (
    "mouth_sideways_r", "mouth_lipCornerDepress_l", "mouth_lipCornerDepress_r", "mouth_lipCornerDepressFix_l",
    "mouth_lipCornerDepressFix_r", "mouth_dimple_l", "mouth_dimple_r", "mouth_chinRaise_d",
)  # fmt: skip
NAMES = (*MOUTH_SHAPES, *OTHER_SHAPES, *MORE_SHAPES)


def put_captured(path: Path, frames: int = FRAMES, seed: int = 0, **changes: np.ndarray) -> np.ndarray:
    path.parent.mkdir(parents=True, exist_ok=True)
    weights = np.random.default_rng(seed).random((frames, len(NAMES))).astype(np.float32)
    np.savez(path, **{"weights": weights, "names": np.array(NAMES), "fps": np.float32(30.0), **changes})
    write_wav(path.with_suffix(".wav"), noise(frames))
    return weights


def put_spoken(path: Path, phones: list[tuple[float, float, str]], frames: int = FRAMES) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    tiers = {
        "words": {"type": "interval", "entries": [[phones[0][0], phones[-1][1], "word"]] if phones else []},
        "phones": {"type": "interval", "entries": [list(phone) for phone in phones]},
    }
    path.write_text(json.dumps({"language": "en", "tiers": tiers}))
    write_wav(path.with_suffix(".wav"), noise(frames))


def test_captured_weights_become_arkit_by_the_table(tmp_path: Path) -> None:
    weights = put_captured(tmp_path / "one.npz")
    face = read_captured_face(tmp_path / "one.npz", read_arkit_table(tmp_path))

    def shape(name: str) -> np.ndarray:
        return weights[:, NAMES.index(name)]

    np.testing.assert_array_equal(face.arkit[:, ARKIT_INDEX["jawOpen"]], shape("mouth_stretch_c"))
    pucker = np.maximum(shape("mouth_pucker_l"), shape("mouth_pucker_r"))
    np.testing.assert_array_equal(face.arkit[:, ARKIT_INDEX["mouthPucker"]], pucker)
    np.testing.assert_array_equal(face.shapes, weights[:, : len(MOUTH_SHAPES)])
    assert {"eyeBlinkLeft", "tongueOut"} <= set(face.lacking)
    assert not {"jawOpen", "mouthPressLeft"} & set(face.lacking)


def test_another_rig_brings_its_own_table(tmp_path: Path) -> None:
    (tmp_path / "to_arkit.csv").write_text('arkit,source,captured\njawOpen,"max(drop, fall)",yes\n')
    drop, fall = np.linspace(0.0, 1.0, FRAMES), np.full(FRAMES, 0.5)
    np.savez(tmp_path / "own.npz", weights=np.stack((drop, fall), axis=1), names=np.array(["drop", "fall"]))
    face = read_captured_face(tmp_path / "own.npz", read_arkit_table(tmp_path))
    np.testing.assert_allclose(face.arkit[:, ARKIT_INDEX["jawOpen"]], np.maximum(drop, fall), atol=1e-6)
    assert np.isnan(face.shapes).all()
    assert len(face.lacking) == 51


def test_a_data_set_of_both(tmp_path: Path) -> None:
    source = tmp_path / "faces"
    weights = put_captured(source / "one.npz")
    put_captured(source / "two.npz", seed=1)
    put_spoken(source / "said.json", [(0.4, 0.6, "m"), (0.6, 1.0, "a"), (1.0, 1.3, "u")])
    put_spoken(source / "silent.json", [])
    settings = {"validates": ["two*"], "held_out": ["said*", "elsewhere"]}
    done = prepare(plan_source("face", source, settings), tmp_path / "set")
    assert set(done.left_out) == {"silent"}
    dataset = Dataset.open(tmp_path / "set")
    clips = {clip.id: clip for clip in dataset.clips}
    assert {name: clip.split for name, clip in clips.items()} == {"one": "train", "two": "validation", "said": "test"}
    assert (clips["one"].speaker, clips["said"].speaker) == (CAPTURED, SPOKEN)
    assert dataset.info.columns == TRUTH
    for clip in clips.values():
        assert clip.parts == ("face",)
        assert not clip.strokes
        assert not any(dataset.valid(clip)[part].any() for part in ("upper", "hands", "lower"))
        lacking = {"eyeBlinkLeft", "browInnerUp"}
        assert lacking <= set(clip.lacking)
        assert dataset.valid(clip)["face"].sum() == 52 - len(clip.lacking)
    np.testing.assert_allclose(dataset.truth(clips["one"], "mouth_oh_c"), weights[:, NAMES.index("mouth_oh_c")])
    assert np.isnan(dataset.truth(clips["one"], "pose_closed")).all()
    assert np.isnan(dataset.truth(clips["said"], "mouth_oh_c")).all()
    closed, rounded = (dataset.truth(clips["said"], POSES[index]) for index in (4, 1))
    assert closed[15] == pytest.approx(1.0)
    assert closed[24] == pytest.approx(0.0)
    assert rounded[34] > 0.5 > rounded[24]
    motion: Motion = dataset.motion(clips["said"])
    assert motion.parts == {"face"}
    close, jaw = (motion.face[15, ARKIT_INDEX[name]] for name in ("mouthClose", "jawOpen"))
    assert close == pytest.approx(jaw)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"names": np.array(NAMES[:-1])}, "names"),
        ({"weights": np.full((FRAMES, len(NAMES)), np.nan)}, "no numbers"),
        ({"weights": np.zeros((FRAMES, len(NAMES), 2))}, "shape"),
        ({"weights": np.zeros((0, len(NAMES)))}, "1 frame"),
        ({"fps": np.float32(0.0)}, "1 frame"),
        ({"names": np.array([f"shape{number}" for number in range(len(NAMES))])}, "lacks a shape"),
        ({"weights": np.array([None] * len(NAMES))[None]}, "Python objects"),
    ],
)
def test_what_is_no_captured_face_is_refused(tmp_path: Path, changes: dict[str, np.ndarray], reason: str) -> None:
    put_captured(tmp_path / "one.npz", **changes)
    with pytest.raises(InputError, match=reason):
        read_captured_face(tmp_path / "one.npz", read_arkit_table(tmp_path))


def test_damaged_tables_are_refused(tmp_path: Path) -> None:
    for text, reason in (("a,b\n1,2\n", "columns"), ("arkit,source,captured\nnoseOpen,x,yes\n", "no shape 'noseOpen'")):
        (tmp_path / "to_arkit.csv").write_text(text)
        with pytest.raises(InputError, match=reason):
            read_arkit_table(tmp_path)


def test_who_is_to_validate_must_be_there(tmp_path: Path) -> None:
    put_captured(tmp_path / "one.npz")
    with pytest.raises(InputError, match="'three' is to validate"):
        plan_source("face", tmp_path, {"validates": ["three"]})


@pytest.mark.skipif(not (DATA / "face").is_dir(), reason="the recordings of faces are not here")
def test_faces_as_they_were_recorded() -> None:
    folder = DATA / "face"
    face = read_captured_face(folder / "1114_3_16.npz", read_arkit_table(folder))
    assert np.isfinite(face.shapes).all()
    assert (face.shapes.std(axis=0) > 0.0).sum() >= 14
    assert 0.05 < face.poses[:, 0].mean() < 0.2
