"""A recipe: one TOML file that says everything about a training, from the recordings to the last step.

name = "toy"

[data]
dataset = "gesta_data/toy"
prepare = { kind = "synthetic", source = "demo", settings = { seeds = 4 } }   # only if it is not there yet

[tokenizer]
preset = "small"          # any field of it may follow, changed
codes = 64

[motion]
preset = "small"
sizes = { width = 96 }

[tokenizer_training]
steps = 300

[motion_training]
steps = 300

A mouth, trained on a data set of faces, has the tables mouth and mouth_training. Trainings on films have keypoints,
keypoints_features, keypoints_stage and keypoints_training, or video, video_features, image_stage, video_stage, start,
image_training and video_training; those whose autoencoder is trained here autoencoder and autoencoder_training, too.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from gesta.audio.encoders.config import EncoderConfig
from gesta.audio.video_features.config import VideoFeaturesConfig
from gesta.echomask.config import PRESETS as GENERATOR_PRESETS
from gesta.echomask.config import GeneratorConfig
from gesta.errors import unknown_name
from gesta.mmgt.sampling_config import SamplingConfig
from gesta.mmgt.smga_config import SMGA_PRESETS, SmgaConfig
from gesta.mmgt.video_config import VIDEO_PRESETS, VideoConfig
from gesta.settings import COMMAND_LINE, Settings, changed_table, read_table
from gesta.tokenizer.config import PRESETS as TOKENIZER_PRESETS
from gesta.tokenizer.config import TokenizerConfig
from gesta.train.film_settings import (
    AutoencoderStageSettings,
    ImageStageSettings,
    KeypointsStageSettings,
    StartSettings,
    VideoStageSettings,
)
from gesta.train.loop import MODEL
from gesta.train.mouth_settings import MouthStageSettings
from gesta.train.settings import TrainingSettings

PRESET = "preset"
USUAL_PRESET = "gesta"
DEMO = "demo"
"""As the source of a data set: the recording that comes with gesta."""
RUNS = "gesta_runs"


class PrepareRecipe(Settings):
    """How to make a data set that is not there yet, as `gesta prepare` would."""

    kind: str = Field(description="kind of source, as `gesta prepare` names it")
    source: str = Field(description=f"file or folder it is made from; {DEMO}: the recording that comes with gesta")
    smplx: str | None = Field(None, description="the user's own SMPL-X model, for the fingers of beat2 and show")
    settings: dict[str, Any] = Field({}, description="settings of that kind, for example seeds = 4")


class DataRecipe(Settings):
    """What is trained on."""

    dataset: str = Field(description="folder of a prepared data set")
    prepare: PrepareRecipe | None = Field(None, description="how to make it where it is missing")
    window: int = Field(64, ge=16, multiple_of=4, description="motion frames of a window the tokenizers learn from")
    stride: int = Field(20, ge=1, description="frames between the beginnings of two windows")


class Recipe(Settings):
    """Everything about a training. Relative paths begin where the command is run."""

    name: str = Field(pattern=r"^\w[\w.-]*$", max_length=80, description="of the training and of its folder")
    output: str | None = Field(None, description=f"folder of the results; {RUNS}/NAME if not given")
    data: DataRecipe
    encoder: EncoderConfig = EncoderConfig()
    mouth_of_motion: Literal["own", "learned"] = Field(
        "own", description="whether the finished model's mouth is its own, or read by the mouth that gesta comes with"
    )
    tokenizer: TokenizerConfig = Field(default_factory=lambda: TokenizerConfig(**_expanded({}, "tokenizer")))
    tokenizer_model: str | None = Field(
        None, description="folder of trained tokenizers, or of a model with them, to use"
    )
    motion: GeneratorConfig = Field(default_factory=lambda: GeneratorConfig(**_expanded({}, "motion")))
    mouth: MouthStageSettings = MouthStageSettings()
    keypoints: SmgaConfig = Field(default_factory=lambda: SmgaConfig(**_expanded({}, "keypoints")))
    keypoints_features: VideoFeaturesConfig = VideoFeaturesConfig()
    keypoints_stage: KeypointsStageSettings = KeypointsStageSettings()
    video: VideoConfig = Field(default_factory=lambda: VideoConfig(**_expanded({}, "video")))
    video_features: VideoFeaturesConfig = VideoFeaturesConfig()
    autoencoder: AutoencoderStageSettings = AutoencoderStageSettings()
    autoencoder_model: str | None = Field(
        None, description="folder of what the stage autoencoder has made, to use, not to train"
    )
    image_stage: ImageStageSettings = ImageStageSettings()
    video_stage: VideoStageSettings = VideoStageSettings()
    video_sampling: SamplingConfig = Field(SamplingConfig(), description="how the finished model makes films")
    start: StartSettings = StartSettings()
    image_model: str | None = Field(
        None, description="folder of what the stage image has made, or of a model for films, to use, not to train"
    )
    tokenizer_training: TrainingSettings = TrainingSettings()
    motion_training: TrainingSettings = TrainingSettings()
    mouth_training: TrainingSettings = TrainingSettings()
    keypoints_training: TrainingSettings = TrainingSettings()
    autoencoder_training: TrainingSettings = TrainingSettings()
    image_training: TrainingSettings = TrainingSettings()
    video_training: TrainingSettings = TrainingSettings()

    @field_validator("tokenizer", "motion", "keypoints", "video", mode="before")
    @classmethod
    def _from_preset(cls, table: Any, info: Any) -> Any:
        return _expanded(table, info.field_name) if isinstance(table, Mapping) else table

    @property
    def folder(self) -> Path:
        """Where all results go."""
        return Path(self.output) if self.output is not None else Path(RUNS) / self.name

    def stage_folder(self, stage: str) -> Path:
        """Where a stage keeps its checkpoints, its log and what it has made."""
        return self.folder / stage

    def model_folder(self, stage: str) -> Path:
        """Where what a stage has made lies, or will lie."""
        given = self.given_model(stage)
        return Path(given) if given is not None else self.stage_folder(stage) / MODEL

    def given_model(self, stage: str) -> str | None:
        """The folder of a trained model that is used where this stage would be trained, if there is one."""
        given = {
            "tokenizer": self.tokenizer_model,
            "autoencoder": self.autoencoder_model,
            "image": self.image_model,
        }
        return given.get(stage)


PRESETS: dict[str, Mapping[str, Mapping[str, Any]]] = {
    "tokenizer": TOKENIZER_PRESETS,
    "motion": GENERATOR_PRESETS,
    "keypoints": SMGA_PRESETS,
    "video": VIDEO_PRESETS,
}
"""By table of a recipe: its presets by name."""


def _expanded(table: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A table with its preset put underneath."""
    values = dict(table)
    preset = values.pop(PRESET, USUAL_PRESET)
    if preset not in PRESETS[name]:
        raise unknown_name(f"{name} preset", str(preset), PRESETS[name])
    return _merged(PRESETS[name][preset], values)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(below)
    for name, value in above.items():
        under = values.get(name)
        if isinstance(value, Mapping) and isinstance(under, Mapping):
            values[name] = _merged(under, value)
        else:
            values[name] = value
    return values


def read_recipe(path: str | Path, changes: Sequence[str] = ()) -> Recipe:
    """Read a recipe, with changes such as "motion_training.steps=500" or "tokenizer.preset=small".

    Raises:
        InputError: it cannot be read, a setting is unknown (near names are said) or a value does not fit.
    """
    table = read_table(path, "recipe")
    recipe = Recipe.checked(table, f"'{path}'")
    return Recipe.checked(changed_table(table, changes), COMMAND_LINE) if changes else recipe
