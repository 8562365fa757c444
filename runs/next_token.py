"""How much of a token is known from the two before it: what any generator of these tokens should reach at least.

    python runs/next_token.py recipes/default.toml --part upper [--minutes 2] [data.dataset=... tokenizer_model=...]

A perceptron with a middle as narrow as a code vector reads the code vectors of the two tokens before, the style's
numbers and, on request (--speech), what is heard around the token. It is trained on training clips and measured on
validation clips: nats of the next base token; and, by another perceptron that is told the base token too, the share of
the further levels' sum that stays unexplained. Beside them: the base token's entropy by frequency alone, and what
another clip's speech costs. Tokens and features of the data set are made if they are missing.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from gesta.audio.encoders.make import make_encoder
from gesta.data.clips import Dataset
from gesta.data.speech_features import FeatureStore
from gesta.data.traits import clip_traits
from gesta.hashing import file_sha256
from gesta.tokenizer.channels import PART_ORDER
from gesta.train.recipe import Recipe, read_recipe
from gesta.train.token_store import TokenStore
from gesta.train.tokenizer_folder import WEIGHTS_FILE, load_tokenizers
from gesta.units import TOKEN_FRAMES

CLIPS = {"train": 1500, "validation": 60}
LONGEST = 600
"""Tokens of a clip that are read."""
PAST, HEARD = 2, range(-2, 5)
"""Tokens before that are read, and tokens around whose sound is."""
BATCH, LEARNING_RATE, WIDE = 512, 1e-3, 384


@dataclass(frozen=True)
class Rows:
    """Places of a split: vectors of tokens before (N, 2 C), sound (N, S), style (N, Y), the token's code and vectors.

    `rest` is what its levels after the base one add up to.
    """

    past: Tensor
    heard: Tensor
    style: Tensor
    code: Tensor
    base: Tensor
    rest: Tensor

    def at(self, places: Tensor) -> "Rows":
        """Some of them."""
        return Rows(*(getattr(self, name)[places] for name in self.__dataclass_fields__))


def rows(recipe: Recipe, part: str, split: str) -> Rows:
    """All places of some clips of a split."""
    dataset, tokenizers = Dataset.open(recipe.data.dataset), load_tokenizers(recipe.model_folder("tokenizer"))
    fingerprint = file_sha256(recipe.model_folder("tokenizer") / WEIGHTS_FILE)[:16]
    tokens, features = TokenStore(dataset, tokenizers, fingerprint), FeatureStore(dataset, make_encoder(recipe.encoder))
    tokens.fill()
    features.fill()
    clips = [clip for clip in dataset.clips if clip.split == split]
    chosen = np.random.default_rng(0).permutation(len(clips))[: CLIPS[split]]
    found: list[Rows] = []
    for clip in (clips[number] for number in chosen):
        count = min(clip.frames // TOKEN_FRAMES, LONGEST)
        if count <= PAST + max(HEARD):
            continue
        _, codes = tokens.window(clip, 0, count * TOKEN_FRAMES)
        own = torch.from_numpy(codes[PART_ORDER.index(part)].T.copy())[None]
        vectors = tokenizers.quantised({part: own})[part][0].detach()
        sound = np.concatenate([*features.window(clip, 0, count * TOKEN_FRAMES).values()], axis=1)
        means = torch.from_numpy(sound).unflatten(0, (-1, TOKEN_FRAMES)).mean(dim=1)
        at = torch.arange(PAST, count - max(HEARD))
        style = torch.from_numpy(clip_traits(dataset, [clip], recipe.motion.traits)[0]).expand(len(at), -1)
        summed = vectors.sum(dim=0)
        past = summed[at[:, None] - torch.arange(PAST, 0, -1)].flatten(1)
        heard = means[at[:, None] + torch.tensor(HEARD)].flatten(1)
        found.append(Rows(past, heard, style, own[0, at, 0], vectors[0, at], vectors[1:, at].sum(dim=0)))
    return Rows(*(torch.cat([getattr(each, name) for each in found]) for name in Rows.__dataclass_fields__))


class Reader(nn.Module):
    """A perceptron whose middle is as narrow as a code vector."""

    def __init__(self, example: Tensor, narrow: int, outputs: int) -> None:
        super().__init__()
        self.register_buffer("middle", example.mean(dim=0))
        self.register_buffer("spread", example.std(dim=0).clamp(min=1e-3))
        self.layers = nn.Sequential(
            nn.Linear(example.shape[1], WIDE),
            nn.LeakyReLU(0.2),
            nn.Linear(WIDE, narrow),
            nn.LayerNorm(narrow),
            nn.Linear(narrow, 2 * narrow),
            nn.LeakyReLU(0.2),
            nn.Linear(2 * narrow, outputs),
        )

    def forward(self, read: Tensor) -> Tensor:
        """(N, inputs) -> (N, outputs)."""
        return self.layers((read - self.middle) / self.spread)


Read = Callable[[Rows], Tensor]
Loss = Callable[[Tensor, Rows], Tensor]


def trained(train: Rows, read: Read, loss: Loss, outputs: int, minutes: float) -> Reader:
    """A reader, trained for so long."""
    torch.manual_seed(0)
    reader = Reader(read(train.at(torch.randint(len(train.code), (20_000,)))), train.base.shape[1], outputs)
    optimiser = torch.optim.Adam(reader.parameters(), LEARNING_RATE)
    begun, whole = time.monotonic(), 60.0 * minutes
    while (spent := time.monotonic() - begun) < whole:
        optimiser.param_groups[0]["lr"] = LEARNING_RATE * (0.5 + 0.5 * np.cos(np.pi * spent / whole))
        some = train.at(torch.randint(len(train.code), (BATCH,)))
        optimiser.zero_grad()
        loss(reader(read(some)), some).backward()
        optimiser.step()
    return reader.eval()


def code_loss(said: Tensor, true: Rows) -> Tensor:
    """Nats of the base token."""
    return functional.cross_entropy(said, true.code)


def rest_loss(said: Tensor, true: Rows) -> Tensor:
    """Share of the further levels' sum that is left over."""
    return (said - true.rest).square().sum() / true.rest.square().sum()


