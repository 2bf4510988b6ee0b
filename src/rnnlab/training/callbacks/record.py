"""Writes every check into the run: metrics.csv, timing.csv and the loggers (TensorBoard), under the same names."""

import csv
import io
import time
from pathlib import Path
from typing import Any

import pytorch_lightning as pl

from rnnlab import files
from rnnlab.training.learner import ours


class Record(pl.Callback):
    """One row per check. `metrics.csv` is the same to the last digit whenever the command is the same; what the clock
    says is kept apart, in `timing.csv` (seconds since training began, speed in examples or characters per second).
    """

    def __init__(self, run: Path):
        self.run = run
        self.checks, self.last_step, self.seconds = 0, -1, 0.0  # seconds: of training before this process
        self.began: float | None = None

    def on_train_start(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        self.began = time.perf_counter()

    def on_validation_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        if not trainer.is_global_zero:
            return
        step, checked, speed = trainer.global_step, ours(learner).checked, ours(learner).speed
        append(self.run / "metrics.csv", {"step": step, "epoch": trainer.current_epoch, **checked})
        append(self.run / "timing.csv", {"step": step, "seconds": self.elapsed(), **speed})
        for logger in trainer.loggers:
            logger.log_metrics({**checked, **speed}, step)
        self.checks, self.last_step = self.checks + 1, step

    def elapsed(self) -> float:
        """Seconds of training, over all the processes that this run has had."""
        return self.seconds + (time.perf_counter() - self.began if self.began is not None else 0.0)

    def state_dict(self) -> dict[str, Any]:
        return {"checks": self.checks, "last_step": self.last_step, "seconds": self.elapsed()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.checks, self.last_step, self.seconds = state["checks"], state["last_step"], state["seconds"]


def append(path: Path, row: dict[str, float]) -> None:
    """Adds a row to a csv, after a header where the file is new."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(row), lineterminator="\n")
    with files.opened(path, "ab") as file:
        if not file.tell():
            writer.writeheader()
        writer.writerow(row)
        file.write(text.getvalue().encode("ascii"))
