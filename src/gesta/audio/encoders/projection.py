"""EchoMask's fixed projection of speech features: 256 orthonormal directions, never learned.

From a file it is read as it stands. Without one it is made as the released data set builders make theirs (EchoMask,
dataloaders/save_test_dataset.py): torch's CPU generator seeded with 42, a square matrix of normal numbers, the
orthonormal factor of its QR decomposition, its first 256 columns. The factor's signs follow the linear algebra
library, and the released file could not be had for comparison: with released weights give their own file.
"""

from pathlib import Path

import torch
from torch import Tensor

from gesta.errors import InputError
from gesta.foreign import read_tensors, read_torch_file

SEED = 42
PROJECTED_SIZE = 256
KIND = "projection"
SAFE = ".safetensors"
TOLERANCE = 1e-3


def made_projection(size: int) -> Tensor:
    """The matrix made from the seed: (size, 256) float32 with orthonormal columns."""
    # The one generator that is not gesta.randomness: the published numbers come from torch's own.
    numbers = torch.randn(size, size, generator=torch.Generator().manual_seed(SEED))
    return torch.linalg.qr(numbers).Q[:, :PROJECTED_SIZE].contiguous()


def read_projection(path: str | Path, size: int) -> Tensor:
    """The matrix in a torch file, or in a safetensors file under the name "projection": (size, P) float32.

    Raises:
        InputError: it cannot be read, has another shape, or its columns are not orthonormal.
    """
    matrix = read_tensors(path, KIND).get(KIND) if Path(path).suffix == SAFE else read_torch_file(path, KIND)
    if not isinstance(matrix, Tensor) or matrix.ndim != 2 or matrix.shape[0] != size or matrix.shape[1] > size:
        held = f"shape {tuple(matrix.shape)}" if isinstance(matrix, Tensor) else "no tensor"
        raise InputError(f"The {KIND} '{path}' holds {held}, but a matrix of {size} rows is needed.")
    matrix = matrix.float()
    if not torch.allclose(matrix.T @ matrix, torch.eye(matrix.shape[1]), atol=TOLERANCE):
        raise InputError(f"The {KIND} '{path}' has columns that are not orthonormal; it is another file.")
    return matrix
