"""SHOW and folders of BVH as sources: motion with the sound of the same name, wherever the two lie."""

from pathlib import Path

import numpy as np
import pytest

from gesta.data.bvh import read_mapping
from gesta.data.clips import Dataset
from gesta.data.files import clip_names
from gesta.data.kinds import plan_source
from gesta.data.prepare import prepare
from gesta.data.splits import Shares, split_groups
from gesta.errors import InputError
from gesta.motion.bvh_names import match_names
from gesta.motion.bvh_read import read_bvh
from gesta.motion.bvh_write import write_bvh
from gesta.motion.representation import Representation
from gesta.motion.show import read_show
from tests.cli.running import write_wav
from tests.data.making import DATA, noise
from tests.motion.foreign_bvh import Foreign, mixamo_name, write_foreign
from tests.motion.moving import made_motion
from tests.motion.test_data_sets import hand_model, show_arrays


def put_bvh(path: Path, frames: int = 40, sound: Path | None = None, how: Foreign | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    motion = made_motion(frames, seed=frames)
    write_foreign(motion, path, how) if how else write_bvh(motion, path)
    (sound or path).parent.mkdir(parents=True, exist_ok=True)
    write_wav((sound or path).with_suffix(".wav"), noise(frames, frames))


def put_show(path: Path, frames: int = 40) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **show_arrays(frames))
    write_wav(path.with_suffix(".wav"), noise(frames))


def test_held_out_groups_depend_on_names_alone() -> None:
    names = [f"take{number}" for number in range(40)]
    splits = split_groups(names, Shares(validation_share=0.1, test_share=0.2))
    assert splits == split_groups(reversed(names * 2), Shares(validation_share=0.1, test_share=0.2))
    counts = {split: list(splits.values()).count(split) for split in ("train", "validation", "test")}
    assert counts == {"train": 28, "validation": 4, "test": 8}
    assert set(split_groups(["a", "b"], Shares()).values()) == {"train", "validation"}
    assert sorted(split_groups(["a", "b"], Shares(test_share=0.5)).values()) == ["train", "validation"]
    assert split_groups(["a"], Shares(test_share=0.5)) == {"a": "train"}
    assert "validation" not in split_groups(names, Shares(validation_share=0.0)).values()


def test_names_are_safe_and_unique() -> None:
    paths = ["a/b.wav", "a-b.wav", "ünï/c d.wav", "../x.wav", "-o.wav", f"{'n' * 200}.wav", "話.wav", "b\udcff.wav"]
    names = clip_names(map(Path, paths))
    assert len(set(names)) == len(paths)
    assert names[0] == "a-b"
    assert names[1].startswith("a-b-")
    assert names[2] == "ünï-c_d"
    assert names[6] == "話"
    assert all(len(name) <= 120 and "/" not in name and name[0] not in ".-" for name in names)


def test_a_folder_of_bvh(tmp_path: Path) -> None:
    source = tmp_path / "captures"
    put_bvh(source / "ann" / "one.bvh")
    put_bvh(source / "bob" / "motion" / "two.bvh", 50, sound=source / "bob" / "sound" / "two")
    put_bvh(source / "1_wayne_0_3_3.bvh", 60, how=Foreign())
    (source / "bob" / "silent.bvh").write_text("no sound")
    put_bvh(source / "bob" / "bad.bvh")
    (source / "bob" / "bad.bvh").write_text("HIERARCHY")
    done = prepare(plan_source("bvh", source, {"licence": "mine"}), source / "prepared")
    assert "has no sound" in done.left_out["bob-silent"]
    assert "bad.bvh" in done.left_out["bob-bad"]
    dataset = Dataset.open(source / "prepared")
    found = {clip.id: clip for clip in dataset.clips}
    assert {name: clip.speaker for name, clip in found.items()} == {
        "1_wayne_0_3_3": "1_wayne",
        "ann-one": "ann",
        "bob-motion-two": "bob",
    }
    for name, path in (("ann-one", "ann/one.bvh"), ("bob-motion-two", "bob/motion/two.bvh")):
        clip, motion = found[name], read_bvh(source / path)
        parts, _ = dataset.window(clip, 0, clip.frames)
        for part, channels in Representation().encode(motion).items():
            assert np.array_equal(parts[part], channels)
            assert np.array_equal(dataset.valid(clip)[part], Representation().valid(motion)[part])
        assert not dataset.valid(clip)["face"].any()
        assert clip.licence == "mine"
    # The prepared set lies inside of the source: its own sound and a second run are not mistaken for new data.
    assert prepare(plan_source("bvh", source, {"licence": "mine"}), source / "prepared").made == 0


