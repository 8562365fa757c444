"""EchoMask's generator executed as the released code does it: the baseline of the EchoMask benchmark.

The same weights as ours, in PyTorch's own layers, one part after another, with each part's own pass through the shared
cross-attention, which gives its attention weights. Nothing here is quick on purpose, and nothing is slow on purpose.
Order of the steps: sections 4 to 6 of the method as docs/echomask.md tells it.
"""

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional

from gesta.echomask.generator import Generator
from gesta.echomask.grouped import LEAK, GroupedDecoderLayer, GroupedHalving, GroupedLinear, GroupedPerceptron
from gesta.echomask.parts import ALL_PARTS, BODY_PARTS
from gesta.echomask.sight import positions

NAMES = {"own": "self_attn", "cross": "multihead_attn", "inner": "linear1", "outer": "linear2"}


def transformer_layer(ours: nn.Module, group: int = 0) -> nn.Module:
    """PyTorch's layer with the weights of one group of ours."""
    decoder = isinstance(ours, GroupedDecoderLayer)
    names = NAMES | {"norm_own": "norm1", "norm_cross": "norm2", "norm_outer": "norm3" if decoder else "norm2"}
    state = {}
    for name, value in ours.state_dict().items():
        first, _, rest = name.partition(".")
        state[f"{names[first]}.{rest.replace('in_', 'in_proj_').replace('out.', 'out_proj.')}"] = value[group]
    inner, width = state["linear1.weight"].shape
    kind = nn.TransformerDecoderLayer if decoder else nn.TransformerEncoderLayer
    layer = kind(width, ours.own.heads, inner, 0.0, batch_first=True)
    layer.load_state_dict(state)
    return layer.eval()


class Stack(nn.Module):
    """Layers one after the other."""

    def __init__(self, layers: nn.ModuleList, group: int = 0) -> None:
        super().__init__()
        self.layers = nn.ModuleList(transformer_layer(layer, group) for layer in layers)

    def forward(self, values: Tensor, *memory: Tensor) -> Tensor:
        """(B, T, D), with a memory (B, S, D) for decoder layers."""
        for layer in self.layers:
            values = layer(values, *memory)
        return values


def linear(ours: GroupedLinear, group: int = 0) -> nn.Linear:
    """One group's matrix."""
    made = nn.Linear(ours.weight.shape[2], ours.weight.shape[1])
    made.load_state_dict({"weight": ours.weight[group], "bias": ours.bias[group]})
    return made


def perceptron(ours: GroupedPerceptron, group: int = 0) -> nn.Sequential:
    """One group's two layers."""
    return nn.Sequential(linear(ours.inner, group), nn.LeakyReLU(LEAK), linear(ours.outer, group))


class Halving(nn.Module):
    """A strided convolution on (B, T, C)."""

    def __init__(self, ours: GroupedHalving, group: int = 0) -> None:
        super().__init__()
        weight = ours.mix.weight[group].unflatten(1, (2, -1)).transpose(1, 2)
        self.convolution = nn.Conv1d(weight.shape[1], weight.shape[0], 2, stride=2)
        self.convolution.load_state_dict({"weight": weight, "bias": ours.mix.bias[group]})

    def forward(self, values: Tensor) -> Tensor:
        """Halve the rate."""
        return self.convolution(values.transpose(1, 2)).transpose(1, 2)


class Alignment(nn.Module):
    """MAM's query branch of one part."""

    def __init__(self, generator: Generator, group: int) -> None:
        super().__init__()
        ours = generator.alignment
        self.query = nn.Parameter(ours.queries[group].detach().clone())
        self.encoders = nn.ModuleList(Stack(layers, group) for layers in ours.encoders)
        self.low, self.high = transformer_layer(ours.low, group), transformer_layer(ours.high, group)

    def forward(self, low: Tensor, high: Tensor, place: Tensor) -> Tensor:
        """(B, T, C) from both levels of the speech."""
        first, second, third = self.encoders
        values = self.low(first((self.query + place).expand(len(low), -1, -1)), low + place)
        return third(self.high(second(values), high + place))


