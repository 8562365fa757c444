"""The stage `motion`: EchoMask's generator, with MAM and SQA, on the tokens of trained tokenizers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gesta.audio.encoders.make import make_encoder
from gesta.bundles.config import BundleConfig
from gesta.bundles.folder import save_bundle
from gesta.data.clips import Dataset
from gesta.data.speech_features import FeatureStore
from gesta.data.traits import clip_traits
from gesta.data.windows import Windows
from gesta.echomask.clips import Clips, some_shortened
from gesta.echomask.config import Decoding, GeneratorConfig
from gesta.echomask.masking import motion_energy, token_speeds
from gesta.echomask.model import EchoMask, by_part
from gesta.echomask.objective import step_losses
from gesta.echomask.parts import ALL_PARTS
from gesta.echomask.teacher import Teacher
from gesta.echomask.who import Who
from gesta.errors import InputError
from gesta.hashing import file_sha256
from gesta.tokenizer.channels import LOWER
from gesta.tokenizer.tokenizers import Tokenizers
from gesta.train.cards import motion_card
from gesta.train.recipe import Recipe
from gesta.train.stage import Report, Split
from gesta.train.token_store import TokenStore
from gesta.train.tokenizer_folder import WEIGHTS_FILE, load_tokenizers
from gesta.units import TOKEN_FRAMES

TAUGHT_POLICIES = ("speech_query", "as_published")
"""Mask policies that need a teacher."""


class MotionNetwork(nn.Module):
    """A generator with its teacher; the tokenizers inside are trained already and stay as they are."""

    def __init__(self, model: EchoMask) -> None:
        super().__init__()
        self.model = model
        self.model.tokenizers.requires_grad_(False)
        masking = model.config.masking
        self.teacher = Teacher(model.generator, masking) if masking.policy in TAUGHT_POLICIES else None

    def train(self, mode: bool = True) -> "MotionNetwork":
        """Set the mode; the tokenizers stay in evaluation mode."""
        super().train(mode)
        self.model.tokenizers.eval()
        return self

    def forward(self, batch: Mapping[str, Tensor], progress: float) -> dict[str, Tensor]:
        """The losses of a step."""
        clips = self.clips(batch)
        if self.training:
            clips = some_shortened(clips, self.model.config)
        return step_losses(self.model.generator, self.teacher, clips, progress, self.model)

    @torch.no_grad()
    def clips(self, batch: Mapping[str, Tensor]) -> Clips:
        """A batch of windows as the objective takes it; some clips are shown as their tokens decode."""
        model = self.model
        valid = {part: batch[f"valid.{part}"] for part in ALL_PARTS}
        real = batch["real"]
        again = torch.rand(len(real), 1, 1, device=real.device) < model.config.losses.decoded_share
        parts = {
            part: torch.where(again, batch[f"decoded.{part}"], batch[f"motion.{part}"]).masked_fill(
                ~valid[part][:, None], 0.0
            )
            for part in ALL_PARTS
        }
        codes = batch["codes"].transpose(0, 1)
        quantised = model.tokenizers.quantised(by_part(codes))
        seen = model.encoded(parts, valid)
        energy = torch.stack([motion_energy({part: seen[part]}) for part in ALL_PARTS])
        return Clips(
            motion=model.motion_input(seen),
            known=model.motion_input.visible(real, valid),
            real=real,
            low=batch["speech_low"],
            high=batch["speech_high"],
            who=Who(batch["speaker"], batch["traits"] if model.config.traits else None),
            valid=torch.stack([valid[part].any(dim=1) for part in ALL_PARTS]),
            codes=codes,
            latents=torch.stack([quantised[part] for part in ALL_PARTS]),
            energy=motion_energy(seen),
            speeds=token_speeds(energy),
            place=model.tokenizers.channels.block(LOWER, "translation", parts[LOWER])[:, 0],
        )


class MotionStage:
    """See `gesta.train.stage.Stage`."""

    name = "motion"
    network: nn.Module

    def __init__(
        self, recipe: Recipe, dataset: Dataset, model: EchoMask, tokens: TokenStore, features: FeatureStore
    ) -> None:
        self._recipe, self._dataset, self._tokens = recipe, dataset, tokens
        self.network = MotionNetwork(model)
        self._windows = {split: self._of(split, features) for split in ("train", "validation")}

    def _of(self, split: str, features: FeatureStore) -> Windows | None:
        if not any(clip.split == split for clip in self._dataset.clips):
            return None
        length = self._recipe.motion.sizes.window
        # Windows that overlap would make looks at validation longer, but hardly better.
        stride = length if split == "validation" else self._recipe.data.stride
        return Windows(
            self._dataset, split, length=length, stride=stride, features=features, traits=self._recipe.motion.traits
        )

    def train_size(self) -> int:
        """Number of training windows."""
        return len(self._windows["train"] or ())

    def validation_size(self) -> int:
        """Number of validation windows."""
        return len(self._windows["validation"] or ())

    def batch(self, split: Split, indices: np.ndarray) -> Mapping[str, Tensor]:
        """Windows with features, tokens and what the tokens decode to."""
        windows = self._windows[split]
        assert windows is not None
        found = windows.batch(indices)
        decoded: dict[str, list[np.ndarray]] = {part: [] for part in ALL_PARTS}
        codes = []
        for index in indices:
            number, start = windows.place(int(index))
            parts, tokens = self._tokens.window(windows.clips[number], start, windows.length)
            codes.append(tokens)
            for part, values in parts.items():
                decoded[part].append(values)
        found |= {f"decoded.{part}": np.stack(values) for part, values in decoded.items()}
        return {name: torch.from_numpy(values) for name, values in (found | {"codes": np.stack(codes)}).items()}

    def validate(self, network: nn.Module, batch: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        """The losses as they are at the end of the curriculum."""
        return network(batch, 1.0)

    def after_step(self, network: nn.Module, progress: float) -> None:
        """The teacher follows."""
        del progress
        assert isinstance(network, MotionNetwork)
        if network.teacher is not None:
            network.teacher.follow(network.model.generator)

    def export(self, network: nn.Module, folder: Path, provenance: Mapping[str, Any]) -> None:
        """Write a bundle."""
        assert isinstance(network, MotionNetwork)
        info, model = self._dataset.info, network.model
        config = BundleConfig(
            name=self._recipe.name,
            face_basis=info.face_basis,
            encoder=self._recipe.encoder,
            tokenizer=model.tokenizers.config,
            generator=model.config,
            decoding=Decoding(method="single") if model.config.reseed == "as_published" else Decoding(),
            mouth=self._recipe.mouth_of_motion,
            speakers=info.speakers,
            licence=info.licence,
            provenance=dict(provenance),
        )
        save_bundle(folder, config, model, motion_card(config, info, provenance))


def motion_stage(recipe: Recipe, report: Report) -> MotionStage:
    """The stage that a recipe describes; its data set is prepared and its tokenizers are trained."""
    if recipe.data.stride % TOKEN_FRAMES:
        raise InputError(f"data.stride is {recipe.data.stride}, but windows begin with a token: take a multiple of 4.")
    dataset = Dataset.open(recipe.data.dataset)
    tokenizers = load_tokenizers(recipe.model_folder("tokenizer"))
    if tokenizers.representation.face_basis != dataset.info.face_basis:
        raise InputError("The tokenizers were trained on another face basis than that of the data set.")
    fingerprint = file_sha256(recipe.model_folder("tokenizer") / WEIGHTS_FILE)
    tokens = TokenStore(dataset, tokenizers, fingerprint[:16])
    tokens.fill(progress=report)
    features = FeatureStore(dataset, make_encoder(recipe.encoder))
    features.fill(progress=report)
    return MotionStage(recipe, dataset, _model(recipe, dataset, tokenizers), tokens, features)


def _model(recipe: Recipe, dataset: Dataset, tokenizers: Tokenizers) -> EchoMask:
    encoder, sizes = make_encoder(recipe.encoder), recipe.motion.sizes
    if sizes.latent != tokenizers.config.width:
        raise InputError(
            f"motion.sizes.latent is {sizes.latent}, but the tokenizers' codes have {tokenizers.config.width} numbers; "
            "give both the same."
        )
    fitted = {
        "speakers": len(dataset.info.speakers),
        "speech_low": encoder.low_size,
        "speech_high": encoder.high_size,
    }
    model = EchoMask(GeneratorConfig(**(recipe.motion.model_dump() | fitted)), tokenizers)
    train = [clip for clip in dataset.clips if clip.split == "train"]
    if model.generator.manner is not None and train:
        model.generator.manner.fit(torch.from_numpy(clip_traits(dataset, train, model.config.traits)))
    return model