def test_two_sounds_of_one_name_far_away_are_ambiguous(tmp_path: Path) -> None:
    put_bvh(tmp_path / "a" / "one.bvh")
    put_bvh(tmp_path / "b" / "two.bvh", sound=tmp_path / "c" / "two")
    write_wav(tmp_path / "a" / "two.wav", noise(40))
    assert "several sounds" in plan_source("bvh", tmp_path).left_out["b-two"]


def test_joints_by_a_mapping(tmp_path: Path) -> None:
    put_bvh(tmp_path / "data" / "one.bvh", how=Foreign())
    text = (tmp_path / "data" / "one.bvh").read_text().replace("mixamorig:", "Bone ")
    (tmp_path / "data" / "one.bvh").write_text(text.replace("Left", "Near").replace("Right", "Far"))
    assert "no person was found" in str(prepare_error(tmp_path))
    wanted = ["pelvis", *(f"{s}_{p}" for s in ("left", "right") for p in ("shoulder", "elbow", "wrist", "hip", "knee"))]
    table = tmp_path / "joints.toml"
    lines = []
    for joint in wanted:
        name = mixamo_name(joint).replace("mixamorig:", "Bone ").replace("Left", "Near").replace("Right", "Far")
        lines.append(f'{joint} = "{name}"')
    table.write_text("\n".join(lines))
    prepare(plan_source("bvh", tmp_path / "data", {"joints": read_mapping(table)}), tmp_path / "set")
    dataset = Dataset.open(tmp_path / "set")
    (clip,) = dataset.clips
    assert "left_collar" in clip.lacking
    assert "left_elbow" not in clip.lacking
    assert "lower" not in clip.parts, "ankles were not named"
    assert 0 < dataset.valid(clip)["upper"].sum() < 78
    for content, reason in (('left_elbw = "a"', "did you mean left_elbow"), ("neck = 3", "neck must be a name")):
        table.write_text(content)
        with pytest.raises(InputError, match=reason):
            read_mapping(table)


