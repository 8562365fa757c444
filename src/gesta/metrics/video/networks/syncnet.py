"""SyncNet: five pictures of a mouth and a fifth of a second of sound, each to 1,024 numbers that lie close in step.

Layers and names of tensors are those of the network that Chung and Zisserman (2016, "Out of time") released as
syncnet_v2.model with syncnet_python.
"""

from torch import Tensor, nn

SIDE_PX = 224
FRAMES = 5
COEFFICIENTS = 13
SOUND_STEPS = 20
"""Hundredths of a second."""
LATENT = 1024
_WIDE = 512


class SyncNet(nn.Module):
    """Both halves of the network."""

    def __init__(self) -> None:
        """Build it with random weights."""
        super().__init__()
        self.netcnnaud = nn.Sequential(
            *_flat(1, 64, (3, 3), (1, 1)), nn.MaxPool2d((1, 1), (1, 1)),
            *_flat(64, 192, (3, 3), (1, 1)), nn.MaxPool2d((3, 3), (1, 2)),
            *_flat(192, 384, (3, 3), (1, 1)),
            *_flat(384, 256, (3, 3), (1, 1)),
            *_flat(256, 256, (3, 3), (1, 1)), nn.MaxPool2d((3, 3), (2, 2)),
            *_flat(256, _WIDE, (5, 4), (0, 0)),
        )  # fmt: skip
        self.netfcaud, self.netfclip = _ending(), _ending()
        halved = (1, 2, 2)
        self.netcnnlip = nn.Sequential(
            *_deep(3, 96, (FRAMES, 7, 7), (0, 0, 0), halved), nn.MaxPool3d((1, 3, 3), halved),
            *_deep(96, 256, (1, 5, 5), (0, 1, 1), halved), nn.MaxPool3d((1, 3, 3), halved, (0, 1, 1)),
            *_deep(256, 256, (1, 3, 3), (0, 1, 1)),
            *_deep(256, 256, (1, 3, 3), (0, 1, 1)),
            *_deep(256, 256, (1, 3, 3), (0, 1, 1)), nn.MaxPool3d((1, 3, 3), halved),
            *_deep(256, _WIDE, (1, 6, 6), (0, 0, 0)),
        )  # fmt: skip

    def lips(self, pictures: Tensor) -> Tensor:
        """(N, 3, 5, 224, 224) pictures, 0 to 255, blue first, to (N, 1024)."""
        return self.netfclip(self.netcnnlip(pictures).flatten(1))

    def sound(self, cepstra: Tensor) -> Tensor:
        """(N, 1, 13, 20) cepstral coefficients to (N, 1024)."""
        return self.netfcaud(self.netcnnaud(cepstra).flatten(1))


def _flat(before: int, after: int, kernel: tuple[int, int], padding: tuple[int, int]) -> list[nn.Module]:
    return [nn.Conv2d(before, after, kernel, padding=padding), nn.BatchNorm2d(after), nn.ReLU()]


def _deep(
    before: int,
    after: int,
    kernel: tuple[int, int, int],
    padding: tuple[int, int, int],
    stride: tuple[int, int, int] = (1, 1, 1),
) -> list[nn.Module]:
    return [nn.Conv3d(before, after, kernel, stride, padding), nn.BatchNorm3d(after), nn.ReLU()]


def _ending() -> nn.Sequential:
    return nn.Sequential(nn.Linear(_WIDE, _WIDE), nn.BatchNorm1d(_WIDE), nn.ReLU(), nn.Linear(_WIDE, LATENT))
