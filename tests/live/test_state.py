"""A stream's memory: saved in the middle, loaded elsewhere, it goes on bit for bit; hostile files make nothing."""

import dataclasses
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import gesta
from gesta.errors import InputError
from gesta.live.snapshot import Snapshot, restored, taken
from gesta.live.state import StreamState
from gesta.motion.npz_members import write_member
from tests.live.voices import arrays, assert_identical, demo_voice, ended, pushed, samples_of, uneven

SOUND = samples_of(demo_voice(), 3.5)
ELSEWHERE = """
import sys
import numpy as np
import gesta
from gesta.live.state import StreamState
from tests.live.voices import arrays, ended, pushed

state, sound, out = sys.argv[1:]
stream = gesta.load("procedural").resume(StreamState.load(state))
motions = pushed(stream, [np.load(sound)]) + ended(stream)
np.savez(out, *arrays(motions))
"""


@pytest.mark.slow
def test_it_goes_on_in_another_process_as_if_nothing_had_been(tmp_path: Path) -> None:
    first, rest = np.split(SOUND, [31_111])
    stream = gesta.load("procedural").stream(0.4, seed=2, style="lively", sample_rate=22_050)
    pushed(stream, uneven(first, 1))
    StreamState.of(stream).save(tmp_path / "state.npz")
    np.save(tmp_path / "rest.npy", rest)
    here = pushed(stream, [rest]) + ended(stream)
    command = [sys.executable, "-c", ELSEWHERE, *(str(tmp_path / name) for name in ("state.npz", "rest.npy", "o.npz"))]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2], capture_output=True)
    with np.load(tmp_path / "o.npz") as there:
        for ours, name in zip(arrays(here), there.files, strict=True):
            np.testing.assert_array_equal(ours, there[name])


def test_a_state_is_a_moment_and_not_the_stream() -> None:
    model = gesta.load("procedural")
    stream = model.stream(0.2, seed=1)
    pushed(stream, [SOUND[:30_000]])
    state = StreamState.of(stream)
    here = pushed(stream, [SOUND[30_000:]])
    for _ in range(2):
        again = model.resume(state)
        assert_identical(pushed(again, uneven(SOUND[30_000:], 7)), here)


def test_another_models_state_is_refused() -> None:
    state = StreamState.of(gesta.load("procedural").stream())
    with pytest.raises(InputError, match="model 'other'"):
        gesta.load("procedural").resume(dataclasses.replace(state, model="other"))


def test_shared_things_stay_one_and_circles_close() -> None:
    row: list[object] = [1, 2.5, "three", None, float("inf"), (4, {5}), slice(1, None), np.float32(0.1)]
    row.append(row)
    chance = np.random.default_rng(3)
    chance.random(5)
    built = restored(taken({"a": row, "b": row, "chance": chance}, {}), {})
    assert isinstance(built, dict)
    assert built["a"] is built["b"]
    assert built["a"][-1] is built["a"]
    assert built["a"][:-1] == row[:-1]
    assert built["chance"].random() == chance.random()


@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_come_back_as_they_lay_in_memory(order: str) -> None:
    array = np.asarray(np.arange(12.0).reshape(3, 4), order=order)  # type: ignore[call-overload]
    array.flags.writeable = False
    built = restored(taken([array], {}), {})
    assert isinstance(built, list)
    np.testing.assert_array_equal(built[0], array)
    assert built[0].flags.f_contiguous == array.flags.f_contiguous
    assert not built[0].flags.writeable


def test_what_cannot_be_written_down_says_its_name() -> None:
    with pytest.raises(TypeError, match="Path"):
        taken([Path()], {})


HOSTILE = {
    "a class of the system": [{"object": "subprocess.Popen", "holds": {}}],
    "a class of gesta that no stream holds": [{"object": "gesta.take.Take", "holds": {}}],
    "an attribute of the language": [{"object": "gesta.procedural.speaking.Speaking", "holds": {"__class__": 1}}],
    "other fields": [{"object": "gesta.audio.contour.Track", "holds": {"values": 1}}],
    "an array longer than its bytes": [{"array": "<f8", "shape": [10**9], "bytes": [0, 8], "fortran": False}],
    "an array outside": [{"array": "|u1", "shape": [10**9], "bytes": [0, 10**9], "fortran": False, "fixed": False}],
    "a negative shape": [{"array": "|u1", "shape": [-1, -8], "bytes": [0, 8], "fortran": False, "fixed": False}],
    "Python objects": [{"array": "|O8", "shape": [1], "bytes": [0, 8], "fortran": False, "fixed": False}],
    "a circle of what cannot be one": [{"tuple": [{"node": 0}]}],
    "nothing": [],
    "no table": "text",
    "an unknown kind": [{"call": "print"}],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_tables_make_nothing(name: str, tmp_path: Path) -> None:
    snapshot = Snapshot(json.dumps(HOSTILE[name]), np.zeros(8, np.uint8))
    with pytest.raises(ValueError, match="no state of a stream"):
        restored(snapshot, {})
    with pytest.raises(InputError, match="state"):
        gesta.load("procedural").resume(StreamState("procedural", {}, snapshot))


def saved(path: Path, **members: np.ndarray) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            write_member(archive, name, content.shape, content.dtype, [content], pack=True)
    return path


def test_hostile_files_are_refused_in_one_sentence(tmp_path: Path) -> None:
    text = np.frombuffer(b"[]", np.uint8)
    wrong = {
        "missing": tmp_path / "missing.npz",
        "motion": saved(tmp_path / "motion.npz", poses=np.zeros((4, 165))),
        "head": saved(tmp_path / "head.npz", head=text, nodes=text, content=text),
        "numbers": saved(tmp_path / "numbers.npz", head=np.zeros((2, 2)), nodes=text, content=text),
        "large": saved(tmp_path / "large.npz", head=np.zeros(200_000, np.uint8), nodes=text, content=text),
    }
    for path in wrong.values():
        with pytest.raises(InputError, match=path.stem):
            StreamState.load(path)
    StreamState.of(gesta.load("procedural").stream()).save(tmp_path / "old.npz")
    head = {"format_version": 1, "model": "procedural", "files": {}, "gesta_version": "0.0.1"}
    old = saved(tmp_path / "old.npz", head=np.frombuffer(json.dumps(head).encode(), np.uint8), nodes=text, content=text)
    with pytest.raises(InputError, match=r"gesta 0\.0\.1"):
        StreamState.load(old)
