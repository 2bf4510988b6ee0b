"""How examples are drawn, and which part of a split each belongs to."""

from typing import NamedTuple

import torch
from torch import Generator, Tensor

from rnnlab.batch import Batch, stack
from rnnlab.data.seeds import generator_for
from rnnlab.tasks.task import Task


class Part(NamedTuple):
    """Those examples of a task whose hash, seeded by `split_seed`, lies from `low` to below `high`; usually all."""

    task: Task
    split_seed: int = 0
    low: float = 0.0
    high: float = 1.0

    def draw(self, size: int, length: int, generator: Generator) -> Batch:
        """`size` random examples of `length`; fewer, or none, where there are hardly any."""
        if (self.low, self.high) == (0.0, 1.0):
            return self.task.batch(size, length, generator)
        found: list[Batch] = []
        missing = size
        for _ in range(20):
            batch = self.task.batch(int(missing / (self.high - self.low)) + 16, length, generator)
            found.append(self.of(batch))
            missing -= len(found[-1].targets)
            if missing <= 0:
                break
        return stack(found).rows(slice(size))

    def of(self, batch: Batch) -> Batch:
        """The rows of a batch that belong to it."""
        place = row_hash(batch.inputs, self.split_seed)
        return batch.rows((place >= self.low) & (place < self.high))


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
