"""The LightningModule: it shows batches to a network, scores what is asked, and changes the weights."""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.plugins.precision import MixedPrecision
from torch import Tensor, nn
from torch.optim import Optimizer

from rnnlab.batch import Answer, Batch
from rnnlab.errors import RunFailed
from rnnlab.layers.state import State, detach
from rnnlab.metrics import Score, counted, named, nothing, score, summary, total
from rnnlab.network import Network
from rnnlab.training import distributed
from rnnlab.training.callbacks.clock import progress
from rnnlab.training.initial_states import borrowed
from rnnlab.training.schedules import Schedule


class SequenceLearner(pl.LightningModule):
    """One learner for every task and layer.

    answer: the task's. Where it is endless a batch starts from the state that the one before it ended in (truncated
        BPTT). One detached state is kept per stage and dropped where an epoch starts, so validation cannot disturb
        training.
    optimizer: parameters -> Optimizer, whose `lr` is the rate that `schedule` scales.
    total_steps: optimizer steps of the whole training, what the schedule's progress is measured against, or against
        the clock where that ends it earlier.
    clip: largest global gradient norm, or None.
    borrow: share of training rows that start from the state in which a row of the batch before ended, rather than
        from zeros.
    look: network, step -> more metrics of a check.

    After each check (a pass over the validation data) `checked` is every metric of the training since the check before
    and of the validation: loss in nats per asked step, accuracy, exact_match, for text bits_per_character; of the
    training also how many examples (or characters) there were, the learning_rate and the mean gradient_norm before
    clipping. Callbacks read it when the validation ends.

    Raises:
        RunFailed: for a gradient that is not finite, before the optimizer step that it would spoil.
    """

    def __init__(
        self,
        network: Network,
        answer: Answer,
        optimizer: Callable[[Iterable[nn.Parameter]], Optimizer],
        schedule: Schedule,
        total_steps: int,
        clip: float | None = None,
        borrow: float = 0.0,
        look: Callable[[Network, int], dict[str, float]] = lambda network, step: {},
    ):
        super().__init__()
        self.network, self.answer, self.make_optimizer, self.schedule = network, answer, optimizer, schedule
        self.total_steps, self.clip, self.borrow, self.look = total_steps, clip, borrow, look
        self.carried: dict[str, State | None] = {"train": None, "validation": None}
        self.totals: dict[str, Tensor] = {stage: nothing() for stage in self.carried}
        self.gradient_norms = [0.0, 0]  # their sum, their count, since the last check
        self.resumed_state: State | None = None
        self.losses: list[float] = []  # validation loss of every check so far
        self._checked: dict[str, float] = {}
        self.seconds = 0.0  # of training since the last check
        self.speed: dict[str, float] = {}  # of the training before the last check, in what the task counts

    @property
    def checked(self) -> Mapping[str, float]:
        """Every metric of the newest check."""
        return MappingProxyType(self._checked)

    @property
    def carries(self) -> bool:
        """Whether a training batch may start from the state that the one before it ended in."""
        return self.answer == "endless" or self.borrow > 0

    @contextlib.contextmanager
    def carrying(self, state: State) -> Iterator[None]:
        """While this lasts, the last training batch has ended in `state`, if this learner carries any."""
        before, self.carried["train"] = self.carried["train"], state if self.carries else None
        try:
            yield
        finally:
            self.carried["train"] = before

    def forward(self, inputs: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        return self.network(inputs, state)

    def training_step(self, batch: Batch, index: int) -> Tensor:
        result = self._read(batch, "train")
        if distributed.count() > 1:  # the mean of the processes' gradients becomes that of the whole batch
            return result.nats * distributed.count() / distributed.total(result.asked).clamp(min=1)
        return result.nats / result.asked.clamp(min=1)

    def validation_step(self, batch: Batch, index: int) -> None:
        self._read(batch, "validation")

    def _read(self, batch: Batch, stage: str) -> Score:
        start, borrows = self.carried[stage], stage == "train" and self.borrow > 0
        if borrows:
            start = borrowed(start, len(batch.targets), self.borrow)
        logits, state = self.network(batch.inputs, start)
        if borrows or self.answer == "endless":
            self.carried[stage] = detach(state)
        result = score(logits, batch.targets)
        self.totals[stage] = self.totals[stage].to(logits.device) + total(result)
        return result

    def on_train_start(self) -> None:
        self.clock = time.perf_counter()
        if self.resumed_state is not None:
            state, self.resumed_state = self.resumed_state, None
            self.carried["train"] = tuple(distributed.mine(part).to(self.device) for part in state)

    def on_train_epoch_start(self) -> None:
        self.carried["train"] = None

    def on_validation_epoch_start(self) -> None:
        self.seconds += time.perf_counter() - self.clock
        self.carried["validation"], self.totals["validation"] = None, nothing()

    def on_validation_epoch_end(self) -> None:
        unit, count = counted(self._sums("train"), self.answer)
        self.speed = {f"speed/{unit}_per_second": count / max(self.seconds, 1e-9)}
        values = self.scores("train") | self.scores("validation")
        optimizer = self.optimizers()
        assert not isinstance(optimizer, list)  # there is one
        values[f"{unit}/train"] = int(count)
        values["learning_rate"] = optimizer.param_groups[0]["lr"]
        values["gradient_norm"] = self.gradient_norms[0] / max(self.gradient_norms[1], 1)
        values |= self.look(self.network, self.trainer.global_step)
        self.losses.append(values["loss/validation"])
        self.totals["train"] = nothing()
        self.gradient_norms, self.seconds, self.clock = [0.0, 0], 0.0, time.perf_counter()
        self._checked = values
        self.log_dict(values, logger=False)  # for Lightning's own callbacks

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        parts = [distributed.woven(distributed.gathered(part)) for part in self.carried["train"] or ()]
        checkpoint["learner"] = {
            "carried": parts or None,
            "sums": distributed.total(self.totals["train"]),
            "gradient_norms": list(self.gradient_norms),
            "losses": list(self.losses),
        }

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        saved = checkpoint["learner"]
        self.resumed_state = None if saved["carried"] is None else tuple(saved["carried"])
        self.gradient_norms, self.losses = saved["gradient_norms"], saved["losses"]
        if distributed.rank() == 0:
            self.totals["train"] = saved["sums"]

    def scores(self, stage: str) -> dict[str, float]:
        """The scores of a stage so far, under the names that every log uses: `loss/validation`."""
        values = summary(self._sums(stage), self.answer)
        return {f"{name}/{stage}": value for name, value in values.items()}

    def _sums(self, stage: str) -> Score[float]:
        return named(distributed.total(self.totals[stage]))

    def configure_optimizers(self) -> Optimizer:
        optimizer = self.make_optimizer(self.parameters())
        self.base_rate = optimizer.param_groups[0]["lr"]
        return optimizer

    def on_before_optimizer_step(self, optimizer: Optimizer) -> None:
        rate = self.base_rate * self.schedule(progress(self.trainer, self.total_steps), self.losses)
        for group in optimizer.param_groups:
            group["lr"] = rate

    def configure_gradient_clipping(
        self, optimizer: Optimizer, gradient_clip_val: float | None = None, gradient_clip_algorithm: str | None = None
    ) -> None:
        norm = nn.utils.clip_grad_norm_(self.parameters(), self.clip or torch.inf).item()
        if norm != norm or norm == torch.inf:
            plugin = self.trainer.precision_plugin
            if isinstance(plugin, MixedPrecision) and plugin.scaler is not None:
                return  # the loss scaler of 16-bit training skips such a step and lowers its scale
            rate = optimizer.param_groups[0]["lr"]
            what = f"not finite at step {self.trainer.global_step + 1}: gradient norm {norm}, learning rate {rate:g}"
            raise RunFailed(f"{what}; the last checkpoint is from before it")
        self.gradient_norms[0] += norm
        self.gradient_norms[1] += 1


def ours(learner: pl.LightningModule) -> SequenceLearner:
    """The learner as a callback gets it, of which Lightning says only that it is a LightningModule."""
    assert isinstance(learner, SequenceLearner)
    return learner
