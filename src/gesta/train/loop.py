"""The training loop: batch, losses, backward, clip, step, average, log, validate, save; one for every stage.

It runs on one CPU, on one GPU, or in the processes of `accelerate launch -m gesta train ...`. A training that was
stopped or killed goes on from its last checkpoint and ends, on one machine, with the bits it would have had anyway:
what a step sees and draws depends on its number alone (gesta.train.chance), and all else is in the checkpoint.
"""

import json
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gesta.train.batches import Batches
from gesta.train.folders import appearing, exclusive, remove_partial
from gesta.train.log import Clock, TrainingLog
from gesta.train.machine import agreed, start_accelerator
from gesta.train.provenance import TRAINING, provenance
from gesta.train.settings import TrainingSettings
from gesta.train.stage import LOSS, Report, Stage
from gesta.train.step import make_step, numbers
from gesta.train.stopping import stopping
from gesta.train.training import CHECKPOINTS, Tell, Training
from gesta.train.validation import validate

if TYPE_CHECKING:
    from accelerate import Accelerator

MODEL = "model"
"""The folder, in that of a training, which holds what it has made."""
FINISHED = "finished.json"
"""Lies in that folder and says which training made it."""


@dataclass(frozen=True)
class Outcome:
    """How a training stands when the loop ends.

    Attributes:
        step: steps done.
        best_step, best_loss: what did best on the validation windows; 0 and infinity where there are none.
        seconds: of training, over all pieces.
        made: steps of this piece; 0 if it was finished already.
        made_seconds: what they took.
        model: the folder with the finished artefact; None while there are steps left.
    """

    step: int
    best_step: int
    best_loss: float
    seconds: float
    made: int
    made_seconds: float
    model: Path | None


def train(
    stage: Stage,
    settings: TrainingSettings,
    folder: Path,
    *,
    recorded: Mapping[str, Any] | None = None,
    deadline: float | None = None,
    report: Report = lambda _what, _done, _of: None,
    tell: Tell = lambda _sentence: None,
) -> Outcome:
    """Train a stage, or go on training it, until its steps are done or it is stopped between two of them.

    Args:
        stage: what to train on what.
        settings: how.
        folder: takes log.jsonl, checkpoints/ and in the end model/.
        recorded: tables of further settings that make this training what it is; it goes on with the same ones only.
        deadline: on time.monotonic's clock; when it has passed, the training is saved and ends.
        report: takes what is done, how much, and of how much.
        tell: takes sentences for the user.

    Raises:
        InputError: other settings than before, damaged checkpoints, a loss that is not a number.
        OutputError: the folder cannot be written.
        KeyboardInterrupt: after Ctrl-C, when everything is saved.
    """
    accelerator = start_accelerator(settings)
    with exclusive(folder) if accelerator.is_main_process else nullcontext():
        if accelerator.is_main_process:
            remove_partial(folder)
            remove_partial(folder / CHECKPOINTS)
        accelerator.wait_for_everyone()
        record = {
            "settings": tables_of(settings, recorded or {}),
            "provenance": provenance(accelerator.device, accelerator.num_processes),
        }
        training = Training(settings, stage.network.to(accelerator.device))
        training.resume(folder, record["settings"], tell)
        run = Run(stage, training, folder, record, accelerator)
        first, before_s = training.step, training.seconds
        if 0 < first < settings.steps:
            tell(f"'{folder}' goes on from step {first} of {settings.steps}.")
        if first < settings.steps:
            run.go_on(deadline, report, tell)
        model = run.finish() if training.step >= settings.steps else None
    return Outcome(
        step=training.step,
        best_step=training.best_step,
        best_loss=training.best_loss,
        seconds=training.seconds,
        made=training.step - first,
        made_seconds=training.seconds - before_s,
        model=model,
    )


def tables_of(settings: TrainingSettings, recorded: Mapping[str, Any]) -> dict[str, Any]:
    """All that a training has to go on with, by table: how it is trained, and what makes it what it is."""
    return {TRAINING: settings.model_dump(mode="json"), **recorded}


@dataclass(frozen=True)
class Run:
    """One piece of a training: from where it stands to its last step, or to where it is stopped."""

    stage: Stage
    training: Training
    folder: Path
    record: Mapping[str, Any]
    accelerator: "Accelerator"

    def go_on(self, deadline: float | None, report: Report, tell: Tell) -> None:
        """The loop."""
        stage, training, settings, accelerator = self.stage, self.training, self.training.settings, self.accelerator
        first, steps = training.step, settings.steps
        network = accelerator.prepare(training.network)
        reader = Batches(stage, settings, accelerator.process_index, accelerator.num_processes)
        with stopping(deadline) as stop, reader as batches, self._log() as log:
            clock = Clock(training.seconds)
            for step in range(first, steps):
                done = make_step(stage, training, network, batches.of(step), step, accelerator)
                training.step, training.seconds = step + 1, clock.seconds
                last = training.step == steps
                stopped = agreed(accelerator, stop.wanted)
                if training.step % settings.log_every == 0 or last:
                    speed = {"seconds": clock.seconds, "windows_per_second": clock.speed(step + 1, settings.batch)}
                    log.write(training.step, "train", {**numbers(done, training.step), **speed})
                if training.step % settings.validate_every == 0 or last:
                    self._validate(log)
                if training.step % settings.save_every == 0 or last or stopped:
                    numbers(done, training.step)
                    self._save()
                report("training", training.step - first, steps - first)
                if stopped:
                    tell(f"Saved at step {training.step} of {steps}; the same command goes on from there.")
                    break

    def _log(self) -> TrainingLog:
        board = self.training.settings.tensorboard
        return TrainingLog(self.folder, self.training.step, board, silent=not self.accelerator.is_main_process)

    def _validate(self, log: TrainingLog) -> None:
        """Look at the validation windows, and keep the weights if they have never done better there."""
        found = validate(self.stage, self.training.kept, self.training.settings, self.accelerator)
        if not found:
            return
        log.write(self.training.step, "validation", found)
        if self.training.note_validation(found[LOSS]) and self.accelerator.is_main_process:
            self.training.save_best(self.folder, self.record)

    def _save(self) -> None:
        if self.accelerator.is_main_process:
            self.training.save(self.folder, self.record)
        self.accelerator.wait_for_everyone()

    def finish(self) -> Path:
        """Export what has been made, unless this has been done; returns its folder."""
        model, steps = self.folder / MODEL, self.training.settings.steps
        if self.accelerator.is_main_process and _steps_of(model) < steps:
            network = self.training.exported(self.folder)
            said = {
                **self.record,
                "exported": self.training.settings.export,
                "stage": self.stage.name,
                "steps": self.training.step,
                "best_step": self.training.best_step,
                "best_loss": self.training.best_loss if self.training.best_step else None,
                "seconds": round(self.training.seconds, 1),
            }
            with appearing(model) as hidden:
                self.stage.export(network, hidden, said)
                (hidden / FINISHED).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
        self.accelerator.wait_for_everyone()
        return model


def _steps_of(model: Path) -> int:
    """Steps after which a finished artefact was made; 0 if there is none."""
    try:
        return int(json.loads((model / FINISHED).read_text(encoding="utf-8"))["steps"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
