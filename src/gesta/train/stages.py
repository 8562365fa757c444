"""The stages by name: who builds them, from which tables of a recipe, and what has to be trained before."""

import importlib
from dataclasses import dataclass
from importlib.util import find_spec

from gesta.errors import not_in_this_version, unknown_name
from gesta.train.chance import seed_torch
from gesta.train.recipe import Recipe
from gesta.train.settings import TrainingSettings
from gesta.train.stage import Report, Stage


@dataclass(frozen=True)
class StageKind:
    """A stage before it is built.

    Attributes:
        module, builder: the function that makes a `Stage` of a `Recipe` and a `Report`; imported when it is called.
        training: the recipe's table that says how it is trained.
        tables: the recipe's tables, or tables in them, that make the result what it is.
        needs: stages whose results it uses, in their order; see `needed_stages`.
    """

    module: str
    builder: str
    training: str
    tables: tuple[str, ...]
    needs: tuple[str, ...] = ()


STAGES = {
    "tokenizer": StageKind("gesta.train.tokenizer_stage", "tokenizer_stage", "tokenizer_training", ("tokenizer",)),
    "motion": StageKind(
        "gesta.train.motion_stage",
        "motion_stage",
        "motion_training",
        ("encoder", "tokenizer", "motion"),
        needs=("tokenizer",),
    ),
    "mouth": StageKind("gesta.train.mouth_stage", "mouth_stage", "mouth_training", ("mouth",)),
    "keypoints": StageKind(
        "gesta.train.keypoints_stage",
        "keypoints_stage",
        "keypoints_training",
        ("keypoints", "keypoints_features", "keypoints_stage"),
    ),
    "autoencoder": StageKind(
        "gesta.train.autoencoder_stage", "autoencoder_stage", "autoencoder_training", ("autoencoder", "video.picture")
    ),
    "image": StageKind(
        "gesta.train.image_stage",
        "image_stage",
        "image_training",
        ("video", "image_stage", "start"),
        needs=("autoencoder",),
    ),
    "video": StageKind(
        "gesta.train.video_stage",
        "video_stage",
        "video_training",
        ("video", "video_features", "video_stage", "start"),
        needs=("autoencoder", "image"),
    ),
}


def stage_kind(name: str) -> StageKind:
    """A stage by its name; InputError where it is unknown or not built yet."""
    if name in STAGES and find_spec(STAGES[name].module) is None:
        raise not_in_this_version("stage", name)
    if name not in STAGES:
        raise unknown_name("stage", name, STAGES)
    return STAGES[name]


def training_settings(name: str, recipe: Recipe) -> TrainingSettings:
    """How a recipe trains a stage."""
    return getattr(recipe, stage_kind(name).training)


def needed_stages(name: str, recipe: Recipe) -> tuple[str, ...]:
    """The stages whose results a stage uses: those of its kind, the autoencoder only where it is trained here.

    A model that everything begins with brings its own.
    """
    own = recipe.video.picture.autoencoder == "convolutional" and recipe.start.bundle is None
    return tuple(need for need in stage_kind(name).needs if need != "autoencoder" or own)


def begun_with(name: str, recipe: Recipe) -> dict[str, str]:
    """Files and folders of trained weights that a stage begins with, by setting."""
    tables = stage_kind(name).tables
    places = recipe.start.model_dump() if "start" in tables else {}
    if "keypoints_stage" in tables:
        places["keypoints"] = recipe.keypoints_stage.start
    return {setting: place for setting, place in places.items() if place is not None}


def build_stage(name: str, recipe: Recipe, report: Report = lambda _what, _done, _of: None) -> Stage:
    """A stage with new weights, which depend on the recipe's seed; what it needs of the data set is made first."""
    kind = stage_kind(name)
    seed_torch(training_settings(name, recipe).seed, name, "weights")
    return getattr(importlib.import_module(kind.module), kind.builder)(recipe, report)
