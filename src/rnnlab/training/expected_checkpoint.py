"""What a checkpoint of a run must hold, so that all of it is vetted before Lightning or torch gets any of it.

The likeness comes from the run's own objects: what Lightning would save of them before the first step, an optimizer
that has stepped on copies of the weights, a state that the network has answered with. So a layer, an optimizer or a
callback of the user's is covered as ours are.
"""

import copy
import re
from pathlib import Path
from typing import Any

import pytorch_lightning as pl

from rnnlab.config.build import Parts
from rnnlab.data.loaders import Drawn, Loader
from rnnlab.data.module import TaskData
from rnnlab.layers.state import State
from rnnlab.runs.likeness import MOST, Differs, Rule, at, compare, count, like, whole
from rnnlab.runs.vetting import refuse
from rnnlab.training import random_state
from rnnlab.training.callback_state import callbacks_likeness, checks_of
from rnnlab.training.callbacks.record import Record
from rnnlab.training.learner_state import answered, carried_likeness, since_check
from rnnlab.training.loops import Trainer
from rnnlab.training.optimizer_state import optimizer_likeness
from rnnlab.training.setup import Prepared

Node = dict[str, Any]

VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})(\.\d{1,3}){0,2}((a|b|rc|\.dev|\.post)\d{1,6})?(\+\w{1,20})?", re.ASCII)
"""Of Lightning, which changes the checkpoints of versions before 2.6 as it reads them."""

ANYTHING = Rule("anything", lambda value: True)


def vet(saved: Node, path: Path, fresh: Prepared, anyway: bool) -> None:
    """That a checkpoint holds what this run could have written, all of it and nothing else.

    fresh: the run before its first step. anyway: whether it may be another one than the one that was saved.

    What the config says of the optimizer is put into its state, which would be used instead otherwise.

    Raises:
        InputError: naming the first place where it does not.
    """
    try:
        compare(saved, likeness(saved, fresh, anyway))
    except Differs as error:
        raise refuse(path, str(error)) from None
    groups = fresh.learner.make_optimizer(list(fresh.learner.parameters())).param_groups
    for group, now in zip(saved["optimizer_states"][0]["param_groups"], groups, strict=True):
        group |= {key: now[key] for key in group.keys() & fresh.parts.config["optimizer"].keys() - {"lr"}}
    for callback in fresh.callbacks:
        if state := saved["callbacks"].get(callback.state_key):
            try:  # as Lightning will: a callback can have more to say about its state than its likeness does
                callback.load_state_dict(copy.deepcopy(state))
            except Exception as error:
                raise refuse(path, f"callbacks/{callback.state_key}: {error}") from None


def likeness(saved: Node, fresh: Prepared, anyway: bool) -> Node:
    """The likeness of what a run would have saved where `saved` says that it stands.

    Raises:
        Differs: where `saved` does not say that.
    """
    step, within = count(saved, "global_step"), count(saved, "batch") > 0
    callbacks = [*fresh.callbacks, Record(Path())]
    checks, last = checks_of(saved, step)
    parts, learner, precision = fresh.parts, fresh.learner, fresh.parts.settings["precision"]
    now = fresh.circumstances
    optimizer = parts.config["optimizer"]
    of_torch = str(optimizer["_target_"]).startswith("torch.optim.")  # others may count steps in another way
    fewest = step if of_torch and precision != "16-mixed" else 0  # there, a step may be left out

    def free(key: str) -> bool:
        return anyway or not (of_torch or key in optimizer)

    state, unused = answered(learner, parts.task)
    before = written(fresh, callbacks, state)
    rows = parts.data.batch_size if parts.task.answer == "endless" and within else None
    dropped, mixed = anyway or not within, precision.endswith("mixed")
    carried = carried_likeness(before["learner"]["carried"], saved, rows, dropped, mixed)
    stepped = optimizer_likeness(learner.make_optimizer, list(learner.parameters()), unused, free, fewest, step)
    expected = {key: like(value, grows=True) for key, value in before.items()}
    expected |= {key: before[key] for key in ("format", "version", "lr_schedulers")}
    expected |= {"global_step": step, "config": saved.get("config")}  # all is built from that config
    expected["pytorch-lightning_version"] = Rule("one of 2.6 or later", _recent)
    expected |= dict.fromkeys(now, ANYTHING) if anyway else now
    expected |= {"optimizer_states": [stepped], "random": [random_state.LIKENESS] * processes(saved, parts, anyway)}
    expected["stopped"] = False if within else like(False)
    expected |= place_likeness(saved, parts.data.train, step, anyway)
    expected["callbacks"] = callbacks_likeness(callbacks, saved, checks, last)
    if anyway:  # a callback more or less than there was
        expected["callbacks"] = {key: expected["callbacks"].get(key, ANYTHING) for key in at(saved, "callbacks")}
    since = since_check(checks, max(fewest - last, 0), step - last if of_torch else MOST)
    expected["learner"] |= {"carried": carried, **since}
    return expected


def place_likeness(saved: Node, train: Loader, step: int, anyway: bool) -> Node:
    """The likeness of where the training (`loops.place`) and its data stand after so many steps.

    anyway: whether the data may be others now, so that the place is beyond their end.
    """
    batches = count(saved, "batches")
    data = {"epoch": whole(0, step), "position": whole(0, MOST if anyway else len(train))}
    if isinstance(train, Drawn):
        data["reached"] = whole(1, MOST if anyway else train.curriculum.most(train.lengths))
    trained = {"epoch": whole(0, step), "batches": whole(step), "batch": whole(0, batches)}
    return trained | {TaskData.__qualname__: data}


def written(fresh: Prepared, callbacks: list[pl.Callback], state: State) -> Node:
    """What Lightning would save before the first step, with a carried state where the run carries any."""
    trainer = Trainer(**fresh.parts.settings, callbacks=callbacks, logger=False)
    with fresh.learner.carrying(state):
        return trainer.would_save(fresh.learner)


def processes(saved: Node, parts: Parts, anyway: bool) -> int:
    """Of how many processes there must be something."""
    now = parts.settings["devices"] * parts.settings["num_nodes"]
    there = saved.get("random")
    return max(now, len(there)) if anyway and isinstance(there, list) else now


def _recent(version: Any) -> bool:
    parts = VERSION.fullmatch(version) if type(version) is str else None
    return parts is not None and (int(parts[1]), int(parts[2])) >= (2, 6)
