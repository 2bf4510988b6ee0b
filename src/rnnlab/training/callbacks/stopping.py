"""When to stop before the last epoch."""

import math
from typing import Annotated, Any, Literal

import pytorch_lightning as pl

from rnnlab.config.objectives import Monitored
from rnnlab.errors import Bounds, checked
from rnnlab.training.learner import ours

Checks = Annotated[int, Bounds(1)]


class StopWhenSolved(pl.Callback):
    """Stops when exact match on validation has been 1.0 for `checks` checks in a row; null for never."""

    @checked
    def __init__(self, checks: Checks | None = 3):
        self.checks, self.solved = checks, 0

    def on_validation_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        self.solved = self.solved + 1 if ours(learner).checked["exact_match/validation"] == 1.0 else 0
        trainer.should_stop |= self.checks is not None and self.solved >= self.checks

    def state_dict(self) -> dict[str, Any]:
        return {"solved": self.solved}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.solved = state["solved"]


class StopEarly(pl.Callback):
    """Stops when `monitor` has not improved for `patience` checks in a row; null for never."""

    @checked
    def __init__(
        self,
        monitor: Monitored = "loss/validation",
        mode: Literal["min", "max"] = "min",
        patience: Checks | None = None,
    ):
        self.monitor, self.patience, self.sign = monitor, patience, 1 if mode == "min" else -1
        self.best, self.waited = math.inf, 0

    def on_validation_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        value = self.sign * ours(learner).checked[self.monitor]
        self.best, self.waited = (value, 0) if value < self.best else (self.best, self.waited + 1)
        trainer.should_stop |= self.patience is not None and self.waited >= self.patience

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "waited": self.waited}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.best, self.waited = state["best"], state["waited"]
