"""The convolutions of VGG16 and AlexNet, and what LPIPS reads of them: five layers after their rectifiers.

Layers, kernels and the names of tensors (`features.0.weight` ...) are those of pytorch/vision's `vgg16` (Simonyan and
Zisserman 2015, configuration D) and `alexnet` (Krizhevsky 2014, "one weird trick"); which layers are read, of LPIPS.
"""

from torch import Tensor, nn

VGG16_WIDTHS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
"""Channels of each convolution; between two groups pictures are halved."""
ALEXNET_LAYERS = ((64, 11, 4, 2), (192, 5, 1, 2), (384, 3, 1, 1), (256, 3, 1, 1), (256, 3, 1, 1))
"""Channels, kernel, stride and padding of each convolution; the first and the second are followed by a pooling."""


class ReadLayers(nn.Module):
    """Layers one after another, of which some are read.

    Attributes:
        read: the numbers of the layers whose outputs are read.
        widths: channels of those outputs.
    """

    def __init__(self, layers: list[nn.Module], read: tuple[int, ...], widths: tuple[int, ...]) -> None:
        super().__init__()
        self.features = nn.Sequential(*layers)
        self.read, self.widths = read, widths

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """(N, 3, H, W) pictures to what the read layers give: (N, C, H', W') each."""
        found = []
        for number, layer in enumerate(self.features):
            pictures = layer(pictures)
            if number in self.read:
                found.append(pictures)
        return found


def vgg16() -> ReadLayers:
    """VGG16 up to the last rectifier; read before each halving."""
    layers: list[nn.Module] = []
    before, read = 3, []
    for group in VGG16_WIDTHS:
        if layers:
            layers.append(nn.MaxPool2d(2, 2))
        for width in group:
            layers += [nn.Conv2d(before, width, 3, padding=1), nn.ReLU()]
            before = width
        read.append(len(layers) - 1)
    return ReadLayers(layers, tuple(read), tuple(group[-1] for group in VGG16_WIDTHS))


def alexnet() -> ReadLayers:
    """AlexNet up to the last rectifier; read after each of them."""
    layers: list[nn.Module] = []
    before, read = 3, []
    for number, (width, kernel, stride, padding) in enumerate(ALEXNET_LAYERS):
        layers += [nn.Conv2d(before, width, kernel, stride, padding), nn.ReLU()]
        before = width
        read.append(len(layers) - 1)
        if number < 2:
            layers.append(nn.MaxPool2d(3, 2))
    return ReadLayers(layers, tuple(read), tuple(width for width, *_ in ALEXNET_LAYERS))
