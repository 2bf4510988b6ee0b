"""What the state of a learner must look like: the hidden state that it carries, what it has summed up, its losses."""

import math
from typing import Any

import torch
from torch import Generator, Tensor

from rnnlab.layers.state import State
from rnnlab.metrics import Score, named
from rnnlab.runs.likeness import Rule, at, number, tensor, whole
from rnnlab.tasks.task import Task
from rnnlab.training.learner import SequenceLearner

Node = dict[str, Any]


def answered(learner: SequenceLearner, task: Task) -> tuple[State, set[int]]:
    """The state that one row ends in, and the places of the weights that need have no part in an answer."""
    network = learner.network
    learnt = [(place, weight) for place, weight in enumerate(learner.parameters()) if weight.requires_grad]
    inputs = task.batch(1, max(task.minimum, 1), Generator()).inputs
    training = network.training
    logits, state = network.eval()(inputs)
    network.train(training)
    gradients = torch.autograd.grad(logits.sum(), [weight for _, weight in learnt], allow_unused=True)
    return state, {place for (place, _), gradient in zip(learnt, gradients, strict=True) if gradient is None}


def carried_likeness(one: list[Tensor] | None, saved: Node, rows: int | None, dropped: bool, mixed: bool) -> Any:
    """The likeness of a state carried on, of as many rows as are saved.

    one: of one row, or None where none is carried. rows: how many there must be. dropped: whether none may be there, as
    nothing is carried from epoch to epoch. mixed: whether it may have been computed in fewer bits.
    """
    has = at(saved, "learner/carried")
    if one is None or (has is None and dropped):
        return None
    first = next(iter(has), None) if isinstance(has, list) else None
    kind = None
    if isinstance(first, Tensor) and first.ndim == 3:
        rows = rows or max(first.shape[1], 1)
        kind = first.dtype if mixed and first.is_floating_point() else None
    return [tensor(part.detach().to(kind).expand(-1, rows or 1, -1)) for part in one]


def since_check(losses: int, fewest: int, most: int) -> Node:
    """The likeness of what adds up between checks, after so many losses and from `fewest` to `most` steps since."""
    return {
        "sums": Rule("sums over batches", _are_sums),
        "gradient_norms": [number(0), whole(fewest, most)],
        "losses": [number(0)] * losses,
    }


def _are_sums(value: Any) -> bool:
    """Whether these are totals of Scores."""
    if type(value) is not Tensor or value.dtype != torch.float64 or value.shape != (len(Score._fields),):
        return False
    sums = named(value)
    counts = (sums.asked, sums.right, sums.exact, sums.rows)
    whole_numbers = all(math.isfinite(count) and count == int(count) for count in counts)
    in_order = 0 <= sums.exact <= sums.rows <= sums.asked and 0 <= sums.right <= sums.asked
    return 0 <= sums.nats < math.inf and whole_numbers and in_order
