"""The files that public networks' weights come in: which names are looked for, and what of them is taken.

Nothing is fetched. Files lie in one folder, by the names under which their makers published them, or with the same
stem as .safetensors. They are read without running anything (`gesta.foreign`), and every tensor must have its
network's name and shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from gesta.devices import torch_device
from gesta.errors import InputError
from gesta.foreign import check_names, read_tensors, read_torch_file

COUNTERS = "num_batches_tracked"
"""What batch normalisation counts; old files lack it, and nothing depends on it."""
Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True)
class WeightFile:
    """A file of weights.

    Attributes:
        what: what it holds, for sentences.
        names: under which it was published, any of which will do.
        unused: prefixes of tensors that do not take part.
    """

    what: str
    names: tuple[str, ...]
    unused: tuple[str, ...] = ()

    def found(self, folder: Path) -> Path:
        """Where it is.

        Raises:
            InputError: it is not in the folder.
        """
        for name in self.names:
            for path in (folder / name, (folder / name).with_suffix(".safetensors")):
                if path.is_file():
                    return path
        raise InputError(
            f"'{folder}' does not hold {' or '.join(self.names)}, the weights of {self.what}; docs/metrics.md says "
            "whose they are."
        )


VGG16 = WeightFile("VGG16 (pytorch/vision)", ("vgg16-397923af.pth",), ("classifier.",))
ALEXNET = WeightFile(
    "AlexNet (pytorch/vision)", ("alexnet-owt-7be5be79.pth", "alexnet-owt-4df8aa71.pth"), ("classifier.",)
)
LPIPS_VGG = WeightFile("LPIPS for VGG16 (version 0.1)", ("vgg.pth",))
LPIPS_ALEX = WeightFile("LPIPS for AlexNet (version 0.1)", ("alex.pth",))
INCEPTION = WeightFile(
    "InceptionV3 for FID (pytorch-fid)", ("pt_inception-2015-12-05-6726825d.pth",), ("fc.", "AuxLogits.")
)
I3D = WeightFile("I3D for FVD (pytorch-i3d)", ("rgb_imagenet.pt", "i3d_pretrained_400.pt"))
SYNCNET = WeightFile("SyncNet (syncnet_python)", ("syncnet_v2.model",))


def loaded(network: Network, file: WeightFile, folder: Path, device: str = "cpu") -> Network:
    """A network with the weights of a file, ready to be used on a device (`gesta.devices`).

    Raises:
        InputError: the file is missing, cannot be read, or belongs to another network.
    """
    path = file.found(folder)
    tensors = _tensors(path, file)
    expected = {name: value for name, value in network.state_dict().items() if not name.endswith(COUNTERS)}
    check_names(tensors, expected, path, file.what)
    network.load_state_dict({name: value.float() for name, value in tensors.items()}, strict=False)
    return network.eval().requires_grad_(False).to(torch_device(device))


def device_of(network: nn.Module) -> torch.device:
    """Where a network runs."""
    return next(network.parameters()).device


def _tensors(path: Path, file: WeightFile) -> dict[str, Tensor]:
    """The tensors that take part, by name."""
    stored = read_tensors(path, file.what) if path.suffix == ".safetensors" else read_torch_file(path, file.what)
    if not isinstance(stored, Mapping) or not all(isinstance(value, Tensor) for value in stored.values()):
        raise InputError(f"'{path}' holds no table of tensors; fetch {file.what} again from its makers.")
    return {
        str(name): value
        for name, value in stored.items()
        if not str(name).startswith(file.unused or ("\0",)) and not str(name).endswith(COUNTERS)
    }
