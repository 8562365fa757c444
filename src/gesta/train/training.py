"""A training under way: everything that changes in it, how that is saved, and how it goes on from there."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from gesta.errors import InputError
from gesta.train import checkpoint
from gesta.train.ema import MovingAverage
from gesta.train.frozen import changing, load_changing
from gesta.train.machine import make_optimiser
from gesta.train.provenance import refuse_other_settings
from gesta.train.settings import TrainingSettings

CHECKPOINTS = "checkpoints"
NETWORK, AVERAGE, OPTIMISER = "network", "average", "optimiser"
Tell = Callable[[str], None]


@dataclass
class Training:
    """What a step changes.

    Attributes:
        settings: of the training.
        network: what is trained, never wrapped, on its device.
        step: steps done.
        best_step: the step that did best on the validation windows; 0 where there are none.
        best_loss: its loss.
        seconds: of training, over all pieces.
    """

    settings: TrainingSettings
    network: nn.Module
    optimiser: torch.optim.Optimizer = field(init=False)
    average: MovingAverage | None = field(init=False)
    step: int = 0
    best_step: int = 0
    best_loss: float = math.inf
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.network.train()
        self.optimiser = make_optimiser(self.network, self.settings)
        self.average = MovingAverage(self.network, self.settings.ema_decay) if self.settings.ema_decay else None

    @property
    def kept(self) -> nn.Module:
        """The network that is validated and exported."""
        return self.average.network if self.average is not None else self.network

    def save(self, folder: Path, recorded: Mapping[str, Any]) -> Path:
        """Write a checkpoint from which the training can go on; only the newest ones are kept."""
        tensors = {NETWORK: changing(self.network), OPTIMISER: _optimiser_tensors(self.optimiser, self.network)}
        if self.average is not None:
            tensors[AVERAGE] = changing(self.average.network)
        state = {**recorded, "best_step": self.best_step, "best_loss": self.best_loss, "seconds": self.seconds}
        place = checkpoint.save(folder / CHECKPOINTS, checkpoint.LATEST, self.step, tensors, state)
        checkpoint.keep_newest(folder / CHECKPOINTS, checkpoint.LATEST, self.settings.keep_checkpoints)
        return place

    def note_validation(self, loss: float) -> bool:
        """Remember a validation loss if it is the best one yet; returns whether it is."""
        better = loss < self.best_loss
        if better:
            self.best_step, self.best_loss = self.step, loss
        return better

    def save_best(self, folder: Path, recorded: Mapping[str, Any]) -> None:
        """Write the weights that did best on the validation windows, in place of earlier ones."""
        tensors = {NETWORK: changing(self.kept)}
        state = {**recorded, "best_loss": self.best_loss}
        checkpoint.save(folder / CHECKPOINTS, checkpoint.BEST, self.step, tensors, state)
        checkpoint.keep_newest(folder / CHECKPOINTS, checkpoint.BEST, 1)

    def resume(self, folder: Path, settings: Mapping[str, Any], tell: Tell) -> None:
        """Go on from the newest whole checkpoint, if there is one.

        Args:
            folder: of the training.
            settings: tables that have to be as they were.
            tell: takes a sentence for the user.

        Raises:
            InputError: the checkpoint is of other settings, or there are only damaged ones.
        """
        places = checkpoint.saved(folder / CHECKPOINTS, checkpoint.LATEST)
        for place in places:
            try:
                found = checkpoint.read(place)
            except checkpoint.DamagedCheckpointError as damage:
                tell(f"The checkpoint '{place}' is damaged ({damage}); an older one is looked for.")
                continue
            refuse_other_settings(found.state.get("settings", {}), settings, folder)
            self._restore(found, str(place))
            return
        if places:
            raise InputError(
                f"All checkpoints in '{places[0].parent}' are damaged: move that folder away to begin anew."
            )

    def _restore(self, found: checkpoint.Checkpoint, place: str) -> None:
        load_changing(self.network, found.tensors[NETWORK], place)
        if self.average is not None:
            load_changing(self.average.network, found.tensors[AVERAGE], place)
        _restore_optimiser(self.optimiser, self.network, found.tensors[OPTIMISER])
        self.step = found.step
        self.best_step, self.best_loss = found.state["best_step"], found.state["best_loss"]
        self.seconds = found.state["seconds"]

    def exported(self, folder: Path) -> nn.Module:
        """The network as the settings want it in the end: the last weights where nothing was validated."""
        if self.best_step and self.settings.export == "best":
            place = checkpoint.saved(folder / CHECKPOINTS, checkpoint.BEST)[0]
            try:
                load_changing(self.kept, checkpoint.read(place).tensors[NETWORK], str(place))
            except checkpoint.DamagedCheckpointError as damage:
                raise InputError(f"'{place}' is damaged ({damage}): remove it and train some steps more.") from None
        return self.kept.eval()


def refuse_if_begun_otherwise(folder: Path, settings: Mapping[str, Any]) -> None:
    """Raise InputError if a training in a folder cannot go on with these tables, before anything is made for it.

    What cannot be read is left to `Training.resume`.
    """
    for place in checkpoint.saved(folder / CHECKPOINTS, checkpoint.LATEST):
        then = checkpoint.settings_of(place)
        if then is not None:
            refuse_other_settings(then, settings, folder)
            return


def _optimiser_tensors(optimiser: torch.optim.Optimizer, network: nn.Module) -> dict[str, Tensor]:
    """The optimiser's state, named "<parameter>/<name of the state>"."""
    return {
        f"{name}/{key}": value
        for name, parameter in network.named_parameters()
        for key, value in optimiser.state.get(parameter, {}).items()
    }


def _restore_optimiser(optimiser: torch.optim.Optimizer, network: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    parameters = dict(network.named_parameters())
    for full_name, value in tensors.items():
        name, _, key = full_name.rpartition("/")
        parameter = parameters[name]
        # All of a fused AdamW's state lies beside its parameter, the count of steps as well; Adan counts on the CPU.
        beside = parameter.device if isinstance(optimiser, torch.optim.AdamW) or value.ndim else value.device
        optimiser.state[parameter][key] = value.to(beside)