def prepare_error(folder: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        prepare(plan_source("bvh", folder / "data"), folder / "set")
    return caught.value


HAND = ("Thumb", "Index", "Middle", "Ring", "Pinky")


def sided(names: list[str]) -> list[str]:
    return [name.replace("*", side) for side in ("Left", "Right") for name in names]


@pytest.mark.parametrize(
    ("names", "convention", "found"),
    [
        (["Hips", "Spine", "Spine1", "Spine2", "Spine3", "Neck", "Neck1", "Head", "HeadEnd"]
         + [f"{s}{n}" for s in "LR" for n in ("Shoulder", "Arm", "Arm1", "Hand", "UpLeg", "Leg", "Foot", "FootF")]
         + [f"{s}Hand{f}{n}" for s in "LR" for f in "TIMRP" for n in range(1, 5)],
         "BEAT", {"left_elbow": "LArm1", "right_pinky3": "RHandP3", "left_thumb1": "LHandT1", "left_foot": "LFootF"}),
        (["Hips", "Spine", "Spine1", "Spine2", "Spine3", "Neck", "Neck1", "Head"]
         + sided(["*Shoulder", "*Arm", "*ForeArm", "*Hand", "*UpLeg", "*Leg", "*Foot", "*ForeFoot", "*ToeBase"])
         + sided([f"*Hand{f}{n}" for f in HAND for n in range(1, 5)]),
         "MotionBuilder", {"left_elbow": "LeftForeArm", "right_ring2": "RightHandRing2", "left_foot": "LeftToeBase"}),
        (["Hips", "LHipJoint", "LowerBack", "Spine", "Spine1", "Neck", "Neck1", "Head"]
         + sided(["*Shoulder", "*Arm", "*ForeArm", "*Hand", "*FingerBase", "*HandIndex1", "*UpLeg", "*Leg", "*Foot"]),
         "MotionBuilder", {"left_collar": "LeftShoulder", "left_index1": "LeftHandIndex1", "right_hip": "RightUpLeg"}),
        (["mixamorig:Hips", "mixamorig:Spine", "mixamorig:Neck", "mixamorig:Head"]
         + sided([f"mixamorig:*{n}" for n in ("Shoulder", "Arm", "ForeArm", "Hand", "UpLeg", "Leg", "Foot")]),
         "MotionBuilder", {"left_shoulder": "mixamorig:LeftArm", "right_knee": "mixamorig:RightLeg"}),
    ],
    ids=["BEAT, short", "BEAT and ZEGGS", "CMU", "Mixamo"],
)  # fmt: skip
def test_names_of_the_common_data_sets(names: list[str], convention: str, found: dict[str, str]) -> None:
    known, joints = match_names(names, [-1, *([0] * (len(names) - 1))])
    assert known == convention
    assert {ours: names[joints[ours]] for ours in found} == found


def test_show_keeps_films_whole(tmp_path: Path) -> None:
    source = tmp_path / "SHOW"
    for speaker, film, clip in (("oliver", "f1", "a"), ("oliver", "f1", "b"), ("seth", "f2", "c"), ("seth", "f3", "d")):
        put_show(source / speaker / film / clip / f"{clip}.npz")
    (source / "seth" / "f3" / "e").mkdir()
    (source / "seth" / "f3" / "e" / "e.npz").write_bytes(b"")
    settings = {"validation_share": 0.3, "test_share": 0.3}
    done = prepare(plan_source("show", source, settings), tmp_path / "set")
    assert list(done.left_out) == ["seth-f3-e-e"]
    dataset = Dataset.open(tmp_path / "set")
    assert {clip.speaker for clip in dataset.clips} == {"oliver", "seth"}
    splits = {clip.id: clip.split for clip in dataset.clips}
    assert splits["oliver-f1-a-a"] == splits["oliver-f1-b-b"]
    assert sorted(set(splits.values())) == ["test", "train", "validation"]
    clip = dataset.clips[0]
    assert not clip.floor_known
    valid = dataset.valid(clip)
    assert {part: int(flags.sum()) for part, flags in valid.items()} == {
        "upper": 78,
        "hands": 0,
        "lower": 57,
        "face": 106,
    }
    assert done.notes["the floor is unknown, since SHOW is in camera space; foot measures are absent"] == 4


def test_show_with_the_users_hands(tmp_path: Path) -> None:
    put_show(tmp_path / "clips" / "a.npz")
    model = hand_model()
    np.savez(
        tmp_path / "SMPLX.npz",
        hands_meanl=model.left_mean, hands_meanr=model.right_mean,
        hands_componentsl=model.left_components, hands_componentsr=model.right_components,
    )  # fmt: skip
    prepare(plan_source("show", tmp_path / "clips", smplx=tmp_path / "SMPLX.npz"), tmp_path / "set")
    dataset = Dataset.open(tmp_path / "set")
    assert dataset.valid(dataset.clips[0])["hands"].all()
    assert dataset.info.settings["hands"] == model.sha256
    with pytest.raises(InputError, match="another hands"):
        prepare(plan_source("show", tmp_path / "clips"), tmp_path / "set")


@pytest.mark.skipif(not DATA.is_dir(), reason="the real clips (../shared/data/show) are not here")
def test_the_real_show_clips(tmp_path: Path) -> None:
    done = prepare(plan_source("show", DATA / "show"), tmp_path / "set")
    assert (done.made, done.left_out) == (6, {})
    dataset = Dataset.open(tmp_path / "set")
    assert [clip.split for clip in dataset.clips].count("validation") == 1
    for clip in dataset.clips:
        expected = Representation("flame100").encode(read_show(DATA / "show" / clip.source))
        parts, _ = dataset.window(clip, 0, clip.frames)
        for part, channels in expected.items():
            assert np.array_equal(parts[part], channels[: clip.frames])
