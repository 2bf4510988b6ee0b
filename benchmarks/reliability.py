"""`python benchmarks/reliability.py`: what safety costs a training step, with everything on and off, in one run.

On: the Saver with its default interval, the records, the check for what is not finite. Off: Lightning's bare Trainer
with the same network, data, optimizer and clipping. The two alternate; a save's own time is measured too and counted
at the default interval.
"""

import statistics
import tempfile
import time
from pathlib import Path

import pytorch_lightning as pl
import torch
from omegaconf import OmegaConf
from torch import nn

from rnnlab.config import build
from rnnlab.config.compose import compose
from rnnlab.data.module import TaskData
from rnnlab.training import setup
from rnnlab.training.callbacks.record import Record
from rnnlab.training.checkpoint_io import CheckedFiles
from rnnlab.training.learner import SequenceLearner

ROUNDS, STEPS = 7, 60
OVERRIDES = ["task=chartext", "model=lstm", f"trainer.max_steps={STEPS}", "logger=none", f"trainer.check_every={STEPS}"]


class Unchecked(SequenceLearner):
    """The same learning without the check and without its record."""

    def configure_gradient_clipping(self, optimizer: torch.optim.Optimizer, **_: object) -> None:
        nn.utils.clip_grad_norm_(self.parameters(), self.clip or torch.inf)


class Clock(pl.Callback):
    """Seconds of each training step, from one batch's end to the next one's."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_train_batch_end(self, *_: object) -> None:
        self.ends.append(time.perf_counter())

    def median(self) -> float:
        return statistics.median(b - a for a, b in zip(self.ends[5:-1], self.ends[6:], strict=False))


def fit(safe: bool, folder: Path) -> tuple[float, float]:
    """Median seconds of a step, and seconds of a save."""
    config = OmegaConf.to_container(compose(OVERRIDES), resolve=True)
    parts = build.parts(config)
    made = setup.prepare(parts)
    clock = Clock()
    callbacks: list[pl.Callback] = [clock]
    if safe:
        made.saver.describe(folder, made.portable)
        callbacks = [*made.callbacks, Record(folder), clock]
    else:
        made.learner.__class__ = Unchecked
    trainer = pl.Trainer(
        **parts.settings, logger=False, callbacks=callbacks, plugins=[CheckedFiles(folder)],
        enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False, num_sanity_val_steps=0,
    )  # fmt: skip
    trainer.fit(made.learner, datamodule=TaskData(parts.data, parts.task))
    began = time.perf_counter()
    if safe:
        trainer.save_checkpoint(folder / "checkpoints" / "last.ckpt")
    return clock.median(), time.perf_counter() - began


def main() -> None:
    ratios, saves, steps = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            off, _ = fit(False, Path(folder))
            on, save = fit(True, Path(folder))
            ratios.append(on / off)
            saves.append(save)
            steps.append(off)
    save, step = statistics.median(saves), statistics.median(steps)
    total = statistics.median(ratios) - 1 + save / 60
    print(f"step {step * 1e3:.1f} ms bare; on/off {statistics.median(ratios):.4f} (median of {ROUNDS})")
    print(f"a save {save * 1e3:.0f} ms, once a minute {save / 60:.2%}; together {total:.2%} of a step")


if __name__ == "__main__":
    main()
