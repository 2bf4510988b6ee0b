"""What the state of the callbacks must look like: it follows from a fresh one and from the checks there have been."""

from collections.abc import Iterable
from typing import Any

import pytorch_lightning as pl

from rnnlab.runs.likeness import Maybe, Rule, at, count, like, number
from rnnlab.training.callbacks.record import Record
from rnnlab.training.callbacks.saver import Saver
from rnnlab.training.callbacks.stopping import StopEarly

Node = dict[str, Any]


def checks_of(saved: Node, step: int) -> tuple[int, int]:
    """How many checks there had been at `step`, and the step of the last one, or 0. Raises Differs."""
    checks = count(saved, "callbacks/Record/checks", step)
    return checks, count(saved, "callbacks/Record/last_step", step) if checks else 0


def callbacks_likeness(callbacks: Iterable[pl.Callback], saved: Node, checks: int, last: int) -> Node:
    """The likeness of what callbacks, fresh now, remember of so many checks, the last one at step `last`."""
    expected: Node = {}
    for callback in callbacks:
        key, state = callback.state_key, callback.state_dict()
        likeness = like(state, grows=True)
        if isinstance(callback, Record):
            likeness |= {"checks": checks, "last_step": last if checks else -1, "seconds": number(0)}
        elif isinstance(callback, Saver):
            has = checks and at(saved, f"callbacks/{key}/best") is not None  # or best.ckpt was lost since
            likeness |= {"best": number(0), "tie": _one_of_losses(saved)} if has else {"best": None, "tie": None}
        elif isinstance(callback, StopEarly) and checks:
            likeness |= {"best": number()}
        expected[key] = likeness if state else Maybe(likeness)
    return expected


def _one_of_losses(saved: Node) -> Rule:
    losses = at(saved, "learner/losses")
    losses = [loss for loss in losses if type(loss) is float] if isinstance(losses, list) else []
    return Rule("the loss of a check", lambda value: type(value) is float and value in losses)
