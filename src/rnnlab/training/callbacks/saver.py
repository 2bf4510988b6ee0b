"""Keeps the newest and the best checkpoint of a run, and stops it where it can be resumed exactly."""

import math
import time
from pathlib import Path
from typing import Annotated, Any, Literal

import pytorch_lightning as pl
from pytorch_lightning.callbacks import Checkpoint

from rnnlab.config.objectives import Monitored
from rnnlab.errors import Bounds, InputError, RunFailed, checked, warn
from rnnlab.runs.checkpoint import BEST, FORMAT, LAST, VERSION, kept, name_of_check, read_best
from rnnlab.runs.interrupt import STOP, Interrupted
from rnnlab.runs.likeness import Differs, count
from rnnlab.training import distributed, loops
from rnnlab.training.learner import ours
from rnnlab.training.plain_state import check_states
from rnnlab.training.random_state import random_state, set_random_state, start_random

BETTER = {"min": lambda new, old: new < old, "max": lambda new, old: new > old}


class Saver(Checkpoint):
    """`last.ckpt` is where the run stands, `best.ckpt` the best check so far; each holds all that training needs.

    monitor, mode: the metric that says which check is best; of equals, the one of lower validation loss.
    every_steps, every_minutes: when `last.ckpt` is written besides the end of training; null for never.
    keep: how many checkpoints stay at most for whoever looks at the training afterwards, evenly over its checks: that
        of every check, and when they become too many, every second one goes. The first stays. null for none.

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
        keep: Annotated[int, Bounds(2, 1000)] | None = None,
    ):
        self.monitor, self.better = monitor, BETTER[mode]
        self.every_steps, self.every_minutes, self.keep = every_steps, every_minutes, keep
        self.best: float | None = None
        self.tie: float | None = None
        self.folder = Path()
        self.data: dict[str, Any] = {}
        self.restored: list[dict[str, Any]] | None = None  # the random states of each process
        self.extended = False

    def describe(self, run: Path, data: dict[str, Any], extended: bool = False) -> None:
        """Where to save, and the plain data (config, vocabulary) from which the run can be rebuilt.

        extended: whether a resumed training is to be longer than it was, also where it had been stopped.
        """
        self.folder, self.data, self.extended = run / "checkpoints", data, extended

    def on_train_start(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        self.saved_at, self.step, self.due = time.monotonic(), trainer.global_step, False
        if self.restored:
            set_random_state(self.restored[distributed.rank()])
            self.restored = None
            if not self._best_is_there(learner, trainer.global_step):
                self.best = self.tie = None
        else:
            start_random(distributed.rank())

    def on_train_batch_end(self, trainer: pl.Trainer, *_: object) -> None:
        if trainer.global_step == self.step:
            return  # gradients are being accumulated
        self.step = trainer.global_step
        self.due |= self.every_steps is not None and self.step % self.every_steps == 0
        if loops.resumable(trainer):
            self._save_if_due(trainer)

    def on_train_epoch_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        if not loops.over(trainer):
            self._save_if_due(trainer)

    def on_train_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        if self.best is None:  # it ended before its first check
            trainer.save_checkpoint(self.folder / BEST)
        trainer.save_checkpoint(self.folder / LAST)
        (stop,) = distributed.largest(STOP.requested or 0)
        if stop:
            raise Interrupted(stop)

    def on_validation_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        checked = ours(learner).checked
        value, tie = checked[self.monitor], checked["loss/validation"]
        best, least = self.best, math.inf if self.tie is None else self.tie
        if best is None or self.better(value, best) or (value == best and tie < least):
            self.best, self.tie = value, tie
            trainer.save_checkpoint(self.folder / BEST)
        if self.keep:
            self._keep(trainer, len(ours(learner).losses), self.keep)

    def _keep(self, trainer: pl.Trainer, number: int, most: int) -> None:
        """After check `number`, from 1: every so many checks one, where that many is a power of two."""
        apart = 1
        while (number - 1) // apart >= most:
            apart *= 2
        if (number - 1) % apart == 0:
            trainer.save_checkpoint(self.folder / name_of_check(number))
        for other, path in kept(self.folder.parent).items():
            if (other - 1) % apart:
                path.unlink(missing_ok=True)

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
        due, stop = distributed.largest(self.due or late, STOP.requested or 0)
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
        try:
            check_states(trainer.callbacks)  # type: ignore[attr-defined] # Lightning says less
        except InputError as error:
            raise RunFailed(f"nothing can be saved, {error}") from None
        checkpoint |= {"format": FORMAT, "version": VERSION, **self.data}
        checkpoint["random"] = distributed.gathered(random_state())
        checkpoint |= {"stopped": trainer.should_stop, **loops.place(checkpoint.pop("loops"))}

    def on_load_checkpoint(self, trainer: pl.Trainer, learner: pl.LightningModule, checkpoint: dict[str, Any]) -> None:
        self.restored = checkpoint["random"]
        trainer.should_stop = checkpoint["stopped"] and not self.extended
        place = (checkpoint[key] for key in ("global_step", "epoch", "batches", "batch"))
        checkpoint["loops"] = loops.counters(trainer, *place)
