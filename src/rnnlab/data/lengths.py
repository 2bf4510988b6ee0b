"""Lengths as a person gives them: a list like [2,3,4], or a range like 1-40."""

import re
from typing import Any

from torch import Generator

from rnnlab.errors import InputError, whole
from rnnlab.tasks.task import Task

COUNT = 1000
"""Random examples of a length, where nobody says otherwise: enough for two digits of a share."""

ROWS = 10_000
"""Random examples of a length that are read together, so memory does not grow with how many there are."""

FEWEST = 100
"""More rows than any adversarial kind has: what the bounds below count with where fewer random ones are asked for."""

MOST_STEPS = 1_000_000_000
"""Steps of all lengths and rows together: half an hour of one core for an LSTM of 64 units."""

MOST_BYTES = 2 << 30
"""What the examples of one length may take."""

NUMBER = 24
"""Bytes that a step's feature, symbol or target takes while examples are made: itself and what it is made of."""

MOST = 10_000_000
"""Rows of a batch or examples held out: more fit no machine that this is for."""

RANGE = 1000
"""Lengths of a range: each is tried out before a training starts."""


def spread(key: str, lengths: object) -> object:
    """The list that a range stands for; anything else as it is. Raises InputError for a range that is none."""
    found = re.fullmatch(r"(\d{1,9})-(\d{1,9})", lengths) if isinstance(lengths, str) else None
    if not found:
        return lengths
    first, last = map(int, found.groups())
    if not first <= last < first + RANGE:
        raise InputError("no range of lengths", f"two lengths like 1-40, at most {RANGE:,} in all", key, lengths)
    return list(range(first, last + 1))


def measurable(key: str, lengths: object, task: Task, count: int = COUNT) -> list[int]:
    """Lengths of which `count` examples can be measured in bounded memory and time, in rising order.

    Raises:
        InputError: for others, also where the task has no examples of a length.
    """
    if task.answer == "endless":
        raise InputError("text has no lengths to compare", "a task with examples", key, lengths)
    rising = sorted(check_lengths(key, lengths, task, MOST_STEPS))
    steps = sum(rising) * max(count, FEWEST)
    if steps > MOST_STEPS:
        what = f"{count:,} examples of each length are {steps:,} steps"
        raise InputError(what, f"at most {MOST_STEPS:,}: fewer or shorter examples", key, lengths)
    numbers = 1 + (1 if task.symbols else task.num_inputs)  # of a step
    size = rising[-1] * min(max(count, FEWEST), ROWS) * numbers * NUMBER
    if type(task).pieces is Task.pieces and size > MOST_BYTES:  # it makes whole examples
        what = f"{count:,} examples of length {rising[-1]:,} take {size / 2**30:.1f} GiB"
        raise InputError(what, f"at most {MOST_BYTES >> 30} GiB: fewer or shorter examples", key, lengths)
    try:
        for length in rising:
            next(iter(task.pieces(1, length, Generator())))
    except InputError as error:
        raise InputError(error.what, error.allowed, key, lengths) from None
    return rising


def check_lengths(key: str, lengths: object, task: Task, most: int = MOST) -> list[int]:
    """A non-empty list of different lengths that the task takes: an example listed twice could be in two parts."""
    lengths = spread(key, lengths)
    if not isinstance(lengths, list) or not lengths:
        raise InputError("wrong type", "must be a list of lengths like [2,3,4], or a range like 1-40", key, lengths)
    if len(set(map(str, lengths))) < len(lengths):
        raise InputError("a length is repeated", "must be different lengths like [2,3,4]", key, lengths)
    return [whole(key, length, task.minimum, most) for length in lengths]


def trained(data: dict[str, Any], task: Task) -> list[int]:
    """The lengths that a training with these settings of data sees: those of the task's file, or `data.lengths`."""
    return task.lengths or check_lengths("data.lengths", data.get("lengths"), task)
