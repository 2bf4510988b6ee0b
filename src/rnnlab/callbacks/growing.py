"""A curriculum that grows: one more length is let in whenever the longest one so far is solved."""

from typing import Any

import pytorch_lightning as pl

from rnnlab.batch import Batch
from rnnlab.errors import whole
from rnnlab.loaders import Drawn, draw, generator_for
from rnnlab.metrics import score

COUNT = 256
"""Fresh examples that decide whether a length is solved: enough to tell 90 % from 95 %."""


class Growing(pl.Callback):
    """Training starts with the shortest length of a loader, and batches draw theirs from those let in so far.

    At each check the network answers COUNT fresh examples of the longest of them (from the training share of the
    split, drawn from seed and step); where the share `solved` of them is exact, the next length is let in. The
    metrics get `longest_length`, the longest that was trained on up to a check.
    """

    def __init__(self, loader: Drawn, solved: float):
        self.loader, self.solved, self.lengths, self.reached = loader, solved, sorted(loader.lengths), 1

    def on_train_start(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        self.loader.present = self.lengths[: self.reached]

    def on_validation_end(self, trainer: pl.Trainer, learner: pl.LightningModule) -> None:
        longest, loader = self.lengths[self.reached - 1], self.loader
        learner.checked["longest_length"] = longest
        generator = generator_for(loader.seed, "growing", trainer.global_step)
        examples = draw(loader.task, COUNT, longest, generator, loader.split_seed, loader.share)
        inputs, targets = Batch(*(part.to(learner.device) for part in examples))
        result = score(learner.network(inputs)[0], targets)
        if result.exact >= self.solved * result.rows:
            self.reached = min(self.reached + 1, len(self.lengths))
            loader.present = self.lengths[: self.reached]

    def state_dict(self) -> dict[str, Any]:
        return {"reached": self.reached}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.reached = whole("reached", state["reached"], 1, len(self.lengths))
