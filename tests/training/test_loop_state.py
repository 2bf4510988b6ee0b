"""Lightning's counters as Lightning itself leaves them after real steps, against those that follow from a few."""

import copy

import pytest
import pytorch_lightning as pl
import torch

from rnnlab.runs.likeness import Differs, compare
from rnnlab.training.callbacks.saver import settle
from rnnlab.training.loop_state import loops_likeness, within_epoch

EPOCHS, BATCHES = 2, 3


class Line(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def training_step(self, batch, index):
        return self.layer(batch).square().mean()

    def validation_step(self, batch, index):
        pass

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)


class Keep(pl.callbacks.Checkpoint):
    """Keeps what Lightning would save: before the first step, after steps within an epoch, and after each epoch."""

    def __init__(self):
        self.fresh, self.saved = {}, []

    def dumped(self, trainer):
        return copy.deepcopy(trainer._checkpoint_connector.dump_checkpoint(weights_only=False))

    def on_train_start(self, trainer, _):
        self.fresh = self.dumped(trainer)["loops"]

    def on_train_batch_end(self, trainer, *_):
        if not trainer.is_last_batch:
            self.saved.append((self.dumped(trainer), trainer.current_epoch))

    def on_train_epoch_end(self, trainer, _):
        saved = self.dumped(trainer)
        settle(saved["loops"]["fit_loop"])
        self.saved.append((saved, trainer.current_epoch + 1))


@pytest.fixture(scope="module")
def kept():
    keep, data = Keep(), torch.utils.data.DataLoader(torch.ones(BATCHES, 1))
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False}
    trainer = pl.Trainer(max_epochs=EPOCHS, accelerator="cpu", num_sanity_val_steps=0, callbacks=[keep], **quiet)
    trainer.fit(Line(), data, data)
    return keep


def test_what_lightning_counted_is_what_follows(kept):
    assert len(kept.saved) == EPOCHS * BATCHES
    for step, (saved, epoch) in enumerate(kept.saved, 1):
        assert saved["global_step"] == step and within_epoch(saved) == (step % BATCHES > 0)
        compare(saved["loops"], loops_likeness(copy.deepcopy(kept.fresh), saved, step, epoch))


def counters(node):
    """Every dict of counts in the loops."""
    if "ready" in node:
        yield node
    else:
        for value in node.values():
            if isinstance(value, dict):
                yield from counters(value)


def test_a_counter_that_is_one_off_is_noticed_but_for_those_from_which_the_rest_follows(kept):
    within, epoch = kept.saved[4]  # the second step of the second epoch
    for place, names in enumerate(counters(within["loops"]["fit_loop"])):
        for name in names.keys() - {"ready"}:
            wrong = copy.deepcopy(within)
            list(counters(wrong["loops"]["fit_loop"]))[place][name] += 1
            with pytest.raises(Differs):
                compare(wrong["loops"], loops_likeness(copy.deepcopy(kept.fresh), wrong, 5, epoch))
