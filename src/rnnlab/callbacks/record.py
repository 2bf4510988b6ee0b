"""Writes every check into the run: metrics.csv, timing.csv and the loggers (TensorBoard), under the same names."""

import csv
import time
from pathlib import Path

import pytorch_lightning as pl


class Record(pl.Callback):
    """One row per check. `metrics.csv` is the same to the last digit whenever the command is the same; what the clock
    says is kept apart, in `timing.csv` (seconds since training began, speed in examples or characters per second).
    """

    def __init__(self, run: Path, unit: str):
        self.run, self.unit = run, unit

    def on_train_start(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        self.began = time.perf_counter()

    def on_validation_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        if not learner.fitting or not trainer.is_global_zero:
            return
        step = trainer.global_step
        append(self.run / "metrics.csv", {"step": step, "epoch": trainer.current_epoch, **learner.checked})
        speed = {f"speed/{self.unit}_per_second": learner.speed}
        append(self.run / "timing.csv", {"step": step, "seconds": time.perf_counter() - self.began, **speed})
        for logger in trainer.loggers:
            logger.log_metrics(learner.checked | speed, step)


def append(path: Path, row: dict[str, float]) -> None:
    """Adds a row to a csv, after a header where the file is new."""
    with open(path, "a", newline="", encoding="ascii") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        if not file.tell():
            writer.writeheader()
        writer.writerow(row)
