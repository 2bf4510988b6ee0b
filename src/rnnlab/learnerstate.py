"""What the state of a learner must look like: the hidden state that it carries, what it has summed up, its losses."""

import math
from typing import Any

import torch
from torch import Generator, Tensor

from rnnlab.learner import SequenceLearner
from rnnlab.likeness import Rule, at, number, tensor, whole
from rnnlab.tasks.task import Task

Node = dict[str, Any]


def answered(learner: SequenceLearner, task: Task) -> tuple[Any, set[int]]:
    """The state that one row ends in, and the places of the weights that need have no part in an answer."""
    network = learner.network
    learnt = [(place, weight) for place, weight in enumerate(learner.parameters()) if weight.requires_grad]
    inputs = task.batch(1, max(task.minimum, 1), Generator()).inputs
    training = network.training
    logits, state = network.eval()(inputs)
    network.train(training)
    gradients = torch.autograd.grad(logits.sum(), [weight for _, weight in learnt], allow_unused=True)
    return state, {place for (place, _), gradient in zip(learnt, gradients, strict=True) if gradient is None}


def carried_likeness(one: Any, saved: Node, rows: int | None, dropped: bool, mixed: bool) -> Any:
    """The likeness of a state carried on, of as many rows as are saved.

    one: of one row, or None where none is carried. rows: how many there must be. dropped: whether none may be there, as
    nothing is carried from epoch to epoch. mixed: whether it may have been computed in fewer bits.
    """
    has = at(saved, "learner/carried")
    if one is None or (has is None and dropped):
        return None
    first = next(iter(has), None) if isinstance(has, list) else has
    kind = None
    if isinstance(first, Tensor) and first.ndim == 3:
        rows = rows or max(first.shape[1], 1)
        kind = first.dtype if mixed and first.is_floating_point() else None
    parts = one if isinstance(one, list) else [one]
    likenesses = [tensor(part.detach().to(kind).expand(-1, rows or 1, -1)) for part in parts]
    return likenesses if isinstance(one, list) else likenesses[0]


def since_check(losses: int, fewest: int, most: int) -> Node:
    """The likeness of what adds up between checks, after so many losses and from `fewest` to `most` steps since."""
    return {
        "sums": Rule("sums over batches", _are_sums),
        "gradient_norms": [number(0), whole(fewest, most)],
        "losses": [number(0)] * losses,
    }


def _are_sums(value: Any) -> bool:
    """Whether these are sums of Scores: nats, asked, right, exact, rows."""
    if type(value) is not Tensor or value.dtype != torch.float64 or value.shape != (5,):
        return False
    nats, *counts = value.tolist()
    asked, right, exact, rows = counts
    whole_numbers = all(math.isfinite(count) and count == int(count) for count in counts)
    return 0 <= nats < math.inf and whole_numbers and 0 <= exact <= rows <= asked and 0 <= right <= asked
