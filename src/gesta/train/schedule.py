"""How the learning rate changes with the step: a function of the step alone, so that nothing has to be remembered."""

import math

from gesta.train.settings import TrainingSettings


def learning_rate(settings: TrainingSettings, step: int) -> float:
    """The learning rate of a step.

    It rises along a line for `warm_up_steps`; then it stays ("constant"), falls along half a cosine to `final_factor`
    of itself at the last step ("cosine"), or falls to that at the share `step_at` of the training ("step").

    Args:
        settings: of the training.
        step: from 0 on.
    """
    if step < settings.warm_up_steps:
        return settings.learning_rate * (step + 1) / settings.warm_up_steps
    return settings.learning_rate * _factor(settings, step)


def _factor(settings: TrainingSettings, step: int) -> float:
    if settings.schedule == "cosine":
        falling = max(1, settings.steps - 1 - settings.warm_up_steps)
        share = min(1.0, (step - settings.warm_up_steps) / falling)
        return settings.final_factor + (1.0 - settings.final_factor) * (1.0 + math.cos(math.pi * share)) / 2.0
    if settings.schedule == "step" and step >= settings.step_at * settings.steps:
        return settings.final_factor
    return 1.0
