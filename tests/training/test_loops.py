"""That Lightning is as `loops` has it: where that is not so any more, each test says in words what has changed."""

import copy
import inspect
import signal

import pytest
import pytorch_lightning as pl
import torch

from rnnlab.training import loops

EPOCHS, BATCHES = 2, 3
QUIET = {"max_epochs": EPOCHS, "accelerator": "cpu", "logger": False}


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


class Stateful(torch.utils.data.DataLoader):
    """Batches in order, of which each pass begins at a place."""

    place = 0

    def __iter__(self):
        left, self.place = range(self.place, BATCHES), 0
        return (torch.tensor([[1.0 + number]]) for number in left)


class Watch(pl.callbacks.Checkpoint):
    """Notes every hook with the step, and Lightning's counters, as they are, where a run might be saved."""

    def __init__(self):
        self.hooks, self.saved, self.axis = [], {}, []

    def note(self, trainer, hook):
        self.hooks.append((hook, trainer.global_step))

    def save(self, trainer):
        fit = copy.deepcopy(trainer.fit_loop.state_dict())
        self.saved[trainer.global_step] = {"fit_loop": fit}, len(self.hooks)

    def on_train_epoch_start(self, trainer, _):
        self.note(trainer, "epoch starts")

    def on_train_batch_start(self, trainer, *_):
        self.axis.append(trainer.fit_loop.epoch_loop._batches_that_stepped)

    def on_train_batch_end(self, trainer, _, outputs, batch, index):
        self.note(trainer, f"batch {int(batch)} of {index}")
        if loops.resumable(trainer):
            self.save(trainer)

    def on_train_epoch_end(self, trainer, _):
        self.note(trainer, "epoch ends")
        if not loops.over(trainer):
            self.save(trainer)

    def on_validation_end(self, trainer, _):
        self.note(trainer, "checked")

    def on_train_end(self, trainer, _):
        self.note(trainer, "ended")


class GoOn(pl.Callback):
    """Has the counters of a place put into the checkpoint as Lightning reads it."""

    def __init__(self, step, place):
        self.step, self.place = step, place

    def on_load_checkpoint(self, trainer, learner, checkpoint):
        checkpoint["loops"] = loops.counters(trainer, self.step, **self.place)


def trained(folder, step=0, place=None, **settings):
    watch, data = Watch(), Stateful(range(BATCHES))
    path = None
    callbacks = [watch]
    if place:
        path, data.place = folder / f"{step}.ckpt", place["batch"]
        before = loops.Trainer(**QUIET, callbacks=[GoOn(step, place)]).would_save(Line())
        optimizer = {
            "state": {},
            "param_groups": torch.optim.SGD(Line().parameters(), 0.1).state_dict()["param_groups"],
        }
        torch.save(before | {"optimizer_states": [optimizer]}, path)
        callbacks.append(GoOn(step, place))
    trainer = loops.Trainer(**QUIET | settings, callbacks=callbacks)
    trainer.fit(Line(), data, torch.utils.data.DataLoader(range(2)), ckpt_path=path, weights_only=False)
    return watch


BY_STEPS = {"val_check_interval": 2, "check_val_every_n_epoch": None}


@pytest.mark.parametrize("settings", [{}, BY_STEPS, BY_STEPS | {"max_epochs": -1, "max_steps": 6}])
def test_from_every_place_where_a_run_may_be_saved_the_rest_of_it_follows(settings, tmp_path):
    whole = trained(tmp_path, **settings)
    assert list(whole.saved) == ([1, 3, 5] if settings else [1, 2, 3, 4, 5])
    for step, (saved, hooks) in whole.saved.items():
        again = trained(tmp_path, step, loops.place(saved), **settings)
        words = f"Lightning resumes otherwise after step {step}: see loops.place and loops.counters"
        assert again.hooks == whole.hooks[hooks:], words
        assert again.axis == whole.axis[step:], f"the x axis of Lightning's loggers is another after step {step}"


def test_lightning_counts_what_loops_reads_and_writes():
    counters = loops.Trainer(**QUIET).fit_loop.state_dict()
    for name in (loops.BATCHES, loops.EPOCHS):
        assert {"ready", "started", "processed", "completed"} == counters[name]["total"].keys(), f"{name} has changed"
    assert {"ready", "completed"} == counters[loops.STEPS]["optimizer"]["step"]["total"].keys()
    assert counters["epoch_loop.state_dict"].keys() == {"_batches_that_stepped"}


def test_lightning_sets_no_handler_of_signals():
    seen = []

    class Look(pl.Callback):
        def on_train_batch_start(self, *_):
            seen.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    trainer = loops.Trainer(**QUIET, callbacks=[Look()], enable_checkpointing=False)
    trainer.fit(Line(), Stateful(range(BATCHES)))
    assert seen and set(seen) == {before}, "Lightning registers signals in another way now: see loops.Trainer"
    assert "register_signal_handlers" in inspect.getsource(pl.Trainer._run)
