"""Writing beside and renaming, and motion at other frame rates."""

from pathlib import Path

import numpy as np
import pytest

from gesta.errors import OutputError
from gesta.motion.resample import resample_values, resampled_count
from gesta.motion.writing import replacing


def test_the_new_file_takes_the_place_of_the_old_one_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replacing(path) as temporary:
        assert temporary.suffix == ".txt"
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("bug"), OSError(28, "No space left on device")])
def test_whatever_happens_the_old_file_stays_whole(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    wanted = OutputError if isinstance(error, OSError) else type(error)

    def write() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(wanted):
        write()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_said_in_one_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"^Cannot write .*a\.txt: No space left on device\.$"),
        replacing(tmp_path / "a.txt"),
    ):
        raise OSError(28, "No space left on device")


def test_lengths_and_values_at_other_rates() -> None:
    assert [resampled_count(frames, rate) for frames, rate in ((120, 120), (60, 25), (1, 120), (30, 30))] == [
        30,
        72,
        1,
        30,
    ]
    values = np.arange(24.0)[:, None]
    assert resample_values(values, 24.0)[:, 0] == pytest.approx(np.minimum(np.arange(30) * 0.8, 23.0))
    assert np.array_equal(resample_values(values, 30.0), values.astype(np.float32))
