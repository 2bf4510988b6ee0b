"""Countdown: one number goes in, all the numbers below it come out."""

from typing import Annotated

import torch
from torch import Generator, Tensor

from rnnlab.batch import Batch, answer_after
from rnnlab.errors import Bounds, InputError, checked, whole
from rnnlab.tasks.task import Task

MOST = 10_000
"""The highest number of all: a one-hot encoding of more would not fit into the memory of a small machine."""


class Countdown(Task):
    """One-to-many: the prompt is the symbol n alone, the answer counts down to 0.

    inputs  3 2 1 0
    targets 2 1 0 EOA
    `length` is the number itself, so there is one example of each length, from 0 to `highest`.
    """

    answer = "fed_back"
    minimum = 0

    @checked
    def __init__(self, highest: Annotated[int, Bounds(1, MOST)] = 20):
        self.highest = highest
        self.end = highest + 1
        self.num_inputs = self.num_classes = highest + 2

    def batch(self, size: int, length: int, generator: Generator) -> Batch:
        whole("length", length, 0, self.highest)
        answer = torch.cat([torch.arange(length - 1, -1, -1), torch.tensor([self.end])])
        return answer_after(torch.full((size, 1), length), answer.expand(size, -1))

    def every(self, length: int) -> Batch:
        return self.batch(1, length, Generator())

    def quantities(self, batch: Batch) -> dict[str, Tensor]:
        """`left`: the numbers that still follow, the end not counted."""
        return {"left": batch.inputs}

    def parse(self, text: str) -> Batch:
        if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) > self.highest:
            raise InputError("not a start", f"a whole number from 0 to {self.highest}", "input", repr(text))
        return self.every(int(text))

    def label(self, target: int) -> str:
        return "end" if target == self.end else str(target)

    def show(self, inputs: Tensor, targets: Tensor) -> str:
        answer = [str(number) for number in targets.tolist() if 0 <= number < self.end]
        return f"{int(inputs[0])}: {' '.join(answer)}"
