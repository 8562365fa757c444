"""The settings of one training: how long, how fast it learns, how it is watched and what is kept."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from gesta.devices import Device
from gesta.settings import Settings
from gesta.train.adan import PUBLISHED_BETAS

BETAS = {"adamw": 2, "adan": 3}
"""How many betas each optimiser takes."""


class TrainingSettings(Settings):
    """How one stage is trained. What is not set here, and on what, is said by the other tables of a recipe."""

    steps: int = Field(10_000, ge=1, description="optimiser steps")
    batch: int = Field(64, ge=1, description="windows of one step, over all processes and pieces together")
    accumulate: int = Field(1, ge=1, description="pieces in which each process works through its share of a batch")
    optimiser: Literal["adamw", "adan"] = Field("adamw", description="what makes the steps")
    learning_rate: float = Field(3e-4, gt=0.0, description="of the optimiser, after warming up")
    betas: tuple[float, ...] = Field(
        (0.9, 0.99), description=f"of the optimiser: two for adamw; three for adan, {PUBLISHED_BETAS} if not given"
    )
    weight_decay: float = Field(0.0, ge=0.0, description="of the optimiser, on weights with two axes or more")
    warm_up_steps: int = Field(0, ge=0, description="steps in which the learning rate rises from nothing")
    schedule: Literal["constant", "cosine", "step"] = Field("constant", description="the learning rate afterwards")
    final_factor: float = Field(0.1, ge=0.0, le=1.0, description="of the learning rate, in the end or after the step")
    step_at: float = Field(0.8, ge=0.0, le=1.0, description="share of the training after which 'step' steps down")
    gradient_clip: float = Field(1.0, ge=0.0, description="largest norm of all gradients together; 0: any")
    precision: Literal["float32", "bfloat16"] = Field("float32", description="of the network's arithmetic")
    ema_decay: float = Field(
        0.0, ge=0.0, lt=1.0, description="moving average of the weights, used for validation and kept; 0: none"
    )
    validate_every: int = Field(500, ge=1, description="steps between two looks at the validation windows")
    save_every: int = Field(500, ge=1, description="steps between two checkpoints")
    keep_checkpoints: int = Field(2, ge=1, description="checkpoints kept, besides the best")
    export: Literal["best", "last"] = Field(
        "best", description="the weights of the finished model: those that did best in validation, or the last ones"
    )
    log_every: int = Field(20, ge=1, description="steps between two lines of the log")
    seed: int = Field(0, ge=0, description="of the first weights, of the order of windows and of all chance")
    device: Device = Field("auto", description="where to train; auto: a GPU if there is one")
    workers: int = Field(1, ge=0, le=64, description="threads that read the next windows; 0: read between the steps")
    tensorboard: bool = Field(True, description="write for tensorboard too, where it is installed")

    @model_validator(mode="before")
    @classmethod
    def _usual_betas(cls, table: Any) -> Any:
        if isinstance(table, Mapping) and table.get("optimiser") == "adan":
            return {"betas": PUBLISHED_BETAS, **table}
        return table

    @field_validator("betas")
    @classmethod
    def _fitting_betas(cls, betas: tuple[float, ...], info: ValidationInfo) -> tuple[float, ...]:
        optimiser = info.data.get("optimiser", "adamw")
        if len(betas) != BETAS[optimiser] or not all(0.0 <= beta < 1.0 for beta in betas):
            raise ValueError(f"{optimiser} takes {BETAS[optimiser]} numbers from 0 to below 1")
        return betas


FREE_TO_CHANGE = (
    "steps",
    "save_every",
    "keep_checkpoints",
    "export",
    "log_every",
    "device",
    "workers",
    "tensorboard",
)
"""What may differ when a training goes on from a checkpoint; anything else would make it another training."""
