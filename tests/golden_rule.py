"""The rule that fills golden networks and their inputs with numbers that follow from names alone.

The rule stands in ../shared/golden/README.md: whoever fills the tensors of a network under their official names gets
the same network everywhere, without having its weights.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

GOLDEN = Path(__file__).resolve().parents[2] / "shared" / "golden"
needs_golden = pytest.mark.skipif(not GOLDEN.is_dir(), reason="the golden files (../shared/golden) are not here")


def _drawn(name: str, shape: Sequence[int]) -> np.ndarray:
    """Standard normal float32 numbers that follow from a name."""
    generator = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode())))
    return generator.standard_normal(tuple(shape), dtype=np.float32)


def filled(name: str, shape: Sequence[int]) -> torch.Tensor:
    """The weights of the tensor with the official key `name`: float32, of the shape given."""
    drawn = _drawn(name, shape)
    if len(shape) >= 2:
        drawn /= np.sqrt(np.prod(shape[1:]))
    elif name.endswith("weight"):
        drawn = 1 + np.float32(0.02) * drawn
    else:
        drawn = np.float32(0.02) * drawn
    return torch.from_numpy(np.asarray(drawn, dtype=np.float32))


def golden_input(name: str, shape: Sequence[int]) -> torch.Tensor:
    """The input called `name` in the golden files: float32, of the shape given."""
    return torch.from_numpy(_drawn(f"input:{name}", shape))


def golden_arrays(file: str) -> dict[str, np.ndarray]:
    """The arrays of a golden file, for example "echomask_tokenizers.npz"."""
    with np.load(GOLDEN / file, allow_pickle=False) as arrays:
        return dict(arrays)


def golden_keys(file: str) -> Mapping[str, Sequence[int]]:
    """Shapes by official key name, from a file such as "tokenizer_keys.json" (there: one table per network)."""
    table: Mapping[str, Sequence[int]] = json.loads((GOLDEN / file).read_text())
    return table


def off_by(found: torch.Tensor, expected: np.ndarray) -> float:
    """The largest absolute difference, as a share of the expected array's standard deviation."""
    assert tuple(found.shape) == expected.shape
    return float(np.abs(found.detach().numpy() - expected).max() / expected.std())
