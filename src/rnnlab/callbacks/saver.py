"""Keeps the newest and the best checkpoint of a run."""

import os
import time
from pathlib import Path
from typing import Any

import pytorch_lightning as pl

from rnnlab.checkpoint import FORMAT, VERSION, random_state, set_random_state
from rnnlab.errors import one_of, real, whole
from rnnlab.metrics import names

BEST = {"min": lambda new, old: new < old, "max": lambda new, old: new > old}


class Saver(pl.Callback):
    """`last.ckpt` is where the run stands, `best.ckpt` the best check so far; each holds all that training needs.

    monitor, mode: the metric that says which check is best; of equals, the one of lower validation loss.
    every_steps, every_minutes: when `last.ckpt` is written besides the end of training; null for never.
    """

    def __init__(
        self,
        monitor: str = "loss/validation",
        mode: str = "min",
        every_steps: int | None = None,
        every_minutes: float | None = 1.0,
    ):
        one_of("monitor", monitor, names("train", "validation"))
        self.monitor, self.better = monitor, BEST[str(one_of("mode", mode, BEST))]
        self.every_steps = None if every_steps is None else whole("every_steps", every_steps, 1)
        self.every_minutes = None if every_minutes is None else real("every_minutes", every_minutes, 0, above=True)
        self.best: float | None = None
        self.tie: float | None = None
        self.folder = Path()
        self.data: dict[str, Any] = {}

    def describe(self, run: Path, data: dict[str, Any]) -> None:
        """Where to save, and the plain data (config, vocabulary) from which the run can be rebuilt."""
        self.folder, self.data = run / "checkpoints", data

    def on_train_start(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        self.saved = time.monotonic()
        if self.restored:
            set_random_state(self.restored)

    restored: dict[str, Any] | None = None

    def on_train_batch_end(self, trainer: pl.Trainer, *_: object) -> None:
        if not trainer.is_last_batch:
            self._save_if_due(trainer)

    def on_train_epoch_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        self._save_if_due(trainer)

    def on_train_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        self._save(trainer, "last.ckpt")

    def on_validation_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        if not learner.fitting:
            return
        value, tie = learner.checked[self.monitor], learner.checked["loss/validation"]
        if self.best is None or self.better(value, self.best) or (value == self.best and tie < self.tie):
            self.best, self.tie = value, tie
            self._save(trainer, "best.ckpt")

    def _save_if_due(self, trainer: pl.Trainer) -> None:
        steps = self.every_steps and trainer.global_step % self.every_steps == 0
        if steps or (self.every_minutes and time.monotonic() - self.saved > 60 * self.every_minutes):
            self._save(trainer, "last.ckpt")
            self.saved = time.monotonic()

    def _save(self, trainer: pl.Trainer, name: str) -> None:
        if trainer.is_global_zero:
            self.folder.mkdir(exist_ok=True)
            last = self.folder / name
            if name == "last.ckpt" and last.exists():
                os.replace(last, self.folder / "previous.ckpt")
        trainer.save_checkpoint(self.folder / name)

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "tie": self.tie}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.best, self.tie = state["best"], state["tie"]

    def on_save_checkpoint(self, trainer: pl.Trainer, learner: pl.LightningModule, checkpoint: dict[str, Any]) -> None:
        checkpoint |= {"format": FORMAT, "version": VERSION, "random": random_state(), **self.data}

    def on_load_checkpoint(self, trainer: pl.Trainer, learner: pl.LightningModule, checkpoint: dict[str, Any]) -> None:
        self.restored = checkpoint["random"]
