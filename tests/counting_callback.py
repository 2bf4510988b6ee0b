"""A user's own callback, with a state of its own that the training depends on."""

import random
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch


class Counting(pl.Callback):
    """Counts what it sees, nudges a weight by what it has counted and by every random generator, and stops at will.

    stop: the number of batches after which it ends the training.
    """

    def __init__(self, stop: int = 10**9):
        self.stop = stop
        self.seen = {"starts": 0, "batches": 0, "epochs": 0, "checks": 0}

    def on_train_epoch_start(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        self.seen["starts"] += 1

    def on_train_batch_end(self, trainer: pl.Trainer, learner: pl.LightningModule, *_: object) -> None:
        self.seen["batches"] += 1
        trainer.should_stop |= self.seen["batches"] >= self.stop
        drawn = random.random() + float(np.random.random()) + torch.rand(()).item()
        with torch.no_grad():
            learner.network.head.bias[0] += 1e-3 * (drawn + sum(self.seen.values()))

    def on_train_epoch_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        self.seen["epochs"] += 1

    def on_validation_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        self.seen["checks"] += 1

    def state_dict(self) -> dict[str, Any]:
        return dict(self.seen)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.seen = dict(state)