class SharedAttention(nn.Module):
    """The cross-attention of one part at a time, with the weights of its attention."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.layers = nn.ModuleList(transformer_layer(layer) for layer in generator.attention.layers)

    def forward(self, values: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """(B, T, D) and the attention that each frame of the memory receives, (B, S)."""
        received = []
        for layer in self.layers:
            values = layer.norm1(values + layer.self_attn(values, values, values, need_weights=False)[0])
            mixed, weights = layer.multihead_attn(values, memory, memory, need_weights=True)
            values = layer.norm2(values + mixed)
            values = layer.norm3(values + layer.linear2(functional.relu(layer.linear1(values))))
            received.append(weights)
        return values, torch.stack(received).mean(dim=0).mean(dim=1)


class Residual(nn.Module):
    """The further levels of one part."""

    def __init__(self, generator: Generator, group: int) -> None:
        super().__init__()
        levels = list(generator.residual.levels)
        self.joins = nn.ModuleList(nn.Identity() if ours.join is None else linear(ours.join, group) for ours in levels)
        self.stacks = nn.ModuleList(Stack(ours.layers, group) for ours in levels)
        self.classifiers = nn.ModuleList(perceptron(ours.classifier, group) for ours in levels)

    def forward(self, base: Tensor, query: Tensor) -> list[Tensor]:
        """Logits (B, K, codes) of each level."""
        features, logits = [base], []
        for join, stack, classifier in zip(self.joins, self.stacks, self.classifiers, strict=True):
            read = join(torch.cat(features, dim=-1))
            features.append(stack(read, query) + read)
            logits.append(classifier(features[-1]))
        return logits


class PublishedOrder(nn.Module):
    """The whole forward pass of a window, from speech features to logits."""

    def __init__(self, generator: Generator) -> None:
        """Take over the weights of a generator of the preset `official`."""
        super().__init__()
        ours, body = generator, generator.body_exchange
        self.period = ours.config.sizes.window
        self.hidden = nn.Parameter(ours.hidden.detach().clone())
        self.alignment = nn.ModuleList(Alignment(ours, group) for group in range(len(ALL_PARTS)))
        taken = ("motion_encoder", "face_speakers", "body_speakers", "face_memory", "face_latent", "body_entry")
        self.taken = nn.ModuleDict({name: copy.deepcopy(getattr(ours, name)) for name in taken})
        self.hint_for_face, self.hint_for_body = perceptron(ours.hint_for_face), perceptron(ours.hint_for_body)
        self.face_decoder = Stack(ours.face_decoder)
        first, second = (Halving(halving) for halving in ours.face_halving)
        self.face_end = nn.Sequential(first, perceptron(ours.face_middle), second)
        self.body_encoder = transformer_layer(ours.body_encoder)
        self.attention = SharedAttention(ours)
        self.part_weights = nn.Parameter(ours.attention.part_weights.detach().clone())
        groups = range(len(BODY_PARTS))
        self.into = nn.ModuleList(linear(ours.attention.into, group) for group in groups)
        self.halving, self.speaker_halving = Halving(body.halving), Halving(body.speaker_halving)
        self.split = nn.ModuleList(perceptron(body.split, group) for group in groups)
        self.tell_body = nn.ModuleList(transformer_layer(body.decoder, group) for group in groups)
        self.body_end = nn.ModuleList(
            nn.Sequential(linear(body.narrow, group), Halving(body.last_halving, group)) for group in groups
        )
        self.tell = nn.ModuleDict({part: transformer_layer(ours.exchange.decoders[part]) for part in ALL_PARTS})
        self.classifiers = nn.ModuleList(perceptron(ours.classifier, group) for group in range(len(ALL_PARTS)))
        self.residual = nn.ModuleList(Residual(ours, group) for group in range(len(ALL_PARTS)))
        self.eval()

    def forward(self, low: Tensor, high: Tensor, motion: Tensor, visible: Tensor, speakers: Tensor) -> Tensor:
        """Logits (G, B, Q, K, codes); arguments as those of `Generator.hear` and `Generator.forward`."""
        queries = [align(low, high, self._place(low)) for align in self.alignment]
        hint = self.taken["motion_encoder"](torch.where(visible, motion, self.hidden))
        face = self._face(hint, queries[0], speakers)
        hands, upper, lower = self._body(hint, queries[1:], speakers)
        new_hands, new_face = self.tell["hands"](hands, face), self.tell["face"](face, hands)
        new_upper = self.tell["upper"](upper, new_hands + lower)
        new_lower = self.tell["lower"](lower, upper + new_hands)
        logits = []
        for number, base in enumerate((new_face, new_hands, new_upper, new_lower)):
            logits.append(torch.stack([self.classifiers[number](base), *self.residual[number](base, queries[number])]))
        return torch.stack(logits).transpose(1, 2)

    def _place(self, like: Tensor, width: int | None = None) -> Tensor:
        return positions(like.shape[1], width or like.shape[2], self.period)

    def _face(self, hint: Tensor, query: Tensor, speakers: Tensor) -> Tensor:
        memory = self.taken["face_memory"](torch.cat([query, self.hint_for_face(hint)], dim=-1))
        speaker = self.taken["face_speakers"](speakers)[:, None].expand(-1, hint.shape[1], -1)
        decoded = self.face_decoder(speaker + self._place(speaker), memory)
        return self.face_end(self.taken["face_latent"](decoded))

    def _body(self, hint: Tensor, queries: list[Tensor], speakers: Tensor) -> list[Tensor]:
        """Base latents of hands, upper and lower body, before the parts tell each other as tokens."""
        entered = self.taken["body_entry"](self.hint_for_body(hint))
        speaker = self.taken["body_speakers"](speakers)[:, None].expand_as(entered)
        place = self._place(entered)
        body = self.body_encoder(entered + speaker + place)
        heard = [
            weight * self.attention(into(query), body + place)[0]
            for into, query, weight in zip(self.into, queries, self.part_weights, strict=True)
        ]
        half = self.halving(body + torch.stack(heard).mean(dim=0))
        who = self.speaker_halving(speaker)
        parts = [split(half) for split in self.split]
        told = []
        for number, (layer, end) in enumerate(zip(self.tell_body, self.body_end, strict=True)):
            first, second = (part for other, part in enumerate(parts) if other != number)
            given = parts[number] + who + self._place(half)
            told.append(end(layer(given, first + second) + parts[number]))
        return told
