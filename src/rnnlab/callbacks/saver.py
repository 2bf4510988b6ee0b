"""Keeps the newest and the best checkpoint of a run, and stops it where it can be resumed exactly."""

import time
from pathlib import Path
from typing import Annotated, Any, Literal

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Checkpoint

from rnnlab import processes
from rnnlab.checkpoint import BEST, FORMAT, LAST, VERSION, read_best
from rnnlab.errors import Bounds, InputError, checked, warn
from rnnlab.interrupt import STOP, Interrupted
from rnnlab.likeness import Differs, count
from rnnlab.objectives import Monitored
from rnnlab.randomstate import random_state, set_random_state, start_random

BETTER = {"min": lambda new, old: new < old, "max": lambda new, old: new > old}


class Saver(Checkpoint):
    """`last.ckpt` is where the run stands, `best.ckpt` the best check so far; each holds all that training needs.

    monitor, mode: the metric that says which check is best; of equals, the one of lower validation loss.
    every_steps, every_minutes: when `last.ckpt` is written besides the end of training; null for never.

    A save that is due waits for the next place from which Lightning resumes to the bit: after an optimizer step that
    neither ends an epoch nor is followed by a validation, or the end of an epoch. There are no partly accumulated
    gradients and no half-done validation in such a place, so none need to be saved. Once the training is over, whatever
    ended it, only the save at its end follows; a run resumed from that one does not train again, unless `extended`.

    Being a `Checkpoint`, it is called after all other callbacks, so what it saves of them is complete.
    """

    @checked
    def __init__(
        self,
        monitor: Monitored = "loss/validation",
        mode: Literal["min", "max"] = "min",
        every_steps: Annotated[int, Bounds(1)] | None = None,
        every_minutes: Annotated[float, Bounds(0, 1e9, above=True)] | None = 1.0,
    ):
        self.monitor, self.better = monitor, BETTER[mode]
        self.every_steps, self.every_minutes = every_steps, every_minutes
        self.best: float | None = None
        self.tie: float | None = None
        self.folder = Path()
        self.data: dict[str, Any] = {}
        self.restored: list[dict[str, Any]] | None = None  # of each process
        self.epoch_is_over = False
        self.extended = False

    def describe(self, run: Path, data: dict[str, Any], extended: bool = False) -> None:
        """Where to save, and the plain data (config, vocabulary) from which the run can be rebuilt.

        extended: whether a resumed training is to be longer than it was, also where it had been stopped.
        """
        self.folder, self.data, self.extended = run / "checkpoints", data, extended

    def on_train_start(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        self.saved_at, self.step, self.due = time.monotonic(), trainer.global_step, False
        if self.restored:
            set_random_state(self.restored[processes.rank()])
            if not self._best_is_there(learner, trainer.global_step):
                self.best = self.tie = None
        else:
            start_random(processes.rank())

    def on_train_batch_end(self, trainer: pl.Trainer, *_: object) -> None:
        if trainer.global_step == self.step:
            return  # gradients are being accumulated
        self.step = trainer.global_step
        self.due |= self.every_steps is not None and self.step % self.every_steps == 0
        batches = trainer.fit_loop.epoch_loop.total_batch_idx + 1
        validation_follows = trainer.check_val_every_n_epoch is None and batches % trainer.val_check_batch == 0
        if not (trainer.is_last_batch or validation_follows or over(trainer)):
            self._save_if_due(trainer)

    def on_train_batch_start(self, trainer: pl.Trainer, *_: object) -> None:
        if self.restored:  # Lightning's own count, the x axis of its loggers, may be one off
            trainer.fit_loop.epoch_loop._batches_that_stepped = trainer.global_step
            self.restored = None

    def on_train_epoch_start(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        self.epoch_is_over = False

    def on_train_epoch_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        self.epoch_is_over = True
        if not over(trainer):
            self._save_if_due(trainer)

    def on_train_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        if self.best is None:  # it ended before its first check
            trainer.save_checkpoint(self.folder / BEST)
        trainer.save_checkpoint(self.folder / LAST)
        (stop,) = processes.largest(STOP.requested or 0)
        if stop:
            raise Interrupted(stop)

    def on_validation_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        value, tie = learner.checked[self.monitor], learner.checked["loss/validation"]
        if self.best is None or self.better(value, self.best) or (value == self.best and tie < self.tie):
            self.best, self.tie = value, tie
            trainer.save_checkpoint(self.folder / BEST)

    def _best_is_there(self, learner: pl.LightningModule, step: int) -> bool:
        """Whether `best.ckpt` is what was the best up to a step, not later steps that may go another way now."""
        try:
            return count(read_best(self.folder.parent, learner.state_dict()), "global_step") <= step
        except (InputError, Differs) as error:
            if self.best is not None:
                warn(f"{error}; the best check from here on takes its place")
            return False

    def _save_if_due(self, trainer: pl.Trainer) -> None:
        late = self.every_minutes is not None and time.monotonic() - self.saved_at > 60 * self.every_minutes
        due, stop = processes.largest(self.due or late, STOP.requested or 0)
        if due or stop:
            trainer.save_checkpoint(self.folder / LAST)
            self.saved_at, self.due = time.monotonic(), False
            if stop:
                raise Interrupted(stop)

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "tie": self.tie}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.best, self.tie = state["best"], state["tie"]

    def on_save_checkpoint(self, trainer: pl.Trainer, learner: pl.LightningModule, checkpoint: dict[str, Any]) -> None:
        checkpoint |= {"format": FORMAT, "version": VERSION, **self.data}
        checkpoint["random"] = processes.gathered(random_state())
        checkpoint["stopped"] = trainer.should_stop
        if self.epoch_is_over:
            settle(checkpoint["loops"]["fit_loop"])
            checkpoint["epoch"] = checkpoint["loops"]["fit_loop"]["epoch_progress"]["current"]["completed"]

    def on_load_checkpoint(self, trainer: pl.Trainer, learner: pl.LightningModule, checkpoint: dict[str, Any]) -> None:
        self.restored = checkpoint["random"]
        trainer.should_stop = checkpoint["stopped"] and not self.extended


def over(trainer: pl.Trainer) -> bool:
    """Whether no step follows any more: the end of training is next."""
    epochs = trainer.fit_loop.epoch_progress.current.processed
    return trainer.should_stop or trainer.global_step == trainer.max_steps or epochs == trainer.max_epochs


def settle(loops: dict[str, Any]) -> None:
    """Makes Lightning's counters at the end of an epoch those before the next one.

    As they are, Lightning resumes into the epoch that is over, ends it a second time and counts it twice.
    """
    for part in ("total", "current"):
        loops["epoch_progress"][part]["completed"] = loops["epoch_progress"][part]["processed"]
    loops["epoch_loop.batch_progress"]["is_last_batch"] = False
    _zero(loops["epoch_loop.batch_progress"]["current"])
    _zero(loops["epoch_loop.scheduler_progress"]["current"])
    _zero(loops["epoch_loop.val_loop.batch_progress"]["total"])
    optimizer = loops["epoch_loop.automatic_optimization.optim_progress"]["optimizer"]
    _zero(optimizer["step"]["current"])
    _zero(optimizer["zero_grad"]["current"])


def _zero(counts: dict[str, int]) -> None:
    counts.update(dict.fromkeys(counts, 0))
