"""How examples are drawn, and which part of a split each belongs to."""

import torch
from torch import Generator, Tensor

from rnnlab.batch import Batch, stack
from rnnlab.data.seeds import generator_for
from rnnlab.tasks.task import Task

EVERYTHING = (0.0, 1.0)
"""The share of examples that all belong to."""


def row_hash(inputs: Tensor, seed: int) -> Tensor:
    """(B,) float64 in [0, 1): a seeded hash of each row of (B, T) or (B, T, F), equal for equal rows.

    Features that differ by less than a millionth count as equal.
    """
    values = (inputs * 1e6 if inputs.is_floating_point() else inputs).flatten(1).round().long() + 1
    weights = torch.randint(2**62, (values.shape[1],), generator=generator_for(seed, "hash")) * 2 + 1
    mixed = (values * weights).sum(1)  # int64 wraps around, which is what a hash wants
    for shift in (29, 32):
        mixed = (mixed ^ (mixed >> shift)) * 0x1B873593CC9E2D51
    return (mixed ^ (mixed >> 31)).bitwise_and(2**53 - 1).double() / 2**53


def draw(task: Task, size: int, length: int, generator: Generator, seed: int, share: tuple[float, float]) -> Batch:
    """`size` random examples of `length` whose hash lies in `share`; fewer, or none, where there are hardly any."""
    if share == EVERYTHING:
        return task.batch(size, length, generator)
    found: list[Batch] = []
    missing = size
    for _ in range(20):
        batch = task.batch(int(missing / (share[1] - share[0])) + 16, length, generator)
        found.append(within(batch, seed, share))
        missing -= len(found[-1].targets)
        if missing <= 0:
            break
    return stack(found).rows(slice(size))


def within(batch: Batch, seed: int, share: tuple[float, float]) -> Batch:
    """The rows whose hash lies in `share`."""
    place = row_hash(batch.inputs, seed)
    return batch.rows((place >= share[0]) & (place < share[1]))
