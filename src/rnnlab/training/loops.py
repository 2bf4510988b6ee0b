"""What rnnlab needs of Lightning beyond what Lightning documents: all of it is here, so a new version breaks it here.

Lightning resumes to the bit from some places only, and counts what it did in many numbers. A checkpoint of rnnlab says
where its training stands in three: whole epochs, batches in all, and batches of the epoch that is not over.
"""

from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.trainer.connectors.signal_connector import _SignalConnector

Node = dict[str, Any]

BATCHES, STEPS = "epoch_loop.batch_progress", "epoch_loop.automatic_optimization.optim_progress"
EPOCHS = "epoch_progress"


class Trainer(pl.Trainer):
    """Lightning's, quiet, and without its handlers of signals, which would end a run wherever it stands."""

    def __init__(self, **settings: Any):
        super().__init__(
            **settings,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            use_distributed_sampler=False,
        )
        self._signal_connector = _NoHandlers(self)

    def would_save(self, learner: pl.LightningModule) -> Node:
        """What a checkpoint of a learner and of this trainer's callbacks would hold before the first step."""
        self.strategy.connect(learner)
        return self._checkpoint_connector.dump_checkpoint(weights_only=False)


class _NoHandlers(_SignalConnector):
    def register_signal_handlers(self) -> None:
        """Leaves signals to `interrupt`."""


def over(trainer: pl.Trainer) -> bool:
    """Whether no step follows any more: the end of training is next."""
    epochs = trainer.fit_loop.epoch_progress.current.processed  # type: ignore[attr-defined] # Lightning says less
    return trainer.should_stop or trainer.global_step == trainer.max_steps or epochs == trainer.max_epochs


def resumable(trainer: pl.Trainer) -> bool:
    """Whether Lightning resumes to the bit from here, after an optimizer step: nothing ends or is checked at it."""
    every = trainer.val_check_batch if trainer.check_val_every_n_epoch is None else None
    batches = trainer.fit_loop.total_batch_idx + 1
    return not (trainer.is_last_batch or (every is not None and batches % every == 0) or over(trainer))


def place(loops: Node) -> Node:
    """Where a training stands, from the counters that Lightning saves: `epoch`, `batches`, and `batch` in the epoch.

    They say of an epoch that is over, but whose end is not, that it is over, too. As Lightning has it, it would resume
    into that epoch, end it a second time and count it twice.
    """
    fit = loops["fit_loop"]
    epochs, batches = fit[EPOCHS]["current"], fit[BATCHES]
    batch = batches["current"]["ready"] if epochs["processed"] < epochs["ready"] else 0
    return {"epoch": epochs["processed"], "batches": batches["total"]["ready"], "batch": batch}


def counters(trainer: pl.Trainer, step: int, epoch: int, batches: int, batch: int) -> Node:
    """The counters from which Lightning goes on at a place, after so many optimizer steps.

    Within an epoch the last batch has been used but not yet counted; between two, all that is counted in one is 0.
    """
    fit, within = trainer.fit_loop.state_dict(), batch > 0
    stepped = fit[STEPS]["optimizer"]["step"]
    for counts, total, current in (
        (fit[BATCHES], batches, batch),
        (stepped, step, 0),
        (fit[EPOCHS], epoch + within, epoch + within),
    ):
        counts |= {"total": dict.fromkeys(counts["total"], total), "current": dict.fromkeys(counts["current"], current)}
    for part in ("total", "current"):
        fit[BATCHES][part]["completed"] -= within
        fit[EPOCHS][part] |= {"processed": epoch, "completed": epoch}
    fit["epoch_loop.state_dict"]["_batches_that_stepped"] = step - within  # the x axis of its loggers
    return {"fit_loop": fit}
