"""How a run looks while it trains: a bar with an estimate on a terminal, plain lines in a file."""

import time
from collections.abc import Mapping

import pytorch_lightning as pl
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from rnnlab.batch import Answer
from rnnlab.config.hardware import ENDLESS
from rnnlab.training.callbacks.clock import progress
from rnnlab.training.console import Output
from rnnlab.training.learner import ours

LINES_APART = 5.0
"""Seconds between two plain lines, so a log of a long run stays readable."""


class ShowProgress(pl.Callback):
    """The step, the newest validation scores and the time left, on stdout."""

    def __init__(self, output: Output, total_steps: int):
        self.output, self.total_steps = output, total_steps
        self.bar: Progress | None = None

    def on_train_start(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        self.began, self.shown, self.first = time.monotonic(), 0.0, trainer.global_step
        self.over = progress(trainer, self.total_steps)
        if self.output.console.is_terminal:
            columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total} steps"))
            self.bar = Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=self.output.console)
            steps = self.total_steps if self.total_steps < ENDLESS else None
            self.line = self.bar.add_task("training", total=steps, completed=self.first)
            self.bar.start()

    def on_train_batch_end(self, trainer: pl.Trainer, *_: object) -> None:
        if self.bar and time.monotonic() - self.shown > 0.1:
            self.shown = time.monotonic()
            self.bar.update(self.line, completed=trainer.global_step)

    def on_validation_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        step = trainer.global_step
        text = describe(ours(learner).checked, ours(learner).answer)
        over = progress(trainer, self.total_steps)
        left = (time.monotonic() - self.began) * (1 - over) / max(over - self.over, 1e-9)
        steps = f"/{self.total_steps}" if self.total_steps < ENDLESS else ""
        line = f"step {step}{steps}  {text}  about {left:.0f} s left"
        if self.bar:
            self.bar.update(self.line, completed=step, description=text)
            self.output.note(line)
        elif time.monotonic() - self.shown > LINES_APART or step >= self.total_steps:
            self.shown = time.monotonic()
            self.output.say(line)

    def on_train_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        self._close()

    def on_exception(self, trainer: pl.Trainer, learner: pl.LightningModule, exception: BaseException) -> None:
        self._close()

    def _close(self) -> None:
        if self.bar:
            self.bar.stop()
            self.bar = None


def describe(checked: Mapping[str, float], answer: Answer) -> str:
    """The scores of a check in a few words."""
    loss = f"loss {checked['loss/validation']:.4f}"
    if answer == "endless":
        return f"{loss} nats/char ({checked['bits_per_character/validation']:.3f} bits)"
    return f"{loss}  exact match {checked['exact_match/validation']:.4f}"