@torch.no_grad()
def main() -> None:
    """Read, train both, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("changes", nargs="*", metavar="KEY=VALUE")
    parser.add_argument("--part", choices=PART_ORDER, default="upper")
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--speech", action="store_true")
    given = parser.parse_intermixed_args()
    recipe = read_recipe(given.recipe, given.changes)
    train, held_out = (rows(recipe, given.part, split) for split in ("train", "validation"))
    codes = int(train.code.max()) + 1

    def read(some: Rows) -> Tensor:
        return torch.cat([some.past, some.style, *([some.heard] if given.speech else [])], dim=1)

    def read_all(some: Rows) -> Tensor:
        return torch.cat([read(some), some.base], dim=1)

    shares = torch.bincount(train.code, minlength=codes).float() / len(train.code)
    with torch.enable_grad():
        next_code = trained(train, read, code_loss, codes, given.minutes)
        next_rest = trained(train, read_all, rest_loss, train.rest.shape[1], given.minutes)
    said = [
        f"{given.part}: {len(train.code)} tokens to learn from, {len(held_out.code)} to be measured on",
        f"by frequency alone: {-torch.special.xlogy(shares, shares).sum():.2f} nats",
        f"after two tokens: {code_loss(next_code(read(held_out)), held_out):.2f} nats",
        f"further levels' sum left over: {rest_loss(next_rest(read_all(held_out)), held_out):.2f}",
    ]
    if given.speech:
        other = replace(held_out, heard=held_out.heard[torch.randperm(len(held_out.code))])
        said.append(f"with another's speech: {code_loss(next_code(read(other)), held_out):.2f} nats")
    sys.stdout.write("\n".join(said) + "\n")


if __name__ == "__main__":
    main()
